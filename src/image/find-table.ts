// The guest's grant table, where the image holds it: the frames of a translated guest's are part of its memory, those of a PV guest's
// are not, but are part of its host's.
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { GrantTable, parseGrantTable } from './grant-table.ts'
import type { TableStart } from './page-scan.ts'
import { type ByteReader, readBytes } from './reader.ts'

/** A grant table that names frames of rings. */
export interface FoundTable {
  readonly table: GrantTable
  /** Byte offset of its first frame in the image; undefined of a table that was given. */
  readonly offset: number | undefined
}

/** Frames of a table that are looked for behind its first: Xen gives a guest 64 unless told otherwise. */
const MAX_FRAMES = 256
/** A page of some other domain's table can name a frame of the same number: the tables that name most rings are taken. */
const MAX_TABLES = 16

/**
 * The tables that name at least one of the frames, those that name most first. A table's frames are taken to follow each other:
 * guests map them so. No page is read twice, so that an image that unpacks is not unpacked again for each.
 * @param starts by offset
 */
export async function findTables(
  reader: ByteReader,
  starts: readonly TableStart[],
  frames: ReadonlySet<number>,
): Promise<FoundTable[]> {
  const found: (FoundTable & { readonly named: number })[] = []
  let [from, bytes] = [0, new Uint8Array()]
  for (const { offset, version } of starts) {
    // What lies within the frames of the table before it may be a table of its own.
    if (offset >= from + bytes.length) [from, bytes] = [offset, await readFrames(reader, offset, version)]
    const own = bytes.subarray(offset - from)
    const table = new GrantTable(own.slice(0, usedFrames(own, version) * XEN_PAGE_SIZE), version)
    const named = namedFrames(table, frames)
    if (named > 0) found.push({ table, offset, named })
    found.sort((a, b) => b.named - a.named || a.offset! - b.offset!).splice(MAX_TABLES)
  }
  return found
}

function namedFrames(table: GrantTable, frames: ReadonlySet<number>): number {
  let named = 0
  for (const frame of frames) if (table.of(frame) !== undefined) named++
  return named
}

/** Pages up to the first that is no frame of a table, and that one. */
async function readFrames(reader: ByteReader, offset: number, version: GrantTable['version']): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(MAX_FRAMES * XEN_PAGE_SIZE)
  for (let at = 0; at < bytes.length; at += XEN_PAGE_SIZE) {
    const page = await readBytes(reader, offset + at, XEN_PAGE_SIZE)
    bytes.set(page, at)
    if (page.length < XEN_PAGE_SIZE || !isFrame(page, version)) return bytes.slice(0, at + page.length)
  }
  return bytes
}

/** Pages from the first on in which every entry is one that a guest writes, up to the last that has any. */
function usedFrames(bytes: Uint8Array, version: GrantTable['version']): number {
  let last = 0
  for (let page = 0; (page + 1) * XEN_PAGE_SIZE <= bytes.length; page++) {
    const frame = bytes.subarray(page * XEN_PAGE_SIZE, (page + 1) * XEN_PAGE_SIZE)
    if (!isFrame(frame, version)) break
    if (!isZero(frame)) last = page
  }
  return last + 1
}

/** Whether a page reads as a frame of the table; one that was not used yet does. */
function isFrame(page: Uint8Array, version: GrantTable['version']): boolean {
  return isZero(page) || parseGrantTable(page)?.version === version
}

function isZero(page: Uint8Array): boolean {
  return page.every((byte) => byte === 0)
}
