// The pages of a kdump as if they lay unpacked one behind the other.
import { x86_64 } from '../codec/struct/abi.ts'
import { layoutOf, offsetsOf } from '../codec/struct/layout.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { pageDesc } from './core-tables.ts'
import { ImageError } from './image-map.ts'
import { type ByteReader, readBytes } from './reader.ts'
import { unpackLzo } from './unpack-lzo.ts'
import { unpackSnappy } from './unpack-snappy.ts'

/** What unpacks a page: undefined or throws where the bytes are none of its own, or make another number of bytes. */
export type UnpackPage = (packed: Uint8Array, size: number) => Uint8Array | undefined

/** By the name of the packing; what is not here is refused by its name. */
export type Unpackers = Readonly<Partial<Record<PagePacking, UnpackPage | undefined>>>

export type PagePacking = 'zlib' | 'lzo' | 'snappy' | 'zstd'

const PACKINGS: readonly { readonly flag: number; readonly name: PagePacking }[] = [
  { flag: 1, name: 'zlib' },
  { flag: 2, name: 'lzo' },
  { flag: 4, name: 'snappy' },
  { flag: 0x20, name: 'zstd' },
]

/** What is unpacked without help. */
const OWN: Unpackers = { lzo: unpackLzo, snappy: unpackSnappy }

const { size: DESC } = layoutOf(pageDesc, x86_64)
const AT = offsetsOf(pageDesc, x86_64)
const PER_PIECE = 4096
/** Descriptors are kept in memory, in 13 bytes each: those of 64 GiB. */
const MAX_PAGES = 2 ** 24
/** Pages that were unpacked last: those of zeros share their bytes, and so may others. */
const KEPT = 32
/** A dump that was cut has lost its last pages; one that was made to be damaged is no dump. */
const MAX_DAMAGED = 2 ** 20
/** No packing makes a page much longer than it is. */
const SLACK = 1024

export class KdumpPages implements ByteReader {
  readonly size: number
  /** Pages whose descriptors are there. */
  readonly count: number
  /** Pages that are not there or cannot be unpacked, by their place: they read as zeros. */
  readonly damaged = new Set<number>()
  readonly #reader: ByteReader
  readonly #block: number
  readonly #unpackers: Unpackers
  readonly #descs: readonly Descs[]
  readonly #kept = new Map<number, Uint8Array>()

  private constructor(
    reader: ByteReader,
    block: number,
    unpackers: Unpackers,
    { count, pieces }: { count: number; pieces: readonly Descs[] },
  ) {
    this.#reader = reader
    this.#block = block
    this.#unpackers = unpackers
    this.#descs = pieces
    this.count = count
    this.size = count * block
  }

  /** @param at of the descriptors @param pages that are claimed @throws ImageError of a packing that is not unpacked here */
  static async open(reader: ByteReader, at: number, pages: number, block: number, unpackers: Unpackers): Promise<KdumpPages> {
    if (pages > MAX_PAGES)
      throw new ImageError(
        `a kdump of ${pages} pages, which is more than ${MAX_PAGES}`,
        'makedumpfile -d 31 leaves pages out, --split makes several of it',
      )
    const all = { ...OWN, ...unpackers }
    const descs = await readDescs(reader, at, pages)
    let seen = 0
    for (const piece of descs.pieces) for (const flags of piece.flags) seen |= flags
    for (const { flag, name } of PACKINGS)
      if (seen & flag && !all[name])
        throw new ImageError(
          `a kdump whose pages are packed with ${name}, which is not unpacked here`,
          'Node 22.15 or later unpacks zstd; makedumpfile -c writes a kdump with zlib from it',
        )
    return new KdumpPages(reader, block, all, descs)
  }

  async read(offset: number, into: Uint8Array): Promise<number> {
    let filled = 0
    while (filled < into.length) {
      const n = Math.floor((offset + filled) / this.#block)
      if (n >= this.count) break
      const skip = offset + filled - n * this.#block
      const part = (await this.#page(n)).subarray(skip, skip + into.length - filled)
      into.set(part, filled)
      filled += part.length
    }
    return filled
  }

  async #page(n: number): Promise<Uint8Array> {
    const piece = this.#descs[Math.floor(n / PER_PIECE)]!
    const i = n % PER_PIECE
    const [offset, size, flags] = [piece.offsets[i]!, piece.sizes[i]!, piece.flags[i]!]
    const kept = this.#kept.get(offset)
    if (kept) return kept
    const page = await this.#unpacked(offset, size, flags)
    if (!page) {
      this.#lose(n * this.#block)
      return new Uint8Array(this.#block)
    }
    if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value!)
    this.#kept.set(offset, page)
    return page
  }

  #lose(start: number): void {
    for (let at = start; at < start + this.#block; at += XEN_PAGE_SIZE) this.damaged.add(at)
    if (this.damaged.size > MAX_DAMAGED)
      throw new ImageError(`more than ${MAX_DAMAGED} of its pages cannot be unpacked`, 'copy the file again')
  }

  async #unpacked(offset: number, size: number, flags: number): Promise<Uint8Array | undefined> {
    if (size === 0 || size > this.#block + SLACK) return undefined
    const bytes = await readBytes(this.#reader, offset, size)
    if (bytes.length < size) return undefined
    const packing = PACKINGS.find(({ flag }) => flags & flag)
    if (!packing) return size === this.#block ? bytes : undefined
    try {
      const page = this.#unpackers[packing.name]!(bytes, this.#block)
      return page?.length === this.#block ? page : undefined
    } catch {
      return undefined
    }
  }
}

/** Descriptors of PER_PIECE pages. */
interface Descs {
  readonly offsets: Float64Array
  readonly sizes: Uint32Array
  readonly flags: Uint8Array
}

/** As many as there are; memory grows with what is read, not with what is claimed. */
async function readDescs(reader: ByteReader, at: number, pages: number): Promise<{ count: number; pieces: Descs[] }> {
  const pieces: Descs[] = []
  let count = 0
  while (count < pages) {
    const bytes = await readBytes(reader, at + count * DESC, Math.min(PER_PIECE, pages - count) * DESC)
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const whole = Math.floor(bytes.length / DESC)
    if (whole === 0) break
    const piece = { offsets: new Float64Array(whole), sizes: new Uint32Array(whole), flags: new Uint8Array(whole) }
    for (let i = 0; i < whole; i++) {
      const place = i * DESC
      piece.offsets[i] = words.getUint32(place + AT.offset + 4, true) * 2 ** 32 + words.getUint32(place + AT.offset, true)
      piece.sizes[i] = words.getUint32(place + AT.size, true)
      piece.flags[i] = words.getUint32(place + AT.flags, true)
    }
    pieces.push(piece)
    count += whole
    if (whole < PER_PIECE) break
  }
  return { count, pieces }
}
