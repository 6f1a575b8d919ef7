// The one way to bytes: a file, a pipe, a FIFO, standard input, or what is in memory, read from its beginning, with a look ahead. What may
// have to be waited for is read in two ways: `read` leaves the event loop free, so that a signal is heard, and `readNow` waits.

/** Milliseconds between two looks at an empty pipe. */
const PAUSE = 3
/** A look ahead of unknown length begins with so many bytes. */
const FIRST_LOOK = 64 * 1024

/** `read` found nothing there yet. */
export const WAIT = -1

/** How far the reading of an input is. */
export interface StreamPlace {
  /** Bytes read from the file; of a compressed one as they lie there. */
  readonly position: number
  /** Undefined for a pipe, and for standard input, which may begin anywhere. */
  readonly size: number | undefined
}

export abstract class ByteSource {
  /** The input as the user named it. */
  readonly path: string
  /** Bytes in all, where that is known; a file of /sys says that it has a page, whatever it holds. */
  readonly size: number | undefined
  /** A read waits until something is there, and never says WAIT: what it gave may be all for a while. */
  readonly waits: boolean
  /** Read already, and to be read again. */
  #head: Uint8Array
  #ended: boolean

  /** @param all bytes there are, of an input that is in memory */
  protected constructor(path: string, size: number | undefined, waits: boolean, all?: Uint8Array) {
    this.path = path
    this.size = size
    this.waits = waits
    this.#head = all ?? new Uint8Array()
    this.#ended = all !== undefined
  }

  /** An input of which all bytes are there. */
  static of(path: string, bytes: Uint8Array, close = () => {}): ByteSource {
    return new BytesInMemory(path, bytes, close)
  }

  abstract readonly place: StreamPlace
  /** Reads bytes at an offset; undefined for what can be read only once. */
  readAt?(offset: number, into: Uint8Array): number
  abstract close(): void
  /** @returns the bytes read into the buffer from `at` on, 0 at the end, or WAIT where nothing is there yet @throws DumpError */
  protected abstract more(buffer: Uint8Array, at: number): number | Promise<number>
  /** Reads as `more` does, but waits. @throws DumpError */
  protected abstract moreNow(buffer: Uint8Array, at: number): number

  /** The next bytes, as many as there are up to a number; they are read again afterwards. */
  peek(length: number): Uint8Array {
    while (this.#head.length < length && !this.#ended) {
      const [buffer, at] = this.#roomy(length)
      this.#keep(buffer, at, this.moreNow(buffer, at))
    }
    return this.#head.subarray(0, length)
  }

  /** Reads so many bytes, or to the end, for `peek`. */
  async ahead(length: number): Promise<void> {
    while (this.#head.length < length && !this.#ended) {
      const [buffer, at] = this.#roomy(length)
      const got = await this.more(buffer, at)
      if (got === WAIT) await pause()
      else this.#keep(buffer, at, got)
    }
  }

  /** Reads until the buffer is full or the input ends. @returns the bytes read */
  fill(buffer: Uint8Array): number {
    let at = 0
    for (let got = 1; got > 0 && at < buffer.length; at += got) got = this.readNow(buffer, at)
    return at
  }

  /** What is there, into the buffer from `at` on; 0 at the end. */
  readNow(buffer: Uint8Array, at: number): number {
    return this.#take(buffer, at) || (this.#ended ? 0 : this.moreNow(buffer, at))
  }

  /** Reads what is there, or says WAIT where nothing is there yet. */
  read(buffer: Uint8Array, at: number): number | Promise<number> {
    return this.#take(buffer, at) || (this.#ended ? 0 : this.more(buffer, at))
  }

  /** All bytes; undefined where they are more than a number. */
  readAll(limit: number): Uint8Array | undefined {
    if (this.size !== undefined && this.size > limit) return undefined
    const bytes = this.peek(limit + 1)
    return bytes.length > limit ? undefined : bytes
  }

  #take(buffer: Uint8Array, at: number): number {
    const taken = this.#head.subarray(0, buffer.length - at)
    buffer.set(taken, at)
    this.#head = this.#head.subarray(taken.length)
    return taken.length
  }

  /** The head, with room behind it. @param wanted bytes with the head */
  #roomy(wanted: number): [buffer: Uint8Array, at: number] {
    const { buffer, byteOffset, length: at } = this.#head
    // Bytes in memory are somebody else's, and have ended.
    const room = buffer.byteLength - byteOffset
    if (room > at) return [new Uint8Array(buffer, byteOffset, room), at]
    // One byte more than a file says that it has shows its end; a series has thousands of small ones, each of them read at once.
    const likely = this.size !== undefined && this.size >= at ? this.size + 1 : Math.max(FIRST_LOOK, 2 * at)
    const grown = new Uint8Array(likely < FIRST_LOOK ? likely : Math.min(wanted, likely))
    grown.set(this.#head)
    return [grown, at]
  }

  #keep(buffer: Uint8Array, at: number, got: number): void {
    this.#ended = got === 0
    this.#head = buffer.subarray(0, at + got)
  }
}

class BytesInMemory extends ByteSource {
  readonly place: StreamPlace
  readonly close: () => void

  constructor(path: string, bytes: Uint8Array, close: () => void) {
    super(path, bytes.length, false, bytes)
    this.place = { position: bytes.length, size: bytes.length }
    this.close = close
  }

  protected more(): number {
    return 0
  }

  protected moreNow(): number {
    return 0
  }
}

/** Resolves when it is worth while to read again. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE))
}
