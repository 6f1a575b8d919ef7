// Long work that lets the event loop turn now and then: for Ctrl-C, and for the progress line.

import { isBlocked } from '../dump/byte-source.ts'
import type { StreamPlace } from '../dump/ring-stream.ts'
import { EXIT_INTERRUPTED } from './exit-codes.ts'
import { complain } from './failure.ts'

/** Milliseconds of work between two turns. */
const TURN = 40

export class Watch {
  readonly #done: () => number
  #last = performance.now()
  place: StreamPlace | undefined

  /** @param done snapshots so far */
  constructor(done: () => number) {
    this.#done = done
    process.on('SIGINT', this.#interrupted)
  }

  at = (place: StreamPlace): void => {
    this.place = place
  }

  async turn(): Promise<void> {
    const now = performance.now()
    if (now - this.#last < TURN) return
    await new Promise((resolve) => setImmediate(resolve))
    this.#last = performance.now()
  }

  end(): void {
    process.off('SIGINT', this.#interrupted)
  }

  /** Ends at once: what is still to be written is not waited for. */
  #interrupted = (): void => {
    this.end()
    const done = this.#done()
    complain(`interrupted after ${done} ${done === 1 ? 'snapshot' : 'snapshots'}; the output is incomplete`)
    // A thread that waits for a pipe would keep the process; the signal does not ask it. The shell says 130 of both.
    if (isBlocked()) process.kill(process.pid, 'SIGINT')
    else process.exit(EXIT_INTERRUPTED)
  }
}
