/**
 * The emulated driver: xen-blkfront as three versions of Linux have it (`DRIVER_MODELS`), with its grants, its memory and its limits, and
 * a scripted backend to answer it. `Emulator` runs the steps of a scenario on both.
 * @module
 */

export { SharedRing } from '../codec/ring/shared-ring.ts'
export { Backend, type Consumed, type ScriptedResponse, type TakenRequest } from './backend.ts'
export { type EndedBio, type Resubmitted, sectorsOfSegments, type Uncovered } from './bios.ts'
export { type Cut, cutBuffer, cutByLimits, DEFAULT_MAX_SECTORS, joinSegments } from './block-layer.ts'
export type { BlockOp, BlockRequest, LimitName, RequestOrigin, RequestPart, SgSegment } from './block-request.ts'
export type { Completion } from './complete.ts'
export type { BackendNodes, DriverName, GrantTableConfig, HeldBytes, ModuleParameters, PageSize, ScenarioConfig } from './config.ts'
export { type DataPattern, VECTOR_DATA } from './data-pattern.ts'
export { DRIVER_MODELS, type DriverModel, negotiatedIndirectSegments } from './driver-model.ts'
export {
  CONNECTED,
  type ConnectionState,
  DISABLED,
  DISCONNECTED,
  type GrantObserver,
  type Guest,
  SUSPENDED,
} from './driver-state.ts'
export type { Fatal, FatalCause } from './fatal.ts'
export { type DriverState, Frontend, type FrontendOptions, type Queued, type SubmitResult, type Submitted } from './frontend.ts'
export { GREFS_PER_FRAME, GrantAllocator, NO_GREF } from './grant-table.ts'
export { limitsAtConnect, limitsAtReconnect, type QueueLimits } from './limits.ts'
export { type Contents, GuestMemory } from './memory.ts'
export { negotiated, negotiatedQueues, negotiatedRingPages } from './negotiate.ts'
export { type PlannedChunk, type PlannedSegment, planRequest, type RequestPlan } from './request-plan.ts'
export {
  type ConnectOutcome,
  Emulator,
  type EmulatorOptions,
  type GrantedRing,
  type GrantOp,
  type IndirectPage,
  run,
  type StepOutcome,
} from './run.ts'
export type { RespondStep, Scenario, Step } from './scenario.ts'
export { ChunkList, cutIntoChunks, type Refusal, type RequestShape } from './segments.ts'
