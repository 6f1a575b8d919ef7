/**
 * The view of one shared ring: its indices, what each slot holds, which requests have no answer and on what evidence, what survives
 * of a request beneath a response. Arithmetic of RING_IDX is here and nowhere else (`distance`, `advance`, `inWindow`).
 * @module
 */

export {
  annotateHeader,
  annotateIndirectPage,
  annotateRing,
  annotateSlot,
  type RingRange,
  rangesInSlot,
} from './annotate-ring.ts'
export type { Certainty, CompletionEvidence } from './answered.ts'
export { type Beneath, decodeBeneath, survivingFields } from './beneath.ts'
export {
  type ChangedRange,
  changedInFlight,
  type RingMoment,
  sameBytes,
  type UnseenPage,
  unseenPages,
} from './changed-in-flight.ts'
export { type DecodeRingOptions, decodeRing } from './decode-ring.ts'
export { segmentFault } from './faults.ts'
export type { Finding } from './finding.ts'
export { MAX_RING_PAGES, type RingGeometry, ringGeometry, slotOffset } from './geometry.ts'
export { type IndirectPages, sumSectors } from './indirect-pages.ts'
export type { ByteSpan, IndexName, Missing } from './missing.ts'
export { slotsForSegments } from './multi-slot.ts'
export { mayBeOutstanding } from './outstanding.ts'
export type { DirectRequest, DiscardRequest, IndirectRequest, OtherRequest, Request } from './request.ts'
export {
  type ClearedSlot,
  type ContinuationSlot,
  type RequestSlot,
  type Response,
  type ResponseSlot,
  type Ring,
  type Slot,
  slotsByIndex,
  type UnknownSlot,
  type UnusedSlot,
} from './ring.ts'
export { advance, distance, inWindow, isFirstLap, needsNotify, passed, type SharedIndices, slotOf } from './ring-idx.ts'
export { clearedUpTo } from './rsp-cons.ts'
export {
  bytesOfSectors,
  DEFAULT_SECTOR_UNIT,
  SECTOR_UNITS,
  type SectorUnit,
  type SectorUnitChoice,
  sectorsPerPage,
  sectorUnitOf,
  smallSectors,
} from './sector-unit.ts'
export { type SplitPair, splitPair } from './split-pair.ts'
export { slotReadsAsResponse } from './torn.ts'
export { type FrontendState, type Waiting, type WaitState, waitState } from './waiting.ts'
export {
  decodeWireRing,
  encodeRequestOver,
  encodeWireRingOver,
  type SringHeader,
  type WireEntry,
  type WireOther,
  type WireRequest,
  type WireRing,
} from './wire.ts'
