// Compressed kdumps: of makedumpfile, and of QEMU's dump-guest-memory -z, -l, -s. A header, two bitmaps of frames, a descriptor for each
// page of the second, then the pages, each packed for itself. Where a page lies in the image is where it would lie if all were unpacked.
import { type Abi, x86_32, x86_64 } from '../codec/struct/abi.ts'
import type { Struct, ValueOf } from '../codec/struct/c-types.ts'
import { decode } from '../codec/struct/decode.ts'
import { layoutOf, offsetsOf } from '../codec/struct/layout.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { diskDumpHeader32, diskDumpHeader64, kdumpSubHeader32, kdumpSubHeader64 } from './core-tables.ts'
import { hostNote } from './host-notes.ts'
import { type Extent, ImageError, type ImageMap } from './image-map.ts'
import { KdumpPages, type Unpackers } from './kdump-pages.ts'
import { type ByteReader, exact, readBytes } from './reader.ts'

const SIGNATURE = 'KDUMP   '
const BLOCK_SIZES: readonly number[] = [4096, 16_384, 65_536]
/** A sub header takes a block; QEMU puts its notes into it. */
const MAX_SUB_BLOCKS = 65_536
/** From this version on the sub header has the frames in 64 bits. */
const WIDE_VERSION = 6
/** And from this one on where the notes are. */
const NOTE_VERSION = 4
/** The machine's name in `utsname`, of a field of 65 bytes each. */
const MACHINE = 4 * 65
const UTSNAME = offsetsOf(diskDumpHeader64, x86_64).utsname
const PIECE = 64 * 1024
/** Runs of frames: memory of a host is in a few thousand, of which makedumpfile leaves pages out. */
const MAX_RUNS = 2 ** 20

export function isKdump(head: Uint8Array): boolean {
  return textOf(head.subarray(0, SIGNATURE.length)) === SIGNATURE
}

interface Header {
  readonly abi: Abi
  readonly version: number
  readonly machine: string
  readonly block: number
  readonly subBlocks: number
  readonly bitmapBlocks: number
  readonly frames: number
}

/** @throws ImageError where its header is damaged, or its pages are packed with what is not unpacked here */
export async function mapKdump(reader: ByteReader, unpackers: Unpackers): Promise<ImageMap> {
  const header = await headerOf(reader)
  const { block, subBlocks, bitmapBlocks, machine } = header
  const notes: string[] = []
  const { frames, first, end, note } = await framesOf(reader, header)
  if (note !== undefined) notes.push(note)
  const bitmapAt = (1 + subBlocks) * block
  const half = (bitmapBlocks * block) / 2
  const bitmap = { at: bitmapAt + half, bytes: Math.min(half, Math.ceil(frames / 8)), first, end: Math.min(end, frames) }
  const runs = await runsOf(reader, bitmap, notes)
  const held = runs.reduce((sum, { pages }) => sum + pages, 0)
  const pages = await KdumpPages.open(reader, bitmapAt + bitmapBlocks * block, held, block, unpackers)
  const scale = block / XEN_PAGE_SIZE
  let place = 0
  const extents = runs.flatMap(({ frame, pages: length }): Extent[] => {
    const there = Math.min(length, pages.count - place)
    const offset = place * block
    place += length
    return there > 0 ? [{ offset, pages: there * scale, frame: frame * scale }] : []
  })
  if (extents.length === 0) throw new ImageError('a kdump without a page of memory in it')
  if (pages.count < held) notes.push(`the image is cut short: it has ${pages.count} of the descriptors of ${held} pages`)
  const arm = /^(?:aarch64|arm)/.test(machine) ? true : /^(?:x86_64|i\d86)/.test(machine) ? false : undefined
  return { format: 'kdump', arm, extents, table: undefined, claimed: held * block, more: false, notes, reader: pages }
}

