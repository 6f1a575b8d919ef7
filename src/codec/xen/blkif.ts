// Tables and codes of xen/include/public/io/blkif.h (Xen 4.17; the same bytes as Linux 4.4 to 6.1 drivers/block/xen-blkfront).
import { array, reserved, s16, struct, u8, u16, u32, u64, union, type ValueOf } from '../struct/c-types.ts'
import { sringOf } from './ring.ts'

export const BLKIF_OP_READ = 0
export const BLKIF_OP_WRITE = 1
export const BLKIF_OP_WRITE_BARRIER = 2
export const BLKIF_OP_FLUSH_DISKCACHE = 3
/** SLES packet command (`BLKIF_OP_PACKET` there). */
export const BLKIF_OP_RESERVED_1 = 4
export const BLKIF_OP_DISCARD = 5
export const BLKIF_OP_INDIRECT = 6

export const BLKIF_RSP_OKAY = 0
export const BLKIF_RSP_ERROR = -1
export const BLKIF_RSP_EOPNOTSUPP = -2

/** Bit of `flag` in a discard request. */
export const BLKIF_DISCARD_SECURE = 1

export const BLKIF_MAX_SEGMENTS_PER_REQUEST = 11
/** Of a block of segments behind the header of a request: FreeBSD's blkif.h until 2012, no other. */
export const BLKIF_MAX_SEGMENTS_PER_SEGMENT_BLOCK = 14
export const BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST = 8

/** Bytes of a sector in the protocol, whatever the disk's own sector size. */
export const SECTOR_SIZE = 512
/** `first_sect` and `last_sect` count the sectors of one 4 KiB grant: 0 to 7. */
export const SECTORS_PER_XEN_PAGE = 8

/** The sector_number that Linux's block layer gives an empty flush. */
export const NO_SECTOR = 2n ** 64n - 1n

/** Sectors of a request whose segments all are whole grants: where Linux's second slot of a request begins, whole or not. */
export const SECTORS_PER_SLOT = BLKIF_MAX_SEGMENTS_PER_REQUEST * SECTORS_PER_XEN_PAGE

export const blkifRequestSegment = struct('blkif_request_segment', {
  gref: u32,
  first_sect: u8,
  last_sect: u8,
})

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

export const blkifRequestDiscard = struct('blkif_request_discard', {
  operation: u8,
  flag: u8,
  handle: u16,
  id: u64,
  sector_number: u64,
  nr_sectors: u64,
})

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

export const blkifResponse = struct('blkif_response', {
  id: u64,
  operation: u8,
  status: s16,
})

export const blkifSringEntry = union('blkif_sring_entry', {
  req: blkifRequest,
  rsp: blkifResponse,
})

export const blkifSring = sringOf('blkif_sring', blkifSringEntry)

/** Segments that one indirect page holds: packed from offset 0. */
export const SEGS_PER_INDIRECT_PAGE = 512

/** Segments that all the indirect pages of a request hold. */
export const MAX_INDIRECT_SEGMENTS = BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST * SEGS_PER_INDIRECT_PAGE

/** Indirect pages that so many segments take up (`INDIRECT_PAGES` in Linux's blkback). */
export function indirectPagesFor(segments: number): number {
  return Math.ceil(segments / SEGS_PER_INDIRECT_PAGE)
}

/** How many of them lie in the page of that place. */
export function segmentsInPage(segments: number, page: number): number {
  return Math.min(Math.max(segments - page * SEGS_PER_INDIRECT_PAGE, 0), SEGS_PER_INDIRECT_PAGE)
}

/** A page named by `indirect_grefs`. The header has no name for it; Linux calls its entries `struct blkif_request_segment` too. */
export const blkifIndirectPage = struct('blkif_indirect_page', {
  seg: array(blkifRequestSegment, SEGS_PER_INDIRECT_PAGE),
})

export type BlkifRequestSegment = ValueOf<typeof blkifRequestSegment>
export type BlkifRequest = ValueOf<typeof blkifRequest>
export type BlkifRequestDiscard = ValueOf<typeof blkifRequestDiscard>
export type BlkifRequestIndirect = ValueOf<typeof blkifRequestIndirect>
export type BlkifResponse = ValueOf<typeof blkifResponse>
