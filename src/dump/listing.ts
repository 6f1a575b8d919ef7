// A XenStore listing as an input of its own: a file, a dump folder that has one, or standard input.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DumpError, ioProblem } from './dump-error.ts'
import { openInput, readAll } from './input-file.ts'
import { listVbds, type Vbd } from './xenstore.ts'

export const XENSTORE = 'xenstore.txt'
/** The store of a host with a thousand guests has fewer bytes. */
export const XENSTORE_LIMIT = 16 * 2 ** 20

/** xenstore.txt of a folder, or gzipped with .gz behind its name; undefined where it has none. */
export function listingIn(folder: string): string | undefined {
  return [XENSTORE, `${XENSTORE}.gz`].map((name) => join(folder, name)).find((path) => existsSync(path))
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
    const vbds = listVbds(new TextDecoder().decode(bytes))
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