async function headerOf(reader: ByteReader): Promise<Header> {
  const uname = textOf(await readBytes(reader, UTSNAME + MACHINE, 16))
  const narrow = [diskDumpHeader32, x86_32] as const
  const wide = [diskDumpHeader64, x86_64] as const
  for (const [type, abi] of /^(?:i\d86|armv)/.test(uname) ? [narrow, wide] : [wide, narrow]) {
    const header = await read(reader, 0, type, abi)
    if (!header) throw new ImageError('a kdump that ends within its header')
    const { header_version, utsname, block_size, sub_hdr_size, bitmap_blocks, max_mapnr } = header
    const fits = BLOCK_SIZES.includes(block_size) && sub_hdr_size > 0 && sub_hdr_size <= MAX_SUB_BLOCKS && bitmap_blocks > 0
    if (!fits) continue
    const machine = textOf(Array.from(utsname).slice(MACHINE, MACHINE + 16)).replace(/\0.*$/s, '')
    return {
      ...{ abi, machine, version: header_version, block: block_size },
      ...{ subBlocks: sub_hdr_size, bitmapBlocks: bitmap_blocks, frames: max_mapnr },
    }
  }
  throw new ImageError('a kdump whose header is damaged: no size of a block in it', 'copy the file again')
}

/** The frames that the bitmaps have, and those of this file where several share them (`--split`). */
async function framesOf(reader: ByteReader, { abi, version, block, frames }: Header) {
  const all = { frames, first: 0, end: Number.POSITIVE_INFINITY, note: undefined }
  const sub = await read(reader, block, abi === x86_64 ? kdumpSubHeader64 : kdumpSubHeader32, abi)
  if (!sub) return all
  const wide = version >= WIDE_VERSION
  const [noteAt, noteBytes] = version >= NOTE_VERSION ? [exact(sub.offset_note), exact(sub.size_note)] : [0, 0]
  const note = noteAt && noteBytes ? await hostNote(reader, noteAt, noteBytes) : undefined
  const whole = wide ? (exact(sub.max_mapnr_64) ?? frames) : frames
  if (version < 2 || sub.split === 0) return { ...all, frames: Math.max(frames, whole), note }
  const [first, end] = wide ? [sub.start_pfn_64, sub.end_pfn_64] : [sub.start_pfn, sub.end_pfn]
  return { frames: Math.max(frames, whole), first: exact(first) ?? 0, end: exact(end) ?? all.end, note }
}

interface Bitmap {
  readonly at: number
  readonly bytes: number
  /** The first frame that counts, and the one behind the last. */
  readonly first: number
  readonly end: number
}

/** Runs of frames whose bits are set. One pass, a piece in memory. */
async function runsOf(reader: ByteReader, { at, bytes, first, end }: Bitmap, notes: string[]) {
  const runs: { frame: number; pages: number }[] = []
  let left = 0
  for (let done = 0; done < bytes; ) {
    const piece = await readBytes(reader, at + done, Math.min(PIECE, bytes - done))
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i]!
      if (byte === 0) continue
      for (let bit = 0; bit < 8; bit++) {
        const frame = (done + i) * 8 + bit
        if (!(byte & (1 << bit)) || frame < first || frame >= end) continue
        const last = runs.at(-1)
        if (last && last.frame + last.pages === frame && left === 0) last.pages++
        else if (runs.length < MAX_RUNS) runs.push({ frame, pages: 1 })
        else left++
      }
    }
    done += piece.length
    if (piece.length === 0) {
      notes.push('the image ends within its bitmap of frames')
      break
    }
  }
  if (left > 0) notes.push(`${left} pages are left out: they lie in more than ${MAX_RUNS} runs`)
  return runs
}

async function read<T extends Struct>(reader: ByteReader, at: number, type: T, abi: Abi): Promise<ValueOf<T> | undefined> {
  const { size } = layoutOf(type, abi)
  const bytes = await readBytes(reader, at, size)
  return bytes.length < size ? undefined : decode(type, abi, bytes)
}

function textOf(bytes: ArrayLike<number>): string {
  return String.fromCharCode(...Array.from(bytes))
}
