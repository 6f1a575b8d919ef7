// From the frames that grants name to the pages of the image, and back.
import { x86_64 } from '../codec/struct/abi.ts'
import { offsetsOf } from '../codec/struct/layout.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { xenDumpcoreP2m } from './core-tables.ts'
import { entrySize } from './elf.ts'
import type { FrameTable, ImageMap } from './image-map.ts'
import { offsetsInExtents } from './in-extents.ts'
import { type ByteReader, readBytes } from './reader.ts'

/** The two numbers of a page. They differ in PV guests only. */
export interface FrameNumbers {
  /** The frame's number as the guest counts its memory. */
  readonly pfn: number
  /** The frame's number as the guest's grants name it. */
  readonly gmfn: number
}

export interface FrameLookup {
  /** Byte offset of the pages of the wanted gmfns that the image holds. */
  readonly offsets: ReadonlyMap<number, number>
  /** Numbers of the pages at the wanted entries. */
  readonly numbers: ReadonlyMap<number, FrameNumbers>
}

const WORD = Uint32Array.BYTES_PER_ELEMENT
const PIECE = 64 * 1024
const GMFN = offsetsOf(xenDumpcoreP2m, x86_64).gmfn / WORD
/** All ones mark a page that is none; and no frame number has more bits than this leaves. */
const HIGH_LIMIT = 2 ** 20

/** Looks up frames by extents, or by one pass over the frame table, whatever its length. */
export async function lookUpFrames(
  reader: ByteReader,
  map: ImageMap,
  gmfns: ReadonlySet<number>,
  entries: ReadonlySet<number> = new Set(),
): Promise<FrameLookup> {
  if (gmfns.size + entries.size === 0) return { offsets: new Map(), numbers: new Map() }
  return map.table ? inTable(reader, map, map.table, gmfns, entries) : inExtents(map, gmfns)
}

async function inTable(
  reader: ByteReader,
  { extents }: ImageMap,
  { kind, byPfn, offset, entries }: FrameTable,
  gmfns: ReadonlySet<number>,
  wanted: ReadonlySet<number>,
): Promise<FrameLookup> {
  const [offsets, numbers] = [new Map<number, number>(), new Map<number, FrameNumbers>()]
  const [pages] = extents
  if (!pages || gmfns.size + wanted.size === 0) return { offsets, numbers }
  const size = entrySize(kind)
  const [stride, gmfnAt] = [size / WORD, kind === 'p2m' && !byPfn ? GMFN : 0]
  const perPiece = PIECE / size
  for (let first = 0; first < entries; first += perPiece) {
    const bytes = await readBytes(reader, offset + first * size, Math.min(perPiece, entries - first) * size)
    const words = new Uint32Array(bytes.buffer, 0, Math.floor(bytes.length / size) * stride)
    for (let at = 0, entry = first; at < words.length; at += stride, entry++) {
      const gmfn = frameAt(words, at + gmfnAt)
      if (gmfn === undefined) continue
      if (gmfns.has(gmfn) && !offsets.has(gmfn) && entry < pages.pages) offsets.set(gmfn, pages.offset + entry * XEN_PAGE_SIZE)
      if (wanted.has(entry)) numbers.set(entry, { pfn: frameAt(words, at) ?? gmfn, gmfn })
    }
    if (words.length === 0) break
  }
  return { offsets, numbers }
}

/**
 * Of the pages of an `xl dump-core`, those to which its table gives no frame: it could not map them, and wrote pages of zeros (all of
 * them on Arm, as seen with Xen 4.17). One pass over the table.
 */
export async function framelessPages(reader: ByteReader, { extents: [pages], table }: ImageMap): Promise<number> {
  if (!pages || !table) return 0
  const size = entrySize(table.kind)
  const [stride, gmfnAt] = [size / WORD, table.kind === 'p2m' ? GMFN : 0]
  const entries = Math.min(table.entries, pages.pages)
  const perPiece = PIECE / size
  let frameless = 0
  for (let first = 0; first < entries; first += perPiece) {
    const bytes = await readBytes(reader, table.offset + first * size, Math.min(perPiece, entries - first) * size)
    const words = new Uint32Array(bytes.buffer, 0, Math.floor(bytes.length / size) * stride)
    for (let at = 0; at < words.length; at += stride) if (frameAt(words, at + gmfnAt) === undefined) frameless++
    if (words.length === 0) break
  }
  return frameless
}

function frameAt(words: Uint32Array, at: number): number | undefined {
  const high = words[at + 1]!
  return high < HIGH_LIMIT ? high * 2 ** 32 + words[at]! : undefined
}

/** By the guest's own numbers of them, where it has numbers of its own. */
function inExtents({ extents, p2m }: ImageMap, gmfns: ReadonlySet<number>): FrameLookup {
  if (!p2m) return { offsets: offsetsInExtents(extents, gmfns), numbers: new Map() }
  const pfns = p2m.pfnsOf(gmfns)
  const places = offsetsInExtents(extents, new Set(pfns.values()))
  const offsets = [...pfns].flatMap(([gmfn, pfn]) => {
    const offset = places.get(pfn)
    return offset === undefined ? [] : [[gmfn, offset] as const]
  })
  return { offsets: new Map(offsets), numbers: new Map() }
}

/** Reads pages by their offsets, in one pass from front to back; those that the image does not hold whole are left out. */
export async function readPages(reader: ByteReader, offsets: Iterable<number>): Promise<Map<number, Uint8Array>> {
  const pages = new Map<number, Uint8Array>()
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    const page = await readBytes(reader, offset, XEN_PAGE_SIZE)
    if (page.length === XEN_PAGE_SIZE && !reader.damaged?.has(offset)) pages.set(offset, page)
  }
  return pages
}
