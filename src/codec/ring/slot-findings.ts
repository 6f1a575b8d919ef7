// What is wrong with the requests and responses of a ring, noted as they are read. Who reads slots without it has none of its texts.
import type { Abi } from '../struct/abi.ts'
import { count } from '../struct/count.ts'
import { fieldOf, layoutOf, offsetsOf, sizeOf } from '../struct/layout.ts'
import { perAbi } from '../struct/memo.ts'
import {
  BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  type BlkifRequest,
  type BlkifRequestIndirect,
  type BlkifRequestSegment,
  type BlkifResponse,
  blkifRequest,
  blkifRequestIndirect,
  blkifRequestSegment,
  blkifResponse,
  MAX_INDIRECT_SEGMENTS,
} from '../xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { hasFaultySegment, hasIndirectForm, isSegmentFaulty, segmentFault } from './faults.ts'
import type { Finding } from './finding.ts'
import type { RingGeometry } from './geometry.ts'
import type { Request } from './request.ts'
import { type SectorUnit, sectorsPerPage } from './sector-unit.ts'
import type { SharedPages } from './shared-pages.ts'
import { slotReadsAsResponse } from './torn.ts'

/** Where fields stand that findings point at, in bytes from the start of the slot, and the sizes of elements. */
const places = /*#__PURE__*/ perAbi((abi) => ({
  rw: offsetsOf(blkifRequest, abi),
  indirect: offsetsOf(blkifRequestIndirect, abi),
  response: fieldOf(layoutOf(blkifResponse, abi), 'operation').offset,
  segmentSize: sizeOf(blkifRequestSegment, abi),
  grefSize: sizeOf(blkifRequestIndirect.fields.indirect_grefs.element, abi),
}))

/** Where a request stands, and how it is read. */
export interface SlotPlace {
  readonly abi: Abi
  readonly slot: number
  /** Byte offset of the slot in the ring. */
  readonly at: number
  readonly unit: SectorUnit
  /** Segments that a direct request may have: 11, more where it may take several slots. */
  readonly maxSegments?: number | undefined
}

type Where = Pick<Finding, 'slot' | 'offset' | 'gref'>

/** Takes what is read of the slots of one ring, and appends a finding for what cannot be. */
export class SlotFindings {
  readonly #bytes: Uint8Array
  readonly #geometry: RingGeometry
  readonly #findings: Finding[]
  #refused: { readonly where: Where; readonly what: string; more: number } | undefined

  constructor(bytes: Uint8Array, geometry: RingGeometry, findings: Finding[]) {
    this.#bytes = bytes
    this.#geometry = geometry
    this.#findings = findings
  }

