// From the requests in flight to the pages that they name.
import { ringGeometry, slotOffset } from '../codec/ring/geometry.ts'
import type { IndirectPages } from '../codec/ring/indirect-pages.ts'
import { slotsNotThere } from '../codec/ring/missing.ts'
import { type RequestPlace, viewRequest } from '../codec/ring/read-request.ts'
import type { Request } from '../codec/ring/request.ts'
import { advance, distance, slotOf } from '../codec/ring/ring-idx.ts'
import { DEFAULT_SECTOR_UNIT } from '../codec/ring/sector-unit.ts'
import { decodeWireRing } from '../codec/ring/wire.ts'
import type { FoundRing } from './found-ring.ts'
import { indirectPagesOf, missingOfRing } from './found-ring.ts'
import type { Locator } from './locator.ts'

/** 8 pages for each of 32 requests of 128 rings: more are not kept in memory. */
const MAX_PAGES = 4096
const MAX_NAMED = 65_536

/** The rings with the indirect pages of their requests in [rsp_prod, req_prod). A page is followed once, whoever names it. */
export async function followIndirect(locator: Locator, rings: readonly FoundRing[]): Promise<FoundRing[]> {
  const named = rings.map((ring) => ({ ring, grefs: ring.table ? indirectGrefs(ring) : [] }))
  const frames = new Set<number>()
  for (const { ring, grefs } of named)
    for (const gref of grefs) {
      const frame = ring.table!.get(gref)?.frame
      if (frame !== undefined && frames.size < MAX_PAGES) frames.add(frame)
    }
  const pages = await locator.pagesOf(frames)
  return named.map(({ ring, grefs }) => {
    const found = grefs.flatMap((gref) => {
      const page = pages.get(ring.table!.get(gref)?.frame ?? -1)
      return page ? [[gref, page] as const] : []
    })
    const indirect = new Map(found)
    return { ...ring, indirect, missing: grefs.filter((gref) => !indirect.has(gref)) }
  })
}

function indirectGrefs(ring: FoundRing): number[] {
  const requests = inFlight(ring, { get: () => undefined })
  return [...new Set(requests.flatMap(({ request }) => (request.kind === 'indirect' ? request.indirect_grefs : [])))].sort(
    (a, b) => a - b,
  )
}

/** The requests in [rsp_prod, req_prod), by their slots. Whether one was answered is not asked: `decodeRing` weighs that, at length. */
function inFlight(found: FoundRing, indirectPages: IndirectPages): { slot: number; request: Request }[] {
  const { bytes, score } = found
  const { abi, pages } = score
  const geometry = ringGeometry(abi, pages)
  const notThere = new Set(slotsNotThere(geometry, missingOfRing(found)))
  const { sring, ring } = decodeWireRing(bytes, geometry)
  const count = Math.min(distance(sring.rsp_prod, sring.req_prod), geometry.nr_ents)
  const placeOf = (slot: number): RequestPlace => ({
    abi,
    slot,
    at: slotOffset(geometry, slot),
    pages: indirectPages,
    unit: DEFAULT_SECTOR_UNIT,
  })
  return Array.from({ length: count }, (_, k) => slotOf(advance(sring.rsp_prod, k), geometry.nr_ents))
    .filter((slot) => !notThere.has(slot))
    .sort((a, b) => a - b)
    .map((slot) => ({ slot, request: viewRequest(ring[slot]!.req, placeOf(slot)) }))
}

/** A page of data that a request in flight names. */
export interface DataPage {
  readonly slot: number
  /** Number of the segment in its request. */
  readonly segment: number
  readonly gref: number
  readonly first_sect: number
  readonly last_sect: number
  /** The domain that may use it, and its frame; undefined where the reference gives access to no page. */
  readonly domid: number | undefined
  readonly frame: number | undefined
  /** Byte offset in the image, where it holds the page. */
  readonly offset: number | undefined
}

/** The data pages of each ring's requests in flight, ring by ring. */
export interface DataPages {
  readonly pages: readonly (readonly DataPage[])[]
  /** Segments that are not listed: there are too many. */
  readonly left: number
}

/** The data pages of each ring's requests in flight, in the order of slots and segments. */
export async function dataPagesOf(locator: Locator, rings: readonly FoundRing[]): Promise<DataPages> {
  let [room, left] = [MAX_NAMED, 0]
  const lists = rings.map((ring) => {
    return inFlight(ring, indirectPagesOf(ring)).flatMap(({ slot, request }) => {
      const all = 'segments' in request ? (request.segments ?? []) : []
      const kept = all.slice(0, room)
      room -= kept.length
      left += all.length - kept.length
      return kept.map((segment, i) => {
        const grant = ring.table?.get(segment.gref)
        return { ...segment, slot, segment: i, domid: grant?.domid, frame: grant?.frame }
      })
    })
  })
  const offsets = await locator.offsetsOf(lists.flat().flatMap(({ frame }) => (frame === undefined ? [] : [frame])))
  const pages = lists.map((list) =>
    list.map((page) => ({ ...page, offset: page.frame === undefined ? undefined : offsets.get(page.frame) })),
  )
  return { pages, left }
}
