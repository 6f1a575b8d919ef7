// A XenStore listing as an input of its own: a file, a dump folder that has one, or standard input.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DumpError, ioProblem } from '../../capture/dump-error.ts'
import { type MemberKind, memberOf, XENSTORE } from '../../capture/dump-names.ts'
import { listVbds, type Vbd } from '../../xenstore/devices.ts'
import { textOf } from './encoding.ts'
import { openInput, readAll } from './input-file.ts'

/** The store of a host with a thousand guests has fewer bytes. */
export const XENSTORE_LIMIT = 16 * 2 ** 20

/** xenstore.txt of a folder, or packed; undefined where it has none. */
export function listingIn(folder: string): string | undefined {
  return memberIn(folder, 'xenstore')
}

/** The path of a folder's only member of a kind, unpacked rather than packed; undefined where it has none. */
export function memberIn(folder: string, kind: MemberKind): string | undefined {
  const names = namesIn(folder).filter((name) => memberOf(name)?.kind === kind)
  const name = names.find((name) => memberOf(name)!.unpacked === name) ?? names[0]
  return name === undefined ? undefined : join(folder, name)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * The block devices that a listing names.
 * @throws DumpError for what cannot be read, and where there are none
 */
export function loadVbds(input: string): Vbd[] {
  const path = input !== '-' && isFolder(input) ? (listingIn(input) ?? join(input, XENSTORE)) : input
  const file = openInput(path)
  try {
    const bytes = readAll(file, XENSTORE_LIMIT)
    if (!bytes) throw new DumpError(path, `more than ${XENSTORE_LIMIT / 2 ** 20} MiB are too many for a listing of XenStore`)
    const vbds = listVbds(textOf(bytes))
    if (vbds.length === 0)
      throw new DumpError(
        path,
        'names no block device',
        'the output of xenstore-ls -f, xenstore-ls, xl block-list or xl list -l is read',
      )
    return vbds
  } finally {
    file.close()
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw new DumpError(path, ioProblem(error))
  }
}
