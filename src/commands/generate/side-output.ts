// Text on standard output beside the work that a command is there for.
import { write } from 'node:fs'
import { promisify } from 'node:util'
import { ioProblem } from '../../node/io-problem.ts'
import { OutputError, safe } from '../../terminal/output.ts'

const STDOUT = 1
const BATCH = 64 * 1024
/** Milliseconds to the next try where the descriptor is in non-blocking mode. */
const RETRY_MS = 5

const writeSome = promisify(write)

/** A slow reader holds up the work, but not the event loop, which hears signals; the work goes on without one that has gone. */
export class SideOutput {
  readonly #pending: string[] = []
  #length = 0
  #gone = false

  get gone(): boolean {
    return this.#gone
  }

  write(text: string): void {
    if (this.#gone) return
    this.#pending.push(text)
    this.#length += text.length
  }

  get isFull(): boolean {
    return this.#length >= BATCH
  }

  async flush(): Promise<void> {
    const bytes = Buffer.from(safe(this.#pending.join('')))
    this.#pending.length = 0
    this.#length = 0
    for (let at = 0; at < bytes.length && !this.#gone; ) at += await this.#some(bytes.subarray(at))
  }

  async #some(bytes: Uint8Array): Promise<number> {
    try {
      return (await writeSome(STDOUT, bytes)).bytesWritten
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') this.#gone = true
      else if (code === 'EAGAIN') await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      else throw new OutputError(ioProblem(error))
      return 0
    }
  }
}
