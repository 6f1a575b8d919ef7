// What a text says of a ring in words, where it shows no page: indices, private ones among them, and what the frontend waits for.
import type { ByteSpan } from '../codec/ring/missing.ts'
import type { Request } from '../codec/ring/request.ts'
import type { SringHeader } from '../codec/ring/wire.ts'

/** Indices that no page shows, each a RING_IDX, where they are known from elsewhere. */
export interface PrivateIndices {
  /** The frontend's producer of requests, which it has not published yet where it is ahead of req_prod. */
  readonly req_prod_pvt?: number | undefined
  /** The frontend's consumer of responses. */
  readonly rsp_cons?: number | undefined
  /** The backend's consumer of requests. */
  readonly req_cons?: number | undefined
  /** The backend's producer of responses, which it has not published yet where it is ahead of rsp_prod. */
  readonly rsp_prod_pvt?: number | undefined
}

/** The names of private indices: the frontend's, then the backend's. */
export const PRIVATE_INDICES = ['req_prod_pvt', 'rsp_cons', 'req_cons', 'rsp_prod_pvt'] as const

/** The indices of the page, those that are known. */
export type PageIndices = Partial<SringHeader>

/** The names of the indices of the page, in its order. */
export const SHARED_INDICES = ['req_prod', 'req_event', 'rsp_prod', 'rsp_event'] as const

/** What a frontend keeps of one request, `struct blk_shadow` of Linux. */
export interface ShadowEntry {
  /** The id that its request carries. */
  readonly id: number
  /** A request of the block layer hangs on it: the frontend waits for its answer, or has not ended it yet. */
  readonly inUse: boolean
  /** The frontend has taken an answer for it all the same: of a pair of slots, the first that came back. */
  readonly isAnswered: boolean
  /** The copy of the request that it sent; undefined where the text does not show it, or where the entry is free. */
  readonly request: Request | undefined
}

/** The requests that a frontend keeps, by their ids. */
export interface FrontendShadow {
  readonly entries: ReadonlyMap<number, ShadowEntry>
  /** Every entry is here, so that what is in use is all that waits. */
  readonly isWhole: boolean
}

/** Requests that the backend has taken and not answered: their operations by their ids; undefined where the text does not say one. */
export type HeldRequests = ReadonlyMap<bigint, number | undefined>

/** The form of what debuggers print. */
export const STRUCTS = 'structs of a debugger'

/** What a text says of one ring at one moment. What it does not say is undefined, or not there. */
export interface Testimony {
  /** What it was read from: `io_ring`, `structs of a debugger`. */
  readonly form: string
  /** The lines that say it, from 1 on: the first, and the last. */
  readonly lines: readonly [number, number]
  /** What the text calls the device: `vbd-5-51712`, `HVM5`. */
  readonly device?: string | undefined
  /** The number of the virtual disk, `vdevice` of Linux. */
  readonly handle?: number | undefined
  /** The queue, of a device that has several. */
  readonly queue?: number | undefined
  readonly nr_ents?: number | undefined
  readonly shared: PageIndices
  readonly known: PrivateIndices
  /** The references of the ring's pages. */
  readonly ringRefs?: readonly number[] | undefined
  /** The port of the event channel, in the domain of the side that the text is of. */
  readonly evtchn?: number | undefined
  /** The numbers of the interrupts, of the side that the text is of. */
  readonly irq?: number | undefined
  readonly backendIrq?: number | undefined
  /** Where structs of this ring alone lie, by what they are: `rinfo:ffff888006cc2000`. */
  readonly places?: readonly string[] | undefined
  /** Where the ring lies, in the memory of the side that the text is of. */
  readonly address?: bigint | undefined
  readonly shadow?: FrontendShadow | undefined
  /** The requests that the backend works on, `struct pending_req` of Linux, as far as they are shown: by their ids, their operations. */
  readonly pending?: HeldRequests | undefined
  /** How many requests the backend counts as its own. */
  readonly inflight?: number | undefined
  /** When it was so, in seconds from an origin that is the same within one text. */
  readonly time?: number | undefined
  /** Pages of the ring put together from prints of its slots, without its header, and which bytes no print shows. */
  readonly page?: { readonly bytes: Uint8Array; readonly missing: readonly ByteSpan[] } | undefined
  /** Seconds that it can be older than when it was read. */
  readonly lag?: number | undefined
}

/** What a whole text says: of one ring or several, at one moment or several, in the order of the text. */
export interface Said {
  readonly testimonies: readonly Testimony[]
  /** What a reader should know: what cannot be, and what was left out, one sentence each. */
  readonly notes: readonly string[]
  /** For each line of the text, from 1 on, whether something was read from it. */
  readonly used: Uint8Array
  /** How many lines are not empty, and of how many of these nothing was read by anybody; undefined where nobody counted. */
  readonly unread?: { readonly lines: number; readonly unused: number } | undefined
}
