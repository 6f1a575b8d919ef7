// A packed image read by offsets: forward as it unpacks, back by beginning again.
import type { ByteReader } from '../../image/index.ts'
import { type Packing, type UnpackedPieces, unpackPieces } from '../../inputs/packing.ts'

/** What is read first and again and again: the headers of an image. */
const HEAD = 64 * 1024
const CHUNK = 256 * 1024
/** Packed bytes that are read at a time. */
const PIECE = 64 * 1024
const NOTHING: Uint8Array = new Uint8Array()

/** Reads at an offset: fewer bytes than asked for are there, and none at the end. */
export type ReadAt = (offset: number, into: Uint8Array) => number

export class PackedReader implements ByteReader {
  readonly size = undefined
  /** Why the bytes end where they do, if not because the image does. */
  problem: string | undefined
  readonly #path: string
  readonly #readAt: ReadAt
  readonly #packing: Packing
  readonly #limit: number
  #stream: UnpackedPieces | undefined
  #head: Uint8Array | undefined
  #chunks!: AsyncIterator<Uint8Array>
  #chunk = NOTHING
  /** The one before it: what is read behind a ring may be the next ring. */
  #before = NOTHING
  /** Offset of the first byte of the chunk. */
  #at = 0

  /** @param limit unpacked bytes that are read at most @throws DumpError where this Node cannot unpack them */
  constructor(path: string, readAt: ReadAt, packing: Packing, limit: number) {
    this.#path = path
    this.#readAt = readAt
    this.#packing = packing
    this.#limit = limit
    this.#restart()
  }

  async read(offset: number, into: Uint8Array): Promise<number> {
    if (!this.#head) {
      const head = new Uint8Array(HEAD)
      this.#head = head.subarray(0, await this.#fill(0, head))
    }
    if (offset + into.length <= this.#head.length) {
      into.set(this.#head.subarray(offset, offset + into.length))
      return into.length
    }
    return this.#fill(offset, into)
  }

  async close(): Promise<void> {
    this.#stream?.destroy()
  }

  async #fill(offset: number, into: Uint8Array): Promise<number> {
    if (offset < this.#at - this.#before.length) this.#restart()
    let filled = 0
    while (filled < into.length) {
      const from = offset + filled - this.#at
      if (from < this.#chunk.length) {
        const [chunk, at] = from < 0 ? [this.#before, this.#before.length + from] : [this.#chunk, from]
        const part = chunk.subarray(at, at + into.length - filled)
        into.set(part, filled)
        filled += part.length
      } else if (!(await this.#advance())) break
    }
    return filled
  }

  #restart(): void {
    this.#stream?.destroy()
    this.#stream = unpackPieces(this.#path, this.#pieces(), this.#packing, CHUNK)
    this.#chunks = this.#stream[Symbol.asyncIterator]()
    this.#chunk = NOTHING
    this.#before = NOTHING
    this.#at = 0
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; ; ) {
      const piece = new Uint8Array(PIECE)
      const got = this.#readAt(at, piece)
      if (got === 0) return
      at += got
      yield piece.subarray(0, got)
    }
  }

  /** Goes on to the next chunk; false at the end. */
  async #advance(): Promise<boolean> {
    const next = this.#at + this.#chunk.length
    if (next >= this.#limit) {
      this.problem = `it unpacks to more than ${this.#limit} bytes, of which the rest was not looked at`
      return false
    }
    try {
      const { value, done } = await this.#chunks.next()
      if (done) return false
      this.#at = next
      this.#before = this.#chunk
      this.#chunk = value
      return true
    } catch (error) {
      this.problem = `the ${this.#packing.name} stream is damaged behind ${next} unpacked bytes (${error instanceof Error ? error.message : String(error)})`
      return false
    }
  }
}
