// Requests over several slots, as FreeBSD's and OSv's frontends sent them until 2012 (blkif.h of FreeBSD 8.2 to 9.1): the header
// has 11 segments, and each slot behind it a block of 14 more. A response takes as many slots as its request, of which only the
// first is written; the others keep what they held.
import { layoutOf } from '../struct/layout.ts'
import {
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK,
  type BlkifRequest,
  type BlkifRequestSegment,
  blkifRequestSegment,
} from '../xen/blkif.ts'
import { opName, requestKind } from '../xen/operations.ts'
import { segmentFault } from './faults.ts'
import { type RingGeometry, slotOffset } from './geometry.ts'
import { readSegments } from './indirect-pages.ts'
import type { ContinuationSlot, Ring } from './ring.ts'
import { advance, distance, isFirstLap, producersPossible, slotOf } from './ring-idx.ts'
import type { SectorUnit } from './sector-unit.ts'
import { slotReadsAsResponse } from './torn.ts'
import type { WireRing } from './wire.ts'

/** Ids of these frontends are places in a table. A block read as a request has sectors of its second segment in the upper half. */
const MIN_STRANGE_ID = 2n ** 32n

/** Some request or response of the ring takes several slots: what its indices count are slots, and no requests. */
export function countsSlots({ slots }: Pick<Ring, 'slots'>): boolean {
  return slots.some(({ state }) => state === 'continuation')
}

/** Slots that a direct request of so many segments takes (BLKIF_SEGS_TO_BLOCKS). */
export function slotsForSegments(nr_segments: number): number {
  const behind = Math.max(0, nr_segments - BLKIF_MAX_SEGMENTS_PER_REQUEST)
  return 1 + Math.ceil(behind / BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK)
}

/** A slot that holds a block of segments, or none of anything: it belongs to a request or a response before it. */
export interface Continuation {
  /** What the indices say that the slot holds: in [rsp_prod, req_prod) a request. */
  readonly holds: 'request' | 'response'
  /** Slot that it continues; undefined where that is not on the ring any more, or cannot be told. */
  readonly of: number | undefined
}

/**
 * Which slots continue others.
 *
 * In [rsp_prod, req_prod) one request stands behind the other up to req_prod. rsp_prod may lie within one: answers come in any
 * order, and take slots from the oldest on. So the first place is taken from which whole requests go up to req_prod, all of
 * operations that are known and with small ids, as these frontends have; without one, rsp_prod. Among responses, a slot that does not read as one and does read as a block of
 * segments, or as a request, is what a response before it left.
 *
 * A slot whose bytes are not there parts the window: behind it a request may begin anywhere, and one that reaches into it is not
 * there as a whole. Blocks behind it are the rest of one that is not there; where no beginning can be told, nothing is.
 * @param max segments of a request
 * @param unit what their sectors count in
 * @param notThere slots whose bytes are not there
 * @returns by slot; empty where requests have one slot each, or the indices cannot be. `unseen`: slots of requests a part of
 *   which is not there
 */
function continuations(
  wire: WireRing,
  bytes: Uint8Array,
  geometry: RingGeometry,
  { max, unit, notThere }: { readonly max: number; readonly unit: SectorUnit; readonly notThere: ReadonlySet<number> },
): { readonly found: ReadonlyMap<number, Continuation>; readonly unseen: ReadonlySet<number> } {
  const found = new Map<number, Continuation>()
  const unseen = new Set<number>()
  const { nr_ents } = geometry
  const { req_prod, rsp_prod } = wire.sring
  const outstanding = distance(rsp_prod, req_prod)
  if (max <= BLKIF_MAX_SEGMENTS_PER_REQUEST || !producersPossible(wire.sring, nr_ents)) return { found, unseen }
  const answered = isFirstLap(wire.sring, nr_ents) ? rsp_prod : nr_ents - outstanding
  addRequests()
  addResponses()
  return { found, unseen }

  function addRequests(): void {
    let begin = 0
    for (let i = 0; i <= outstanding; i++) {
      if (i < outstanding && !notThere.has(windowSlot(i))) continue
      addRun(begin, i)
      begin = i + 1
    }
  }

  /** Of the window from the i-th slot up to the end-th, all of which are there. */
  function addRun(begin: number, end: number): void {
    const behindHole = begin > 0
    const isInside = behindHole || answered > 0
    const last = Math.min(end, begin + (isInside ? slotsForSegments(max) - 1 : 0))
    let from = begin
    while (from <= last && !(goesUp(from, end) && !(behindHole && from < end && readsAsBlock(windowSlot(from))))) {
      // What is passed over must be a block.
      if (from < end && !readsAsBlock(windowSlot(from))) from = last
      from++
    }
    if (from > last) from = behindHole ? end : begin
    for (let i = begin; i < from; i++) {
      if (behindHole) unseen.add(windowSlot(i))
      else found.set(windowSlot(i), { holds: 'request', of: undefined })
    }
    for (let i = from; i < end; ) {
      const head = windowSlot(i)
      const whole = i + slotsAt(head)
      const isCut = whole > end && end < outstanding
      if (isCut) unseen.add(head)
      while (++i < Math.min(whole, end)) {
        if (isCut) unseen.add(windowSlot(i))
        else found.set(windowSlot(i), { holds: 'request', of: head })
      }
    }
  }

  function windowSlot(i: number): number {
    return slotOf(advance(rsp_prod, i), nr_ents)
  }

  /** Whole requests stand behind one another from there up to the end; up to a slot that is not there, one may reach into it. */
  function goesUp(from: number, end: number): boolean {
    let i = from
    while (i < end) {
      const slot = windowSlot(i)
      const { operation, id } = wire.ring[slot]!.req
      if (opName(operation) === 'unknown' || id >= MIN_STRANGE_ID || countAt(slot) > max) return false
      i += slotsAt(slot)
    }
    return i === end || end < outstanding
  }

  function addResponses(): void {
    let head: number | undefined
    let behindHole = false
    for (let i = answered; i > 0; i--) {
      const slot = windowSlot(-i)
      if (notThere.has(slot)) {
        behindHole = true
        continue
      }
      if (slotReadsAsResponse(bytes, geometry, slot) || !(readsAsBlock(slot) || readsAsRequest(slot))) {
        head = slot
        behindHole = false
      } else if (behindHole) unseen.add(slot)
      else found.set(slot, { holds: 'response', of: head })
    }
  }

  /** nr_segments of a direct request; 0 of any other. */
  function countAt(slot: number): number {
    const { req } = wire.ring[slot]!
    return requestKind(req.operation) === 'rw' ? (req as BlkifRequest).nr_segments : 0
  }

  /** A count that cannot be takes one slot, as it does in every other ring. */
  function slotsAt(slot: number): number {
    const nr_segments = countAt(slot)
    return nr_segments > max ? 1 : slotsForSegments(nr_segments)
  }

  /** Its first segment is one, of more than the first sector: 0 to 0 is what zeroes read as. */
  function readsAsBlock(slot: number): boolean {
    const [first] = blockSegments(bytes, geometry, slot, 1)
    return first!.gref !== 0 && first!.last_sect > 0 && segmentFault(first!, unit) === undefined
  }

  function readsAsRequest(slot: number): boolean {
    const { req } = wire.ring[slot]!
    const count = countAt(slot)
    return count > 0 && count <= max && req.handle !== 0 && req.id < BigInt(nr_ents)
  }
}

