// Everything that one connected driver consists of, shared by the code that submits and the code that completes.
import { type Abi, abiByName } from '../codec/struct/abi.ts'
import { indirectPagesFor } from '../codec/xen/blkif.ts'
import type { DataPattern } from './data-pattern.ts'
import { DRIVER_MODELS, type DriverModel, grantsPerRequest, segmentsPerRequest } from './driver-model.ts'
import { DriverDied } from './fatal.ts'
import { GrantPool } from './grant-pool.ts'
import type { GrantTable } from './grant-table.ts'
import type { GuestMemory } from './memory.ts'
import type { ScenarioConfig } from './scenario.ts'
import { Shadow } from './shadow.ts'
import { SharedRing } from './shared-ring.ts'

/** Linux's BLKIF_STATE_*: not yet connected, connected, and disabled after a backend that could not be trusted. */
export const DISCONNECTED = 0
export const CONNECTED = 1
export const DISABLED = 3
export type Connected = typeof DISCONNECTED | typeof CONNECTED | typeof DISABLED

/** Told of every grant-table operation of the driver, in order. */
export interface GrantObserver {
  granted(gref: number, gfn: number): void
  ended(gref: number): void
  /** The driver looked, the backend still maps the page, and the grant stays. */
  stillMapped(gref: number): void
}

/** The rest of the guest, as the driver sees it. */
export interface Guest {
  readonly grantTable: GrantTable
  readonly memory: GuestMemory
  readonly data: DataPattern
}

export interface Driver {
  readonly config: ScenarioConfig
  readonly model: DriverModel
  readonly guest: Guest
  readonly ring: SharedRing
  readonly shadow: Shadow
  readonly pool: GrantPool
  /** References of the ring's pages, in order, and the gfn of the first. */
  readonly ringGrefs: readonly number[]
  readonly ringGfn: number
  observer: GrantObserver | undefined
  req_prod_pvt: number
  rsp_cons: number
  connected: Connected
  featureFlush: boolean
  featureFua: boolean
  featureDiscard: boolean
  featureSecdiscard: boolean
}

export function abiOf(config: ScenarioConfig): Abi {
  const abi = abiByName(config.abi)
  if (!abi) throw new RangeError(`no ABI is called ${config.abi}`)
  return abi
}

/** Allocates what the driver allocates, in its order, and grants the ring. The driver is not connected yet: see `finishConnect`. */
export function createDriver(
  config: ScenarioConfig,
  guest: Guest,
  startIndex: number,
  observer: GrantObserver | undefined,
): Driver {
  const model = DRIVER_MODELS[config.driver]
  const ring = new SharedRing(abiOf(config), config.ringPages)
  const linuxPages = Math.ceil(ring.geometry.bytes / config.pageSize)
  const ringPage = guest.memory.allocate(model.ringPages === 'exact' ? linuxPages : 2 ** Math.ceil(Math.log2(linuxPages)))
  ring.bytes.fill(model.zeroesPages ? 0 : config.fill)
  ring.init(startIndex)
  const ringGfn = guest.memory.gfnOf(ringPage)
  return {
    config,
    model,
    guest,
    ring,
    shadow: new Shadow(ring.geometry.nr_ents),
    ringGrefs: grantRing(config.ringPages, ringGfn, guest, observer),
    ringGfn,
    pool: createPool(config, model, ring.geometry.nr_ents, guest.memory),
    observer,
    req_prod_pvt: startIndex,
    rsp_cons: startIndex,
    connected: DISCONNECTED,
    featureFlush: config.featureFlush,
    featureFua: config.featureFua,
    featureDiscard: config.featureDiscard,
    featureSecdiscard: config.featureSecdiscard,
  }
}

/** The last step of connecting, which kills a driver whose requests would hold no segment at all. */
export function finishConnect(driver: Driver): void {
  const { config, model } = driver
  if (driver.ringGrefs.length < config.ringPages)
    throw new DriverDied(
      'no-ring-grants',
      `the grant table has no ${config.ringPages} references for the ring: the device never connects`,
    )
  if (segmentsPerRequest(model, config.maxIndirectSegments, config.pageSize) === 0)
    throw new DriverDied(
      'no-scatter-gather-table',
      `a request takes ${grantsPerRequest(model, config.maxIndirectSegments, config.pageSize)} chunks, less than one page of ${config.pageSize} bytes: the scatter-gather table gets 0 entries, and marking its last one faults`,
    )
  driver.connected = CONNECTED
}

function grantRing(pages: number, gfn: number, guest: Guest, observer: GrantObserver | undefined): number[] {
  const grefs: number[] = []
  for (let page = 0; page < pages; page++) {
    const gref = guest.grantTable.reserve(1)
    if (gref === undefined) break
    guest.grantTable.grant(gref, gfn + page)
    guest.grantTable.map(gref)
    observer?.granted(gref, gfn + page)
    grefs.push(gref)
  }
  return grefs
}

function createPool(config: ScenarioConfig, model: DriverModel, nr_ents: number, memory: GuestMemory): GrantPool {
  const grants = grantsPerRequest(model, config.maxIndirectSegments, config.pageSize)
  const indirect = indirectPagesFor(grants)
  const entries = (grants + indirect) * nr_ents
  if (config.bounce) return new GrantPool(entries, memory.allocate(entries), [])
  const pages = config.maxIndirectSegments > 0 ? indirect * nr_ents : 0
  const first = memory.allocate(pages)
  return new GrantPool(
    entries,
    undefined,
    Array.from({ length: pages }, (_, i) => first + i),
  )
}
