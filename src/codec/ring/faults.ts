// What cannot be in a request, field by field: `decodeRing` makes findings of it, columns count it.
import { BLKIF_OP_READ, BLKIF_OP_WRITE, type BlkifRequestSegment } from '../xen/blkif.ts'
import type { Certainty } from './answered.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit, sectorsPerPage } from './sector-unit.ts'

/** The sectors of a segment cannot be. @param inPage sectors of a grant (`sectorsPerPage`) */
export function isSegmentFaulty(first_sect: number, last_sect: number, inPage: number): boolean {
  return last_sect >= inPage || first_sect > last_sect
}

/** Whether some segment cannot be: most requests are as they should be, and need no more than this. */
export function hasFaultySegment(segments: readonly BlkifRequestSegment[], unit: SectorUnit): boolean {
  const inPage = sectorsPerPage(unit)
  for (let i = 0; i < segments.length; i++)
    if (isSegmentFaulty(segments[i]!.first_sect, segments[i]!.last_sect, inPage)) return true
  return false
}

/** Why a segment cannot be, or undefined. @param unit what its sectors count in */
export function segmentFault(
  { first_sect, last_sect }: BlkifRequestSegment,
  unit: SectorUnit = DEFAULT_SECTOR_UNIT,
): string | undefined {
  if (!isSegmentFaulty(first_sect, last_sect, sectorsPerPage(unit))) return undefined
  if (last_sect < sectorsPerPage(unit)) return `first_sect ${first_sect} > last_sect ${last_sect}`
  return `last_sect ${last_sect} lies outside a 4 KiB grant${unit === DEFAULT_SECTOR_UNIT ? '' : `, in sectors of ${unit} bytes`}`
}

/** An operation that an indirect request can have inside. */
export function hasIndirectForm(operation: number | undefined): boolean {
  return operation === BLKIF_OP_READ || operation === BLKIF_OP_WRITE
}

/** An id is its request's own until that may have been answered. */
export function ownsId(answered: Certainty): boolean {
  return answered === 'no'
}

/** So are grants; that an answer is unlikely does not free them. */
export function ownsGrants(answered: Certainty): boolean {
  return answered === 'no' || answered === 'unlikely'
}
