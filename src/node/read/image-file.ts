// Memory images from files, gzipped files and standard input, as bytes by offset.
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DumpError, ioProblem } from '../../capture/dump-error.ts'
import type { ByteReader } from '../../image/index.ts'
import { GzipReader } from './gzip-reader.ts'
import { cannotUnpack, packingOf, SNIFF_BYTES } from './packing.ts'
import { readSome } from './read-some.ts'

export interface OpenImage {
  readonly reader: ByteReader
  /** What was wrong with the stream that the bytes came from, once they were read. */
  readonly problem: () => string | undefined
  readonly close: () => Promise<void>
}

const STDIN = 0
const SPOOL_CHUNK = 2 ** 20

/**
 * @param path a file, gzipped or not, or `-` for standard input. What can be read only once is put into a temporary file that has no name.
 * @param limit bytes that are read of a stream, or unpacked, at most
 */
export function openImage(path: string, limit: number): OpenImage {
  const opened = path === '-' ? STDIN : open(path)
  const stat = fstatSync(opened)
  if (stat.isDirectory()) throw new DumpError(path, 'is a directory', 'name a file: a memory image')
  const seekable = stat.isFile() || stat.isBlockDevice()
  const spooled = seekable ? undefined : spool(opened, path, limit)
  const fd = spooled?.fd ?? opened
  const size = spooled?.size ?? (stat.isBlockDevice() ? undefined : stat.size)
  if (size === 0) throw new DumpError(path, 'the file is empty', 'name a memory image')
  let unreadable: string | undefined
  const plain: ByteReader = {
    size,
    read: (offset, into) =>
      readAt(fd, path, offset, into, (problem) => {
        unreadable = problem
      }),
  }
  const head = new Uint8Array(SNIFF_BYTES)
  const packing = packingOf(head.subarray(0, readAt(fd, path, 0, head)))
  if (packing && packing.name !== 'gzip') throw cannotUnpack(path, packing)
  const gzip = packing ? new GzipReader(fd, limit) : undefined
  return {
    reader: gzip ?? plain,
    problem: () => spooled?.problem ?? gzip?.problem ?? unreadable,
    close: async () => {
      await gzip?.close()
      if (fd !== STDIN) closeSync(fd)
    },
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new DumpError(path, ioProblem(error))
  }
}

/** @param onProblem called where a part cannot be read: the image ends there */
function readAt(fd: number, path: string, offset: number, into: Uint8Array, onProblem?: (problem: string) => void): number {
  let filled = 0
  while (filled < into.length) {
    const got = readPart(fd, path, offset + filled, into.subarray(filled), onProblem)
    if (got === 0) break
    filled += got
  }
  return filled
}

function readPart(
  fd: number,
  path: string,
  offset: number,
  into: Uint8Array,
  onProblem: ((problem: string) => void) | undefined,
): number {
  try {
    return readSync(fd, into, 0, into.length, offset)
  } catch (error) {
    if (onProblem && (error as NodeJS.ErrnoException).code === 'EIO') {
      onProblem(`it cannot be read from byte ${offset} on: ${ioProblem(error)}`)
      return 0
    }
    throw new DumpError(path, ioProblem(error))
  }
}

interface Spooled {
  readonly fd: number
  readonly size: number
  readonly problem: string | undefined
}

function spool(from: number, path: string, limit: number): Spooled {
  let folder: string | undefined
  try {
    folder = mkdtempSync(join(tmpdir(), 'blkring-'))
    const fd = openSync(join(folder, 'image'), 'wx+')
    // From here on it has no name: nothing is left of it, however this process ends.
    rmSync(folder, { recursive: true, force: true })
    folder = undefined
    const chunk = new Uint8Array(SPOOL_CHUNK)
    let size = 0
    for (;;) {
      const got = readSome(from, path, chunk)
      if (got === 0) return { fd, size, problem: undefined }
      if (size + got > limit) return { fd, size, problem: `it is longer than ${limit} bytes, of which the rest was not looked at` }
      for (let at = 0; at < got; ) at += writeSync(fd, chunk, at, got - at)
      size += got
    }
  } catch (error) {
    if (error instanceof DumpError) throw error
    throw new DumpError(
      path,
      `cannot be kept for a second look: ${ioProblem(error)}`,
      'name a file, or set TMPDIR to a folder with room',
    )
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}
