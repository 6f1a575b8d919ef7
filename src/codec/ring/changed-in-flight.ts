// What changed in requests that were published and not yet answered: nobody may write to them then. A backend that reads a
// field twice can be made to check one value and use another (XSA-155, CVE-2015-8550).
import { decode } from '../struct/parser.ts'
import { blkifResponse, segmentsInPage } from '../xen/blkif.ts'
import { annotateIndirectPage, annotateSlot, type RingRange } from './annotate-ring.ts'
import { slotOffset } from './geometry.ts'
import type { IndirectPages } from './request.ts'
import type { RequestSlot, Ring } from './ring.ts'
import { inWindow } from './ring-idx.ts'
import { readsAsResponse } from './torn.ts'

/** A ring as it was at one moment. */
export interface RingMoment {
  readonly ring: Ring
  /** The bytes that `ring` was decoded from. */
  readonly bytes: Uint8Array
  readonly indirectPages: IndirectPages
}

export interface ChangedRange extends RingRange {
  readonly slot: number
  readonly index: number
  /** The indirect page that the offset lies in; undefined for the ring. */
  readonly page: number | undefined
  readonly before: Uint8Array
  readonly after: Uint8Array
  /**
   * What is in the slot now reads as a response: a ring that was dumped while it moved shows a slot that was answered after
   * its header was read.
   */
  readonly torn: boolean
}

/**
 * The byte ranges that differ between two moments of one ring in requests that are published and unanswered at both, and in
 * their indirect pages, padding and stale bytes included. Empty for rings of different layouts.
 */
export function changedInFlight(before: RingMoment, after: RingMoment): ChangedRange[] {
  const { abi, pages } = before.ring.geometry
  if (after.ring.geometry.abi !== abi || after.ring.geometry.pages !== pages) return []
  const { rsp_prod, req_prod } = after.ring.sring
  return before.ring.slots.flatMap((slot) =>
    slot.state === 'request' && inWindow(slot.index, rsp_prod, req_prod)
      ? [...changesOfSlot(slot, before, after), ...changesOfPages(slot, before, after)]
      : [],
  )
}

function changesOfSlot(slot: RequestSlot, before: RingMoment, after: RingMoment): ChangedRange[] {
  const { geometry } = before.ring
  const at = slotOffset(geometry, slot.slot)
  const end = at + geometry.stride
  if (sameBytes(before.bytes.subarray(at, end), after.bytes.subarray(at, end))) return []
  const torn = isAnswer(after, slot.slot) && !isAnswer(before, slot.slot)
  return changes(annotateSlot(geometry, slot), before.bytes, after.bytes).map((change) => ({
    ...change,
    slot: slot.slot,
    index: slot.index,
    page: undefined,
    torn,
  }))
}

function changesOfPages({ slot, index, request }: RequestSlot, before: RingMoment, after: RingMoment): ChangedRange[] {
  if (request.kind !== 'indirect') return []
  return request.indirect_grefs.flatMap((gref, k) => {
    const [then, now] = [before.indirectPages.get(gref), after.indirectPages.get(gref)]
    if (!then || !now || then.length !== now.length || sameBytes(then, now)) return []
    const used = segmentsInPage(request.nr_segments, k)
    const ranges = annotateIndirectPage(before.ring.geometry.abi, used, `ring[${slot}].req.indirect_grefs[${k}]`)
    return changes(ranges, then, now).map((change) => ({ ...change, slot, index, page: gref, torn: false }))
  })
}

function changes(ranges: readonly RingRange[], before: Uint8Array, after: Uint8Array) {
  return ranges.flatMap((range) => {
    const [then, now] = [before, after].map((bytes) => bytes.subarray(range.offset, range.offset + range.size))
    return sameBytes(then!, now!) ? [] : [{ ...range, before: then!, after: now! }]
  })
}

function isAnswer({ ring: { geometry }, bytes }: RingMoment, slot: number): boolean {
  return readsAsResponse(decode(blkifResponse, geometry.abi, bytes, slotOffset(geometry, slot)), geometry.nr_ents)
}

/** As many bytes, and the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
