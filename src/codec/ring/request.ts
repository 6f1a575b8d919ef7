// From the wire's structs to a request as people speak of it: its kind, the segments in use, the sectors they add up to.

import type { Abi } from '../struct/abi.ts'
import { count } from '../struct/count.ts'
import { fieldOf, layoutOf, offsetsOf, sizeOf } from '../struct/layout.ts'
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
import { type OpOfKind, operationInfo, type RequestKind } from '../xen/operations.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { hasIndirectForm, isSegmentFaulty, segmentFault } from './faults.ts'
import type { Finding } from './finding.ts'
import { type SectorUnit, sectorsPerPage } from './sector-unit.ts'
import type { SharedPages } from './shared-pages.ts'
import type { WireOther, WireRequest } from './wire.ts'

/** What requests of every kind have. Their kind tells which operations they can be, and the operation tells the kind. */
interface RequestBase<K extends RequestKind> {
  readonly kind: K
  /** The operation's short name. */
  readonly op: OpOfKind<K>
  /** The operation byte. */
  readonly operation: number
  readonly id: bigint
  /** The first sector, in the ring's unit (`Ring.sectorUnit`), as `nr_sectors` is. */
  readonly sector_number: bigint
  readonly handle: number
}

/** Read, write, barrier or flush with its segments in the slot. */
export interface DirectRequest extends RequestBase<'rw'> {
  /** The count of segments as the wire has it; more than 11 cannot be in one slot. */
  readonly nr_segments: number
  /** The segments in use: nr_segments of them, as many as the slots at hand hold at the most. */
  readonly segments: readonly BlkifRequestSegment[]
  /** Sectors that the segments add up to. */
  readonly nr_sectors: number
  /** Slots behind its own that hold the segments from the 12th on; absent where it has one slot. */
  readonly continuedIn?: readonly number[]
}

/** A read or write whose segments lie in indirect pages. */
export interface IndirectRequest extends RequestBase<'indirect'> {
  readonly indirect_op: number
  readonly nr_segments: number
  /** The references in use: ceil(nr_segments / 512), 8 at the most. */
  readonly indirect_grefs: readonly number[]
  /** Resolved from the indirect pages; null where one of them is not at hand, or is shared by too many requests. */
  readonly segments: readonly BlkifRequestSegment[] | null
  readonly nr_sectors: number | null
}

/** A discard: `nr_sectors` from `sector_number` on need not be kept. */
export interface DiscardRequest extends RequestBase<'discard'> {
  readonly flag: number
  readonly nr_sectors: bigint
}

/** An operation that blkif.h has no struct for: id, sector_number and handle read as in `struct blkif_request`. */
export interface OtherRequest extends RequestBase<'other'> {
  /** The whole slot. */
  readonly raw: Uint8Array
}

/** A request. Both `kind` and `op` tell which of these it is. */
export type Request = DirectRequest | IndirectRequest | DiscardRequest | OtherRequest

/**
 * No struct says what all of its bytes are: the operation has none, or the count is more than the struct can hold, so that nobody
 * knows what lies where.
 */
export function isUndescribed(request: Request): boolean {
  switch (request.kind) {
    case 'other':
      return true
    case 'rw':
      return request.nr_segments > request.segments.length
    case 'indirect':
      return request.nr_segments > MAX_INDIRECT_SEGMENTS || !hasIndirectForm(request.indirect_op)
    case 'discard':
      return false
  }
}

/** Contents of the pages that indirect requests name, by grant reference. */
export interface IndirectPages extends Pick<ReadonlyMap<number, Uint8Array>, 'get'> {
  /** Whether a page is also that of other rings of the input, as those of a series' folder are; without it none is. */
  readonly isCommon?: (gref: number) => boolean
}

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

export function viewRequest(wire: WireRequest, place: RequestPlace): Request {
  const { operation, id, sector_number, handle } = wire
  const fields = { operation, id, sector_number, handle }
  const info = operationInfo(operation)
  switch (info.kind) {
    case 'rw':
      return viewDirect({ kind: info.kind, op: info.op, ...fields }, wire as BlkifRequest, place)
    case 'indirect':
      return viewIndirect({ kind: info.kind, op: info.op, ...fields }, wire as BlkifRequestIndirect, place)
    case 'discard': {
      const { flag, nr_sectors } = wire as BlkifRequestDiscard
      return { kind: info.kind, op: info.op, ...fields, flag, nr_sectors }
    }
    case 'other':
      return { kind: info.kind, op: info.op, ...fields, raw: (wire as WireOther).raw }
  }
}

/** Sectors that segments add up to; a segment that ends before it starts counts for none. */
export function sumSectors(segments: readonly BlkifRequestSegment[]): number {
  let sum = 0
  for (const { first_sect, last_sect } of segments) sum += Math.max(0, last_sect - first_sect + 1)
  return sum
}

