// The rings of one device moment by moment: its queues side by side.
import { type LoadOptions, openQueues } from './folder.ts'
import type { RingDump } from './ring-dump.ts'

export interface Moment {
  /** Its place in the series, from 0. */
  readonly snapshot: number
  /** One ring a queue. */
  readonly dumps: readonly RingDump[]
  /** Every queue's ring of this moment could be read. */
  readonly whole: boolean
}

/** The moments of an input, one in memory at a time. A moment of which nothing can be read is left out. */
export function* loadMoments(input: string, options: LoadOptions = {}): Generator<Moment> {
  const queues = openQueues(input, options).map((dumps) => ({ dumps, next: dumps.next() }))
  for (;;) {
    const waiting = queues.filter(({ next }) => !next.done)
    if (waiting.length === 0) return
    const snapshot = Math.min(...waiting.map(({ next }) => (next.value as RingDump).snapshot))
    const now = waiting.filter(({ next }) => (next.value as RingDump).snapshot === snapshot)
    yield { snapshot, dumps: now.map(({ next }) => next.value as RingDump), whole: now.length === queues.length }
    for (const queue of now) queue.next = queue.dumps.next()
  }
}
