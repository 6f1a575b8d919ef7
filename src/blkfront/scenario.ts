// What can be asked of the emulated driver and of the backend that answers it: plain data, made by scenario files, flags,
// block traces and recorded vectors alike.
import type { AbiName } from '../codec/struct/abi.ts'
import type { RequestOrigin } from './bios.ts'
import type { LimitName } from './block-layer.ts'
import type { BackendNodes, ModuleParameters } from './negotiate.ts'

/**
 * The emulated drivers: `seed` is the commit that brought 64 KiB pages to xen-blkfront, `extra-req` Linux 4.9, `modern` Linux 6.1.
 */
export type DriverName = 'seed' | 'extra-req' | 'modern'

/** Linux page sizes that the drivers are built for. */
export type PageSize = 4096 | 16384 | 65536

/** The guest, the driver and what it negotiated with its backend. */
export interface ScenarioConfig {
  readonly driver: DriverName
  readonly abi: AbiName
  /** Linux PAGE_SIZE in bytes; the Xen page is always 4096. */
  readonly pageSize: PageSize
  /** Xen pages of the shared ring, 1 to 16, a power of two. */
  readonly ringPages: number
  /** Whether both ends have feature-persistent. */
  readonly persistent: boolean
  /** Data is copied through pages that the driver owns. */
  readonly bounce: boolean
  /** Negotiated feature-max-indirect-segments in 4 KiB grants; 0 is off. */
  readonly maxIndirectSegments: number
  /** `blkif_vdev_t` put in requests. */
  readonly handle: number
  /** The byte that pages which the driver does not zero are filled with. */
  readonly fill: number
  readonly featureFlush: boolean
  /** With featureFlush: the backend does barriers, and flushes are sent as BLKIF_OP_WRITE_BARRIER. */
  readonly featureFua: boolean
  readonly featureDiscard: boolean
  readonly featureSecdiscard: boolean
  readonly grants: GrantTableConfig
  /** Linux PFN of the first page that the driver allocates; each next page is the next PFN. */
  readonly allocPfnBase: number
  /** Rings of the device; 1 unless given. */
  readonly queues?: number
  /** What the driver was told when it was loaded, which counts again at each resume. */
  readonly parameters?: ModuleParameters
}

/** The guest's grant table before the driver connects. */
export interface GrantTableConfig {
  /** The free list in order, as runs `[first, count]`, before the ring pages are granted. */
  readonly freeList: readonly (readonly [first: number, count: number])[]
  /** Grant frames that exist, of 512 references each. */
  readonly frames: number
  readonly maxFrames: number
}

/** Part of a Linux page: `[pfn, offset, length]`, offset and length in bytes. */
export type SgSegment = readonly [page: number, offset: number, length: number]

/** What the block layer can ask the driver for. */
export type BlockOp = 'read' | 'write' | 'flush' | 'discard' | 'secdiscard'

/** A request as the block layer hands it to the driver. */
export interface BlockRequest {
  /** Names the request in completions; unique among those outstanding. */
  readonly serial: number
  readonly op: BlockOp
  /** Forced unit access, writes only. */
  readonly fua: boolean
  /** The first sector, of 512 bytes. */
  readonly sector: bigint
  /** Sectors of a discard; reads and writes take their length from the segments. */
  readonly nrSectors: number
  readonly segments: readonly SgSegment[]
  /** The bios that the request is made of, in order, with how many of its segments; 0 of a discard. A flush has none. */
  readonly bios?: readonly (readonly [bio: number, segments: number])[]
  /** Which part of an I/O it is, where the block layer cut that into several requests. */
  readonly part?: RequestPart
}

/** Which part of an I/O a request is, where the block layer cut that into several. */
export interface RequestPart {
  /** Which of them it is, from 1, and how many there are. */
  readonly number: number
  readonly of: number
  /** Bytes of the whole I/O. */
  readonly bytes: number
  /** The limit at which this request ends; undefined of the last. */
  readonly endedBy: LimitName | undefined
}

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
