// What changed in requests that were published and not yet answered: nobody may write to them then. A backend that reads a
// field twice can be made to check one value and use another (XSA-155, CVE-2015-8550).
import { sameLayout } from '../struct/abi.ts'
import { decode } from '../struct/decode.ts'
import { layoutOf } from '../struct/layout.ts'
import { blkifResponse, segmentsInPage } from '../xen/blkif.ts'
import { opName, statusName } from '../xen/operations.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { annotateIndirectPage, annotateSlot, type RingRange } from './annotate-ring.ts'
import { slotOffset } from './geometry.ts'
import type { IndirectPages } from './indirect-pages.ts'
import type { RequestSlot, Ring, Slot } from './ring.ts'
import { inWindow } from './ring-idx.ts'
import { slotReadsAsResponse } from './torn.ts'

/** A ring as it was at one moment, with the bytes that it was decoded from. */
export interface RingMoment {
  readonly ring: Ring
  /** The bytes that `ring` was decoded from. */
  readonly bytes: Uint8Array
  readonly indirectPages: IndirectPages
}

/** Bytes of a request in flight that were other bytes at the moment before. */
export interface ChangedRange extends RingRange {
  readonly slot: number
  readonly index: number
  /** The indirect page that the offset lies in; undefined for the ring. */
  readonly page: number | undefined
  readonly before: Uint8Array
  readonly after: Uint8Array
  /**
   * The slot is newer than its header, so that this is no change of a request in flight: a response was written that is not
   * published yet, or the ring was dumped while it moved.
   */
  readonly newer: boolean
}

/** An indirect page that is not whole at one of the moments: whether it changed is not known. */
export interface UnseenPage {
  readonly slot: RequestSlot
  readonly gref: number
  readonly when: 'before' | 'after'
}

/** The pages of requests in flight at both moments that cannot be compared. One that neither moment has is not among them. */
export function unseenPages(before: RingMoment, after: RingMoment): UnseenPage[] {
  return inFlightAtBoth(before, after).flatMap((slot) => {
    if (slot.request.kind !== 'indirect') return []
    return slot.request.indirect_grefs.flatMap((gref): UnseenPage[] => {
      const [then, now] = [before, after].map(({ indirectPages }) => indirectPages.get(gref))
      if (!then && !now) return []
      return [
        ...(isWhole(then) ? [] : [{ slot, gref, when: 'before' as const }]),
        ...(isWhole(now) ? [] : [{ slot, gref, when: 'after' as const }]),
      ]
    })
  })
}

function isWhole(page: Uint8Array | undefined): boolean {
  return page?.length === XEN_PAGE_SIZE
}

/**
 * The byte ranges that differ between two moments of one ring in requests that are published and unanswered at both, and in
 * their indirect pages and further slots, padding and stale bytes included. Empty for rings of different layouts.
 */
export function changedInFlight(before: RingMoment, after: RingMoment): ChangedRange[] {
  return inFlightAtBoth(before, after).flatMap((slot) => [
    ...changesOfSlot(slot, before, after),
    ...furtherSlots(slot, before, after).flatMap((further) => changesOfSlot(further, before, after)),
    ...changesOfPages(slot, before, after),
  ])
}

/** As the first moment has them; none of rings of different layouts or sizes. */
function inFlightAtBoth(before: RingMoment, after: RingMoment): RequestSlot[] {
  const { abi, pages } = before.ring.geometry
  if (!sameLayout(after.ring.geometry.abi, abi) || after.ring.geometry.pages !== pages) return []
  const { rsp_prod, req_prod } = after.ring.sring
  return before.ring.slots
    .filter((slot) => slot.state === 'request')
    .filter(({ index, slot }) => inWindow(index, rsp_prod, req_prod) && after.ring.slots[slot]!.state !== 'unknown')
}

/** Those that hold the request's further segments, as far as they are in flight at both moments. */
function furtherSlots({ request }: RequestSlot, { ring: { slots } }: RingMoment, after: RingMoment): Slot[] {
  const { rsp_prod, req_prod } = after.ring.sring
  const further = request.kind === 'rw' ? (request.continuedIn ?? []) : []
  return further.map((slot) => slots[slot]!).filter(({ index }) => inWindow(index, rsp_prod, req_prod))
}

function changesOfSlot(slot: Slot, before: RingMoment, after: RingMoment): ChangedRange[] {
  const { geometry } = before.ring
  const at = slotOffset(geometry, slot.slot)
  const end = at + geometry.stride
  if (sameBytes(before.bytes.subarray(at, end), after.bytes.subarray(at, end))) return []
  const found = changes(annotateSlot(geometry, slot), before.bytes, after.bytes)
  const newer = isAnswered(slot, before, after) || (found.some(({ path }) => path.endsWith('.req.id')) && showsNewer(after))
  return found.map((change) => ({ ...change, slot: slot.slot, index: slot.index, page: undefined, newer }))
}

function changesOfPages({ slot, index, request }: RequestSlot, before: RingMoment, after: RingMoment): ChangedRange[] {
  if (request.kind !== 'indirect') return []
  return request.indirect_grefs.flatMap((gref, k) => {
    const [then, now] = [before.indirectPages.get(gref), after.indirectPages.get(gref)]
    if (!then || !now || !isWhole(then) || !isWhole(now) || sameBytes(then, now) || !stillOwns(after.ring, slot, gref)) return []
    const used = segmentsInPage(request.nr_segments, k)
    const ranges = annotateIndirectPage(before.ring.geometry.abi, used, `ring[${slot}].req.indirect_grefs[${k}]`)
    return changes(ranges, then, now).map((change) => ({ ...change, slot, index, page: gref, newer: false }))
  })
}

/** A request in the window may have been answered, in another slot, and its indirect page given to a later one. */
function stillOwns({ slots }: Ring, slot: number, page: number): boolean {
  return slots.every((s) => {
    if (s.state !== 'request') return true
    if (s.slot === slot) return s.answered === 'no'
    return s.request.kind !== 'indirect' || !s.request.indirect_grefs.includes(page)
  })
}

/** Some slot of the window reads as a response: others may hold the next request under a header that is older. */
function showsNewer({ ring: { geometry, slots }, bytes }: RingMoment): boolean {
  return slots.some(({ state, slot }) => state === 'request' && slotReadsAsResponse(bytes, geometry, slot))
}

function changes(ranges: readonly RingRange[], before: Uint8Array, after: Uint8Array) {
  return ranges.flatMap((range) => {
    const [then, now] = [before, after].map((bytes) => bytes.subarray(range.offset, range.offset + range.size))
    return sameBytes(then!, now!) ? [] : [{ ...range, before: then!, after: now! }]
  })
}

/** Only bytes of response fields changed, and they read as a response: to an id in flight, or to one as Linux counts them. */
function isAnswered({ slot }: Slot, before: RingMoment, after: RingMoment): boolean {
  const { geometry } = after.ring
  const { operation, status, id } = decode(blkifResponse, geometry.abi, after.bytes, slotOffset(geometry, slot))
  if (opName(operation) === 'unknown' || statusName(status) === undefined) return false
  if (id >= BigInt(geometry.nr_ents) && !before.ring.slots.some((s) => s.state === 'request' && s.request.id === id)) return false
  const { fields } = layoutOf(blkifResponse, geometry.abi)
  const at = slotOffset(geometry, slot)
  return Array.from({ length: geometry.stride }, (_, i) => i).every(
    (i) => before.bytes[at + i] === after.bytes[at + i] || fields.some(({ offset, size }) => i >= offset && i < offset + size),
  )
}

/** Whether two arrays hold the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
