// The emulated driver: what the block layer, the event channel and the timer may call.

import { advance, distance, needsNotify } from '../codec/ring/ring-idx.ts'
import type { SharedRing } from '../codec/ring/shared-ring.ts'
import { count } from '../codec/struct/count.ts'
import { indirectPagesFor } from '../codec/xen/blkif.ts'
import { putBefore } from './before.ts'
import { Bios, type EndedBio } from './bios.ts'
import type { BlockRequest, RequestOrigin } from './block-request.ts'
import { Completer, type Completion } from './complete.ts'
import type { BackendNodes, ScenarioConfig } from './config.ts'
import { type DataPattern, VECTOR_DATA } from './data-pattern.ts'
import { DRIVER_MODELS } from './driver-model.ts'
import {
  type ConnectionState,
  createQueues,
  DISCONNECTED,
  type DriverDevice,
  finishConnect,
  type GrantObserver,
  type Guest,
  type Queue,
} from './driver-state.ts'
import { DriverDied, type Fatal } from './fatal.ts'
import { GrantAllocator } from './grant-table.ts'
import { limitsAtConnect, NO_LIMITS, type QueueLimits } from './limits.ts'
import { type Contents, GuestMemory } from './memory.ts'
import { inFlight, nothingPending, type Pending, type Reconnected, type Resumed, reconnect, resume } from './recover.ts'
import { UNPAIRED } from './shadow.ts'
import { Submitter } from './submit.ts'

/** `ringFull` becomes `busy` at the blk-mq entry point. `invalid`: a flush or FUA write that the backend does not support. */
export type SubmitResult = 'queued' | 'busy' | 'ringFull' | 'invalid' | 'fatal'

/** What came of a request that was handed to the driver. */
export interface Submitted {
  readonly result: SubmitResult
  /** Slots and ids that the request took, in order: two of each where it was split. */
  readonly slots: readonly number[]
  readonly ids: readonly number[]
}

/** What came of a request at the blk-mq entry point, where the driver also publishes. */
export interface Queued extends Submitted {
  /** The backend asked for an event. */
  readonly notify: boolean
}

/** The numbers of the driver that no page shows, by the names of its source. */
export interface DriverState {
  readonly req_prod_pvt: number
  readonly rsp_cons: number
  readonly shadow_free: number
  readonly persistent_gnts_c: number
  readonly gnttabFree: number
  /** `NO_GREF` where the free list is empty. */
  readonly gnttabFreeHead: number
  readonly gnttabFrames: number
  /** 0 not connected, 1 connected, 2 between a resume and its new backend, 3 disabled. */
  readonly connected: ConnectionState
}

/** What a test can set of the emulated guest. */
export interface FrontendOptions {
  /** RING_IDX of the first request, 0 unless given. Linux always begins with 0; a test may begin near 2^32. */
  readonly startIndex?: number
  /** Whether data pages have contents; `driver` unless given. */
  readonly contents?: Contents
  /** What stands in data pages; the golden vectors' pattern unless given. */
  readonly data?: DataPattern
  readonly observer?: GrantObserver
}

const NOTHING_TAKEN: readonly number[] = []

export interface Suspended {
  /** Serials that the driver has not given back, sorted. */
  readonly inFlight: readonly number[]
  /** How many references lost their mapping. */
  readonly unmapped: number
}

/**
 * One device of the emulated driver, connected by its construction. Where the real driver would take the kernel down, `fatal` says why;
 * from then on nothing changes any more. No method throws for that. Queues are numbered from 0; a method without one means the first.
 */
export class Frontend {
  readonly guest: Guest
  fatal: Fatal | undefined
  readonly #device: DriverDevice
  #queues: readonly Queue[]
  #rings: readonly SharedRing[] = []
  #submitters: readonly Submitter[] = []
  #completers: readonly Completer[] = []
  readonly #bios = new Bios()
  readonly #pending: Pending = nothingPending()
  #limits: QueueLimits
  /** Nodes of the backend that the last resume found. */
  #backend: { readonly nodes: BackendNodes; readonly trusted: boolean } = { nodes: {}, trusted: true }

