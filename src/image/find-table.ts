// The guest's grant table, where the image holds it: the frames of a translated guest's are part of its memory, those of a PV guest's
// are not, but are part of its host's.
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { GrantTable, parseGrantTable } from './grant-table.ts'
import type { GrantPage } from './page-scan.ts'
import { type ByteReader, readBytes } from './reader.ts'

export interface FoundTable {
  readonly table: GrantTable
  /** Byte offset of its first frame in the image; undefined of a table that was given. */
  readonly offset: number | undefined
}

/** Frames of a table that are looked for behind its first: Xen gives a guest 64 unless told otherwise. */
const MOST_FRAMES = 256
/** A page of some other domain's table can name a frame of the same number: the tables that name most rings are taken. */
const MOST_TABLES = 16

/**
 * The tables that name at least one of the frames, those that name most first. A table's frames are taken to follow each other:
 * guests map them so.
 */
export async function findTables(
  reader: ByteReader,
  pages: readonly GrantPage[],
  frames: ReadonlySet<number>,
): Promise<FoundTable[]> {
  const offsets = new Set(pages.map(({ place }) => place.offset))
  const namedBy = ({ bytes, version }: GrantPage) => namedFrames(new GrantTable(bytes, version), frames)
  const starts = new Map<number, GrantPage>()
  for (const page of pages) if (namedBy(page) > 0) starts.set(startOf(page.place.offset, offsets), page)
  const found: (FoundTable & { readonly named: number })[] = []
  for (const [offset, { version }] of [...starts].slice(0, MOST_TABLES)) {
    const bytes = await readBytes(reader, offset, MOST_FRAMES * XEN_PAGE_SIZE)
    const table = new GrantTable(bytes.subarray(0, framesFrom(bytes, version) * XEN_PAGE_SIZE), version)
    found.push({ table, offset, named: namedFrames(table, frames) })
  }
  return found.sort((a, b) => b.named - a.named || a.offset! - b.offset!)
}

function namedFrames(table: GrantTable, frames: ReadonlySet<number>): number {
  let named = 0
  for (const frame of frames) if (table.of(frame) !== undefined) named++
  return named
}

/** The first of the pages before this one that read as frames of a table without a gap. */
function startOf(offset: number, offsets: ReadonlySet<number>): number {
  let start = offset
  while (offsets.has(start - XEN_PAGE_SIZE)) start -= XEN_PAGE_SIZE
  return start
}

/** Pages from the first on in which every entry is one that a guest writes, up to the last that has any. */
function framesFrom(bytes: Uint8Array, version: GrantTable['version']): number {
  let last = 0
  for (let page = 0; (page + 1) * XEN_PAGE_SIZE <= bytes.length; page++) {
    const frame = bytes.subarray(page * XEN_PAGE_SIZE, (page + 1) * XEN_PAGE_SIZE)
    if (frame.every((b) => b === 0)) continue
    if (parseGrantTable(frame)?.version !== version) break
    last = page
  }
  return last + 1
}
