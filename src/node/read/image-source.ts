// Memory images as bytes by offset: of files, block devices, packed files, and of what can be read only once.
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DumpError } from '../../capture/dump-error.ts'
import type { ByteReader } from '../../image/index.ts'
import type { ByteSource } from '../../inputs/byte-source.ts'
import { packingOf, SNIFF_BYTES } from '../../inputs/packing.ts'
import { ioProblem } from '../io-problem.ts'
import { PackedReader, type ReadAt } from './packed-reader.ts'
import { UNPACKERS } from './unpackers.ts'

export interface OpenImage {
  readonly reader: ByteReader
  /** What was wrong with the stream that the bytes came from, once they were read. */
  readonly problem: () => string | undefined
  readonly close: () => Promise<void>
}

const SPOOL_CHUNK = 2 ** 20

/**
 * @param source packed or not. What can be read only once is put into a temporary file that has no name.
 * @param limit bytes that are read of a stream, or unpacked, at most
 */
export function openImage(source: ByteSource, limit: number): OpenImage {
  const { path } = source
  const spooled = source.readAt ? undefined : spool(source, limit)
  const size = spooled?.size ?? source.size
  if (size === 0) throw new DumpError(path, 'the file is empty', 'name a memory image')
  let unreadable: string | undefined
  const read = wholly(spooled?.readAt ?? source.readAt!, path)
  const plain: ByteReader = {
    size,
    read: (offset, into) =>
      read(offset, into, (problem) => {
        unreadable = problem
      }),
  }
  const head = new Uint8Array(SNIFF_BYTES)
  const packing = packingOf(head.subarray(0, read(0, head)), UNPACKERS)
  const packed = packing && new PackedReader(path, read, packing, limit)
  return {
    reader: packed ?? plain,
    problem: () => spooled?.problem ?? packed?.problem ?? unreadable,
    close: async () => {
      await packed?.close()
      spooled?.close()
      source.close()
    },
  }
}

/** @param onProblem called where a part cannot be read: the image ends there */
type ReadWholly = (offset: number, into: Uint8Array, onProblem?: (problem: string) => void) => number

function wholly(readAt: ReadAt, path: string): ReadWholly {
  return (offset, into, onProblem) => {
    let filled = 0
    try {
      while (filled < into.length) {
        const got = readAt(offset + filled, into.subarray(filled))
        if (got === 0) break
        filled += got
      }
    } catch (error) {
      if (!onProblem || (error as NodeJS.ErrnoException).code !== 'EIO') throw new DumpError(path, ioProblem(error))
      onProblem(`it cannot be read from byte ${offset + filled} on: ${ioProblem(error)}`)
    }
    return filled
  }
}

interface Spooled {
  readonly readAt: ReadAt
  readonly size: number
  readonly problem: string | undefined
  close(): void
}

function spool(source: ByteSource, limit: number): Spooled {
  let folder: string | undefined
  try {
    folder = mkdtempSync(join(tmpdir(), 'blkring-'))
    const fd = openSync(join(folder, 'image'), 'wx+')
    // From here on it has no name: nothing is left of it, however this process ends.
    rmSync(folder, { recursive: true, force: true })
    folder = undefined
    const problem = copy(source, fd, limit)
    return {
      readAt: (offset, into) => readSync(fd, into, 0, into.length, offset),
      size: fstatSync(fd).size,
      problem,
      close: () => closeSync(fd),
    }
  } catch (error) {
    if (error instanceof DumpError) throw error
    throw new DumpError(
      source.path,
      `cannot be kept for a second look: ${ioProblem(error)}`,
      'name a file, or set TMPDIR to a folder with room',
    )
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns what of the source was left out */
function copy(source: ByteSource, fd: number, limit: number): string | undefined {
  const chunk = new Uint8Array(SPOOL_CHUNK)
  for (let size = 0; ; ) {
    const got = source.readNow(chunk, 0)
    if (got === 0) return undefined
    size += got
    if (size > limit) return `it is longer than ${limit} bytes, of which the rest was not looked at`
    for (let at = 0; at < got; ) at += writeSync(fd, chunk, at, got - at)
  }
}
