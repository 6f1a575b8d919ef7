// A gzipped image read by offsets: forward as it unpacks, back by beginning again.
import { createReadStream } from 'node:fs'
import zlib from 'node:zlib'
import type { ByteReader } from '../../image/index.ts'

/** What is read first and again and again: the headers of an image. */
const HEAD = 64 * 1024
const CHUNK = 256 * 1024
const NOTHING: Uint8Array = new Uint8Array()

export class GzipReader implements ByteReader {
  readonly size = undefined
  /** Why the bytes end where they do, if not because the image does. */
  problem: string | undefined
  readonly #fd: number
  readonly #limit: number
  #head: Uint8Array | undefined
  #chunks: AsyncIterator<Uint8Array> | undefined
  #chunk = NOTHING
  /** The one before it: what is read behind a ring may be the next ring. */
  #before = NOTHING
  /** Offset of the first byte of the chunk. */
  #at = 0

  /** @param fd a file that can be read from any place @param limit unpacked bytes that are read at most */
  constructor(fd: number, limit: number) {
    this.#fd = fd
    this.#limit = limit
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
    await this.#chunks?.return?.()
    this.#chunks = undefined
  }

  async #fill(offset: number, into: Uint8Array): Promise<number> {
    if (offset < this.#at - this.#before.length || !this.#chunks) await this.#restart()
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

  async #restart(): Promise<void> {
    await this.close()
    const packed = createReadStream('', { fd: this.#fd, start: 0, autoClose: false, highWaterMark: 64 * 1024 })
    const unpacked = zlib.createGunzip({ chunkSize: CHUNK })
    packed.on('error', (error) => unpacked.destroy(error))
    this.#chunks = packed.pipe(unpacked)[Symbol.asyncIterator]()
    this.#chunk = NOTHING
    this.#before = NOTHING
    this.#at = 0
  }

  /** On to the next chunk; false at the end. */
  async #advance(): Promise<boolean> {
    const next = this.#at + this.#chunk.length
    if (next >= this.#limit) {
      this.problem = `it unpacks to more than ${this.#limit} bytes, of which the rest was not looked at`
      return false
    }
    try {
      const { value, done } = await this.#chunks!.next()
      if (done) return false
      this.#at = next
      this.#before = this.#chunk
      this.#chunk = value
      return true
    } catch (error) {
      this.problem = `the gzip stream is damaged behind ${next} unpacked bytes (${error instanceof Error ? error.message : String(error)})`
      return false
    }
  }
}
