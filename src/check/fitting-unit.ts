// Which unit the requests of a ring count sectors in, as far as they tell: most frontends have 512 bytes, some the disk's own.

import type { DecodedRing } from '../capture/decoded-ring.ts'
import type { Request } from '../codec/ring/request.ts'
import { segmentsOf } from '../codec/ring/request.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit, sectorsPerPage, smallSectors } from '../codec/ring/sector-unit.ts'
import type { BlkifRequestSegment } from '../codec/xen/blkif.ts'
import { diskOf, sectorUnitOfDisk } from '../xenstore/disk.ts'
import { type RingSubject, subjectOf } from './subject.ts'

/** Requests that fit the disk in one unit, and not in the other. */
export interface FittingUnit {
  readonly unit: SectorUnit
  readonly requests: number
}

/**
 * The one of 512 bytes and the disk's own sectors in which requests of the window fit the disk, where none fits in the other
 * only; undefined where the disk has sectors of 512, XenStore does not say, or nothing tells. Sectors beneath responses speak
 * against the disk's own when they are as many.
 */
export function fittingUnit(subject: RingSubject): FittingUnit | undefined {
  const own = subject.xenstore && sectorUnitOfDisk(subject.xenstore)
  if (own === undefined || own === DEFAULT_SECTOR_UNIT) return undefined
  let inOwn = 0
  let inSmall = 0
  for (const { request } of subject.requests) {
    const segments = segmentsOf(request)
    if (segments.length === 0) continue
    const [small, large] = [fitsSmall(request, segments, own), fitsOwn(segments, own)]
    if (small && !large) inSmall++
    if (large && !small) inOwn++
  }
  if (inOwn === 0) return inSmall === 0 ? undefined : { unit: DEFAULT_SECTOR_UNIT, requests: inSmall }
  const against = subject.responses.filter(({ beneath }) => {
    const segments = beneath.segments.slice(0, 1)
    return segments[0]!.gref !== 0 && fitsSmall(beneath, segments, own) && !fitsOwn(segments, own)
  })
  return inSmall > 0 || against.length >= inOwn ? undefined : { unit: own, requests: inOwn }
}

/** The same ring with its requests read in another unit. */
function inUnit(subject: RingSubject, sectorUnit: SectorUnit): RingSubject {
  const { ring, xenstore } = subject
  return { ...subject, ring: { ...ring, sectorUnit }, disk: xenstore && diskOf(xenstore, sectorUnit) }
}

/** A ring whose requests fit the disk in one unit is read in it, unless another was asked for. */
export function fitted(subject: RingSubject): RingSubject {
  if (subject.decoded.sectorUnitGiven) return subject
  const unit = fittingUnit(subject)?.unit ?? subject.ring.sectorUnit
  return unit === subject.ring.sectorUnit ? subject : inUnit(subject, unit)
}

/** The unit of sectors in which the rules look at a ring, and their findings speak. */
export function sectorUnitJudged(decoded: DecodedRing): SectorUnit {
  const { ring, capture } = decoded
  const own = capture.xenstore && sectorUnitOfDisk(capture.xenstore)
  // Of a disk with sectors of 512 bytes no requests need be looked at.
  return own === undefined || own === DEFAULT_SECTOR_UNIT ? ring.sectorUnit : fitted(subjectOf(decoded)).ring.sectorUnit
}

function fitsOwn(segments: readonly BlkifRequestSegment[], own: SectorUnit): boolean {
  return segments.every(({ first_sect, last_sect }) => first_sect <= last_sect && last_sect < sectorsPerPage(own))
}

/** Whether a request can be in sectors of 512 bytes, and is made of whole sectors of the disk's own. */
function fitsSmall(
  { sector_number }: Pick<Request, 'sector_number'>,
  segments: readonly BlkifRequestSegment[],
  own: SectorUnit,
): boolean {
  const block = smallSectors(own)
  return (
    sector_number % BigInt(block) === 0n &&
    segments.every(
      ({ first_sect, last_sect }) =>
        first_sect <= last_sect && last_sect < sectorsPerPage(DEFAULT_SECTOR_UNIT) && (last_sect - first_sect + 1) % block === 0,
    )
  )
}
