// From the wire's structs to a request as people speak of it: its kind, the segments in use, the sectors they add up to.
import type { Abi } from '../struct/abi.ts'
import { count } from '../struct/count.ts'
import { offsetsOf, sizeOf } from '../struct/layout.ts'
import { perAbi } from '../struct/memo.ts'
import {
  BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  type BlkifRequest,
  type BlkifRequestDiscard,
  type BlkifRequestIndirect,
  type BlkifRequestSegment,
  blkifRequest,
  blkifRequestIndirect,
  blkifRequestSegment,
  indirectPagesFor,
  MAX_INDIRECT_SEGMENTS,
  segmentsInPage,
} from '../xen/blkif.ts'
import { operationInfo } from '../xen/operations.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { hasIndirectForm, isSegmentFaulty, segmentFault } from './faults.ts'
import type { Finding } from './finding.ts'
import type { IndirectPages } from './indirect-pages.ts'
import { readSegments, sumSectors } from './indirect-pages.ts'
import type { DirectRequest, IndirectRequest, Request } from './request.ts'
import { type SectorUnit, sectorsPerPage } from './sector-unit.ts'
import type { SharedPages } from './shared-pages.ts'
import type { WireOther, WireRequest } from './wire.ts'

/** Where a request stands, and what reading it needs beyond its slot. */
export interface RequestPlace {
  readonly abi: Abi
  readonly slot: number
  /** Byte offset of the slot in the ring. */
  readonly at: number
  readonly pages: IndirectPages
  /** Of the ring; without it pages are read as often as they are named. */
  readonly shared?: SharedPages | undefined
  readonly unit: SectorUnit
  /** Segments that a direct request may have: 11, more where it may take several slots. */
  readonly maxSegments?: number
  /** Of a request over several slots those that are published, and the segments in them. */
  readonly continued?: { readonly slots: readonly number[]; readonly segments: readonly BlkifRequestSegment[] } | undefined
  /** What is wrong with the request is appended. */
  readonly findings: Finding[]
}

/** Where fields stand that findings point at, in bytes from the start of the slot, and the sizes of elements. */
const places = /*#__PURE__*/ perAbi((abi) => ({
  rw: offsetsOf(blkifRequest, abi),
  indirect: offsetsOf(blkifRequestIndirect, abi),
  segmentSize: sizeOf(blkifRequestSegment, abi),
  grefSize: sizeOf(blkifRequestIndirect.fields.indirect_grefs.element, abi),
}))

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
  const { abi, slot, at, unit, findings, continued, maxSegments = BLKIF_MAX_SEGMENTS_PER_REQUEST } = place
  if (nr_segments > maxSegments) findings.push(tooMany(nr_segments, maxSegments, countPlace(place)))
  const own = firstOf(wire.seg, nr_segments)
  const segments = continued ? [...own, ...continued.segments] : own
  if (nr_segments <= maxSegments && segments.length < nr_segments)
    findings.push({
      code: 'segment-block-missing',
      message: `nr_segments ${nr_segments} takes more slots than req_prod covers: ${segments.length} segments are there`,
      ...countPlace(place),
    })
  if (hasFault(segments, unit))
    reportFaults(segments, place, 'seg', (i) => ({
      slot,
      offset: i < BLKIF_MAX_SEGMENTS_PER_REQUEST ? at + places(abi).rw.seg + i * places(abi).segmentSize : at,
    }))
  const nr_sectors = sumSectors(segments)
  const request = { kind: 'rw', op, operation, id, sector_number, handle, nr_segments, segments, nr_sectors } as const
  return continued ? { ...request, continuedIn: continued.slots } : request
}

/** Where the count of a direct request stands. */
function countPlace({ abi, slot, at }: RequestPlace): Pick<Finding, 'slot' | 'offset'> {
  return { slot, offset: at + places(abi).rw.nr_segments }
}

function tooMany(nr_segments: number, maxSegments: number, where: Pick<Finding, 'slot' | 'offset'>): Finding {
  const limit =
    maxSegments === BLKIF_MAX_SEGMENTS_PER_REQUEST ? 'BLKIF_MAX_SEGMENTS_PER_REQUEST' : 'max-request-segments of both ends'
  const message = `nr_segments ${nr_segments} > ${limit} (${maxSegments}); the slot holds ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`
  return { code: 'nr-segments-impossible', message, ...where }
}

