// The rings of one device moment by moment: its queues side by side.

import type { Capture } from './capture.ts'

/** The rings of one device at one moment. */
export interface DeviceMoment {
  /** NNN of ring-NNN.bin, else its place in the series; they ascend. */
  readonly number: number
  /** One ring a queue. */
  readonly dumps: readonly Capture[]
  /** Every queue's ring of this moment is there. */
  readonly whole: boolean
  /** No moment comes after it. */
  readonly last: boolean
}

/**
 * The moments of a device, one in memory at a time. A moment of which nothing can be read is left out.
 * @param each queue's rings, from the first moment to the last
 */
export function* momentsOf(each: readonly Generator<Capture>[]): Generator<DeviceMoment> {
  const queues = each.map((dumps) => new Queue(dumps))
  for (;;) {
    const number = Math.min(...queues.map((queue) => queue.number))
    if (number === Number.POSITIVE_INFINITY) return
    const now = queues.filter((queue) => queue.number === number)
    const dumps = now.map((queue) => queue.take())
    const last = queues.every((queue) => queue.number === Number.POSITIVE_INFINITY)
    yield { number, dumps, whole: now.length === queues.length, last }
  }
}

/** The rings of one queue, of which the next is known. */
class Queue {
  readonly #dumps: Generator<Capture>
  #next: Capture | undefined
  #number = -1

  constructor(dumps: Generator<Capture>) {
    this.#dumps = dumps
    this.#advance()
  }

  /** The number of the next ring; infinite behind the last. */
  get number(): number {
    return this.#next ? this.#number : Number.POSITIVE_INFINITY
  }

  take(): Capture {
    const dump = this.#next!
    this.#advance()
    return dump
  }

  #advance(): void {
    const { value, done } = this.#dumps.next()
    this.#next = done ? undefined : value
    // ring-1.bin and ring-01.bin are two moments.
    if (this.#next) this.#number = Math.max(this.#next.number ?? this.#next.snapshot, this.#number + 1)
  }
}