function viewDirect(base: RequestBase<'rw'>, wire: BlkifRequest, place: RequestPlace): DirectRequest {
  const { nr_segments } = wire
  const { abi, slot, at, findings } = place
  const { maxSegments = BLKIF_MAX_SEGMENTS_PER_REQUEST, continued } = place
  const countAt = () => ({ slot, offset: at + fieldOf(layoutOf(blkifRequest, abi), 'nr_segments').offset })
  if (nr_segments > maxSegments) {
    const limit =
      maxSegments === BLKIF_MAX_SEGMENTS_PER_REQUEST ? 'BLKIF_MAX_SEGMENTS_PER_REQUEST' : 'max-request-segments of both ends'
    findings.push({
      code: 'nr-segments-impossible',
      message: `nr_segments ${nr_segments} > ${limit} (${maxSegments}); the slot holds ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`,
      ...countAt(),
    })
  }
  const own = wire.seg.slice(0, nr_segments)
  const segments = continued ? [...own, ...continued.segments] : own
  if (nr_segments <= maxSegments && segments.length < nr_segments)
    findings.push({
      code: 'segment-block-missing',
      message: `nr_segments ${nr_segments} takes more slots than req_prod covers: ${segments.length} segments are there`,
      ...countAt(),
    })
  const whereIs = (i: number) => ({
    slot,
    offset:
      i < BLKIF_MAX_SEGMENTS_PER_REQUEST
        ? at + fieldOf(layoutOf(blkifRequest, abi), 'seg').offset + i * layoutOf(blkifRequestSegment, abi).size
        : at,
  })
  reportFaults(segments, place, 'seg', whereIs)
  const continuedIn = continued ? { continuedIn: continued.slots } : {}
  return { ...base, nr_segments, segments, nr_sectors: sumSectors(segments), ...continuedIn }
}

function viewIndirect(base: RequestBase<'indirect'>, wire: BlkifRequestIndirect, place: RequestPlace): IndirectRequest {
  const { indirect_op, nr_segments } = wire
  const { abi, slot, at, findings } = place
  const layout = layoutOf(blkifRequestIndirect, abi)
  const offsetOf = (field: string) => at + fieldOf(layout, field).offset
  if (!hasIndirectForm(indirect_op))
    findings.push({
      code: 'indirect-op-illegal',
      message: `indirect_op ${indirect_op} is neither BLKIF_OP_READ nor BLKIF_OP_WRITE`,
      slot,
      offset: offsetOf('indirect_op'),
    })
  if (nr_segments > MAX_INDIRECT_SEGMENTS)
    findings.push({
      code: 'nr-segments-impossible',
      message: `nr_segments ${nr_segments} > ${MAX_INDIRECT_SEGMENTS}, all that ${BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST} indirect pages hold`,
      slot,
      offset: offsetOf('nr_segments'),
    })
  const indirect_grefs = wire.indirect_grefs.slice(0, indirectPagesFor(nr_segments))
  const inUse = Math.min(nr_segments, MAX_INDIRECT_SEGMENTS)
  const segments = resolve(indirect_grefs, inUse, offsetOf('indirect_grefs'), place)
  const nr_sectors = segments && sumSectors(segments)
  return { ...base, indirect_op, nr_segments, indirect_grefs, segments, nr_sectors }
}

function resolve(
  grefs: readonly number[],
  nr_segments: number,
  grefsAt: number,
  place: RequestPlace,
): readonly BlkifRequestSegment[] | null {
  const { abi, slot, pages, findings } = place
  const stride = layoutOf(blkifRequestSegment, abi).size
  const segments: BlkifRequestSegment[] = []
  let whole = true
  for (const [k, gref] of grefs.entries()) {
    const needed = segmentsInPage(nr_segments, k)
    const page = pages.get(gref)
    const where = { slot, offset: grefsAt + k * sizeOf(blkifRequestIndirect.fields.indirect_grefs.element, abi), gref }
    const named = `indirect_grefs[${k}] is ${gref}`
    if (!page) {
      findings.push({
        code: 'indirect-page-missing',
        message: `${named}, and its page is not at hand`,
        ...where,
      })
      whole = false
      continue
    }
    if (page.length !== XEN_PAGE_SIZE)
      findings.push({
        code: 'indirect-page-size',
        message: `${named}, and its page has ${page.length < XEN_PAGE_SIZE ? count(page.length, 'byte') : 'more'}; a Xen page has ${XEN_PAGE_SIZE}`,
        ...where,
      })
    if (page.length < needed * stride) {
      whole = false
      continue
    }
    if (place.shared && !place.shared.allows(gref, needed)) {
      place.shared.refuse(named, where)
      return null
    }
    const inPage = readSegments(page, abi, needed)
    reportFaults(inPage, place, `${named}, seg`, () => where)
    segments.push(...inPage)
  }
  return whole ? segments : null
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
  if (first < 0) return
  const bad = segments.filter(isFaulty).length
  const others = bad > 1 ? ` (and ${bad - 1} more of ${segments.length})` : ''
  findings.push({
    code: 'segment-range',
    message: `${what}[${first}]: ${segmentFault(segments[first]!, unit)}${others}`,
    ...whereIs(first),
  })
}

/** The first segments of an indirect page. A parser of the whole page reads 512, of which few are in use. */
export function readSegments(page: Uint8Array, abi: Abi, count: number): BlkifRequestSegment[] {
  const { size } = layoutOf(blkifRequestSegment, abi)
  const at = offsetsOf(blkifRequestSegment, abi)
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  return Array.from({ length: count }, (_, i) => ({
    gref: view.getUint32(i * size + at.gref, true),
    first_sect: view.getUint8(i * size + at.first_sect),
    last_sect: view.getUint8(i * size + at.last_sect),
  }))
}