/** A reader of rings reads no more than are in use. */
function firstOf<T>(elements: readonly T[], count: number): readonly T[] {
  return elements.length > count ? elements.slice(0, count) : elements
}

function viewIndirect(op: IndirectRequest['op'], wire: BlkifRequestIndirect, place: RequestPlace): IndirectRequest {
  const { operation, id, sector_number, handle, indirect_op, nr_segments } = wire
  const { abi, slot, at, findings } = place
  const { indirect } = places(abi)
  if (!hasIndirectForm(indirect_op))
    findings.push({
      code: 'indirect-op-illegal',
      message: `indirect_op ${indirect_op} is neither BLKIF_OP_READ nor BLKIF_OP_WRITE`,
      slot,
      offset: at + indirect.indirect_op,
    })
  if (nr_segments > MAX_INDIRECT_SEGMENTS)
    findings.push({
      code: 'nr-segments-impossible',
      message: `nr_segments ${nr_segments} > ${MAX_INDIRECT_SEGMENTS}, all that ${BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST} indirect pages hold`,
      slot,
      offset: at + indirect.nr_segments,
    })
  const indirect_grefs = firstOf(wire.indirect_grefs, indirectPagesFor(nr_segments))
  const inUse = Math.min(nr_segments, MAX_INDIRECT_SEGMENTS)
  const segments = resolve(indirect_grefs, inUse, at + indirect.indirect_grefs, place)
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

function resolve(
  grefs: readonly number[],
  nr_segments: number,
  grefsAt: number,
  place: RequestPlace,
): readonly BlkifRequestSegment[] | null {
  const { abi, slot, pages, findings } = place
  const { segmentSize, grefSize } = places(abi)
  const segments: BlkifRequestSegment[] = []
  let whole = true
  for (let k = 0; k < grefs.length; k++) {
    const gref = grefs[k]!
    const page = pages.get(gref)
    const offset = grefsAt + k * grefSize
    if (!page) {
      const message = `indirect_grefs[${k}] is ${gref}, and its page is not at hand`
      findings.push({ code: 'indirect-page-missing', message, slot, offset, gref })
      whole = false
      continue
    }
    const needed = segmentsInPage(nr_segments, k)
    const where = { slot, offset, gref }
    const named = `indirect_grefs[${k}] is ${gref}`
    if (page.length !== XEN_PAGE_SIZE)
      findings.push({
        code: 'indirect-page-size',
        message: `${named}, and its page has ${page.length < XEN_PAGE_SIZE ? count(page.length, 'byte') : 'more'}; a Xen page has ${XEN_PAGE_SIZE}`,
        ...where,
      })
    if (page.length < needed * segmentSize) {
      whole = false
      continue
    }
    if (place.shared && !place.shared.allows(gref, needed)) {
      place.shared.refuse(named, where)
      return null
    }
    const inPage = readSegments(page, abi, needed)
    if (hasFault(inPage, place.unit)) reportFaults(inPage, place, `${named}, seg`, () => where)
    segments.push(...inPage)
  }
  return whole ? segments : null
}

/** Whether there is anything to report: most requests are as they should be, and need no more than this. */
function hasFault(segments: readonly BlkifRequestSegment[], unit: SectorUnit): boolean {
  const inPage = sectorsPerPage(unit)
  for (let i = 0; i < segments.length; i++)
    if (isSegmentFaulty(segments[i]!.first_sect, segments[i]!.last_sect, inPage)) return true
  return false
}

/** One finding a request: which of its segments cannot be, the first of them in full. */
function reportFaults(
  segments: readonly BlkifRequestSegment[],
  { unit, findings }: RequestPlace,
  what: string,
  whereIs: (i: number) => Pick<Finding, 'slot' | 'offset' | 'gref'>,
): void {
  const inPage = sectorsPerPage(unit)
  const isFaulty = ({ first_sect, last_sect }: BlkifRequestSegment) => isSegmentFaulty(first_sect, last_sect, inPage)
  const first = segments.findIndex(isFaulty)
  const bad = segments.filter(isFaulty).length
  const others = bad > 1 ? ` (and ${bad - 1} more of ${segments.length})` : ''
  findings.push({
    code: 'segment-range',
    message: `${what}[${first}]: ${segmentFault(segments[first]!, unit)}${others}`,
    ...whereIs(first),
  })
}
