// Long work that lets the event loop turn now and then: for Ctrl-C, and for the progress line.

import { isatty } from 'node:tty'
import { isBlocked } from '../dump/byte-source.ts'
import type { StreamPlace } from '../dump/ring-stream.ts'
import { EXIT_INTERRUPTED } from './exit-codes.ts'
import { complain } from './failure.ts'
import type { Progress } from './progress.ts'

/** Milliseconds of work between two turns. */
const TURN = 40
/** Milliseconds before a line says how far the work is. */
const PATIENCE = 1000
const [STDOUT, STDERR] = [1, 2]

export class Watch {
  readonly #done: () => number
  readonly #left: string
  readonly #start = performance.now()
  #last = this.#start
  #place: StreamPlace | undefined
  /** Only where it is in nobody's way: a terminal that does not show the output as well. */
  readonly #shows = isatty(STDERR) && !isatty(STDOUT)
  #progress: Progress | undefined

  /** @param done snapshots so far @param left what Ctrl-C leaves of the output */
  constructor(done: () => number, left = 'the output is incomplete') {
    this.#done = done
    this.#left = left
    process.on('SIGINT', this.#interrupted)
  }

  at = (place: StreamPlace): void => {
    this.#place = place
  }

  async turn(): Promise<void> {
    const now = performance.now()
    if (now - this.#last < TURN) return
    if (this.#shows && this.#place && now - this.#start > PATIENCE) await this.#show(this.#place, now)
    await new Promise((resolve) => setImmediate(resolve))
    this.#last = performance.now()
  }

  async #show(place: StreamPlace, now: number): Promise<void> {
    if (!this.#progress) {
      const { Progress } = await import('./progress.ts')
      this.#progress = new Progress(place.size !== undefined)
    }
    this.#progress.update(this.#done(), (now - this.#start) / 1000, place)
  }

  end(): void {
    this.#progress?.end()
    this.#progress = undefined
    process.off('SIGINT', this.#interrupted)
  }

  /** Ends at once: what is still to be written is not waited for. */
  #interrupted = (): void => {
    this.end()
    const done = this.#done()
    complain(`interrupted after ${done} ${done === 1 ? 'snapshot' : 'snapshots'}; ${this.#left}`)
    // A thread that waits for a pipe would keep the process; the signal does not ask it. The shell says 130 of both.
    if (isBlocked()) process.kill(process.pid, 'SIGINT')
    else process.exit(EXIT_INTERRUPTED)
  }
}
