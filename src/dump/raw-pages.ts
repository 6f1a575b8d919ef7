// Raw pages from a file or a stream, cut into rings. Nothing is read that cannot be a ring, and no more than one ring
// is in memory at a time.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { MAX_RING_PAGES } from '../codec/ring/geometry.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { isKnownImage } from '../image/map-image.ts'
import { DumpError, ioProblem } from './dump-error.ts'
import { readSome } from './read-some.ts'

const STDIN = 0
const SIZES = 'a ring has 1, 2, 4, 8 or 16 pages of 4096 bytes'

/**
 * The rings in a file of raw pages. Without `pages` the whole file is one ring; with it, the file is one ring of that
 * many pages after another.
 * @param path a file, or `-` for standard input
 * @param head bytes of it that were read before
 */
export function* readRings(path: string, pages: number | undefined, head: Uint8Array = NOTHING): Generator<Uint8Array> {
  const file: OpenFile = { fd: open(path), path, head }
  try {
    yield* pages === undefined ? [readWhole(file)] : readSeries(file, pages)
  } finally {
    if (file.fd !== STDIN) closeSync(file.fd)
  }
}

interface OpenFile {
  readonly fd: number
  readonly path: string
  /** What comes before the bytes that the descriptor gives. */
  head: Uint8Array
}

const NOTHING = new Uint8Array()

function open(path: string): number {
  if (path === '-') return STDIN
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new DumpError(path, ioProblem(error))
  }
}

function readWhole(file: OpenFile): Uint8Array {
  const { fd, path } = file
  const limit = MAX_RING_PAGES * XEN_PAGE_SIZE
  const stat = fstatSync(fd)
  if (stat.isFile()) checkNoImage(fd, path)
  if (stat.isFile() && stat.size > limit) throw tooLarge(path, `${stat.size} bytes`, stat.size / XEN_PAGE_SIZE)
  const buffer = new Uint8Array(limit + 1)
  const bytes = buffer.subarray(0, fill(file, buffer))
  if (bytes.length > limit) throw tooLarge(path, `more than ${limit} bytes`, Number.NaN)
  checkWhole(bytes, path)
  const pages = bytes.length / XEN_PAGE_SIZE
  if (pages & (pages - 1)) throw new DumpError(path, `${pages} pages: ${SIZES}`, pagesCure(pages))
  return bytes
}

function* readSeries(file: OpenFile, pages: number): Generator<Uint8Array> {
  const { fd, path } = file
  const size = pages * XEN_PAGE_SIZE
  const stat = fstatSync(fd)
  if (stat.isFile() && stat.size % size) checkMultiple(stat.size, path, pages)
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

/** Reads until the buffer is full or the input ends. */
function fill(file: OpenFile, buffer: Uint8Array): number {
  const { fd, path, head } = file
  let at = Math.min(head.length, buffer.length)
  buffer.set(head.subarray(0, at))
  file.head = head.subarray(at)
  while (at < buffer.length) {
    const got = readSome(fd, path, buffer, at)
    if (got === 0) break
    at += got
  }
  return at
}

/** A core says at once what it is; raw memory is only too large. */
function checkNoImage(fd: number, path: string): void {
  const head = new Uint8Array(XEN_PAGE_SIZE)
  const got = readSync(fd, head, 0, head.length, 0)
  if (isKnownImage(head.subarray(0, got)))
    throw new DumpError(path, 'a memory image', `blkring find ${path} lists its rings, and --ring N takes one`)
}

function checkWhole(bytes: Uint8Array, path: string): void {
  if (bytes.length === 0) throw new DumpError(path, 'the file is empty', SIZES)
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes.length % XEN_PAGE_SIZE)
    throw new DumpError(path, 'the file is gzipped', `zcat ${path} | blkring decode -`)
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
