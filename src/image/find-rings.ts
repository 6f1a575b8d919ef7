// Every blkif ring in a memory image.
import { count } from '../codec/struct/count.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { withDoubts } from './doubts.ts'
import { type FoundTable, findTables } from './find-table.ts'
import { guessFirstFrame, withFirstFrame } from './first-frame.ts'
import { type DataPages, dataPagesOf, followIndirect } from './follow-requests.ts'
import { type FoundRing, ringOfSighting } from './found-ring.ts'
import { framelessPages } from './frames.ts'
import type { GrantTable } from './grant-table.ts'
import { ImageError, type ImageMap, pageCount, type Unread } from './image-map.ts'
import { joinByGrants } from './join-rings.ts'
import type { Unpackers } from './kdump-pages.ts'
import { Locator } from './locator.ts'
import { mapImage } from './map-image.ts'
import { type MissingRing, nameByHandle, nameByRefs } from './name-rings.ts'
import type { NamedRing } from './named-ring.ts'
import { type ScanResult, scanPages } from './page-scan.ts'
import type { ByteReader } from './reader.ts'
import { RING_SCORE } from './ring-score.ts'

/** What `findRings` is told beside the image. */
export interface FindOptions {
  /** The guest's, where it is at hand; else it is looked for in the image. */
  readonly grantTable?: GrantTable | undefined
  /** The same table with other numbers of its frames, where it is not known which of them are the image's. */
  readonly machineTable?: GrantTable | undefined
  /** What XenStore names. */
  readonly named?: readonly NamedRing[]
  /** Frame of the first page of raw memory. */
  readonly firstFrame?: number | undefined
  /** The least score that is listed: `RING_SCORE` unless near misses are asked for. */
  readonly least?: number
  /** What unpacks the pages of kdumps. */
  readonly unpackers?: Unpackers
  /** Follow the segments of requests to their data pages. */
  readonly dataPages?: boolean
}

/** The rings of an image, and what of it could not be looked at. */
export interface FoundImage {
  readonly map: ImageMap
  /** Pages that were looked at. */
  readonly pages: number
  /** What the image says that it holds, and what could not be looked at. */
  readonly unread: Unread
  readonly tables: readonly FoundTable[]
  /** The rings by their offset in the image. */
  readonly rings: readonly FoundRing[]
  /** The data pages of each ring's requests; undefined unless they were asked for. */
  readonly data: DataPages | undefined
  /** Rings that XenStore names and that were not found. */
  readonly missing: readonly MissingRing[]
  /** Pages that begin like a ring and are none. */
  readonly nearMisses: number
  /** What the reader of the result should know. */
  readonly notes: readonly string[]
}

/**
 * Looks at every page once, then at those that grants and XenStore name. Memory and time are bounded by the image's size,
 * whatever it holds.
 * @throws ImageError where the image is none
 */
export async function findRings(source: ByteReader, options: FindOptions = {}): Promise<FoundImage> {
  const { grantTable, machineTable, named = [], least = RING_SCORE, unpackers } = options
  const mapped = await mapImage(source, unpackers)
  const reader = mapped.reader ?? source
  const scan = await scanPages(reader, mapped, least)
  if (scan.pages === 0) throw new ImageError('no whole page of memory in it', 'a page has 4096 bytes')
  const notes = [...mapped.notes, ...scanNotes(scan, mapped)]
  const map = placed(mapped, scan, options, notes)
  let locator = new Locator(reader, map)
  const frameless = await framelessPages(locator.reader, map)
  if (frameless > 0)
    notes.push(
      `${frameless} of ${count(pageCount(map), 'page')} ${frameless === 1 ? 'has' : 'have'} no frame: what wrote the image could not read them, and wrote zeros`,
    )
  let { rings: whole, heads } = await numbered(locator, scan)
  const framesIn = (key: 'gmfn' | 'pfn') => new Set([...whole, ...heads].flatMap(({ numbers }) => numbers?.[key] ?? []))
  let frames = framesIn('gmfn')
  if (map.table && namedBy(machineTable, frames) < namedBy(grantTable, framesIn('pfn')) && machineTable) {
    // A print with the numbers that the guest itself counts its memory in, beside an image that has both.
    locator = new Locator(reader, { ...map, table: { ...map.table, byPfn: true } })
    ;({ rings: whole, heads } = await numbered(locator, scan))
    frames = framesIn('gmfn')
  }
  const given = grantTable && byMachineFrames(grantTable, machineTable, frames)
  const tables = given ? [{ table: given, offset: undefined }] : await findTables(reader, scan.tableStarts, frames)
  let joined: readonly FoundRing[] = [...whole, ...heads]
  for (const { table } of tables) joined = await joinByGrants(locator, joined, table)
  const believed = joined.filter((ring) => ring.score.score >= least)
  const { rings: byRefs, missing } = await nameByRefs(locator, withoutParts(believed), tables, named)
  const byHandle = await nameByHandle(locator, byOffset(byRefs), named)
  const granted = byHandle.map((ring) => withRefs(ring, tables))
  const followed = nearMissesLast(byOffset(await followIndirect(locator, granted)))
  const rings = withDoubts(followed, tables.length > 0, named.length > 0)
  const data = options.dataPages ? await dataPagesOf(locator, rings) : undefined
  const damaged = reader.damaged?.size ?? 0
  if (damaged > 0) notes.push(`${count(damaged, 'page')} cannot be unpacked: damaged, or beyond the end of the image`)
  const lost = missing.filter(({ ring }) => !rings.some(({ named }) => named?.ring === ring))
  return {
    map,
    pages: scan.pages,
    unread: unreadOf(scan, mapped, frameless + damaged),
    tables,
    rings,
    data,
    missing: lost,
    nearMisses: scan.nearMisses,
    notes,
  }
}

