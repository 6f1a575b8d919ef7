/**
 * Rings in sum, fed with columns: requests and bytes by operation, sizes, places on the disk, depth and time in flight. A request
 * counts once, however many snapshots show it. Memory does not grow with the number of rings.
 * @module
 */

export type { DepthBucket, DepthReport } from './depth.ts'
export type { Flight } from './longest.ts'
export type { QueuesReport } from './queue-sums.ts'
export { type OperationReport, type Report, reportOf, type SegmentsReport, type SizeReport, type StatusReport } from './report.ts'
export { DIRECTIONS, type Direction } from './request-classes.ts'
export type { RingTrack, Steps } from './ring-track.ts'
export type { SectorColumns } from './sector-map.ts'
export { Statistics } from './statistics.ts'
