// What the rules look at: a decoded ring, sorted into what is asked, what is answered, and what is too new to tell.

import type { DecodedRing } from '../capture/decoded-ring.ts'
import { readsAsBeneath, slotCriteria } from '../codec/recognise/slot/reads-as.ts'
import { KNOWN_RING } from '../codec/recognise/slot/strictness.ts'
import { slotOffset } from '../codec/ring/geometry.ts'
import type { IndirectPages } from '../codec/ring/indirect-pages.ts'
import { placeOfSegment } from '../codec/ring/multi-slot.ts'
import type { Request } from '../codec/ring/request.ts'
import type { RequestSlot, ResponseSlot, Ring } from '../codec/ring/ring.ts'
import { advance, distance } from '../codec/ring/ring-idx.ts'
import { slotReadsAsResponse } from '../codec/ring/torn.ts'
import { fieldOf, layoutOf, sizeOf } from '../codec/struct/layout.ts'
import { viewOf } from '../codec/struct/scalar.ts'
import { blkifRequestIndirect, blkifRequestSegment, SEGS_PER_INDIRECT_PAGE } from '../codec/xen/blkif.ts'
import { REQUEST_STRUCTS } from '../codec/xen/operations.ts'
import { type Disk, diskOf } from '../xenstore/disk.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'

/** What the rules look at: a decoded ring, its slots sorted into what is asked, what is answered, and what is too new to tell. */
export interface RingSubject {
  readonly decoded: DecodedRing
  /** Its unit of sectors may be another than that of `decoded.ring`: the one in which its requests fit the disk. */
  readonly ring: Ring
  readonly bytes: Uint8Array
  readonly indirectPages: IndirectPages
  readonly xenstore: XenstoreNodes | undefined
  /** What XenStore says of the disk; undefined without XenStore. */
  readonly disk: Disk | undefined
  /** Requests of [rsp_prod, req_prod) in index order; none where the indices are impossible, and none that is torn. */
  readonly requests: readonly RequestSlot[]
  /** The requests that nothing speaks of as answered, in index order. */
  readonly inFlight: readonly RequestSlot[]
  /** Slots of the window that read as responses. */
  readonly torn: readonly RequestSlot[]
  /** The responses, in index order. */
  readonly responses: readonly ResponseSlot[]
}

export function subjectOf(decoded: DecodedRing): RingSubject {
  const { ring, capture } = decoded
  const possible = ring.indices === 'possible'
  const requests: RequestSlot[] = []
  const torn: RequestSlot[] = []
  const responses: ResponseSlot[] = []
  for (const slot of ring.slots) {
    if (slot.state === 'response') responses.push(slot)
    else if (slot.state === 'request' && possible) (isTorn(ring, capture.bytes, slot) ? torn : requests).push(slot)
  }
  const oldest = advance(ring.sring.req_prod, -ring.geometry.nr_ents)
  const byIndex = (a: { index: number }, b: { index: number }) => distance(oldest, a.index) - distance(oldest, b.index)
  requests.sort(byIndex)
  responses.sort(byIndex)
  return {
    decoded,
    ring,
    bytes: capture.bytes,
    indirectPages: capture.indirectPages,
    xenstore: capture.xenstore,
    disk: capture.xenstore && diskOf(capture.xenstore, ring.sectorUnit),
    requests,
    inFlight: requests.filter(({ answered }) => answered === 'no' || answered === 'unlikely'),
    torn,
    responses,
  }
}

/** More sectors than a discard has: what is read as such is a segment of the request that a response lies over. */
const TOO_MANY_SECTORS = 2n ** 32n

/**
 * The handle, or of an indirect request nr_segments, is 0 in a response's id: a look that spares most slots the other. Linux
 * leaves the handle of a discard 0.
 */
function isTorn({ geometry }: Ring, bytes: Uint8Array, { slot, request }: RequestSlot): boolean {
  if (request.kind === 'discard' && request.nr_sectors > 0n && request.nr_sectors < TOO_MANY_SECTORS) return false
  if ((request.kind === 'indirect' ? request.nr_segments : request.handle) !== 0) return false
  if (!slotReadsAsResponse(bytes, geometry, slot)) return false
  // Under a response that is one lies what is left of a request.
  return readsAsBeneath(slotCriteria(KNOWN_RING, geometry.abi), viewOf(bytes), slotOffset(geometry, slot))
}

/** Slot and offset of a field of a request, for a finding. */
export function atField({ ring: { geometry } }: RingSubject, { slot, request }: RequestSlot, field: string) {
  const layout = layoutOf(REQUEST_STRUCTS[request.kind], geometry.abi)
  return { slot, offset: slotOffset(geometry, slot) + fieldOf(layout, field).offset }
}

/** Slot and offset of a segment of a request; of one in an indirect page, where the page is named. */
export function atSegment(subject: RingSubject, slot: RequestSlot, i: number) {
  const { abi } = subject.ring.geometry
  if (slot.request.kind === 'indirect') return atIndirectGref(subject, slot, Math.floor(i / SEGS_PER_INDIRECT_PAGE))
  const { block, place } = placeOfSegment(i)
  const { geometry } = subject.ring
  if (block > 0 && slot.request.kind === 'rw') {
    const own = slot.request.continuedIn?.[block - 1] ?? slot.slot
    return { slot: slot.slot, offset: slotOffset(geometry, own) + place * sizeOf(blkifRequestSegment, abi) }
  }
  const seg = atField(subject, slot, 'seg')
  return { ...seg, offset: seg.offset + i * sizeOf(blkifRequestSegment, abi) }
}

export function atIndirectGref(subject: RingSubject, slot: RequestSlot, k: number) {
  const grefs = atField(subject, slot, 'indirect_grefs')
  const { element } = blkifRequestIndirect.fields.indirect_grefs
  return { ...grefs, offset: grefs.offset + k * sizeOf(element, subject.ring.geometry.abi) }
}

/** Sectors, of the ring's unit, that a request covers; undefined where an indirect page is missing or the request has none. */
export function sectorsOf(request: Request): bigint | undefined {
  if (request.kind === 'other' || request.nr_sectors === null) return undefined
  return BigInt(request.nr_sectors)
}
