// Bytes <-> values. Pure: runs in a browser too.

export { Batch, CERTAINTIES, NO_SLOT, REQUEST, RESPONSE, UNRESOLVED } from './batch/batch.ts'
export { batchJudge } from './batch/judge-batch.ts'
export { readBatch } from './batch/read-batch.ts'
export { resolveIndirect } from './batch/resolve-batch.ts'
export { slotOfRow } from './batch/row.ts'
export { type AbiGuess, type AbiScore, guessAbi, plausibleShare, scoreAbi } from './batch/score.ts'
export { writeBatch } from './batch/write-batch.ts'
export {
  annotateHeader,
  annotateIndirectPage,
  annotateRing,
  annotateSlot,
  type RingRange,
  rangesInSlot,
} from './ring/annotate-ring.ts'
export type { Certainty, CompletionEvidence } from './ring/answered.ts'
export { type Beneath, decodeBeneath, plausibleBeneath, survivingFields } from './ring/beneath.ts'
export {
  type ChangedRange,
  changedInFlight,
  type RingMoment,
  sameBytes,
  type UnseenPage,
  unseenPages,
} from './ring/changed-in-flight.ts'
export type { Finding } from './ring/finding.ts'
export { MAX_RING_PAGES, type RingGeometry, ringGeometry, slotOffset } from './ring/geometry.ts'
export type { ByteSpan, IndexName, Missing } from './ring/missing.ts'
export { maxRequestSegments, slotsForSegments } from './ring/multi-slot.ts'
export { mayBeOutstanding } from './ring/outstanding.ts'
export {
  type DirectRequest,
  type DiscardRequest,
  type IndirectPages,
  type IndirectRequest,
  type OtherRequest,
  type Request,
  segmentFault,
  sumSectors,
} from './ring/request.ts'
export {
  type ClearedSlot,
  type ContinuationSlot,
  type DecodeRingOptions,
  decodeRing,
  type RequestSlot,
  type Response,
  type ResponseSlot,
  type Ring,
  type Slot,
  slotsByIndex,
  type UnknownSlot,
  type UnusedSlot,
} from './ring/ring.ts'
export { advance, distance, inWindow, isFirstLap, needsNotify, passed, type SharedIndices, slotOf } from './ring/ring-idx.ts'
export { clearedUpTo } from './ring/rsp-cons.ts'
export {
  bytesOfSectors,
  DEFAULT_SECTOR_UNIT,
  SECTOR_UNITS,
  type SectorUnit,
  type SectorUnitChoice,
  sectorsPerPage,
  sectorUnitOf,
  sectorUnitOfDisk,
  smallSectors,
} from './ring/sector-unit.ts'
export { type SplitPair, splitPair } from './ring/split-pair.ts'
export { readsAsResponse } from './ring/torn.ts'
export { type FrontendState, type Waiting, type WaitState, waitState } from './ring/waiting.ts'
export {
  decodeWireRing,
  encodeRequestOver,
  encodeWireRingOver,
  type SringHeader,
  type WireEntry,
  type WireOther,
  type WireRequest,
  type WireRing,
} from './ring/wire.ts'
export { ABIS, type Abi, type AbiName, abiByName, arm, sameLayout, x86_32, x86_64 } from './struct/abi.ts'
export { annotate, type ByteRange } from './struct/annotate.ts'
export {
  type ArrayOf,
  array,
  type CType,
  type Fields,
  type Reserved,
  reserved,
  type Scalar,
  type ScalarName,
  type Struct,
  s16,
  struct,
  type Union,
  u8,
  u16,
  u32,
  u64,
  union,
  type ValueOf,
} from './struct/c-types.ts'
export { encode, encodeOver } from './struct/encode.ts'
export { CodecError } from './struct/errors.ts'
export { alignOf, type FieldLayout, fieldOf, type Layout, layoutOf, offsetsOf, sizeOf } from './struct/layout.ts'
export { decode, parserOf } from './struct/parser.ts'
export { readScalar } from './struct/scalar.ts'
export * from './xen/blkif.ts'
export * from './xen/grant-table.ts'
export { type OpName, opName, REQUEST_STRUCTS, type RequestKind, requestKind, statusName } from './xen/operations.ts'
export { abiOfProtocol, PROTOCOL_STRINGS, protocolOfAbi } from './xen/protocols.ts'
export { sringHeader, sringOf, XEN_PAGE_SIZE } from './xen/ring.ts'
export * from './xen/xenbus.ts'
