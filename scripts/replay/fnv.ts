// FNV-1a, 64 bits, as the golden vectors digest data.

/** A running digest in two halves, in integer arithmetic throughout: a BigInt per byte would be a hundred times slower. */
export class Fnv {
  #high = 0xcbf29ce4
  #low = 0x84222325

  add(bytes: Uint8Array): void {
    let high = this.#high | 0
    let low = this.#low | 0
    for (let i = 0; i < bytes.length; i++) {
      low ^= bytes[i]!
      // Times the prime 2^40 + 0x1b3; the low half is multiplied in two parts of 16 bits to keep its carry.
      const part = (low & 0xffff) * 0x1b3
      const carried = (low >>> 16) * 0x1b3 + (part >>> 16)
      high = (Math.imul(high, 0x1b3) + (low << 8) + (carried >>> 16)) | 0
      low = (carried << 16) | (part & 0xffff)
    }
    this.#high = high
    this.#low = low
  }

  /** 16 hex digits. */
  digest(): string {
    return half(this.#high) + half(this.#low)
  }
}

function half(n: number): string {
  return (n >>> 0).toString(16).padStart(8, '0')
}
