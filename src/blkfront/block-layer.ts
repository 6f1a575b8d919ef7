// What the block layer does before the driver sees a request: I/O of any size is cut by the limits that the driver gave it.
import { SECTOR_SIZE } from '../codec/xen/blkif.ts'
import type { LimitName, SgSegment } from './block-request.ts'
import type { QueueLimits } from './limits.ts'

/** Sectors of a request where the driver would take more: BLK_DEF_MAX_SECTORS of Linux 4.4 to 6.1, which a guest can change in sysfs. */
export const DEFAULT_MAX_SECTORS = 2560

/** One of the requests that an I/O is cut into. */
export interface Cut {
  readonly segments: readonly SgSegment[]
  /** Sectors of 512 bytes. */
  readonly nrSectors: number
  /** What ended it; undefined of the last. */
  readonly endedBy: LimitName | undefined
}

export interface EffectiveLimits {
  readonly maxSegments: number
  /** Sectors of 512 bytes. */
  readonly maxSectors: number
  readonly sectorsName: 'max_hw_sectors' | 'max_sectors'
}

/** The limits as the block layer uses them: a request holds at least one segment, and at least a Linux page. */
export function effectiveLimits(
  { maxSegments, maxHwSectors, maxSegmentSize }: QueueLimits,
  maxSectors = DEFAULT_MAX_SECTORS,
): EffectiveLimits {
  const hard = Math.max(maxHwSectors, maxSegmentSize / SECTOR_SIZE)
  return {
    maxSegments: Math.max(maxSegments, 1),
    maxSectors: Math.min(hard, maxSectors),
    sectorsName: hard > maxSectors ? 'max_sectors' : 'max_hw_sectors',
  }
}

/** Joins pieces of memory that touch within a Linux page, as a bio does that is given them one after another. */
export function joinSegments(segments: readonly SgSegment[]): SgSegment[] {
  const joined: SgSegment[] = []
  for (const [page, offset, length] of segments) {
    const last = joined.at(-1)
    if (last && last[0] === page && last[1] + last[2] === offset) joined[joined.length - 1] = [page, last[1], last[2] + length]
    else joined.push([page, offset, length])
  }
  return joined
}

/** A request's share of a buffer. */
export interface BufferCut extends Omit<Cut, 'segments'> {
  /** Bytes from the start of the buffer's first page. */
  readonly offset: number
}

/** The same as `cutByLimits` does of the segments of a buffer, whose pages lie one behind the other: by numbers alone. */
export function cutBuffer(
  offset: number,
  bytes: number,
  pageSize: number,
  limits: QueueLimits,
  ownSectors = DEFAULT_MAX_SECTORS,
): BufferCut[] {
  const { maxSegments, maxSectors, sectorsName } = effectiveLimits(limits, ownSectors)
  const cuts: BufferCut[] = []
  const end = offset + bytes
  for (let at = offset; at < end; ) {
    const within = at % pageSize
    const used = Math.min(maxSectors * SECTOR_SIZE, maxSegments * pageSize - within, end - at)
    const endedBy = Math.ceil((within + used) / pageSize) === maxSegments ? 'max_segments' : sectorsName
    cuts.push({ offset: at, nrSectors: used / SECTOR_SIZE, endedBy: at + used < end ? endedBy : undefined })
    at += used
  }
  return cuts
}

/**
 * Cuts the memory of one I/O into requests: each takes as many segments and sectors as the limits let it, and a segment that has sectors
 * left goes on in the next.
 * @param segments in the order of their sectors, none beyond its Linux page
 * @param ownSectors the block layer's own limit, in sectors
 */
export function cutByLimits(segments: readonly SgSegment[], limits: QueueLimits, ownSectors = DEFAULT_MAX_SECTORS): Cut[] {
  const { maxSegments, maxSectors, sectorsName } = effectiveLimits(limits, ownSectors)
  const maxBytes = maxSectors * SECTOR_SIZE
  const cuts: Cut[] = []
  let own: SgSegment[] = []
  let bytes = 0
  const finish = (endedBy: LimitName | undefined) => {
    cuts.push({ segments: own, nrSectors: bytes / SECTOR_SIZE, endedBy })
    own = []
    bytes = 0
  }
  for (const [page, offset, length] of segments) {
    for (let at = 0; at < length; ) {
      if (own.length === maxSegments) finish('max_segments')
      else if (bytes === maxBytes) finish(sectorsName)
      const used = Math.min(length - at, maxBytes - bytes)
      own.push([page, offset + at, used])
      bytes += used
      at += used
    }
  }
  if (own.length > 0) finish(undefined)
  return cuts
}
