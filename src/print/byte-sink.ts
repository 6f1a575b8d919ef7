// Text as bytes in one buffer that is used again and again: numbers are written digit by digit, and nothing of it passes
// through a string.

const ZERO = 0x30
const MINUS = 0x2d
const GIGA = 1e9
const TWO_32 = 2 ** 32
/** A u64 whose upper half is below this is exact as a double. */
const EXACT_HIGH = 2 ** 21

/** ASCII text made ready to be copied, four bytes at a time. */
export interface Literal {
  readonly words: Uint32Array
  readonly length: number
}

export function literal(text: string): Literal {
  const words = new Uint32Array(Math.ceil(text.length / 4))
  for (let i = 0; i < text.length; i++) words[i >> 2] = words[i >> 2]! | (text.charCodeAt(i) << (8 * (i % 4)))
  return { words, length: text.length }
}

/** Literals end up to 3 bytes early: their last word is stored whole. */
const SLACK = 4

export class ByteSink {
  #bytes: Uint8Array
  #view: DataView
  #at = 0
  readonly #flush: (bytes: Uint8Array) => void

  /**
   * @param size bytes to gather before they are passed on
   * @param flush takes the bytes, which change afterwards
   */
  constructor(size: number, flush: (bytes: Uint8Array) => void) {
    this.#bytes = new Uint8Array(size)
    this.#view = new DataView(this.#bytes.buffer)
    this.#flush = flush
  }

  flush(): void {
    const at = this.#at
    this.#at = 0
    if (at > 0) this.#flush(this.#bytes.subarray(0, at))
  }

  /** Must be called before anything that writes up to so many bytes. */
  reserve(bytes: number): void {
    if (this.#at + bytes + SLACK <= this.#bytes.length) return
    this.flush()
    if (bytes + SLACK <= this.#bytes.length) return
    this.#bytes = new Uint8Array(bytes + SLACK)
    this.#view = new DataView(this.#bytes.buffer)
  }

  literal({ words, length }: Literal): void {
    const at = this.#at
    const view = this.#view
    for (let i = 0; i < words.length; i++) view.setUint32(at + 4 * i, words[i]!, true)
    this.#at = at + length
  }

  /** ASCII alone; it reserves what it needs. */
  text(text: string): void {
    this.reserve(text.length)
    for (let i = 0; i < text.length; i++) this.#bytes[this.#at++] = text.charCodeAt(i)
  }

  byte(code: number): void {
    this.#bytes[this.#at++] = code
  }

  /** A whole number from 0 to 2^32 - 1. */
  u32(n: number): void {
    if (n < 10) {
      this.#bytes[this.#at++] = ZERO + n
      return
    }
    this.#at += n < 100 ? 2 : n < 1000 ? 3 : n < 1e4 ? 4 : n < 1e5 ? 5 : n < 1e6 ? 6 : n < 1e7 ? 7 : n < 1e8 ? 8 : n < GIGA ? 9 : 10
    const bytes = this.#bytes
    let at = this.#at
    let rest = n >>> 0
    do {
      const tens = (rest / 10) >>> 0
      bytes[--at] = ZERO + (rest - 10 * tens)
      rest = tens
    } while (rest > 0)
  }

  /** A whole number from 0 to 2^53 - 1. */
  whole(n: number): void {
    if (n < TWO_32) this.u32(n)
    else this.u64(n % TWO_32, Math.floor(n / TWO_32))
  }

  s16(n: number): void {
    if (n < 0) this.#bytes[this.#at++] = MINUS
    this.u32(n < 0 ? -n : n)
  }

  /** high * 2^32 + low, in decimal. */
  u64(low: number, high: number): void {
    if (high === 0) this.u32(low)
    else if (high < EXACT_HIGH) this.#upTo18(high * TWO_32 + low)
    else this.#large(low, high)
  }

  #large(low: number, high: number): void {
    // Long division by 10^9, 16 bits at a time: every step is exact as a double.
    let rest = high % GIGA
    const q0 = Math.floor(high / GIGA)
    const upper = rest * 65536 + (low >>> 16)
    const q1 = Math.floor(upper / GIGA)
    rest = upper - q1 * GIGA
    const lower = rest * 65536 + (low & 0xffff)
    const q2 = Math.floor(lower / GIGA)
    this.#upTo18(q0 * TWO_32 + q1 * 65536 + q2)
    this.#nine(lower - q2 * GIGA)
  }

  /** Bytes in hexadecimal, of little-endian words. */
  hex(words: Uint32Array, start: number, count: number): void {
    for (let i = start; i < start + count; i++)
      for (let shift = 0; shift < 32; shift += 8) {
        const byte = words[i]! >>> shift
        this.#bytes[this.#at++] = hexDigit((byte >>> 4) & 0xf)
        this.#bytes[this.#at++] = hexDigit(byte & 0xf)
      }
  }

  /** A number below 10^18 that is exact as a double. */
  #upTo18(n: number): void {
    const upper = Math.floor(n / GIGA)
    if (upper === 0) this.u32(n)
    else {
      this.u32(upper)
      this.#nine(n - upper * GIGA)
    }
  }

  /** Nine digits, with zeros in front. */
  #nine(n: number): void {
    const bytes = this.#bytes
    let rest = n >>> 0
    for (let at = this.#at + 8; at >= this.#at; at--) {
      const tens = (rest / 10) >>> 0
      bytes[at] = ZERO + (rest - 10 * tens)
      rest = tens
    }
    this.#at += 9
  }
}

function hexDigit(n: number): number {
  return n < 10 ? ZERO + n : 0x61 - 10 + n
}