function unreadOf({ pages, tail }: ScanResult, { claimed, more }: ImageMap, frameless: number): Unread {
  const absent = claimed === undefined ? tail : Math.max(0, claimed - pages * XEN_PAGE_SIZE)
  return { bytes: absent + Math.min(frameless, pages) * XEN_PAGE_SIZE, more }
}

/** Of two tables the one that names more of the frames; the first where that is no other. */
function byMachineFrames(table: GrantTable, other: GrantTable | undefined, frames: ReadonlySet<number>): GrantTable {
  return namedBy(other, frames) > namedBy(table, frames) ? other! : table
}

/** How many of the frames a table gives access to. */
function namedBy(table: GrantTable | undefined, frames: ReadonlySet<number>): number {
  return table ? [...frames].filter((frame) => table.frames.has(frame)).length : 0
}

/** The image with its first frame: the one that was given, or that under which the grant table names what was found. */
function placed(map: ImageMap, scan: ScanResult, { firstFrame, grantTable, named = [] }: FindOptions, notes: string[]): ImageMap {
  if (firstFrame !== undefined) return withFirstFrame(map, firstFrame)
  if (map.format !== 'raw memory' || !grantTable) return map
  const rings = [...scan.rings, ...scan.heads].map(({ place }) => place.entry)
  const ringFrames = named.flatMap(({ refs }) => grantTable.get(refs[0] ?? -1)?.frame ?? [])
  const guess = guessFirstFrame(grantTable, rings, scan.pages, ringFrames)
  if (guess === undefined || guess === 0) return map
  notes.push(
    `its first page is taken to be frame 0x${guess.toString(16)}, under which the grant table names the rings; --first-frame says otherwise`,
  )
  return withFirstFrame(map, guess)
}

function scanNotes({ pages, left, nearMisses }: ScanResult, map: ImageMap): string[] {
  const notes: string[] = []
  const claimed = pageCount(map)
  if (pages < claimed && Number.isSafeInteger(claimed * XEN_PAGE_SIZE) && map.format !== 'raw memory')
    notes.push(`the image ends after ${pages} of ${count(claimed, 'page')}`)
  if (left > 0)
    notes.push(
      `${count(left, 'more page begins', 'more pages begin')} like a ring and ${left === 1 ? 'is' : 'are'} left out: so many are made, not found`,
    )
  if (nearMisses > 0)
    notes.push(`${count(nearMisses, 'page begins', 'pages begin')} like a ring and ${nearMisses === 1 ? 'is' : 'are'} none`)
  return notes
}

function byOffset(rings: readonly FoundRing[]): FoundRing[] {
  return [...rings].sort((a, b) => a.offsets[0]! - b.offsets[0]!)
}

/** So that rings have the same numbers whether near misses are listed or not. */
function nearMissesLast(rings: readonly FoundRing[]): FoundRing[] {
  const isNearMiss = ({ score, named }: FoundRing) => score.score < RING_SCORE && named?.by !== 'ring-ref'
  return [...rings.filter((ring) => !isNearMiss(ring)), ...rings.filter(isNearMiss)]
}

/** Without what starts within another ring: a page of one can begin like a ring. */
function withoutParts(rings: readonly FoundRing[]): FoundRing[] {
  const parts = new Set(rings.flatMap(({ offsets }) => offsets.slice(1)))
  return rings.filter(({ offsets }) => !parts.has(offsets[0]!))
}

/** The table that gives its first page to someone, and the references of all its pages there. */
function withRefs(ring: FoundRing, tables: readonly FoundTable[]): FoundRing {
  if (ring.table || !ring.numbers) return ring
  const { gmfn } = ring.numbers
  const table = tables.find((t) => t.table.of(gmfn) !== undefined)?.table
  if (!table) return ring
  // Those of the others follow as the pages do, or are those that joined them.
  const first = table.of(gmfn)!
  return { ...ring, table, refs: ring.refs.map((_, page) => (page === 0 ? first : undefined)) }
}

interface Sightings {
  readonly rings: readonly FoundRing[]
  readonly heads: readonly FoundRing[]
}

async function numbered(locator: Locator, { rings, heads }: Pick<ScanResult, 'rings' | 'heads'>): Promise<Sightings> {
  const numbers = await locator.numbersOf([...rings, ...heads].map(({ place }) => place))
  const found = [...rings, ...heads].map((sighting, i) => ringOfSighting(sighting, numbers[i], XEN_PAGE_SIZE))
  return { rings: found.slice(0, rings.length), heads: found.slice(rings.length) }
}
