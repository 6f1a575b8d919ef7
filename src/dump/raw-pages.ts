// Raw pages from a file or a stream, cut into rings. Nothing is read that cannot be a ring, and no more than one ring
// is in memory at a time.
import { MAX_RING_PAGES } from '../codec/ring/geometry.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { DumpError } from './dump-error.ts'
import { fill, type InputFile } from './input-file.ts'

const LIMIT = MAX_RING_PAGES * XEN_PAGE_SIZE
const SIZES = 'a ring has 1, 2, 4, 8 or 16 pages of 4096 bytes'

/**
 * The rings in a file of raw pages. Without `pages` the whole file is one ring; with it, the file is one ring of that
 * many pages after another.
 */
export function* readRings(file: InputFile, pages: number | undefined): Generator<Uint8Array> {
  yield* pages === undefined ? [readWhole(file)] : readSeries(file, pages)
}

function readWhole(file: InputFile): Uint8Array {
  const { path, size } = file
  if (size !== undefined && size > LIMIT) return wholeRing(new Uint8Array(), path, size)
  const buffer = new Uint8Array(LIMIT + 1)
  return wholeRing(buffer.subarray(0, fill(file, buffer)), path, size)
}

/**
 * The bytes of an input that is one ring as a whole.
 * @param bytes all of it, or more than a ring has
 * @param size of a regular file
 * @throws DumpError where they cannot be one ring
 */
export function wholeRing(bytes: Uint8Array, path: string, size: number | undefined): Uint8Array {
  if (size !== undefined && size > LIMIT) throw tooLarge(path, `${size} bytes`, size / XEN_PAGE_SIZE)
  if (bytes.length > LIMIT) throw tooLarge(path, `more than ${LIMIT} bytes`, Number.NaN)
  checkWhole(bytes, path)
  const pages = bytes.length / XEN_PAGE_SIZE
  if (pages & (pages - 1)) throw new DumpError(path, `${pages} pages: ${SIZES}`, pagesCure(pages))
  return bytes
}

function* readSeries(file: InputFile, pages: number): Generator<Uint8Array> {
  const { path } = file
  const size = pages * XEN_PAGE_SIZE
  if (file.size !== undefined && file.size % size) checkMultiple(file.size, path, pages)
  for (let n = 0; ; n++) {
    const buffer = new Uint8Array(size)
    const got = fill(file, buffer)
    if (got === 0 && n > 0) return
    if (got < size) {
      checkWhole(buffer.subarray(0, got), path)
      checkMultiple(n * size + got, path, pages)
    }
    yield buffer
  }
}

function checkWhole(bytes: Uint8Array, path: string): void {
  if (bytes.length === 0) throw new DumpError(path, 'the file is empty', SIZES)
  if (bytes.length % XEN_PAGE_SIZE)
    throw new DumpError(path, `${bytes.length} bytes are not a whole number of 4096-byte pages`, `${SIZES}: dump whole pages`)
}

function checkMultiple(size: number, path: string, pages: number): void {
  if (size % (pages * XEN_PAGE_SIZE))
    throw new DumpError(
      path,
      `${size} bytes are not a whole number of ${pages}-page rings`,
      `${pages} pages are ${pages * XEN_PAGE_SIZE} bytes`,
    )
}

function tooLarge(path: string, size: string, pages: number): DumpError {
  return new DumpError(
    path,
    `${size}: too large for one ring, ${SIZES}`,
    Number.isInteger(pages) ? pagesCure(pages) : 'use --pages N for one ring of N pages after another',
  )
}

function pagesCure(pages: number): string {
  const one = pages <= MAX_RING_PAGES ? `--pages ${pages} takes it as one ring all the same, ` : ''
  return `${one}--pages N as one ring of N pages after another`
}
