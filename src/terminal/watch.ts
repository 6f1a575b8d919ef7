// Long work that lets the event loop turn now and then: for Ctrl-C, and for the progress line. Short work pays for neither.

import type { StreamPlace } from '../inputs/byte-source.ts'
import { count } from '../print/text.ts'
import { EXIT_INTERRUPTED } from './exit-codes.ts'
import { warn } from './failure.ts'
import type { Progress } from './progress.ts'

/** Milliseconds of work between two turns. */
const TURN = 40
/** Milliseconds before a line says how far the work is. */
const PATIENCE = 1000

/** Of the process: Node loads a module for `performance`. */
const milliseconds = () => process.uptime() * 1000

export class Watch {
  /** Whether a thread waits in a system call, which keeps the process. */
  blocked = (): boolean => false
  readonly #done: () => number
  readonly #left: string
  readonly #unit: string
  readonly #start = milliseconds()
  #last = this.#start
  #place: StreamPlace | undefined
  /** False where it would be in the way. */
  #shows = true
  #listens = false
  #progress: Progress | undefined

  /** @param done so many units so far @param left what Ctrl-C leaves of the output @param unit what the work is counted in */
  constructor(done: () => number, left = 'the output is incomplete', unit = 'snapshot') {
    this.#done = done
    this.#left = left
    this.#unit = unit
  }

  /** From now on Ctrl-C ends with a word; before, as the system has it. */
  listen(): void {
    if (!this.#listens) process.on('SIGINT', this.#interrupted)
    this.#listens = true
  }

  at = (place: StreamPlace): void => {
    this.#place = place
  }

  async yieldToEventLoop(): Promise<void> {
    const now = milliseconds()
    if (now - this.#last < TURN) return
    this.listen()
    if (this.#shows && this.#place && now - this.#start > PATIENCE) await this.#show(this.#place, now)
    await new Promise((resolve) => setImmediate(resolve))
    this.#last = milliseconds()
  }

  async #show(place: StreamPlace, now: number): Promise<void> {
    if (!this.#progress) {
      const { Progress, isInTheWay } = await import('./progress.ts')
      this.#shows = !isInTheWay()
      if (!this.#shows) return
      this.#progress = new Progress(place.size !== undefined, this.#unit)
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
    warn(`interrupted after ${count(this.#done(), this.#unit)}; ${this.#left}`)
    // A thread that waits for a pipe would keep the process; the signal does not ask it. The shell says 130 of both.
    if (this.blocked()) process.kill(process.pid, 'SIGINT')
    else process.exit(EXIT_INTERRUPTED)
  }
}
