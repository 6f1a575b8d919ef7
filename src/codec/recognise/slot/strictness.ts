// How strictly the fields of a slot are looked at, by what is known of the bytes beforehand.
import { MAX_INDIRECT_SEGMENTS } from '../../xen/blkif.ts'

/**
 * What fields may hold. Of a u64 the upper word must be below a limit, and the lower one not 0 where the upper is not: read at an offset
 * that is 4 off, a small number has its bits in the upper half and none in the lower. Pointers, which some frontends use as ids, have
 * bits in both, and so have most sectors beyond 2 TiB.
 */
export interface Strictness {
  /** An id without an upper word is a number that a frontend counts, or at least this. */
  readonly minPointer: number
  readonly idHighLimit: number
  /** What the upper word of a sector number, or of a discard's count of sectors, must be below. */
  readonly sectorHighLimit: number
  /** Of a count of sectors beneath a response, where other fields may have lain. */
  readonly beneathHighLimit: number
  /** A grant reference is below it. 0 is the console's, and of no request. */
  readonly grefLimit: number
  readonly maxIndirectSegments: number
}

const ANY = 2 ** 32

/** Of what is known to be a ring: only what the wrong layout would make of it is refused. */
export const KNOWN_RING: Strictness = {
  minPointer: 0,
  idHighLimit: ANY,
  sectorHighLimit: ANY,
  beneathHighLimit: ANY,
  grefLimit: ANY,
  maxIndirectSegments: 0xffff,
}

/**
 * Of any page, which may be anything. Frontends count their requests from 0 (Linux, the BSDs, Mirage), so that no id is above how many
 * slots were used; or take pointers (Windows, EDK2, U-Boot, mini-os), and no kernel's data lies below 64 KiB. GRUB's ids are 0.
 */
export const ANY_PAGE: Strictness = {
  minPointer: 2 ** 16,
  idHighLimit: ANY,
  // 2^55 sectors are 2^64 bytes.
  sectorHighLimit: 2 ** 23,
  beneathHighLimit: 1,
  // Grant tables have at most 65536 frames (Xen's gnttab_max_frames is below), of 512 entries each.
  grefLimit: 2 ** 25,
  maxIndirectSegments: MAX_INDIRECT_SEGMENTS,
}

/** Of a slot that the indices of its ring say to be something else: only ids that a frontend counts will do. */
export const COUNTED_IDS: Strictness = { ...KNOWN_RING, minPointer: ANY, idHighLimit: 1 }
