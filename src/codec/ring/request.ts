// From the wire's structs to a request as people speak of it: its kind, the segments in use, the sectors they add up to.
import type { Abi } from '../struct/abi.ts'
import { fieldOf, layoutOf, offsetsOf, sizeOf } from '../struct/layout.ts'
import {
  BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  type BlkifRequest,
  type BlkifRequestDiscard,
  type BlkifRequestIndirect,
  type BlkifRequestSegment,
  blkifRequest,
  blkifRequestIndirect,
  blkifRequestSegment,
  indirectPagesFor,
  MAX_INDIRECT_SEGMENTS,
  SECTORS_PER_XEN_PAGE,
  segmentsInPage,
} from '../xen/blkif.ts'
import { type OpName, opName, requestKind } from '../xen/operations.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import type { Finding } from './finding.ts'
import type { WireOther, WireRequest } from './wire.ts'

interface RequestBase {
  readonly op: OpName
  /** The raw number. */
  readonly operation: number
  readonly id: bigint
  /** In sectors of 512 bytes. */
  readonly sector_number: bigint
  readonly handle: number
}

/** Read, write, barrier or flush with its segments in the slot. */
export interface DirectRequest extends RequestBase {
  readonly kind: 'rw'
  /** As the wire says; more than 11 cannot be. */
  readonly nr_segments: number
  /** The segments in use: nr_segments of them, 11 at the most. */
  readonly segments: readonly BlkifRequestSegment[]
  /** Sectors that the segments add up to. */
  readonly nr_sectors: number
}

export interface IndirectRequest extends RequestBase {
  readonly kind: 'indirect'
  readonly indirect_op: number
  readonly nr_segments: number
  /** The references in use: ceil(nr_segments / 512), 8 at the most. */
  readonly indirect_grefs: readonly number[]
  /** Resolved from the indirect pages; null where one of them is not at hand. */
  readonly segments: readonly BlkifRequestSegment[] | null
  readonly nr_sectors: number | null
}

export interface DiscardRequest extends RequestBase {
  readonly kind: 'discard'
  readonly flag: number
  readonly nr_sectors: bigint
}

/** An operation that blkif.h has no struct for: id, sector_number and handle read as in `struct blkif_request`. */
export interface OtherRequest extends RequestBase {
  readonly kind: 'other'
  /** The whole slot. */
  readonly raw: Uint8Array
}

export type Request = DirectRequest | IndirectRequest | DiscardRequest | OtherRequest

/** Contents of the pages that indirect requests name, by grant reference. */
export type IndirectPages = Pick<ReadonlyMap<number, Uint8Array>, 'get'>

/**
 * @param at byte offset of the slot in the ring, for findings
 * @param findings what is wrong with the request is appended
 */
export function viewRequest(
  wire: WireRequest,
  abi: Abi,
  slot: number,
  at: number,
  pages: IndirectPages,
  findings: Finding[],
): Request {
  const base = {
    op: opName(wire.operation),
    operation: wire.operation,
    id: wire.id,
    sector_number: wire.sector_number,
    handle: wire.handle,
  }
  switch (requestKind(wire.operation)) {
    case 'rw':
      return viewDirect(base, wire as BlkifRequest, abi, slot, at, findings)
    case 'indirect':
      return viewIndirect(base, wire as BlkifRequestIndirect, abi, slot, at, pages, findings)
    case 'discard': {
      const { flag, nr_sectors } = wire as BlkifRequestDiscard
      return { kind: 'discard', ...base, flag, nr_sectors }
    }
    case 'other':
      return { kind: 'other', ...base, raw: (wire as WireOther).raw }
  }
}

/** Sectors that segments add up to; a segment that ends before it starts counts for none. */
export function sumSectors(segments: readonly BlkifRequestSegment[]): number {
  let sum = 0
  for (const { first_sect, last_sect } of segments) sum += Math.max(0, last_sect - first_sect + 1)
  return sum
}

/** Why a segment cannot be, or undefined. */
export function segmentFault({ first_sect, last_sect }: BlkifRequestSegment): string | undefined {
  if (last_sect >= SECTORS_PER_XEN_PAGE) return `last_sect ${last_sect} lies outside a 4 KiB grant`
  if (first_sect > last_sect) return `first_sect ${first_sect} > last_sect ${last_sect}`
  return undefined
}

