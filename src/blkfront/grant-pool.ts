// The driver's own stock: grant entries, each able to carry one grant, and pages for indirect segments. An entry keeps its
// reference while the backend keeps it mapped (a persistent grant); such entries wait at the head of the list, so that they are used first.
import { NO_GREF } from './grant-table.ts'

const NONE = -1

export class GrantPool {
  /** Entries on the list that still have a reference. Idle persistent grants, where the feature is negotiated. */
  persistent_gnts_c = 0
  readonly #grefs: Uint32Array
  readonly #next: Int32Array
  #head: number
  #tail: number
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
    this.#grefs = new Uint32Array(entries).fill(NO_GREF)
    this.#next = new Int32Array(entries)
    for (let entry = 0; entry < entries; entry++) this.#next[entry] = entry - 1
    this.#head = entries - 1
    this.#tail = entries > 0 ? 0 : NONE
    this.#firstOwnPage = firstOwnPage
    this.#indirectPages = indirectPages
  }

  /** Takes the entry at the head of the list; undefined if there is none. */
  take(): number | undefined {
    const entry = this.#head
    if (entry === NONE) return undefined
    this.#head = this.#next[entry]!
    if (this.#head === NONE) this.#tail = NONE
    if (this.#grefs[entry] !== NO_GREF) this.persistent_gnts_c--
    return entry
  }

  /** Puts back an entry that keeps its reference. */
  keep(entry: number): void {
    this.#next[entry] = this.#head
    if (this.#head === NONE) this.#tail = entry
    this.#head = entry
    this.persistent_gnts_c++
  }

  /** Puts back an entry whose grant has ended. */
  drop(entry: number): void {
    this.#grefs[entry] = NO_GREF
    this.#append(entry)
  }

  /** Reference of an entry, or `NO_GREF`. */
  grefOf(entry: number): number {
    return this.#grefs[entry]!
  }

  setGref(entry: number, gref: number): void {
    this.#grefs[entry] = gref
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

  /** Entries on the list, head first. */
  *idle(): Generator<number> {
    for (let entry = this.#head; entry !== NONE; entry = this.#next[entry]!) yield entry
  }

  get entries(): number {
    return this.#grefs.length
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
      const next = this.#next[entry]!
      const gref = this.#grefs[entry]!
      if (gref !== NO_GREF && tryEnd(gref)) {
        if (before === NONE) this.#head = next
        else this.#next[before] = next
        if (next === NONE) this.#tail = before
        ended.push(entry)
      } else before = entry
      entry = next
    }
    this.persistent_gnts_c -= ended.length
    for (const entry of ended) this.drop(entry)
  }

  #append(entry: number): void {
    this.#next[entry] = NONE
    if (this.#tail === NONE) this.#head = entry
    else this.#next[this.#tail] = entry
    this.#tail = entry
  }
}
