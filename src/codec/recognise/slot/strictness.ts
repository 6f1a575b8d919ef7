// How strictly the fields of a slot are looked at, by what is known of the bytes beforehand.

import { MAX_INDIRECT_SEGMENTS } from '../../xen/blkif.ts'

/** Tests of the fields of a slot. A u64 comes as its lower and its upper word. */
export interface Strictness {
  /** @param ids as many as there can be, of a frontend that counts its requests */
  id(lower: number, upper: number, ids: number): boolean
  /** A sector number, or a discard's count of sectors. */
  sector(lower: number, upper: number): boolean
  /** A count of sectors beneath a response, where other fields may have lain. */
  sectorsBeneath(lower: number, upper: number): boolean
  gref(gref: number): boolean
  readonly maxIndirectSegments: number
}

const ALL_ONES = 0xffff_ffff
/** Grant tables have at most 65536 frames (Xen's gnttab_max_frames is below), of 512 entries each. */
const GREF_LIMIT = 2 ** 25
/** Upper word of a sector number that no disk reaches: 2^55 sectors are 2^64 bytes. */
const SECTOR_HIGH_LIMIT = 2 ** 23
/** No kernel's data lies below. */
const MIN_POINTER = 2 ** 16

/**
 * Read at an offset that is 4 off, a small number has its bits in the upper half and none in the lower. Pointers, which
 * some frontends use as ids, have bits in both, and so have most sectors beyond 2 TiB.
 */
function isInPlace(lower: number, upper: number): boolean {
  return upper === 0 || lower !== 0
}

/** Of what is known to be a ring: only what the wrong layout would make of it is refused. Reference 0 is the console's. */
export const KNOWN_RING: Strictness = {
  id: isInPlace,
  sector: isInPlace,
  sectorsBeneath: isInPlace,
  gref: (gref) => gref !== 0,
  maxIndirectSegments: 0xffff,
}

/**
 * Of any page, which may be anything. Frontends count their requests from 0 (Linux, the BSDs, Mirage), so that no id is above how many
 * slots were used; or take pointers (Windows, EDK2, U-Boot, mini-os). GRUB's are 0.
 */
export const ANY_PAGE: Strictness = {
  id: (lower, upper, ids) => (upper === 0 ? lower < ids || lower >= MIN_POINTER : lower !== 0),
  sector: (lower, upper) => upper === 0 || (upper < SECTOR_HIGH_LIMIT && lower !== 0) || (upper === ALL_ONES && lower === ALL_ONES),
  sectorsBeneath: (_, upper) => upper === 0,
  gref: (gref) => gref > 0 && gref < GREF_LIMIT,
  maxIndirectSegments: MAX_INDIRECT_SEGMENTS,
}

/** Of a ring whose slot the indices say to be something else: only ids that a frontend counts will do. */
export const COUNTED_IDS: Strictness = { ...KNOWN_RING, id: (lower, upper, ids) => upper === 0 && lower < ids }