function viewDirect(base: RequestBase, wire: BlkifRequest, abi: Abi, slot: number, at: number, findings: Finding[]): DirectRequest {
  const { nr_segments } = wire
  if (nr_segments > BLKIF_MAX_SEGMENTS_PER_REQUEST)
    findings.push({
      code: 'nr-segments-impossible',
      message: `nr_segments ${nr_segments} > BLKIF_MAX_SEGMENTS_PER_REQUEST (${BLKIF_MAX_SEGMENTS_PER_REQUEST}); the slot holds ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`,
      slot,
      offset: at + fieldOf(layoutOf(blkifRequest, abi), 'nr_segments').offset,
    })
  const segments = wire.seg.slice(0, nr_segments)
  const offsetOf = (i: number) =>
    at + fieldOf(layoutOf(blkifRequest, abi), 'seg').offset + i * layoutOf(blkifRequestSegment, abi).size
  reportFaults(segments, slot, 'seg', offsetOf, findings)
  return { kind: 'rw', ...base, nr_segments, segments, nr_sectors: sumSectors(segments) }
}

function viewIndirect(
  base: RequestBase,
  wire: BlkifRequestIndirect,
  abi: Abi,
  slot: number,
  at: number,
  pages: IndirectPages,
  findings: Finding[],
): IndirectRequest {
  const { indirect_op, nr_segments } = wire
  const layout = layoutOf(blkifRequestIndirect, abi)
  const offsetOf = (field: string) => at + fieldOf(layout, field).offset
  if (indirect_op !== BLKIF_OP_READ && indirect_op !== BLKIF_OP_WRITE)
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
  const segments = resolve(
    indirect_grefs,
    Math.min(nr_segments, MAX_INDIRECT_SEGMENTS),
    abi,
    slot,
    offsetOf('indirect_grefs'),
    pages,
    findings,
  )
  const nr_sectors = segments && sumSectors(segments)
  return { kind: 'indirect', ...base, indirect_op, nr_segments, indirect_grefs, segments, nr_sectors }
}

function resolve(
  grefs: readonly number[],
  nr_segments: number,
  abi: Abi,
  slot: number,
  grefsAt: number,
  pages: IndirectPages,
  findings: Finding[],
): readonly BlkifRequestSegment[] | null {
  const stride = layoutOf(blkifRequestSegment, abi).size
  const segments: BlkifRequestSegment[] = []
  let whole = true
  for (const [k, gref] of grefs.entries()) {
    const needed = segmentsInPage(nr_segments, k)
    const page = pages.get(gref)
    const where = { slot, offset: grefsAt + k * sizeOf(blkifRequestIndirect.fields.indirect_grefs.element, abi) }
    if (!page) {
      findings.push({
        code: 'indirect-page-missing',
        message: `indirect_grefs[${k}] is ${gref}, and its page is not at hand: no readable indirect-${gref}.bin beside the ring`,
        ...where,
      })
      whole = false
      continue
    }
    if (page.length !== XEN_PAGE_SIZE)
      findings.push({
        code: 'indirect-page-size',
        message: `indirect-${gref}.bin has ${page.length < XEN_PAGE_SIZE ? `${page.length} bytes` : 'more'}; a Xen page has ${XEN_PAGE_SIZE}`,
        ...where,
      })
    if (page.length < needed * stride) {
      whole = false
      continue
    }
    const inPage = readSegments(page, abi, needed)
    reportFaults(inPage, slot, `indirect-${gref}.bin seg`, () => where.offset, findings)
    segments.push(...inPage)
  }
  return whole ? segments : null
}

function isFaulty(segment: BlkifRequestSegment): boolean {
  return segmentFault(segment) !== undefined
}

/** One finding a request: which of its segments cannot be, the first of them in full. */
function reportFaults(
  segments: readonly BlkifRequestSegment[],
  slot: number,
  where: string,
  offsetOf: (i: number) => number,
  findings: Finding[],
): void {
  const first = segments.findIndex(isFaulty)
  if (first < 0) return
  const bad = segments.filter(isFaulty).length
  const others = bad > 1 ? ` (and ${bad - 1} more of ${segments.length})` : ''
  findings.push({
    code: 'segment-range',
    message: `${where}[${first}]: ${segmentFault(segments[first]!)}${others}`,
    slot,
    offset: offsetOf(first),
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
