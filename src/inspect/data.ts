// The pages of data that segments name: which bytes of a page a segment carries, and to which sectors of the disk.
import type { RequestSlot, Ring } from '../codec/ring/ring.ts'
import { bytesOfSectors } from '../codec/ring/sector-unit.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { sectorStarts } from './indirect.ts'
import type { RingView } from './view.ts'

/** A segment of a request in [rsp_prod, req_prod) that names a page of data. */
export interface DataOwner {
  readonly slot: RequestSlot
  /** Number of the segment in its request. */
  readonly segment: number
  readonly first_sect: number
  readonly last_sect: number
  /** Sector of the disk at which the segment begins, in the ring's unit. */
  readonly sector: bigint
  /** The bytes of the page that it carries: from `first_sect` to the end of `last_sect`, none where it ends before it starts. */
  readonly from: number
  readonly to: number
}

/** A page of data, and the segments that name it; of a healthy ring one does, and of none the page is left over. */
export interface DataPageView {
  readonly gref: number
  /** 4096 at the most; fewer where the page was cut short. */
  readonly bytes: Uint8Array
  readonly owners: readonly DataOwner[]
}

/** The data page of a reference, or undefined where it is not at hand. */
export function dataPageView(view: RingView, gref: number): DataPageView | undefined {
  const bytes = view.dataPages?.get(gref)?.subarray(0, XEN_PAGE_SIZE)
  return bytes && { gref, bytes, owners: dataOwners(view.ring, gref) }
}

/** Every reference to a page of data in flight, in slot order, each once. */
export function dataGrefsInFlight(ring: Ring): number[] {
  return [...new Set(segmentsInFlight(ring).flatMap(({ segments }) => segments.map(({ gref }) => gref)))]
}

function dataOwners(ring: Ring, gref: number): DataOwner[] {
  return segmentsInFlight(ring).flatMap(({ slot, segments }) => {
    if (!segments.some((segment) => segment.gref === gref)) return []
    const starts = sectorStarts(slot.request.sector_number, segments)
    return segments.flatMap(({ gref: own, first_sect, last_sect }, segment) => {
      if (own !== gref) return []
      const from = pageOffset(first_sect, ring)
      const to = Math.max(from, pageOffset(last_sect + 1, ring))
      return [{ slot, segment, first_sect, last_sect, sector: starts[segment]!, from, to }]
    })
  })
}

function pageOffset(sector: number, { sectorUnit }: Ring): number {
  return Math.min(XEN_PAGE_SIZE, Number(bytesOfSectors(sector, sectorUnit)))
}

function segmentsInFlight({ slots }: Ring) {
  return slots.flatMap((slot) => {
    if (slot.state !== 'request' || !('segments' in slot.request)) return []
    return [{ slot, segments: slot.request.segments ?? [] }]
  })
}
