// A copy of a disk image: one that shares its blocks where the file system can, else one that has holes where the disk has zeros.
import { closeSync, constants, copyFileSync, fsyncSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { DumpError } from '../../capture/dump-error.ts'
import { io, writeWhole } from '../write/output-file.ts'

/** Zeros as long as this become a hole. */
const CHUNK = 2 ** 16
const ZEROS = Buffer.alloc(CHUNK)
/** So many are copied before a signal is listened for. */
const CHUNKS_AT_ONCE = 256

/** @param shown what the user calls the copy @throws DumpError */
export async function copyImage(from: string, to: string, bytes: number, shown: string): Promise<void> {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE)
    return
  } catch {
    // The file system cannot share blocks.
  }
  const source = io(from, () => openSync(from, 'r'))
  try {
    const target = io(shown, () => openSync(to, 'w'))
    try {
      io(shown, () => ftruncateSync(target, bytes))
      const chunk = Buffer.alloc(CHUNK)
      for (let at = 0, n = 1; at < bytes; n++) {
        const length = io(from, () => readSync(source, chunk, 0, Math.min(CHUNK, bytes - at), at))
        if (length === 0) throw new DumpError(from, `has shrunk while it was copied: ${at} of ${bytes} bytes were there`)
        const part = chunk.subarray(0, length)
        if (part.compare(ZEROS, 0, length) !== 0) io(shown, () => writeWhole(target, part, at))
        at += length
        if (n % CHUNKS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      io(shown, () => fsyncSync(target))
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}
