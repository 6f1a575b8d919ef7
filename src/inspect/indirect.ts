// The pages that indirect requests name: which request a page belongs to, and where on the disk its segments lie.
import { annotateIndirectPage, type RingRange } from '../codec/ring/annotate-ring.ts'
import { readSegments, sumSectors } from '../codec/ring/indirect-pages.ts'
import type { RequestSlot, Ring } from '../codec/ring/ring.ts'
import { sizeOf } from '../codec/struct/layout.ts'
import { blkifIndirectPage, SEGS_PER_INDIRECT_PAGE, segmentsInPage } from '../codec/xen/blkif.ts'

/** A reference to an indirect page from a request in [rsp_prod, req_prod). */
export interface PageOwner {
  readonly slot: RequestSlot
  /** Its place in `indirect_grefs`. */
  readonly place: number
  /** Segments of the page that the request uses. */
  readonly used: number
}

/** The requests that name a page, in slot order; a healthy ring has one at the most. */
export function pageOwners({ slots }: Ring, gref: number): PageOwner[] {
  return slots.flatMap((slot) => {
    if (slot.state !== 'request' || slot.request.kind !== 'indirect') return []
    const { indirect_grefs, nr_segments } = slot.request
    return indirect_grefs.flatMap((g, place) => (g === gref ? [{ slot, place, used: segmentsInPage(nr_segments, place) }] : []))
  })
}

/** The slots of responses beneath which the page's reference survives: the request there, if it was indirect, may have used it. */
export function pageBeneath({ slots }: Ring, gref: number): number[] {
  return slots.flatMap((s) => (s.state === 'response' && s.beneath.indirect_grefs[0] === gref ? [s.slot] : []))
}

/** Every reference to an indirect page in flight, in slot order, each once. */
export function grefsInFlight({ slots }: Ring): number[] {
  const grefs = slots.flatMap((s) => (s.state === 'request' && s.request.kind === 'indirect' ? s.request.indirect_grefs : []))
  return [...new Set(grefs)]
}

/** Path of the reference that names the page: `ring[3].req.indirect_grefs[0]`; `indirect-118` where no request does. */
export function pagePath(owner: PageOwner | undefined, gref: number): string {
  return owner ? `ring[${owner.slot.slot}].req.indirect_grefs[${owner.place}]` : `indirect-${gref}`
}

/**
 * Every byte of a page exactly once, in order. Of a page that no request names all segments are stale.
 * @param length bytes that are there: of a page that was cut short, the ranges end with it
 */
export function pageRanges({ geometry }: Ring, owner: PageOwner | undefined, gref: number, length: number): RingRange[] {
  return annotateIndirectPage(geometry.abi, owner?.used ?? 0, pagePath(owner, gref)).flatMap((range) => {
    const left = length - range.offset
    if (left >= range.size) return [range]
    return left > 0 ? [{ ...range, size: left, kind: 'stale', scalar: undefined }] : []
  })
}

/**
 * The disk sector that each segment in use begins at, first segment of the page first. Empty where a page before this one
 * is not at hand.
 * @param bytes of the page
 */
export function pageSectors({ geometry }: Ring, { slot, place, used }: PageOwner, bytes: Uint8Array): bigint[] {
  const { request } = slot
  if (request.kind !== 'indirect') return []
  const from = place * SEGS_PER_INDIRECT_PAGE
  if (request.segments) return sectorStarts(request.sector_number, request.segments).slice(from, from + used)
  // Not all of the request's pages are at hand, but none comes before the first.
  if (place > 0 || bytes.length < sizeOf(blkifIndirectPage, geometry.abi)) return []
  return sectorStarts(request.sector_number, readSegments(bytes, geometry.abi, used))
}

/** The disk sector that each segment begins at: one behind the other from the request's sector_number, mod 2^64. */
export function sectorStarts(sector_number: bigint, segments: Parameters<typeof sumSectors>[0]): bigint[] {
  let sector = sector_number
  return segments.map((segment) => {
    const start = sector
    sector = BigInt.asUintN(64, sector + BigInt(sumSectors([segment])))
    return start
  })
}
