// Bytes that lie together: what a text says of them, and what it leaves out.

/** One dump: bytes from an address on. */
export class Run {
  /** The address of its first byte; undefined where the text has no addresses. */
  readonly address: bigint | undefined
  /** What the dump is in. */
  readonly format: string
  readonly firstLine: number
  lastLine: number
  /** Lines of other dumps that give the same bytes: the first of each, and the last. */
  readonly also: [number, number][] = []
  #bytes = new Uint8Array(0)
  #known = new Uint8Array(0)
  #length = 0

  constructor(format: string, address: bigint | undefined, line: number) {
    this.format = format
    this.address = address
    this.firstLine = line
    this.lastLine = line
  }

  get length(): number {
    return this.#length
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** 1 for every byte that the text gives. */
  get known(): Uint8Array {
    return this.#known.subarray(0, this.#length)
  }

  /**
   * Writes bytes where none are known.
   * @param given 1 for each of them that counts; all without it
   * @returns false where others are known already
   */
  put(offset: number, bytes: ArrayLike<number>, given?: Uint8Array): boolean {
    this.#reach(offset + bytes.length)
    let agrees = true
    for (let i = 0; i < bytes.length; i++) {
      if (given && !given[i]) continue
      if (this.#known[offset + i] && this.#bytes[offset + i] !== bytes[i]) agrees = false
      if (this.#known[offset + i]) continue
      this.#bytes[offset + i] = bytes[i]!
      this.#known[offset + i] = 1
    }
    return agrees
  }

  /** Writes the bytes again and again, up to an offset. */
  repeat(bytes: readonly number[], until: number): void {
    const from = this.#length
    this.#reach(until)
    for (let at = from; at < until; at++) this.#bytes[at] = bytes[(at - from) % bytes.length]!
    this.#known.fill(1, from, until)
  }

  /** Makes room for bytes that are not known. */
  skip(until: number): void {
    this.#reach(until)
  }

  #reach(length: number): void {
    if (length > this.#bytes.length) {
      this.#bytes = grown(this.#bytes, length)
      this.#known = grown(this.#known, length)
    }
    this.#length = Math.max(this.#length, length)
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(Math.max(length, 2 * bytes.length))
  more.set(bytes)
  return more
}
