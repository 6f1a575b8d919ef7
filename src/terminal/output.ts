// Standard output in batches, written at once: nothing waits in memory behind a slow reader.
import { writeSync } from 'node:fs'
import { ioProblem } from '../node/io-problem.ts'
import { printableLines } from '../print/printable.ts'

const STDOUT = 1
const BATCH = 64 * 1024
/** UTF-8 has so many bytes a UTF-16 unit at the most. */
const MAX_BYTES = 3

/** The reader has gone (`| head -1`): the command ends, quietly and with success. */
export class ClosedPipe extends Error {}

/** Standard output cannot be written. */
export class OutputError extends Error {
  constructor(problem: string) {
    super(`standard output: ${problem}; what was written so far is incomplete`)
  }
}

const pending: string[] = []
let pendingLength = 0

export function write(text: string): void {
  pending.push(text)
  pendingLength += text.length
  if (pendingLength >= BATCH) flush()
}

let hasColours = false

/** Lets text set colours from now on. */
export function allowColours(): void {
  hasColours = true
}

/** The last look at text: what is written was made safe piece by piece already. */
export function safe(text: string): string {
  return printableLines(text, hasColours)
}

/** Bytes, behind the text before them. They may change afterwards. */
export function writeBytes(bytes: Uint8Array): void {
  flush()
  writeAll(STDOUT, bytes)
}

export function flush(): void {
  if (pendingLength === 0) return
  const text = safe(pending.join(''))
  pending.length = 0
  pendingLength = 0
  writeAll(STDOUT, bytesOf(text))
}

/** Room for the bytes of most batches: a buffer for each would cost as much as to look through it. */
let room: Buffer | undefined

/** They hold until the next text. */
function bytesOf(text: string): Uint8Array {
  if (text.length < BATCH / 2) return Buffer.from(text)
  room ??= Buffer.allocUnsafeSlow(2 * MAX_BYTES * BATCH)
  return text.length * MAX_BYTES > room.length ? Buffer.from(text) : room.subarray(0, room.write(text))
}

/** Writes all of the bytes, waiting where the descriptor is in non-blocking mode. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EPIPE') throw new ClosedPipe()
      if (code !== 'EAGAIN') throw fd === STDOUT ? new OutputError(ioProblem(error)) : error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
