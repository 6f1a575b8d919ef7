// An input that is read from its beginning: a file or standard input, unpacked where it is gzipped, with a look at its head.
import { closeSync, fstatSync, openSync } from 'node:fs'
import { DumpError, ioProblem } from '../../capture/dump-error.ts'
import { isNamedPacked } from '../../capture/packing-names.ts'
import { isWholePages, MAX_RING } from './input-kind.ts'
import { type Packing, packingOf, SNIFF_BYTES, unpacksTooLong, unpackWhole } from './packing.ts'
import { readSome } from './read-some.ts'

const STDIN = 0
/** Unpacked, of an input that is read as a whole: 16,384 pages. */
const MAX_UNPACKED = 64 * 2 ** 20

/** An input that is being read. */
export interface InputFile {
  readonly path: string
  /** Bytes, of a regular file or what was unpacked; undefined for a pipe. */
  readonly size: number | undefined
  /** Whole pages that begin like something packed, and were left as they are: what unpacks them. */
  readonly likePacked: Packing | undefined
  /** What comes before the bytes that `read` gives. */
  head: Uint8Array
  /** What is there, into the buffer from `at` on; 0 at the end. */
  read(buffer: Uint8Array, at: number): number
  close(): void
}

/**
 * Opens an input and unpacks it where it is packed. Whole pages are not: a guest may have written what begins like gzip, unless
 * the name of the file says that it is packed.
 * @param path a file, or `-` for standard input
 * @throws DumpError
 */
export function openInput(path: string): InputFile {
  const fd = open(path)
  let closed = false
  const file = {
    path,
    size: sizeOf(fd, path),
    likePacked: undefined as Packing | undefined,
    head: new Uint8Array(),
    read: (buffer: Uint8Array, at: number) => readSome(fd, path, buffer, at),
    close: () => {
      if (!closed && fd !== STDIN) closeSync(fd)
      closed = true
    },
  }
  try {
    const packing = packingOf(peek(file, SNIFF_BYTES))
    if (!packing) return file
    if (isNamedPacked(path) || !isWholePages(measured(file, MAX_RING))) return unpackedFile(file, packing)
    file.likePacked = packing
    return file
  } catch (error) {
    file.close()
    throw error
  }
}

/** An input of which all bytes are there, unpacked. */
export function inMemory(path: string, bytes: Uint8Array, close: () => void = () => {}): InputFile {
  return { path, size: bytes.length, likePacked: undefined, head: bytes, read: () => 0, close }
}

/**
 * How many bytes an input has; undefined where they are more than a number, or nobody knows. What was read for that is not lost.
 * A file of /sys says that it has a page, whatever it holds: few bytes are counted.
 */
export function measured(file: InputFile, limit: number): number | undefined {
  const { size } = file
  if (size !== undefined && size > MAX_RING) return size
  const most = size ? MAX_RING : limit
  const { length } = peek(file, most + 1)
  return length > most ? undefined : length
}

/** The first bytes, as many as there are up to a number; they are read again afterwards. */
export function peek(file: InputFile, length: number): Uint8Array {
  if (file.head.length < length) {
    const buffer = new Uint8Array(length)
    file.head = buffer.subarray(0, fill(file, buffer))
  }
  return file.head.subarray(0, length)
}

/** Reads until the buffer is full or the input ends. @returns the bytes read */
export function fill(file: InputFile, buffer: Uint8Array): number {
  const { head } = file
  let at = Math.min(head.length, buffer.length)
  buffer.set(head.subarray(0, at))
  file.head = head.subarray(at)
  while (at < buffer.length) {
    const got = file.read(buffer, at)
    if (got === 0) break
    at += got
  }
  return at
}

/** All bytes of an input; undefined where they are more than a number. */
export function readAll(file: InputFile, limit: number): Uint8Array | undefined {
  if (file.size !== undefined && file.size > limit) return undefined
  const buffer = new Uint8Array((file.size ?? limit) + 1)
  const bytes = buffer.subarray(0, fill(file, buffer))
  return bytes.length > limit ? undefined : bytes
}

function unpackedFile(file: InputFile, packing: Packing): InputFile {
  const { path, close } = file
  const packed = readAll(file, MAX_UNPACKED)
  if (!packed) throw unpacksTooLong(path, packing, MAX_UNPACKED)
  return inMemory(path, unpackWhole(path, packed, packing, MAX_UNPACKED), close)
}

function open(path: string): number {
  if (path === '-') return STDIN
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new DumpError(path, ioProblem(error))
  }
}

function sizeOf(fd: number, path: string): number | undefined {
  try {
    const stat = fstatSync(fd)
    if (stat.isDirectory()) throw new DumpError(path, 'is a directory')
    return stat.isFile() ? stat.size : undefined
  } catch (error) {
    throw error instanceof DumpError ? error : new DumpError(path, ioProblem(error))
  }
}
