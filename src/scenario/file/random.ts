// Chance for workloads: the same numbers on every machine from the same seed.

/** 32 bits of the golden ratio, the step of the sequence (Weyl). */
const STEP = 0x9e37_79b9

/** A generator of the splitmix family on 32 bits: a counter whose values are mixed (murmur3's finalizer). Period 2^32. */
export class Random {
  #state: number

  /** @param seed 0 to 2^53 - 1 @param stream of the 2^32 that a seed has, none like another */
  constructor(seed: number, stream = 0) {
    this.#state = (mix(Math.floor(seed / 2 ** 32)) ^ seed ^ mix(stream)) >>> 0
  }

  /** 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + STEP) >>> 0
    return mix(this.#state)
  }

  /** 0 to n - 1, for n up to 2^53. */
  below(n: number): number {
    const high = this.next() >>> 5
    const low = this.next() >>> 6
    return Math.floor(((high * 2 ** 26 + low) / 2 ** 53) * n)
  }

  /** Puts items in an order of chance (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      ;[shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!]
    }
    return shuffled
  }
}

function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35)
  return (h ^ (h >>> 16)) >>> 0
}