  constructor(config: ScenarioConfig, options: FrontendOptions = {}) {
    const model = DRIVER_MODELS[config.driver]
    const fill = model.zeroesPages ? 0 : config.fill
    this.guest = {
      grantTable: new GrantAllocator(config.grants, model),
      memory: new GuestMemory(
        config.pageSize,
        config.allocPfnBase,
        fill,
        options.contents ?? 'driver',
        options.data ?? VECTOR_DATA,
      ),
    }
    this.#device = {
      config,
      model,
      guest: this.guest,
      observer: options.observer,
      connected: DISCONNECTED,
      featureFlush: config.featureFlush,
      featureFua: config.featureFua,
      featureDiscard: config.featureDiscard,
      featureSecdiscard: config.featureSecdiscard,
    }
    this.#queues = createQueues(this.#device, config.queues ?? 1, options.startIndex ?? config.startIndex ?? 0)
    putBefore(this.#queues[0]!, config)
    this.#attach()
    this.#surviving(() => finishConnect(this.#device, this.#queues))
    this.#limits = this.fatal ? NO_LIMITS : limitsAtConnect(model, config, this.ring.geometry.nr_ents)
  }

  get ring(): SharedRing {
    return this.#queue(0).ring
  }

  /** The ring of each queue. */
  get rings(): readonly SharedRing[] {
    return this.#rings
  }

  /** Grant entries of all queues' pools. */
  get poolEntries(): number {
    return this.#queues.reduce((sum, { pool }) => sum + pool.entries, 0)
  }

  /** References of the first ring's pages, in order. */
  get ringGrefs(): readonly number[] {
    return this.#queue(0).ringGrefs
  }

  get ringGfn(): number {
    return this.#queue(0).ringGfn
  }

  ringGrefsOf(queue: number): readonly number[] {
    return this.#queue(queue).ringGrefs
  }

  ringGfnOf(queue: number): number {
    return this.#queue(queue).ringGfn
  }

  /** The configuration as it was negotiated last. */
  get config(): ScenarioConfig {
    return this.#device.config
  }

  /** What the block layer was told last. */
  get limits(): QueueLimits {
    return this.#limits
  }

  get featureFlush(): boolean {
    return this.#device.featureFlush
  }

  get featureDiscard(): boolean {
    return this.#device.featureDiscard
  }

  get state(): DriverState {
    return this.stateOf(0)
  }

  stateOf(queue: number): DriverState {
    const { shadow, pool, guest, req_prod_pvt, rsp_cons, device } = this.#queue(queue)
    return {
      req_prod_pvt,
      rsp_cons,
      shadow_free: shadow.shadow_free,
      persistent_gnts_c: pool.persistent_gnts_c,
      gnttabFree: guest.grantTable.free,
      gnttabFreeHead: guest.grantTable.freeHead,
      gnttabFrames: guest.grantTable.frames,
      connected: device.connected,
    }
  }

  /** The indirect pages of a request in flight, in order, by its id: references, frame numbers, and the frames themselves. */
  indirectPagesOf(id: number, queue = 0): { gref: number; gfn: number; frame: Uint8Array }[] {
    const { shadow, pool, guest } = this.#queue(queue)
    if (!shadow.indirect[id]) return []
    const entries = shadow.indirectGrants[id]!.slice(0, indirectPagesFor(shadow.nr_segments[id]!))
    return entries.map((entry) => {
      const gfn = guest.memory.gfnOf(pool.pageOf(entry)!)
      return { gref: pool.grefOf(entry), gfn, frame: guest.memory.frame(gfn)! }
    })
  }

