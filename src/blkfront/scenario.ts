// What can be asked of the emulated driver and of the backend that answers it: plain data, made by scenario files, flags,
// block traces and recorded vectors alike.
import type { BlockRequest, RequestOrigin } from './block-request.ts'
import type { BackendNodes, ScenarioConfig } from './config.ts'

/** One thing that the driver, its backend or the guest around them does. */
export type Step =
  /** Puts a request into the ring without publishing it. */
  | { readonly type: 'submit'; readonly request: BlockRequest; readonly queue?: number; readonly from?: RequestOrigin }
  /** The blk-mq entry point: checks, puts and publishes in one. */
  | { readonly type: 'queueRq'; readonly request: BlockRequest; readonly queue?: number; readonly from?: RequestOrigin }
  | { readonly type: 'push'; readonly queue?: number }
  /**
   * The backend takes what is published, at most `count` requests where that is given, and maps their grants. With finalCheck it
   * asks for an event when nothing is left.
   */
  | { readonly type: 'consume'; readonly finalCheck: boolean; readonly count?: number; readonly queue?: number }
  | RespondStep
  | { readonly type: 'pushResponses'; readonly queue?: number }
  | { readonly type: 'interrupt'; readonly queue?: number }
  /** Another driver of the guest takes grant references, or returns those that it took: all, or those that begin at `head`. */
  | { readonly type: 'reserveGrefs'; readonly count: number }
  | { readonly type: 'releaseGrefs'; readonly head?: number }
  /** The backend drops idle persistent mappings. */
  | { readonly type: 'backendUnmap'; readonly grefs: readonly number[] }
  /** The driver's periodic work that ends idle persistent grants. */
  | { readonly type: 'purge' }
  /** The guest is suspended. `fresh`: it wakes with a new grant table, in which nothing is mapped; `kept`: the backend alone restarts. */
  | { readonly type: 'suspend'; readonly grantTable: 'fresh' | 'kept' }
  /** The guest wakes: the driver tears its rings down and builds new ones for the backend that it finds. */
  | { readonly type: 'resume'; readonly backendNodes: BackendNodes; readonly trusted: boolean }
  /** That backend is connected: pools are made anew, and what was in flight goes back to the block layer. */
  | { readonly type: 'reconnect' }

/** The backend writes one response at its private producer index, not yet published. */
export interface RespondStep {
  readonly type: 'respond'
  /** The queue that it is about, of a device with several; 0 unless given. */
  readonly queue?: number
  readonly id: bigint
  readonly operation: number
  readonly status: number
  /** References of this request that stay mapped; all its others are unmapped. */
  readonly mapped: readonly number[]
  /** The response answers no request that the backend took. */
  readonly raw: boolean
}

/** A configuration and the steps that are run on it. */
export interface Scenario {
  readonly config: ScenarioConfig
  readonly steps: readonly Step[]
}
