// Grant references and ids of a ring, as a Linux driver could have them: of each it has one at a time, from a table of its own.
import { GREFS_PER_FRAME } from '../../blkfront/index.ts'
import { GNTTAB_NR_RESERVED_ENTRIES } from '../../codec/xen/grant-table.ts'

/** As many frames as a scenario may have. */
const MAX_GREFS = 4096 * GREFS_PER_FRAME

/** Hands out the names of a ring, each once; what no Linux could have, or has already, becomes one that the ring does not have. */
export class Names {
  readonly #min: number
  readonly #end: number
  readonly #ofRing: ReadonlySet<number>
  readonly #taken: Set<number> = new Set()
  readonly #left: Set<number> = new Set()
  #next: number

  private constructor(min: number, end: number, ofRing: Iterable<number>) {
    this.#min = min
    this.#end = end
    this.#ofRing = new Set(ofRing)
    this.#next = min
  }

  /** @param ofRing all references that the ring names */
  static grefs(ofRing: Iterable<number>): Names {
    return new Names(GNTTAB_NR_RESERVED_ENTRIES, MAX_GREFS, ofRing)
  }

  /** @param ofRing all ids that the ring has */
  static ids(nr_ents: number, ofRing: Iterable<number>): Names {
    return new Names(0, nr_ents, ofRing)
  }

  /** Another request has the name, or will have it. */
  leave(name: number): void {
    this.#left.add(name)
  }

  /**
   * The ring's own name, where it can be; else the lowest that is free.
   * @param yields the request may be answered, so that one which is not has the name rather
   */
  take(wanted: number | undefined, yields = false): number {
    if (yields && wanted !== undefined && this.#left.has(wanted)) return this.take(undefined)
    const name = wanted !== undefined && this.#canBe(wanted) ? wanted : this.#fresh()
    this.#taken.add(name)
    return name
  }

  #canBe(name: number): boolean {
    return name >= this.#min && name < this.#end && !this.#taken.has(name)
  }

  #fresh(): number {
    while (this.#taken.has(this.#next) || this.#ofRing.has(this.#next)) this.#next++
    if (this.#next < this.#end) return this.#next
    // All are the ring's own; one of them no request has any more.
    let name = this.#min
    while (this.#taken.has(name)) name++
    return name
  }
}

/** Ascending runs `[first, count]` of a list, as a scenario's free list has them. */
export function freeListOf(list: readonly number[]): [first: number, count: number][] {
  const runs: [number, number][] = []
  for (const name of list) {
    const last = runs.at(-1)
    if (last && name === last[0] + last[1]) last[1]++
    else runs.push([name, 1])
  }
  return runs
}
