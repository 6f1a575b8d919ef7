import { readSync } from 'node:fs'
import { DumpError, ioProblem } from '../../capture/dump-error.ts'

/**
 * Reads what is there into the buffer from `at` on, waiting where the descriptor is in non-blocking mode.
 * @param path for errors
 * @returns the bytes read, 0 at the end
 */
export function readSome(fd: number, path: string, buffer: Uint8Array, at = 0): number {
  for (;;) {
    try {
      return readSync(fd, buffer, at, buffer.length - at, null)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw new DumpError(path, ioProblem(error))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
