// Raw pages from a file, cut into rings. Nothing is read that cannot be a ring, and no more than one ring is in memory at a time.

import {
  emptyInput,
  MAX_RING,
  MIN_RING_BYTES,
  onlyRing,
  type PagesOf,
  type RawRing,
  ringOfPart,
  withoutIndices,
} from '../capture/raw-ring.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { ByteSource } from './byte-source.ts'

/**
 * The rings in a file of raw pages. Without `pages` the whole file is one ring; with it, the file is one ring of that
 * many pages after another.
 * @param pagesOf how many pages the one ring has
 * @throws DumpError for what is empty, too large for one ring, or less than a ring's indices
 */
export function* readRings(file: ByteSource, pages: number | undefined, pagesOf?: PagesOf): Generator<RawRing> {
  yield* pages === undefined ? [readWhole(file, pagesOf)] : readSeries(file, pages)
}

function readWhole(file: ByteSource, pagesOf: PagesOf | undefined): RawRing {
  return onlyRing(file.peek(MAX_RING + 1), file.path, file.size, pagesOf)
}

function* readSeries(file: ByteSource, pages: number): Generator<RawRing> {
  const { path } = file
  const size = pages * XEN_PAGE_SIZE
  for (let n = 0; ; n++) {
    const buffer = new Uint8Array(size)
    const got = file.fill(buffer)
    if (got === 0 && n > 0) return
    if (got === 0) throw emptyInput(path)
    if (got < MIN_RING_BYTES) throw withoutIndices(path, got, n)
    yield ringOfPart(buffer.subarray(0, got), size)
  }
}
