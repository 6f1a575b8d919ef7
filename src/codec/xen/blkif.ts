// Tables and codes of xen/include/public/io/blkif.h (Xen 4.17; the same bytes as Linux 4.4 to 6.1 drivers/block/xen-blkfront).
import { array, reserved, s16, struct, u8, u16, u32, u64, union, type ValueOf } from '../struct/c-types.ts'
import { sringOf } from './ring.ts'

/** The operation of a read (blkif.h, as all BLKIF_OP_*). */
export const BLKIF_OP_READ = 0
/** The operation of a write. */
export const BLKIF_OP_WRITE = 1
/** The operation of a write that all requests before it precede and all after it follow. */
export const BLKIF_OP_WRITE_BARRIER = 2
/** The operation of a flush of the disk's cache; it may write data as well. */
export const BLKIF_OP_FLUSH_DISKCACHE = 3
/** The operation that blkif.h reserves: a packet command of SLES (`BLKIF_OP_PACKET` there), whose struct is not public. */
export const BLKIF_OP_RESERVED_1 = 4
/** The operation of a discard: the sectors need not be kept any more. */
export const BLKIF_OP_DISCARD = 5
/** The operation of a read or write whose segments lie in indirect pages; which of the two it is, `indirect_op` says. */
export const BLKIF_OP_INDIRECT = 6

/** The status of a request that was done (blkif.h, as all BLKIF_RSP_*). */
export const BLKIF_RSP_OKAY = 0
/** The status of a request that failed, for whatever reason. */
export const BLKIF_RSP_ERROR = -1
/** The status of a request whose operation the backend does not support. */
export const BLKIF_RSP_EOPNOTSUPP = -2

/** The bit of `flag` in a discard request that asks for the data to be erased. */
export const BLKIF_DISCARD_SECURE = 1

/** The segments that one slot holds. */
export const BLKIF_MAX_SEGMENTS_PER_REQUEST = 11
/** The segments of a block behind the header of a request over several slots: FreeBSD's blkif.h until 2012, no other. */
export const BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK = 14
/** The indirect pages that one request names at the most. */
export const BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST = 8

/** Bytes of a sector in the protocol, whatever the disk's own sector size. */
export const SECTOR_SIZE = 512
/** `first_sect` and `last_sect` count the sectors of one 4 KiB grant: 0 to 7. */
export const SECTORS_PER_XEN_PAGE = 8

/** The sector_number that Linux's block layer gives an empty flush. */
export const NO_SECTOR = 2n ** 64n - 1n

/** Sectors of a request whose segments all are whole grants: where Linux's second slot of a request begins, whole or not. */
export const SECTORS_PER_SLOT = BLKIF_MAX_SEGMENTS_PER_REQUEST * SECTORS_PER_XEN_PAGE

/**
 * `struct blkif_request_segment`: a run of sectors within one grant. `first_sect` and `last_sect` count from the page's start, and
 * both belong to it.
 */
export const blkifRequestSegment = struct('blkif_request_segment', {
  gref: u32,
  first_sect: u8,
  last_sect: u8,
})

/** `struct blkif_request`: a read, write, barrier or flush with up to 11 segments in the slot. */
export const blkifRequest = struct('blkif_request', {
  operation: u8,
  nr_segments: u8,
  handle: u16,
  id: u64,
  sector_number: u64,
  seg: array(blkifRequestSegment, BLKIF_MAX_SEGMENTS_PER_REQUEST),
})

/** A slot that continues a request over several: FreeBSD's blkif.h until 2012. Under x86_32 it is longer than a slot by 4 bytes. */
export const blkifSegmentBlock = struct('blkif_segment_block', {
  seg: array(blkifRequestSegment, BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK),
})

/** `struct blkif_request_discard`: a run of sectors, without data. */
export const blkifRequestDiscard = struct('blkif_request_discard', {
  operation: u8,
  flag: u8,
  handle: u16,
  id: u64,
  sector_number: u64,
  nr_sectors: u64,
})

/** `struct blkif_request_indirect`: a read or write whose segments lie in the pages that `indirect_grefs` names. */
export const blkifRequestIndirect = struct('blkif_request_indirect', {
  operation: u8,
  indirect_op: u8,
  nr_segments: u16,
  id: u64,
  sector_number: u64,
  handle: u16,
  _pad2: reserved(u16),
  indirect_grefs: array(u32, BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST),
  pad: reserved(u64, 'x86_32'),
})

/** `struct blkif_response`: the id of a request, its operation and a status. */
export const blkifResponse = struct('blkif_response', {
  id: u64,
  operation: u8,
  status: s16,
})

/** `union blkif_sring_entry`: a slot, which holds a request or a response. The indices of the ring say which. */
export const blkifSringEntry = union('blkif_sring_entry', {
  req: blkifRequest,
  rsp: blkifResponse,
})

/** `struct blkif_sring`: the header of a ring and its first slot. */
export const blkifSring = sringOf('blkif_sring', blkifSringEntry)

/** Segments that one indirect page holds: packed from offset 0. */
export const SEGS_PER_INDIRECT_PAGE = 512

/** Segments that all the indirect pages of a request hold. */
export const MAX_INDIRECT_SEGMENTS = BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST * SEGS_PER_INDIRECT_PAGE

/** Indirect pages that so many segments take up (`INDIRECT_PAGES` in Linux's blkback). */
export function indirectPagesFor(segments: number): number {
  return Math.ceil(segments / SEGS_PER_INDIRECT_PAGE)
}

/** How many of a request's segments lie in one of its indirect pages, which are counted from 0. */
export function segmentsInPage(segments: number, page: number): number {
  return Math.min(Math.max(segments - page * SEGS_PER_INDIRECT_PAGE, 0), SEGS_PER_INDIRECT_PAGE)
}

/** A page named by `indirect_grefs`. The header has no name for it; Linux calls its entries `struct blkif_request_segment` too. */
export const blkifIndirectPage = struct('blkif_indirect_page', {
  seg: array(blkifRequestSegment, SEGS_PER_INDIRECT_PAGE),
})

/** The value of `blkifRequestSegment`. */
export type BlkifRequestSegment = ValueOf<typeof blkifRequestSegment>
/** The value of `blkifRequest`. */
export type BlkifRequest = ValueOf<typeof blkifRequest>
/** The value of `blkifRequestDiscard`. */
export type BlkifRequestDiscard = ValueOf<typeof blkifRequestDiscard>
/** The value of `blkifRequestIndirect`. */
export type BlkifRequestIndirect = ValueOf<typeof blkifRequestIndirect>
/** The value of `blkifResponse`. */
export type BlkifResponse = ValueOf<typeof blkifResponse>
