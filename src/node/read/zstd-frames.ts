// Where the frames of zstd data end (RFC 8878, section 3). Node's decoder ignores what follows a frame in the same piece, and takes
// data that breaks off for data that ends; cut at the ends of frames, it reads all of them, and what is missing is seen.

const MAGIC = 0xfd2fb528
/** Frames of sixteen numbers that hold no data of the archive's. */
const MAGIC_SKIPPABLE = 0x184d2a50
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const
const BLOCK_RLE = 1

/**
 * Each frame costs a call of the decoder, whatever it holds. So many are unpacked, and one more for so many packed bytes: a page of a
 * ring takes more than that.
 */
const MAX_SMALL_FRAMES = 16_384
const MIN_FRAME_BYTES = 64

/** What the next bytes are. */
type Part = 'magic' | 'skippable size' | 'descriptor' | 'block' | 'bytes'

const HEADER_BYTES: Readonly<Record<Exclude<Part, 'bytes'>, number>> = {
  magic: 4,
  'skippable size': 4,
  descriptor: 1,
  block: 3,
}

/** Follows zstd data piece by piece. Of data that is none it says nothing: the decoder will. */
export class ZstdFrames {
  #part: Part = 'magic'
  /** Of a header that is not whole: its bytes so far, least significant first, and how many. */
  #header = 0
  #got = 0
  /** Bytes to pass over, and what comes behind them. */
  #pass = 0
  #then: Part = 'magic'
  #hasChecksum = false
  #isLost = false
  #frames = 0
  #bytes = 0

  /** Whether the data so far ends where a frame ends. */
  get isWhole(): boolean {
    return this.#isLost || (this.#part === 'magic' && this.#got === 0)
  }

  /** The frames so far are more than anybody makes but to do harm. */
  get areTooMany(): boolean {
    return this.#frames > MAX_SMALL_FRAMES + this.#bytes / MIN_FRAME_BYTES
  }

  /** The piece in parts, each but the last of which ends where a frame ends; no more of them once the frames are too many. */
  cut(piece: Uint8Array): Uint8Array[] {
    const parts: Uint8Array[] = []
    let start = 0
    let at = 0
    this.#bytes += piece.length
    while (at < piece.length && !this.#isLost && !this.areTooMany) {
      at += this.#part === 'bytes' ? this.#skip(piece.length - at) : this.#take(piece[at]!, this.#part)
      if (!this.#isLost && this.isWhole) {
        parts.push(piece.subarray(start, at))
        start = at
        this.#frames++
      }
    }
    if (start < piece.length) parts.push(piece.subarray(start))
    return parts
  }

  #skip(available: number): number {
    const passed = Math.min(this.#pass, available)
    this.#pass -= passed
    if (this.#pass === 0) this.#part = this.#then
    return passed
  }

  #take(byte: number, part: Exclude<Part, 'bytes'>): number {
    this.#header += byte * 2 ** (8 * this.#got++)
    if (this.#got < HEADER_BYTES[part]) return 1
    const header = this.#header
    this.#header = 0
    this.#got = 0
    if (part === 'magic') this.#begin(header)
    else if (part === 'skippable size') this.#passOver(header, 'magic')
    else if (part === 'descriptor') this.#describe(header)
    else this.#block(header)
    return 1
  }

  #begin(magic: number): void {
    if (magic === MAGIC) this.#part = 'descriptor'
    else if (magic - (magic % 16) === MAGIC_SKIPPABLE) this.#part = 'skippable size'
    else this.#isLost = true
  }

  #describe(descriptor: number): void {
    const isSingleSegment = (descriptor & 0x20) !== 0
    this.#hasChecksum = (descriptor & 0x04) !== 0
    const window = isSingleSegment ? 0 : 1
    const contentSize = CONTENT_SIZE_BYTES[(descriptor >> 6) as 0 | 1 | 2 | 3] || (isSingleSegment ? 1 : 0)
    this.#passOver(window + DICTIONARY_ID_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3] + contentSize, 'block')
  }

  #block(header: number): void {
    const isLast = (header & 1) !== 0
    const size = ((header >> 1) & 3) === BLOCK_RLE ? 1 : header >> 3
    this.#passOver(size + (isLast && this.#hasChecksum ? 4 : 0), isLast ? 'magic' : 'block')
  }

  #passOver(count: number, then: Part): void {
    this.#pass = count
    this.#then = then
    this.#part = count === 0 ? then : 'bytes'
  }
}