/** Slots that continue others, and of each request over several slots what is in those behind its own. */
export interface Blocks {
  readonly slots: ReadonlyMap<number, Pick<ContinuationSlot, 'holds' | 'of' | 'nr_segments'>>
  readonly ofRequests: ReadonlyMap<number, { readonly slots: readonly number[]; readonly segments: readonly BlkifRequestSegment[] }>
  /** Slots of requests a part of which is not there. */
  readonly unseen: ReadonlySet<number>
}

/** Of a ring whose requests have one slot each. */
export const NO_BLOCKS: Blocks = { slots: new Map(), ofRequests: new Map(), unseen: new Set() }

/** Reads the blocks of a ring whose requests may take several slots. */
export function readBlocks(
  wire: WireRing,
  bytes: Uint8Array,
  geometry: RingGeometry,
  limits: Parameters<typeof continuations>[3],
): Blocks {
  const slots = new Map<number, Pick<ContinuationSlot, 'holds' | 'of' | 'nr_segments'>>()
  const ofRequests = new Map<number, { readonly slots: number[]; readonly segments: BlkifRequestSegment[] }>()
  const { found, unseen } = continuations(wire, bytes, geometry, limits)
  for (const [slot, { holds, of }] of found) {
    if (holds === 'response' || of === undefined) {
      slots.set(slot, { holds, of, nr_segments: holds === 'response' ? 0 : BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK })
      continue
    }
    const own = ofRequests.get(of) ?? { slots: [], segments: [] }
    ofRequests.set(of, own)
    own.slots.push(slot)
    const nr_segments = segmentsInBlock((wire.ring[of]!.req as BlkifRequest).nr_segments, own.slots.length)
    own.segments.push(...blockSegments(bytes, geometry, slot, nr_segments))
    slots.set(slot, { holds, of, nr_segments })
  }
  return { slots, ofRequests, unseen }
}

/** The first segments of the block in a slot. Under x86_32 the last of 14 reaches into the next slot, as it did in the driver. */
export function blockSegments(bytes: Uint8Array, geometry: RingGeometry, slot: number, count: number): BlkifRequestSegment[] {
  const { size } = layoutOf(blkifRequestSegment, geometry.abi)
  const at = slotOffset(geometry, slot)
  return readSegments(bytes.subarray(at, at + count * size), geometry.abi, count)
}

/** Segments of the block that is the n-th behind the header, from 1 on. */
export function segmentsInBlock(nr_segments: number, block: number): number {
  return Math.min(Math.max(nr_segments - firstSegmentOf(block), 0), BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK)
}

/** The first segment that lies so many slots behind the header. */
export function firstSegmentOf(block: number): number {
  return block === 0 ? 0 : BLKIF_MAX_SEGMENTS_PER_REQUEST + (block - 1) * BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK
}

/** Where a segment of a request over several slots stands: how many slots behind the header, and its place there. */
export function placeOfSegment(i: number): { readonly block: number; readonly place: number } {
  const behind = i - BLKIF_MAX_SEGMENTS_PER_REQUEST
  if (behind < 0) return { block: 0, place: i }
  return {
    block: 1 + Math.floor(behind / BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK),
    place: behind % BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK,
  }
}
