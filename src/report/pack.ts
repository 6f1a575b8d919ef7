// The bytes of the moments of a ring, packed: of each what changed since the one before, of the first what is not 0.

/** Bytes that are alike between two runs, and cheaper to repeat than a new run. */
const GAP = 3
const CHUNK = 0x6000

/** Takes moments one after another. All have the same length. */
export class Packer {
  #before: Uint8Array
  #out = new Uint8Array(1024)
  #used = 0

  /** @param length bytes of a moment */
  constructor(length: number) {
    this.#before = new Uint8Array(length)
  }

  /** @param parts that are as long as a moment together */
  add(...parts: readonly Uint8Array[]): void {
    const before = this.#before
    const bytes = new Uint8Array(before.length)
    let end = 0
    for (const part of parts) {
      bytes.set(part, end)
      end += part.length
    }
    let written = 0
    for (let at = 0; at < bytes.length; ) {
      if (bytes[at] === before[at]) {
        at++
        continue
      }
      let end = at + 1
      for (let next = end; next < bytes.length && next - end <= GAP; next++) if (bytes[next] !== before[next]) end = next + 1
      this.#number(end - at)
      this.#number(at - written)
      this.#bytes(bytes.subarray(at, end))
      written = at = end
    }
    this.#number(0)
    this.#before = bytes
  }

  base64(): string {
    return toBase64(this.#out.subarray(0, this.#used))
  }

  /** Seven bits a byte, the lowest first; the highest bit says that more come. */
  #number(n: number): void {
    this.#room(5)
    let rest = n
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#out[this.#used++] = (rest % 128) + 128
    this.#out[this.#used++] = rest
  }

  #bytes(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#out.set(bytes, this.#used)
    this.#used += bytes.length
  }

  #room(more: number): void {
    if (this.#used + more <= this.#out.length) return
    const larger = new Uint8Array(2 * (this.#used + more))
    larger.set(this.#out)
    this.#out = larger
  }
}

/** Gives back what a `Packer` took, moment by moment. */
export class Unpacker {
  readonly #packed: Uint8Array
  readonly #bytes: Uint8Array
  #at = 0
  /** The moment that `#bytes` are of; -1 before the first. */
  #moment = -1

  constructor(base64: string, length: number) {
    this.#packed = fromBase64(base64)
    this.#bytes = new Uint8Array(length)
  }

  /** The bytes of a moment; they are overwritten when another is asked for. */
  moment(moment: number): Uint8Array {
    if (moment < this.#moment) {
      this.#bytes.fill(0)
      this.#at = 0
      this.#moment = -1
    }
    while (this.#moment < moment && this.#at < this.#packed.length) this.#next()
    return this.#bytes
  }

  #next(): void {
    let place = 0
    for (let size = this.#number(); size > 0; size = this.#number()) {
      place += this.#number()
      this.#bytes.set(this.#packed.subarray(this.#at, this.#at + size), place)
      this.#at += size
      place += size
    }
    this.#moment++
  }

  #number(): number {
    let [n, weight] = [0, 1]
    for (;;) {
      const byte = this.#packed[this.#at++] ?? 0
      n += (byte % 128) * weight
      if (byte < 128) return n
      weight *= 128
    }
  }
}

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK) text += btoa(String.fromCharCode(...bytes.subarray(at, at + CHUNK)))
  return text
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}
