// Files of raw ring pages in a folder that is no dump folder: what a fuzzer leaves, or a capture that was cut. Each is a ring by itself.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { memberOf } from '../../capture/dump-names.ts'
import { MAX_RING_PAGES } from '../../codec/ring/geometry.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { byNumber } from '../../inputs/anything.ts'
import { ifReadable } from '../../inputs/files.ts'
import { isDumpFolder } from '../../inputs/kinds/folder.ts'
import { DISK } from './disk.ts'

/** Folders in folders. */
const MAX_DEPTH = 16

/** What a folder has, beside what is read of it. */
export interface FolderCount {
  /** Files that are no whole pages of a ring, and the first of them. */
  skipped: number
  first: string | undefined
}

/**
 * The dump folders and files of raw pages in a folder and those below it, in the order of the first numbers in their names. The names of
 * one folder are in memory, of no more than those above it.
 * @param pages of one ring, where a file holds one behind the other
 * @throws DumpError for a folder that cannot be read
 */
export function* rawFilesIn(folder: string, pages: number | undefined, count: FolderCount): Generator<string> {
  yield* walk(folder, pages, count, new Set())
}

function* walk(folder: string, pages: number | undefined, count: FolderCount, above: ReadonlySet<string>): Generator<string> {
  const key = DISK.keyOf(folder)
  if (above.has(key) || above.size >= MAX_DEPTH) return
  const here = new Set(above).add(key)
  const names = [...DISK.list(folder)].filter((name) => !name.startsWith('.')).sort(byNumber)
  for (const name of names) {
    const path = join(folder, name)
    const stat = ifReadable(() => statSync(path, { throwIfNoEntry: false }))
    if (stat?.isDirectory()) {
      if (isDumpFolder(DISK, path)) yield path
      else yield* walk(path, pages, count, here)
    } else if (stat?.isFile() && memberOf(name)?.kind !== 'ring' && memberOf(name) !== undefined) {
      // A page of a request, or a grant table: it lies beside a ring.
    } else if (stat?.isFile() && isRing(stat.size, pages)) yield path
    else {
      count.skipped++
      count.first ??= path
    }
  }
}

function isRing(size: number, pages: number | undefined): boolean {
  if (size === 0 || size % XEN_PAGE_SIZE !== 0) return false
  const held = size / XEN_PAGE_SIZE
  return pages === undefined ? held <= MAX_RING_PAGES && (held & (held - 1)) === 0 : held % pages === 0
}
