// The guest, its driver, and what that negotiates with: plain data.
import type { AbiName } from '../codec/struct/abi.ts'

/** Nodes of a backend by name, as XenStore holds them. */
export type BackendNodes = Readonly<Record<string, string>>

/** The module parameters of the driver, by the names of its source. */
export interface ModuleParameters {
  /** `max_indirect_segments`, 32 unless given. */
  readonly maxIndirectSegments?: number | undefined
  /** `max_ring_page_order`, 0 unless given. */
  readonly maxRingPageOrder?: number | undefined
  /** `max_queues`, as many as the guest has processors unless given. */
  readonly maxQueues?: number | undefined
  /** Processors of the guest, above which `max_queues` does not go; 4 unless given, as the recorded guests have. */
  readonly processors?: number | undefined
}

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
  /** RING_IDX of the first request; 0 unless given, as every Linux begins. */
  readonly startIndex?: number
  /** The first ids of the free list, in order; the others follow, ascending. From 0 on unless given. */
  readonly freeIds?: readonly number[]
  /** What stood in the ring and in pages of segments before the first request, where that is not zero. */
  readonly held?: readonly HeldBytes[]
}

/** Bytes that stood somewhere before the driver wrote there. */
export interface HeldBytes {
  /** Reference of the page of segments that they are in; undefined is the ring. */
  readonly page: number | undefined
  /** Bytes from the start of the ring, or of the page. */
  readonly at: number
  readonly bytes: Uint8Array
}

/** The guest's grant table before the driver connects. */
export interface GrantTableConfig {
  /** The free list in order, as runs `[first, count]`, before the ring pages are granted. */
  readonly freeList: readonly (readonly [first: number, count: number])[]
  /** Grant frames that exist, of 512 references each. */
  readonly frames: number
  readonly maxFrames: number
}
