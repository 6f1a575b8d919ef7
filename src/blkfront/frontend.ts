// The emulated driver: what the block layer, the event channel and the timer may call.
import { advance, distance, needsNotify } from '../codec/ring/ring-idx.ts'
import { indirectPagesFor } from '../codec/xen/blkif.ts'
import { Completer, type Completion } from './complete.ts'
import { VECTOR_DATA } from './data-pattern.ts'
import { DRIVER_MODELS } from './driver-model.ts'
import { type Connected, createDriver, type Driver, finishConnect, type GrantObserver, type Guest } from './driver-state.ts'
import { DriverDied, type Fatal } from './fatal.ts'
import { GrantTable } from './grant-table.ts'
import { type Contents, GuestMemory } from './memory.ts'
import type { BlockRequest, ScenarioConfig } from './scenario.ts'
import { UNPAIRED } from './shadow.ts'
import type { SharedRing } from './shared-ring.ts'
import { Submitter } from './submit.ts'

/** `ringFull` becomes `busy` at the blk-mq entry point. `invalid`: a flush or FUA write that the backend does not support. */
export type SubmitResult = 'queued' | 'busy' | 'ringFull' | 'invalid' | 'fatal'

export interface Submitted {
  readonly result: SubmitResult
  /** Slots and ids that the request took, in order: two of each where it was split. */
  readonly slots: readonly number[]
  readonly ids: readonly number[]
}

export interface Queued extends Submitted {
  /** The backend asked for an event. */
  readonly notify: boolean
}

export interface DriverState {
  readonly req_prod_pvt: number
  readonly rsp_cons: number
  readonly shadow_free: number
  readonly persistent_gnts_c: number
  readonly gnttabFree: number
  /** `NO_GREF` where the free list is empty. */
  readonly gnttabFreeHead: number
  readonly gnttabFrames: number
  /** 0 not connected, 1 connected, 3 disabled. */
  readonly connected: Connected
}

export interface FrontendOptions {
  /** RING_IDX of the first request, 0 unless given. Linux always begins with 0; a test may begin near 2^32. */
  readonly startIndex?: number
  /** Whether data pages have contents; `driver` unless given. */
  readonly contents?: Contents
  /** What stands in data pages; the golden vectors' pattern unless given. */
  readonly data?: Guest['data']
  readonly observer?: GrantObserver
}

const NOTHING_TAKEN: readonly number[] = []

/**
 * One device of the emulated driver, connected by its construction. Where the real driver would take the kernel down, `fatal` says why;
 * from then on nothing changes any more. No method throws for that.
 */
export class Frontend {
  readonly guest: Guest
  readonly ringGrefs: readonly number[]
  readonly ringGfn: number
  fatal: Fatal | undefined
  readonly #driver: Driver
  readonly #submitter: Submitter
  readonly #completer: Completer

  constructor(config: ScenarioConfig, options: FrontendOptions = {}) {
    const model = DRIVER_MODELS[config.driver]
    const fill = model.zeroesPages ? 0 : config.fill
    this.guest = {
      grantTable: new GrantTable(config.grants, model),
      memory: new GuestMemory(config.pageSize, config.allocPfnBase, fill, options.contents ?? 'driver'),
      data: options.data ?? VECTOR_DATA,
    }
    this.#driver = createDriver(config, this.guest, options.startIndex ?? 0, options.observer)
    this.ringGrefs = this.#driver.ringGrefs
    this.ringGfn = this.#driver.ringGfn
    this.#submitter = new Submitter(this.#driver)
    this.#completer = new Completer(this.#driver)
    this.#surviving(() => finishConnect(this.#driver))
  }

  get ring(): SharedRing {
    return this.#driver.ring
  }

  get config(): ScenarioConfig {
    return this.#driver.config
  }

  get featureFlush(): boolean {
    return this.#driver.featureFlush
  }

  get featureDiscard(): boolean {
    return this.#driver.featureDiscard
  }

  get state(): DriverState {
    const { shadow, pool, guest, req_prod_pvt, rsp_cons, connected } = this.#driver
    return {
      req_prod_pvt,
      rsp_cons,
      shadow_free: shadow.shadow_free,
      persistent_gnts_c: pool.persistent_gnts_c,
      gnttabFree: guest.grantTable.free,
      gnttabFreeHead: guest.grantTable.freeHead,
      gnttabFrames: guest.grantTable.frames,
      connected,
    }
  }

  /** The indirect pages of a request in flight, in order, by its id: references, frame numbers, and the frames themselves. */
  indirectPagesOf(id: number): { gref: number; gfn: number; frame: Uint8Array }[] {
    const { shadow, pool, guest } = this.#driver
    if (!shadow.indirect[id]) return []
    const entries = shadow.indirectGrants[id]!.slice(0, indirectPagesFor(shadow.nr_segments[id]!))
    return entries.map((entry) => {
      const gfn = guest.memory.gfnOf(pool.pageOf(entry)!)
      return { gref: pool.grefOf(entry), gfn, frame: guest.memory.frame(gfn)! }
    })
  }

  /** Puts a request into the ring without publishing it. */
  submit(request: BlockRequest): Submitted {
    const driver = this.#driver
    const { ring, shadow } = driver
    const before = driver.req_prod_pvt
    if (this.fatal) return untaken('fatal')
    if (distance(driver.rsp_cons, before) === ring.geometry.nr_ents) return untaken('ringFull')
    if (this.#cannotFlush(request)) return untaken('invalid')
    const id = shadow.shadow_free
    let result: SubmitResult
    try {
      result = this.#submitter.submit(request) ? 'queued' : 'busy'
    } catch (error) {
      this.#died(error)
      result = 'fatal'
    }
    const taken = distance(before, driver.req_prod_pvt)
    if (taken === 0) return untaken(result)
    const slot = ring.slotOf(before)
    if (taken === 1) return { result, slots: [slot], ids: [id] }
    const other = shadow.pair[id]!
    return { result, slots: [slot, ring.slotOf(advance(before, 1))], ids: other === UNPAIRED ? [id] : [id, other] }
  }

  /** The blk-mq entry point: checks, writes and publishes. */
  queueRq(request: BlockRequest): Queued {
    const { result, slots, ids } = this.submit(request)
    if (result !== 'queued') return { result: result === 'ringFull' ? 'busy' : result, slots, ids, notify: false }
    return { result, slots, ids, notify: this.push().notify }
  }

  /** RING_PUSH_REQUESTS_AND_CHECK_NOTIFY. */
  push(): { readonly notify: boolean; readonly req_prod: number } {
    const { ring, req_prod_pvt } = this.#driver
    const old = ring.req_prod
    if (this.fatal) return { notify: false, req_prod: old }
    ring.req_prod = req_prod_pvt
    return { notify: needsNotify(old, req_prod_pvt, ring.req_event), req_prod: req_prod_pvt }
  }

  /** The backend's event: takes every published response. */
  interrupt(): Completion[] {
    const completed: Completion[] = []
    this.#surviving(() => this.#completer.interrupt(completed))
    return completed
  }

  /** The timer: ends idle persistent grants that the backend no longer maps. Only `modern` has it. */
  purge(): void {
    const { model, config, pool, guest, observer } = this.#driver
    if (this.fatal || !model.purges || !config.persistent) return
    pool.purge((gref) => {
      const ended = guest.grantTable.tryEnd(gref)
      if (ended) observer?.ended(gref)
      else observer?.stillMapped(gref)
      return ended
    })
  }

  #cannotFlush(request: BlockRequest): boolean {
    const { featureFlush, featureFua } = this.#driver
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