  /**
   * Puts a request into the ring without publishing it.
   * @param from of a request that is made of a bio handed in again after a resume
   */
  submit(request: BlockRequest, queue = 0, from?: RequestOrigin): Submitted {
    const own = this.#queue(queue)
    const { ring, shadow } = own
    const before = own.req_prod_pvt
    if (this.fatal) return untaken('fatal')
    if (distance(own.rsp_cons, before) === ring.geometry.nr_ents) return untaken('ringFull')
    if (this.#cannotFlush(request)) return untaken('invalid')
    const id = shadow.shadow_free
    let result: SubmitResult
    try {
      result = this.#submitters[queue]!.submit(request) ? 'queued' : 'busy'
    } catch (error) {
      this.#died(error)
      result = 'fatal'
    }
    if (result === 'queued' && (from || request.bios)) this.#bios.taken(request, from)
    const taken = distance(before, own.req_prod_pvt)
    if (taken === 0) return untaken(result)
    const slot = ring.slotOf(before)
    if (taken === 1) return { result, slots: [slot], ids: [id] }
    const other = shadow.pair[id]!
    return { result, slots: [slot, ring.slotOf(advance(before, 1))], ids: other === UNPAIRED ? [id] : [id, other] }
  }

  /** The blk-mq entry point: checks, writes and publishes. */
  queueRq(request: BlockRequest, queue = 0, from?: RequestOrigin): Queued {
    const { result, slots, ids } = this.submit(request, queue, from)
    if (result !== 'queued') return { result: result === 'ringFull' ? 'busy' : result, slots, ids, notify: false }
    return { result, slots, ids, notify: this.push(queue).notify }
  }

  /** Publishes the requests that were put in the ring (RING_PUSH_REQUESTS_AND_CHECK_NOTIFY of ring.h). */
  push(queue = 0): { readonly notify: boolean; readonly req_prod: number } {
    const { ring, req_prod_pvt } = this.#queue(queue)
    const old = ring.req_prod
    if (this.fatal) return { notify: false, req_prod: old }
    ring.req_prod = req_prod_pvt
    return { notify: needsNotify(old, req_prod_pvt, ring.req_event), req_prod: req_prod_pvt }
  }

  /**
   * The backend's event: takes every published response.
   * @param ended is told of the bios that end with their requests, in order
   */
  interrupt(queue = 0, ended: EndedBio[] = []): Completion[] {
    const completed: Completion[] = []
    this.#surviving(() => this.#completers[queue]!.interrupt(completed))
    for (const { serial, error } of completed) this.#bios.completed(serial, error, ended)
    return completed
  }

  /** The timer: ends idle persistent grants that the backend no longer maps. Only `modern` has it. */
  purge(): void {
    const { model, config, guest, observer } = this.#device
    if (this.fatal || !model.purges || !config.persistent) return
    for (const { pool } of this.#queues)
      pool.purge((gref) => {
        const ended = guest.grantTable.tryEnd(gref)
        if (ended) observer?.ended(gref)
        else observer?.stillMapped(gref)
        return ended
      })
  }

  /** The guest is suspended, of which the driver is not told. @param grantTable see the step of that name */
  suspend(grantTable: 'fresh' | 'kept'): Suspended {
    const unmapped = grantTable === 'fresh' ? this.guest.grantTable.unmapAll() : 0
    return { inFlight: inFlight(this.#queues, this.#pending), unmapped }
  }

  /** The guest wakes: old rings are torn down, new ones built. @param trusted whether the guest trusts the new backend */
  resume(nodes: BackendNodes, trusted: boolean): Resumed {
    const resumed: Resumed = { rc: 0, ended: [], freedPages: 0, foreignPages: 0, queues: this.#queues }
    const parameters = this.config.parameters ?? {}
    this.#backend = { nodes, trusted }
    this.#surviving(() => resume(this.#device, this.#queues, nodes, parameters, this.#bios, this.#pending, resumed))
    this.#queues = resumed.queues
    this.#attach()
    return resumed
  }

  /** The backend that the last resume found is connected. */
  reconnect(): Reconnected {
    const { nodes, trusted } = this.#backend
    const limits = this.#limits
    const reconnected: Reconnected = { ended: [], requeued: [], bios: [], uncovered: [], lost: [], lostBios: [], limits }
    const parameters = this.config.parameters ?? {}
    this.#surviving(() => reconnect(this.#device, this.#queues, nodes, parameters, trusted, this.#bios, this.#pending, reconnected))
    this.#limits = reconnected.limits
    this.#attach()
    return reconnected
  }

  #queue(queue: number): Queue {
    const own = this.#queues[queue]
    if (!own) throw new RangeError(`the device has ${count(this.#queues.length, 'queue')}, and none is number ${queue}`)
    return own
  }

  /** What works on a queue knows its ring and pool: made anew with them. */
  #attach(): void {
    this.#rings = this.#queues.map(({ ring }) => ring)
    this.#submitters = this.#queues.map((queue) => new Submitter(queue))
    this.#completers = this.#queues.map((queue) => new Completer(queue))
  }

  #cannotFlush(request: BlockRequest): boolean {
    const { featureFlush, featureFua } = this.#device
    return (request.op === 'flush' && !featureFlush) || (request.fua && !featureFua)
  }

  #surviving(action: () => void): void {
    if (this.fatal) return
    try {
      action()
    } catch (error) {
      this.#died(error)
    }
  }

  #died(error: unknown): void {
    if (!(error instanceof DriverDied)) throw error
    this.fatal = error.fatal
  }
}

function untaken(result: SubmitResult): Submitted {
  return { result, slots: NOTHING_TAKEN, ids: NOTHING_TAKEN }
}
