// Moments as they come, of one queue or many, sorted into the rings that they are of.
import { History } from './history.ts'
import type { Moment, PrivateIndices } from './moment.ts'
import { breakBetween } from './same-ring.ts'

/** One device: the history of each of its queues, in their order. */
export interface Device {
  readonly queues: readonly History[]
}

export class Devices {
  /** By queue, the histories that follow each other. */
  readonly #histories = new Map<number | undefined, History[]>()
  readonly #notes: string[] = []
  #held: Moment | undefined

  /** The next moment, of any queue. */
  add(moment: Moment): void {
    this.#take()
    this.#held = moment
  }

  /** @param known private indices at the last moment, beside those that it has itself */
  finish(known: PrivateIndices = {}): Device[] {
    if (this.#held) this.#held = { ...this.#held, known: { ...this.#held.known, ...known } }
    this.#take()
    const queues = [...this.#histories.entries()].sort(([a], [b]) => (a ?? -1) - (b ?? -1)).map(([, histories]) => histories)
    const most = Math.max(0, ...queues.map((histories) => histories.length))
    return Array.from({ length: most }, (_, k) => ({ queues: queues.flatMap((histories) => histories[k] ?? []) }))
  }

  /** What was not put together, one line each. */
  get notes(): readonly string[] {
    return this.#notes
  }

  #take(): void {
    const moment = this.#held
    this.#held = undefined
    if (!moment) return
    const histories = this.#histories.get(moment.queue) ?? []
    this.#histories.set(moment.queue, histories)
    const current = histories.at(-1)
    const broken = current && breakBetween(current.last, moment)
    if (broken !== undefined)
      this.#notes.push(`${moment.source} does not follow ${current!.last.source}: ${broken}; each is judged on its own`)
    if (!current || broken !== undefined) histories.push(new History(moment))
    else current.add(moment)
  }
}
