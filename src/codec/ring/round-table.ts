// Sets of numbers for one ring after another, emptied in no time: a place holds a number only if it was written in this round.

/** Spreads neighbouring numbers (Knuth's multiplicative hash). */
const SPREAD = 0x9e37_79b1

/** What was first added under each 64-bit key. */
export class RoundTable {
  readonly #mask: number
  readonly #low: Uint32Array
  readonly #high: Uint32Array
  readonly #value: Int32Array
  readonly #round: Uint32Array
  #now = 0

  /** @param most keys that one round adds at the most */
  constructor(most: number) {
    const places = 2 ** Math.ceil(Math.log2(4 * Math.max(most, 1)))
    this.#mask = places - 1
    this.#low = new Uint32Array(places)
    this.#high = new Uint32Array(places)
    this.#value = new Int32Array(places)
    this.#round = new Uint32Array(places)
  }

  /** Empties the table. */
  next(): void {
    this.#now = (this.#now + 1) >>> 0
    if (this.#now !== 0) return
    this.#round.fill(0)
    this.#now = 1
  }

  /** Adds a key, and returns the value that it had already, or -1. */
  add(low: number, high: number, value: number): number {
    const at = this.#find(low, high)
    if (this.#round[at] === this.#now) return this.#value[at]!
    this.#low[at] = low
    this.#high[at] = high
    this.#value[at] = value
    this.#round[at] = this.#now
    return -1
  }

  has(low: number, high: number): boolean {
    return this.#round[this.#find(low, high)] === this.#now
  }

  /** The key's place, or the free one where it belongs. */
  #find(low: number, high: number): number {
    let at = Math.imul(low ^ Math.imul(high, SPREAD), SPREAD) >>> 7
    for (;;) {
      at &= this.#mask
      if (this.#round[at] !== this.#now || (this.#low[at] === low && this.#high[at] === high)) return at
      at++
    }
  }
}
