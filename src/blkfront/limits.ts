// What the driver tells the block layer of the requests that it takes, and how many tags it gives them.
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, SECTOR_SIZE } from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { ScenarioConfig } from './config.ts'
import { chunksPerPage, type DriverModel, splitsAt } from './driver-model.ts'

/**
 * The limits that the driver gives the block layer, as it passes them. The block layer raises `maxSegments` to 1 and
 * `maxHwSectors` to a page where they are less.
 */
export interface QueueLimits {
  /** Sectors of 512 bytes of a request. */
  readonly maxHwSectors: number
  /** Linux segments of a request: none is larger than a Linux page, or crosses one. */
  readonly maxSegments: number
  /** Bytes of a Linux segment at the most. */
  readonly maxSegmentSize: number
  /** A segment lies within one such unit of bytes, of which this is the last. */
  readonly segBoundary: number
  /** Requests at a time: the ring's slots, or half of them where a request may take two. */
  readonly queueDepth: number
}

/** Of a driver that dies while it connects, before it tells any. */
export const NO_LIMITS: QueueLimits = { maxHwSectors: 0, maxSegments: 0, maxSegmentSize: 0, segBoundary: 0, queueDepth: 0 }

type LimitsConfig = Pick<ScenarioConfig, 'maxIndirectSegments' | 'pageSize'>

/** Grants of a request as the limits count them: what is negotiated, or the segments of one slot. */
export function grantsOfLimits({ maxIndirectSegments }: Pick<ScenarioConfig, 'maxIndirectSegments'>): number {
  return maxIndirectSegments || BLKIF_MAX_SEGMENTS_PER_REQUEST
}

/** The limits as the driver sets them when it connects for the first time. @param nr_ents slots of a ring */
export function limitsAtConnect(model: DriverModel, config: LimitsConfig, nr_ents: number): QueueLimits {
  const grants = grantsOfLimits(config)
  const { pageSize } = config
  const takesTwo = config.maxIndirectSegments === 0 && splitsAt(model, pageSize)
  return {
    maxHwSectors: (grants * XEN_PAGE_SIZE) / SECTOR_SIZE,
    maxSegments: Math.floor(grants / chunksPerPage(pageSize)),
    maxSegmentSize: pageSize,
    segBoundary: pageSize - 1,
    queueDepth: takesTwo ? nr_ents / 2 : nr_ents,
  }
}

/** The limits after a resume. The depth stays what it was, whatever the new ring holds. */
export function limitsAtReconnect(model: DriverModel, config: LimitsConfig, before: QueueLimits): QueueLimits {
  if (model.resetsLimits === 'segments-in-chunks') return { ...before, maxSegments: grantsOfLimits(config) }
  return { ...limitsAtConnect(model, config, 0), queueDepth: before.queueDepth }
}
