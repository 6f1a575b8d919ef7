// Everything that a connected driver consists of: the device, its queues, and how they are made.

import { SharedRing } from '../codec/ring/shared-ring.ts'
import { type Abi, abiByName } from '../codec/struct/abi.ts'
import { count } from '../codec/struct/count.ts'
import { indirectPagesFor } from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { HeldBytes, ScenarioConfig } from './config.ts'
import { type DriverModel, grantsPerRequest, segmentsPerRequest } from './driver-model.ts'
import { DriverDied } from './fatal.ts'
import { GrantPool } from './grant-pool.ts'
import type { GrantAllocator } from './grant-table.ts'
import type { GuestMemory } from './memory.ts'
import { Shadow } from './shadow.ts'

/** The driver is not connected (Linux's BLKIF_STATE_DISCONNECTED). */
export const DISCONNECTED = 0
/** The driver is connected (BLKIF_STATE_CONNECTED). */
export const CONNECTED = 1
/** The driver has resumed and is not connected to its new backend yet (BLKIF_STATE_SUSPENDED). */
export const SUSPENDED = 2
/** The driver has found its backend not to be trusted, and takes nothing any more (BLKIF_STATE_ERROR). */
export const DISABLED = 3
/** Whether the driver is connected, as Linux counts its states. */
export type ConnectionState = typeof DISCONNECTED | typeof CONNECTED | typeof SUSPENDED | typeof DISABLED

/** Something that is told of every grant-table operation of the driver, in order. */
export interface GrantObserver {
  granted(gref: number, gfn: number): void
  ended(gref: number): void
  /** The driver looked, the backend still maps the page, and the grant stays. */
  stillMapped(gref: number): void
  /** The driver gave it up while the backend still maps the page: it does not come back. */
  deferred(gref: number): void
}

/** The rest of the guest, as the driver sees it. */
export interface Guest {
  readonly grantTable: GrantAllocator
  readonly memory: GuestMemory
}

/** What all queues of a device share. */
export interface DriverDevice {
  /** The configuration as it was negotiated last. */
  config: ScenarioConfig
  readonly model: DriverModel
  readonly guest: Guest
  readonly observer: GrantObserver | undefined
  connected: ConnectionState
  featureFlush: boolean
  featureFua: boolean
  featureDiscard: boolean
  featureSecdiscard: boolean
}

/** One queue of the driver: a ring, and everything that belongs to it alone. */
export class Queue {
  readonly device: DriverDevice
  /** The device's, which never change: what is looked at for every grant is not looked for there. */
  readonly model: DriverModel
  readonly guest: Guest
  readonly observer: GrantObserver | undefined
  /** The device's, as negotiated last. */
  config: ScenarioConfig
  ring: SharedRing
  shadow: Shadow
  pool: GrantPool
  /** References of the ring's pages, in order. */
  ringGrefs: readonly number[] = []
  /** PFN of the first page of the ring, and how many Linux pages it takes. */
  ringPage: number
  linuxPages: number
  req_prod_pvt: number
  rsp_cons: number
  /** What stood in its ring and its pages of segments; undefined where nothing did. */
  held: readonly HeldBytes[] | undefined

  constructor(device: DriverDevice, startIndex: number) {
    const { guest, model, observer } = device
    this.device = device
    this.config = device.config
    this.model = model
    this.guest = guest
    this.observer = observer
    this.ring = makeRing(device, startIndex)
    this.linuxPages = linuxPagesOfRing(device)
    this.ringPage = guest.memory.allocate(this.linuxPages)
    this.shadow = new Shadow(this.ring.geometry.nr_ents)
    this.pool = new GrantPool(0, undefined, [])
    this.req_prod_pvt = startIndex
    this.rsp_cons = startIndex
  }

  get ringGfn(): number {
    return this.guest.memory.gfnOf(this.ringPage)
  }
}

function abiOf(config: ScenarioConfig): Abi {
  const abi = abiByName(config.abi)
  if (!abi) throw new RangeError(`no ABI is called ${config.abi}`)
  return abi
}

/** Builds all rings, grants them, and makes the pools: what a driver does up to being connected, of which `finishConnect` is the last step. */
export function createQueues(device: DriverDevice, count: number, startIndex: number): Queue[] {
  const queues = createRings(device, count, startIndex)
  for (const queue of queues) queue.pool = createPool(queue)
  return queues
}

/**
 * The rings of a device, granted one after another from the head of the free list. Where references do not suffice, the last ring lacks
 * some (drivers that take them one by one) or all of its own, and no further one is made.
 */
export function createRings(device: DriverDevice, count: number, startIndex: number): Queue[] {
  const queues: Queue[] = []
  while (queues.length < count && queues.every(isGranted)) {
    const queue = new Queue(device, startIndex)
    queue.ringGrefs = grantRing(queue)
    queues.push(queue)
  }
  return queues
}

export function isGranted({ ringGrefs, ring }: Queue): boolean {
  return ringGrefs.length === ring.geometry.pages
}

/** The last step of connecting, which kills a driver whose requests would hold no segment at all. */
export function finishConnect(device: DriverDevice, queues: readonly Queue[]): void {
  const { config, model } = device
  if (!queues.every(isGranted))
    throw new DriverDied(
      'no-ring-grants',
      `the grant table has no ${count(config.ringPages * queues.length, 'reference')} for the ring: the device never connects`,
    )
  if (segmentsPerRequest(model, config.maxIndirectSegments, config.pageSize) === 0)
    throw new DriverDied(
      'no-scatter-gather-table',
      `a request takes ${grantsPerRequest(model, config.maxIndirectSegments, config.pageSize)} chunks, less than one page of ${config.pageSize} bytes: the scatter-gather table gets 0 entries, and marking its last one faults`,
    )
  device.connected = CONNECTED
}

/** The grant entries of a queue and its pages for indirect segments, for what is negotiated now. */
export function createPool({ config, model, ring, guest }: Queue): GrantPool {
  const { nr_ents } = ring.geometry
  const grants = grantsPerRequest(model, config.maxIndirectSegments, config.pageSize)
  const indirect = indirectPagesFor(grants)
  const entries = (grants + indirect) * nr_ents
  if (config.bounce) return new GrantPool(entries, guest.memory.allocate(entries), [])
  const pages = config.maxIndirectSegments > 0 ? indirect * nr_ents : 0
  const first = guest.memory.allocate(pages)
  return new GrantPool(
    entries,
    undefined,
    Array.from({ length: pages }, (_, i) => first + i),
  )
}

function makeRing({ config, model }: DriverDevice, startIndex: number): SharedRing {
  const ring = new SharedRing(abiOf(config), config.ringPages)
  ring.bytes.fill(model.zeroesPages ? 0 : config.fill)
  ring.init(startIndex)
  return ring
}

function linuxPagesOfRing({ config, model }: DriverDevice): number {
  const pages = Math.ceil((config.ringPages * XEN_PAGE_SIZE) / config.pageSize)
  return model.ringPages === 'exact' ? pages : 2 ** Math.ceil(Math.log2(pages))
}

function grantRing({ config, guest, observer, model, ringGfn }: Queue): number[] {
  const grefs: number[] = []
  if (model.ringGrants === 'all-or-none' && !guest.grantTable.canReserve(config.ringPages)) return grefs
  for (let page = 0; page < config.ringPages; page++) {
    const gref = guest.grantTable.reserve(1)
    if (gref === undefined) break
    guest.grantTable.grant(gref, ringGfn + page)
    observer?.granted(gref, ringGfn + page)
    grefs.push(gref)
  }
  return grefs
}
