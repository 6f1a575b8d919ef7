// From the wire's structs to a request as people speak of it: its kind, the segments in use, the sectors they add up to.
import { sizeOf } from '../struct/layout.ts'
import { perAbi } from '../struct/memo.ts'
import {
  type BlkifRequest,
  type BlkifRequestDiscard,
  type BlkifRequestIndirect,
  type BlkifRequestSegment,
  blkifRequestSegment,
  indirectPagesFor,
  MAX_INDIRECT_SEGMENTS,
  segmentsInPage,
} from '../xen/blkif.ts'
import { operationInfo } from '../xen/operations.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { hasFaultySegment } from './faults.ts'
import type { IndirectPages } from './indirect-pages.ts'
import { readSegments, sumSectors } from './indirect-pages.ts'
import type { DirectRequest, IndirectRequest, Request } from './request.ts'
import type { SharedPages } from './shared-pages.ts'
import type { SlotFindings, SlotPlace } from './slot-findings.ts'
import type { WireOther, WireRequest } from './wire.ts'

/** Of a request over several slots those behind its own that are published, and the segments in them. */
export interface ContinuedIn {
  readonly slots: readonly number[]
  readonly segments: readonly BlkifRequestSegment[]
}

/** Where a request stands, and what reading it needs beyond its slot. */
export interface RequestPlace extends SlotPlace {
  readonly pages: IndirectPages
  /** Of the ring; without it pages are read as often as they are named. */
  readonly shared?: SharedPages | undefined
  readonly continued?: ContinuedIn | undefined
  /** What is wrong with the request is told to it; without it to nobody. */
  readonly faults?: SlotFindings | undefined
}

const segmentSize = /*#__PURE__*/ perAbi((abi) => sizeOf(blkifRequestSegment, abi))

export function viewRequest(wire: WireRequest, place: RequestPlace): Request {
  // Fields are named one by one: V8 takes four times as long over objects that are spread into others.
  const { operation, id, sector_number, handle } = wire
  const info = operationInfo(operation)
  switch (info.kind) {
    case 'rw':
      return viewDirect(info.op, wire as BlkifRequest, place)
    case 'indirect':
      return viewIndirect(info.op, wire as BlkifRequestIndirect, place)
    case 'discard': {
      const { flag, nr_sectors } = wire as BlkifRequestDiscard
      return { kind: info.kind, op: info.op, operation, id, sector_number, handle, flag, nr_sectors }
    }
    case 'other':
      return { kind: info.kind, op: info.op, operation, id, sector_number, handle, raw: (wire as WireOther).raw }
  }
}

function viewDirect(op: DirectRequest['op'], wire: BlkifRequest, place: RequestPlace): DirectRequest {
  const { operation, id, sector_number, handle, nr_segments } = wire
  const { continued, faults, unit } = place
  const own = firstOf(wire.seg, nr_segments)
  const segments = continued ? [...own, ...continued.segments] : own
  if (faults && (segments.length !== nr_segments || hasFaultySegment(segments, unit))) faults.ofDirect(wire, segments, place)
  const nr_sectors = sumSectors(segments)
  const request = { kind: 'rw', op, operation, id, sector_number, handle, nr_segments, segments, nr_sectors } as const
  return continued ? { ...request, continuedIn: continued.slots } : request
}

/** A reader of rings reads no more than are in use. */
function firstOf<T>(elements: readonly T[], count: number): readonly T[] {
  return elements.length > count ? elements.slice(0, count) : elements
}

function viewIndirect(op: IndirectRequest['op'], wire: BlkifRequestIndirect, place: RequestPlace): IndirectRequest {
  const { operation, id, sector_number, handle, indirect_op, nr_segments } = wire
  place.faults?.ofIndirect(wire, place)
  const indirect_grefs = firstOf(wire.indirect_grefs, indirectPagesFor(nr_segments))
  const segments = resolve(indirect_grefs, Math.min(nr_segments, MAX_INDIRECT_SEGMENTS), place)
  const nr_sectors = segments && sumSectors(segments)
  return {
    kind: 'indirect',
    op,
    operation,
    id,
    sector_number,
    handle,
    indirect_op,
    nr_segments,
    indirect_grefs,
    segments,
    nr_sectors,
  }
}

function resolve(grefs: readonly number[], nr_segments: number, place: RequestPlace): readonly BlkifRequestSegment[] | null {
  const { abi, pages, shared, faults } = place
  const size = segmentSize(abi)
  const segments: BlkifRequestSegment[] = []
  let whole = true
  for (let k = 0; k < grefs.length; k++) {
    const gref = grefs[k]!
    const page = pages.get(gref)
    if (faults && page?.length !== XEN_PAGE_SIZE) faults.ofPage(k, gref, page, place)
    const needed = segmentsInPage(nr_segments, k)
    if (!page || page.length < needed * size) {
      whole = false
      continue
    }
    if (shared && !shared.allows(gref, needed)) {
      faults?.ofRefused(k, gref, place)
      return null
    }
    const inPage = readSegments(page, abi, needed)
    if (faults && hasFaultySegment(inPage, place.unit)) faults.ofPageSegments(k, gref, inPage, place)
    segments.push(...inPage)
  }
  return whole ? segments : null
}
