// What `xl save` writes: xl's header, libxl's stream, and in it libxc's, versions 2 and 3 (docs/specs/libxl-migration-stream and
// libxc-migration-stream of Xen). The pages lie in PAGE_DATA records. Each of the streams may also stand alone.
import { x86_64 } from '../codec/struct/abi.ts'
import type { Struct, ValueOf } from '../codec/struct/c-types.ts'
import { count } from '../codec/struct/count.ts'
import { decode } from '../codec/struct/decode.ts'
import { layoutOf } from '../codec/struct/layout.ts'
import { libxcDomainHeader, libxcHeader, libxlHeader, streamRecord, xlSaveHeader } from './core-tables.ts'
import { ImageError, type ImageMap } from './image-map.ts'
import { type ByteReader, readBytes } from './reader.ts'
import { SavedPages } from './saved-pages.ts'

const XL_MAGIC = 'Xen saved domain, xl format\n \0 \r'
const BYTEORDER = 0x01020304
const MANDATORY_STREAMV2 = 2
const LIBXL_IDENT = 'LibxlFmt'
const LIBXL_LEGACY = 2
const LIBXC_MARKER = 2n ** 64n - 1n
const LIBXC_ID = 'XENF'
const LIBXC_VERSIONS: readonly number[] = [2, 3]
const BIG_ENDIAN = 1

/** Records of libxl's stream. */
const LIBXL_END = 0
const LIBXL_LIBXC_CONTEXT = 1
/** Records of libxc's stream, of those that are asked about. */
const END = 0
const PAGE_DATA = 1
const X86_PV_INFO = 2
const X86_PV_P2M_FRAMES = 3
const CHECKPOINT = 0xe

const X86_PV = 1
const ARM = 4
const PAGE_SHIFT = 12

/** Records that are followed: 1024 pages are in one, and a few dozen are none of pages. */
const MAX_RECORDS = 2 ** 21
const LEGACY =
  'convert-legacy-stream, which comes with Xen 4.6 and later, makes a new one of it; xl dump-core writes the memory at once'

/** Whether bytes begin a save image, or one of the streams in it. */
export function isXenSave(head: Uint8Array): boolean {
  if (begins(head, XL_MAGIC) || begins(head, LIBXL_IDENT)) return head.length >= sizeOf(xlSaveHeader)
  return isLibxc(head)
}

function isLibxc(head: Uint8Array): boolean {
  if (head.length < sizeOf(libxcHeader)) return false
  const { marker, id } = decode(libxcHeader, x86_64, head)
  return marker === LIBXC_MARKER && textOf(id) === LIBXC_ID
}

/** Follows the records: each says where the next one lies. @throws ImageError of a stream of another version, or of the time before */
export async function mapXenSave(reader: ByteReader): Promise<ImageMap> {
  let at = await behindXl(reader)
  at = await behindLibxl(reader, at)
  const header = await read(reader, at, libxcHeader)
  if (!header || header.marker !== LIBXC_MARKER || textOf(header.id) !== LIBXC_ID)
    throw new ImageError(`a save image without a stream of libxc at byte ${at}`, 'xl dump-core writes the memory')
  const version = bigEndian(header.version)
  if (!LIBXC_VERSIONS.includes(version))
    throw new ImageError(`a save image of version ${version}, of which 2 and 3 are read`, 'xl dump-core writes the memory')
  if (bigEndian(header.options) & BIG_ENDIAN)
    throw new ImageError('a save image of a big-endian machine', 'Xen runs on little-endian ones')
  at += sizeOf(libxcHeader)
  const domain = await read(reader, at, libxcDomainHeader)
  if (!domain) throw new ImageError('a save image that ends within its headers')
  if (domain.page_shift !== PAGE_SHIFT)
    throw new ImageError(`a save image with pages of 2^${domain.page_shift} bytes`, 'Xen has 4096')
  return mapRecords(reader, at + sizeOf(libxcDomainHeader), domain.type)
}

