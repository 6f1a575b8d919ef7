// The byte offsets that requests, responses and indirect pages are read and written at, looked up once for an ABI in the tables.
import type { Abi } from '../struct/abi.ts'
import { offsetsOf, sizeOf } from '../struct/layout.ts'
import {
  blkifIndirectPage,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifRequestSegment,
  blkifResponse,
} from '../xen/blkif.ts'
import { sringHeader } from '../xen/ring.ts'

export type Wire = ReturnType<typeof wireOf>

export function wireOf(abi: Abi) {
  const indirect = offsetsOf(blkifRequestIndirect, abi)
  return {
    sring: offsetsOf(sringHeader, abi),
    rw: offsetsOf(blkifRequest, abi),
    discard: offsetsOf(blkifRequestDiscard, abi),
    indirect,
    response: offsetsOf(blkifResponse, abi),
    segment: offsetsOf(blkifRequestSegment, abi),
    /** Bytes from segment to segment, in a request and in an indirect page. */
    segmentStride: sizeOf(blkifRequestSegment, abi),
    /** Where the segments of an indirect page begin, in bytes. */
    indirectSegments: offsetsOf(blkifIndirectPage, abi).seg,
    /** Bytes from gref to gref in `indirect_grefs`. */
    grefStride: sizeOf(blkifRequestIndirect.fields.indirect_grefs.element, abi),
  }
}
