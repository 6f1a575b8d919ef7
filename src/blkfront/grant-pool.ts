// The driver's own stock: grant entries, each able to carry one grant, and pages for indirect segments. An entry keeps its
// reference while the backend keeps it mapped (a persistent grant); such entries wait at the head of the list, so that they are used first.
import { NO_GREF } from './grant-table.ts'

const NONE = -1
const MIN_ROOM = 64

export class GrantPool {
  /** Entries on the list that still have a reference. Idle persistent grants, where the feature is negotiated. */
  persistent_gnts_c = 0
  readonly entries: number
  /** Of the entries that were taken before, the highest first: reference, and the entry behind it on the list. */
  #grefs = new Uint32Array(0)
  #next = new Int32Array(0)
  /** What is behind entry 0, which is the last one to be taken. */
  #afterFirst = NONE
  #head: number
  #tail: number
  /** Entries below it were never taken: they follow one another on the list, downwards, and have no reference. */
  #untouched: number
  /** PFN of each entry's page, where entries do not own theirs. */
  readonly #borrowedPage: Map<number, number> = new Map()
  readonly #firstOwnPage: number | undefined
  readonly #indirectPages: number[]

  /**
   * @param entries in all. Each was put at the head of the list, so the last one made is used first.
   * @param firstOwnPage PFN of entry 0's page, where each entry owns one (bounce buffers)
   * @param indirectPages PFNs in the order in which they were allocated; the last one is used first
   */
  constructor(entries: number, firstOwnPage: number | undefined, indirectPages: number[]) {
    this.entries = entries
    this.#head = entries - 1
    this.#untouched = entries
    this.#tail = entries > 0 ? 0 : NONE
    this.#firstOwnPage = firstOwnPage
    this.#indirectPages = indirectPages
  }

  /** Takes the entry at the head of the list; undefined if there is none. */
  take(): number | undefined {
    const entry = this.#head
    if (entry === NONE) return undefined
    this.#head = this.#after(entry)
    if (this.#head === NONE) this.#tail = NONE
    if (entry < this.#untouched) this.#touch(entry)
    if (this.grefOf(entry) !== NO_GREF) this.persistent_gnts_c--
    return entry
  }

  /** Puts back an entry that keeps its reference. */
  keep(entry: number): void {
    this.#follow(entry, this.#head)
    if (this.#head === NONE) this.#tail = entry
    this.#head = entry
    this.persistent_gnts_c++
  }

  /** Puts back an entry whose grant has ended. */
  drop(entry: number): void {
    this.setGref(entry, NO_GREF)
    this.#append(entry)
  }

  /** Reference of an entry, or `NO_GREF`. */
  grefOf(entry: number): number {
    return entry < this.#untouched ? NO_GREF : this.#grefs[this.entries - 1 - entry]!
  }

  setGref(entry: number, gref: number): void {
    this.#grefs[this.entries - 1 - entry] = gref
  }

  /** PFN of an entry's page: its own, or the indirect page that it last carried; undefined if it never had one. */
  pageOf(entry: number): number | undefined {
    return this.#firstOwnPage === undefined ? this.#borrowedPage.get(entry) : this.#firstOwnPage + entry
  }

  /** Gives an entry the next indirect page; undefined if none is left. */
  borrowPage(entry: number): number | undefined {
    const page = this.#indirectPages.pop()
    if (page !== undefined) this.#borrowedPage.set(entry, page)
    return page
  }

  returnPage(entry: number): void {
    const page = this.#borrowedPage.get(entry)
    if (page !== undefined) this.#indirectPages.push(page)
  }

  /** Entries on the list that were taken before, head first: the others may be millions. */
  *idle(): Generator<number> {
    for (let entry = this.#head; entry !== NONE; entry = this.#after(entry)) {
      if (entry < this.#untouched) entry = 0
      else yield entry
    }
  }

  /** Entries that were never taken; all are on the list, without a reference. */
  get untouched(): number {
    return this.#untouched
  }

  /** Pages for indirect segments that no request has. */
  get idleIndirectPages(): number {
    return this.#indirectPages.length
  }

  /** Moves every idle entry whose grant can be ended to the end of the list, in order. */
  purge(tryEnd: (gref: number) => boolean): void {
    if (this.persistent_gnts_c === 0) return
    const ended: number[] = []
    let before = NONE
    for (let entry = this.#head; entry !== NONE; ) {
      const next = this.#after(entry)
      const gref = this.grefOf(entry)
      if (gref !== NO_GREF && tryEnd(gref)) {
        if (before === NONE) this.#head = next
        else this.#follow(before, next)
        if (next === NONE) this.#tail = before
        ended.push(entry)
      } else before = entry
      entry = next
    }
    this.persistent_gnts_c -= ended.length
    for (const entry of ended) this.drop(entry)
  }

  #touch(entry: number): void {
    this.#untouched = entry
    const count = this.entries - entry
    if (count > this.#grefs.length) {
      const room = Math.min(this.entries, Math.max(count, 2 * this.#grefs.length, MIN_ROOM))
      const [grefs, next] = [new Uint32Array(room).fill(NO_GREF), new Int32Array(room)]
      grefs.set(this.#grefs)
      next.set(this.#next)
      this.#grefs = grefs
      this.#next = next
    }
  }

  #after(entry: number): number {
    if (entry === 0) return this.#afterFirst
    return entry < this.#untouched ? entry - 1 : this.#next[this.entries - 1 - entry]!
  }

  #follow(entry: number, next: number): void {
    if (entry === 0) this.#afterFirst = next
    else this.#next[this.entries - 1 - entry] = next
  }

  #append(entry: number): void {
    this.#follow(entry, NONE)
    if (this.#tail === NONE) this.#head = entry
    else this.#follow(this.#tail, entry)
    this.#tail = entry
  }
}