async function mapRecords(reader: ByteReader, start: number, type: number): Promise<ImageMap> {
  const pages = new SavedPages(reader)
  const notes: string[] = []
  let ended = false
  let at = start
  let records = 0
  for (; records < MAX_RECORDS; records++) {
    const record = await read(reader, at, streamRecord)
    if (!record) break
    const body = { at: at + sizeOf(streamRecord), length: record.body_length }
    ended = record.type === END || record.type === CHECKPOINT
    if (ended) {
      if (record.type === CHECKPOINT) notes.push('a stream of checkpoints: the first of them is read')
      break
    }
    const problem = await bodyOf(pages, record.type, body)
    if (problem !== undefined) {
      notes.push(`record ${records}, at byte ${at}: ${problem}; what lies behind is left out`)
      break
    }
    at = body.at + padded(body.length)
    if (!Number.isSafeInteger(at)) break
  }
  if (records === MAX_RECORDS) notes.push(`more than ${MAX_RECORDS} records: what lies behind is left out`)
  else if (!ended && notes.length === 0) notes.push(`the image ends before its last record, behind ${count(records, 'record')}`)
  const { extents, claimed } = pages.end(notes)
  if (extents.length === 0) throw new ImageError('a save image without a page of memory in it')
  const p2m = type === X86_PV ? await pages.p2m(extents, notes) : undefined
  return { format: 'Xen save image', arm: type === ARM, extents, table: undefined, p2m, claimed, more: !ended, notes }
}

/** @returns what is wrong with it */
async function bodyOf(pages: SavedPages, type: number, body: { readonly at: number; readonly length: number }) {
  switch (type) {
    case PAGE_DATA:
      return pages.pageData(body)
    case X86_PV_INFO:
      return pages.pvInfo(body)
    case X86_PV_P2M_FRAMES:
      return pages.p2mFrames(body)
    default:
      return undefined
  }
}

/** Where the stream begins behind xl's header and the config. */
async function behindXl(reader: ByteReader): Promise<number> {
  const header = await read(reader, 0, xlSaveHeader)
  if (!header || textOf(header.magic) !== XL_MAGIC) return 0
  const { byteorder, mandatory_flags, optional_data_len } = header
  if (byteorder !== BYTEORDER)
    throw new ImageError('a save image of a machine with another byte order', 'Xen runs on little-endian ones')
  if (!(mandatory_flags & MANDATORY_STREAMV2)) throw new ImageError('a save image of Xen 4.5 or before', LEGACY)
  return sizeOf(xlSaveHeader) + optional_data_len
}

/** Where libxc's stream begins, in libxl's. */
async function behindLibxl(reader: ByteReader, start: number): Promise<number> {
  const header = await read(reader, start, libxlHeader)
  if (!header || textOf(header.ident) !== LIBXL_IDENT) return start
  if (bigEndian(header.options) & LIBXL_LEGACY) throw new ImageError('a save image of Xen 4.5 or before', LEGACY)
  let at = start + sizeOf(libxlHeader)
  for (let records = 0; records < MAX_RECORDS; records++) {
    const record = await read(reader, at, streamRecord)
    if (!record || record.type === LIBXL_END) break
    at += sizeOf(streamRecord) + padded(record.body_length)
    if (record.type === LIBXL_LIBXC_CONTEXT) return at
  }
  throw new ImageError('a save image without the memory in it', 'it ends before the stream of libxc')
}

function sizeOf(type: Struct): number {
  return layoutOf(type, x86_64).size
}

async function read<T extends Struct>(reader: ByteReader, at: number, type: T): Promise<ValueOf<T> | undefined> {
  const bytes = await readBytes(reader, at, sizeOf(type))
  return bytes.length < sizeOf(type) ? undefined : decode(type, x86_64, bytes)
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8
}

function textOf(bytes: ArrayLike<number>): string {
  return String.fromCharCode(...Array.from(bytes))
}

function bigEndian(bytes: ArrayLike<number>): number {
  return Array.from(bytes).reduce((sum, byte) => sum * 256 + byte, 0)
}

function begins(head: Uint8Array, text: string): boolean {
  return textOf(head.subarray(0, text.length)) === text
}
