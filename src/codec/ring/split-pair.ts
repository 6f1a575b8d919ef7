// A request that two slots carry: Linux's way of sending one 64 KiB page where indirect requests are off
// (xen-blkfront's extra_req, Linux 4.5 and later; test/vectors).
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, SECTORS_PER_SLOT, SECTORS_PER_XEN_PAGE } from '../xen/blkif.ts'
import type { DirectRequest, Request } from './request.ts'

/** Grants of the largest page there is, 64 KiB. */
const MAX_CHUNKS = 16

/** Two requests that look like the halves of one. */
export interface SplitPair {
  readonly first: DirectRequest
  readonly second: DirectRequest
  /**
   * Sectors between the end of the first half and the second, which nobody asks for; as many are asked for too many at the end.
   * The driver starts the second at first + 88 even where the first covers fewer: a bug of Linux.
   */
  readonly skipped: number
}

/**
 * The pair that two requests of successive indices look like, or undefined. The halves are one buffer cut at 4 KiB: the
 * first has all 11 segments, and none of them but its first begins inside a grant. Two requests that happen to follow each
 * other on the disk at a distance of 88 sectors, in such segments, look the same.
 */
export function splitPair(first: Request, second: Request): SplitPair | undefined {
  if (first.kind !== 'rw' || second.kind !== 'rw') return undefined
  if (first.operation !== second.operation || first.handle !== second.handle) return undefined
  if (second.sector_number !== BigInt.asUintN(64, first.sector_number + BigInt(SECTORS_PER_SLOT))) return undefined
  if (first.nr_segments !== BLKIF_MAX_SEGMENTS_PER_REQUEST) return undefined
  if (second.nr_segments < 1 || second.nr_segments > MAX_CHUNKS - BLKIF_MAX_SEGMENTS_PER_REQUEST) return undefined
  const last = second.segments.length - 1
  const wholeInside =
    first.segments.every((s, i) => (i === 0 || s.first_sect === 0) && s.last_sect === SECTORS_PER_XEN_PAGE - 1) &&
    second.segments.every((s, i) => s.first_sect === 0 && (i === last || s.last_sect === SECTORS_PER_XEN_PAGE - 1))
  return wholeInside ? { first, second, skipped: SECTORS_PER_SLOT - first.nr_sectors } : undefined
}