  /** @param segments those that are there */
  ofDirect({ nr_segments }: BlkifRequest, segments: readonly BlkifRequestSegment[], place: SlotPlace): void {
    const { abi, slot, at, unit, maxSegments = BLKIF_MAX_SEGMENTS_PER_REQUEST } = place
    if (nr_segments > maxSegments || segments.length < nr_segments) this.#ofCount(nr_segments, segments, maxSegments, place)
    if (hasFaultySegment(segments, unit))
      this.#ofSegments(segments, unit, 'seg', (i) => ({
        slot,
        offset: i < BLKIF_MAX_SEGMENTS_PER_REQUEST ? at + places(abi).rw.seg + i * places(abi).segmentSize : at,
      }))
  }

  #ofCount(nr_segments: number, segments: readonly BlkifRequestSegment[], maxSegments: number, { abi, slot, at }: SlotPlace): void {
    const where = { slot, offset: at + places(abi).rw.nr_segments }
    if (nr_segments > maxSegments) {
      const limit =
        maxSegments === BLKIF_MAX_SEGMENTS_PER_REQUEST ? 'BLKIF_MAX_SEGMENTS_PER_REQUEST' : 'max-request-segments of both ends'
      const message = `nr_segments ${nr_segments} > ${limit} (${maxSegments}); the slot holds ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`
      this.#findings.push({ code: 'nr-segments-impossible', message, ...where })
    } else {
      const message = `nr_segments ${nr_segments} takes more slots than req_prod covers: ${segments.length} segments are there`
      this.#findings.push({ code: 'segment-block-missing', message, ...where })
    }
  }

  ofIndirect({ indirect_op, nr_segments }: BlkifRequestIndirect, { abi, slot, at }: SlotPlace): void {
    if (!hasIndirectForm(indirect_op))
      this.#findings.push({
        code: 'indirect-op-illegal',
        message: `indirect_op ${indirect_op} is neither BLKIF_OP_READ nor BLKIF_OP_WRITE`,
        slot,
        offset: at + places(abi).indirect.indirect_op,
      })
    if (nr_segments > MAX_INDIRECT_SEGMENTS)
      this.#findings.push({
        code: 'nr-segments-impossible',
        message: `nr_segments ${nr_segments} > ${MAX_INDIRECT_SEGMENTS}, all that ${BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST} indirect pages hold`,
        slot,
        offset: at + places(abi).indirect.nr_segments,
      })
  }

  /** The page of the k-th reference. @param page undefined where it is not at hand */
  ofPage(k: number, gref: number, page: Uint8Array | undefined, place: SlotPlace): void {
    if (!page) {
      const message = `${referenceText(k, gref)}, and its page is not at hand`
      this.#findings.push({ code: 'indirect-page-missing', message, ...whereOfReference(k, gref, place) })
    } else if (page.length !== XEN_PAGE_SIZE)
      this.#findings.push({
        code: 'indirect-page-size',
        message: `${referenceText(k, gref)}, and its page has ${page.length < XEN_PAGE_SIZE ? count(page.length, 'byte') : 'more'}; a Xen page has ${XEN_PAGE_SIZE}`,
        ...whereOfReference(k, gref, place),
      })
  }

  /** The segments in the page of the k-th reference. */
  ofPageSegments(k: number, gref: number, segments: readonly BlkifRequestSegment[], place: SlotPlace): void {
    if (hasFaultySegment(segments, place.unit))
      this.#ofSegments(segments, place.unit, `${referenceText(k, gref)}, seg`, () => whereOfReference(k, gref, place))
  }

  /** The page of the k-th reference is not read again (`SharedPages.allows`). */
  ofRefused(k: number, gref: number, place: SlotPlace): void {
    if (this.#refused) this.#refused.more++
    else this.#refused = { what: referenceText(k, gref), where: whereOfReference(k, gref, place), more: 0 }
  }

  /** One finding for all requests of which a page was not read again. */
  reportRefused({ most }: SharedPages): void {
    if (!this.#refused) return
    const { what, where, more } = this.#refused
    const whose = more === 0 ? 'the segments of the request are' : `the segments of the request and of ${more} more are`
    const message = `${what}, a page that other requests name as well: ${whose} not read (at most ${most} in such pages are)`
    this.#findings.push({ code: 'indirect-segments-unread', message, ...where })
  }

  /** A request of no operation of blkif.h. */
  ofUnknown({ operation }: Request, { slot, at }: SlotPlace): void {
    const isTorn = slotReadsAsResponse(this.#bytes, this.#geometry, slot)
    const hint = isTorn ? '; the slot reads as a response, as when a ring was dumped while it moved' : ''
    const message = `operation ${operation} is not in blkif.h${hint}`
    this.#findings.push({ code: 'operation-unknown', message, slot, offset: at })
  }

  /** A response of no operation of blkif.h. */
  ofUnknownAnswer({ operation }: BlkifResponse, abi: Abi, slot: number, at: number): void {
    const message = `a response with operation ${operation}, which is not in blkif.h`
    this.#findings.push({ code: 'operation-unknown', message, slot, offset: at + places(abi).response })
  }

  /** One finding a request: which of its segments cannot be, the first of them in full. */
  #ofSegments(segments: readonly BlkifRequestSegment[], unit: SectorUnit, what: string, whereIs: (i: number) => Where): void {
    const inPage = sectorsPerPage(unit)
    const isFaulty = ({ first_sect, last_sect }: BlkifRequestSegment) => isSegmentFaulty(first_sect, last_sect, inPage)
    const first = segments.findIndex(isFaulty)
    const bad = segments.filter(isFaulty).length
    const others = bad > 1 ? ` (and ${bad - 1} more of ${segments.length})` : ''
    const message = `${what}[${first}]: ${segmentFault(segments[first]!, unit)}${others}`
    this.#findings.push({ code: 'segment-range', message, ...whereIs(first) })
  }
}

function referenceText(k: number, gref: number): string {
  return `indirect_grefs[${k}] is ${gref}`
}

function whereOfReference(k: number, gref: number, { abi, slot, at }: SlotPlace): Where {
  const { indirect, grefSize } = places(abi)
  return { slot, offset: at + indirect.indirect_grefs + k * grefSize, gref }
}
