// Suspend and resume: the old rings are torn down, new ones are built, and what was in flight is done again (Linux: blkfront_resume,
// blkif_free, blkif_recover). Order and faults of each driver are those that the golden vectors of suspend and resume record.
import { indirectPagesFor } from '../codec/xen/blkif.ts'
import type { Bio, Bios, Resubmitted, Uncovered } from './bios.ts'
import { cutForDriver } from './bios.ts'
import type { BlockRequest } from './block-request.ts'
import type { BackendNodes, ModuleParameters } from './config.ts'
import {
  CONNECTED,
  createPool,
  createRings,
  DISCONNECTED,
  type DriverDevice,
  finishConnect,
  isGranted,
  type Queue,
  SUSPENDED,
} from './driver-state.ts'
import { DriverDied } from './fatal.ts'
import { NO_GREF } from './grant-table.ts'
import { grantsOfLimits, limitsAtReconnect, type QueueLimits } from './limits.ts'
import { negotiated, negotiatedQueues, negotiatedRingPages } from './negotiate.ts'
import { Shadow } from './shadow.ts'

/** What is to be done again. */
export interface Pending {
  /** Requests that are given back to the block layer whole, in the order in which they were found. */
  readonly kept: BlockRequest[]
  readonly bios: Bio[]
}

export interface Teardown {
  /** Serials of requests that were ended while their bios go on, in order. */
  readonly ended: number[]
  /** Linux pages that were freed. */
  freedPages: number
  /** Linux pages of somebody else's that were freed with the ring's. */
  foreignPages: number
}

/** The error ENOSPC as Linux returns it. */
const ENOSPC = -28

export function nothingPending(): Pending {
  return { kept: [], bios: [] }
}

/** Serials that the driver has, sorted. */
export function inFlight(queues: readonly Queue[], pending: Pending): number[] {
  const serials = new Set(pending.kept.map(({ serial }) => serial))
  for (const { shadow } of queues) for (const request of shadow.request) if (request) serials.add(request.serial)
  return [...serials].sort((a, b) => a - b)
}

/** Takes what is in flight apart: whole requests that are kept, bios of the others. */
function collect(queues: readonly Queue[], ids: number, bios: Bios, into: Pending, ended: number[]): void {
  for (const [number, queue] of queues.entries()) {
    const { request: requests } = queue.shadow
    for (let id = 0; id < ids && id < requests.length; id++) {
      const request = requests[id]
      if (!request) continue
      if (isKept(queue, number, request)) into.kept.push(request)
      else {
        into.bios.push(...bios.takeFrom(request.serial))
        ended.push(request.serial)
      }
    }
  }
}

function isKept({ model, shadow }: Queue, number: number, request: BlockRequest): boolean {
  if (model.keeps === 'by-own-operation') return request.fua || isFlushOrDiscard(request)
  const looked = shadow.request[number]
  if (!looked)
    throw new DriverDied(
      'foreign-request',
      `the driver asks for the operation of the request with id ${number}, the number of its queue, which is not in flight: a null pointer`,
    )
  return request.fua || isFlushOrDiscard(looked)
}

function isFlushOrDiscard({ op }: BlockRequest): boolean {
  return op === 'flush' || op === 'discard' || op === 'secdiscard'
}

/** Frees all that a queue has: pages for indirect segments, grants that wait on its list, those in flight by id, its ring. */
function tearDown(queue: Queue, teardown: Teardown): void {
  const { guest, pool, shadow, config } = queue
  const { untouched } = pool
  const freed = new Uint8Array(pool.entries - untouched)
  const free = (entry: number | undefined): void => {
    if (entry === undefined)
      throw new DriverDied('no-grant-entry', 'the driver looks for a grant where a request has none: a null pointer')
    if (freed[entry - untouched])
      throw new DriverDied(
        'freed-grant-entry',
        'the driver ends the grant of an entry that it freed before: memory of others is read',
      )
    freed[entry - untouched] = 1
    endGrant(queue, pool.grefOf(entry))
  }
  teardown.freedPages += pool.idleIndirectPages
  for (const entry of pool.idle()) {
    if (pool.grefOf(entry) === NO_GREF) freed[entry - untouched] = 1
    else free(entry)
    if (config.bounce) teardown.freedPages++
  }
  if (config.bounce) teardown.freedPages += untouched
  pool.persistent_gnts_c = 0
  for (const [id, request] of shadow.request.entries()) {
    if (!request) continue
    const nr = shadow.nr_segments[id]!
    for (let k = 0; k < nr; k++) {
      free(shadow.grants[id]![k])
      if (config.bounce) teardown.freedPages++
    }
    if (!shadow.indirect[id]) continue
    for (let n = 0; n < indirectPagesFor(nr); n++) {
      free(shadow.indirectGrants[id]![n])
      teardown.freedPages++
    }
  }
  guest.grantTable.cancelCallback(queue)
  freeRing(queue, teardown)
}

function freeRing(queue: Queue, teardown: Teardown): void {
  for (const gref of queue.ringGrefs) endGrant(queue, gref)
  teardown.freedPages += queue.linuxPages
  if (!queue.model.freesRingByXenPages) return
  const foreign = Math.max(0, queue.ring.geometry.pages - queue.linuxPages)
  teardown.foreignPages += foreign
  teardown.freedPages += foreign
}

function endGrant({ guest, observer }: Queue, gref: number): void {
  if (guest.grantTable.isMapped(gref)) observer?.deferred(gref)
  else if (guest.grantTable.tryEnd(gref)) observer?.ended(gref)
}

export interface Resumed extends Teardown {
  /** 0, or the negative Linux error of which the device is dead. */
  rc: number
  queues: readonly Queue[]
}

/**
 * The driver resumes: it takes what is in flight apart, tears down, and builds the new rings.
 * @param pending what an earlier resume left, which is forgotten
 * @throws DriverDied; `resumed` says how far it came
 */
export function resume(
  device: DriverDevice,
  queues: readonly Queue[],
  nodes: BackendNodes,
  parameters: ModuleParameters,
  bios: Bios,
  pending: Pending,
  resumed: Resumed,
): void {
  const { model } = device
  pending.kept.length = 0
  pending.bios.length = 0
  if (model.recovers === 'at-resume') collect(queues, Number.POSITIVE_INFINITY, bios, pending, resumed.ended)
  device.connected = device.connected === CONNECTED ? SUSPENDED : DISCONNECTED
  for (const queue of queues) tearDown(queue, resumed)
  device.config = { ...device.config, ringPages: negotiatedRingPages(nodes, parameters) }
  const count = negotiatedQueues(model, nodes, parameters)
  const built = createRings(device, count, 0)
  resumed.queues = built
  if (!built.every(isGranted)) {
    resumed.rc = ENOSPC
    device.connected = DISCONNECTED
    for (const queue of built) resumed.freedPages += queue.linuxPages
    return
  }
  if (count !== queues.length && pending.kept.length > 0)
    throw new DriverDied(
      'queue-count-waits',
      `the number of queues changes from ${queues.length} to ${count} while a request is kept: the block layer waits for it for ever`,
    )
  // The old driver copies what it remembers of its ids only when it is connected again.
  if (model.recovers === 'at-reconnect') {
    for (const [n, queue] of built.entries()) {
      const { shadow } = queues[n] as Queue
      for (const grants of [...shadow.grants, ...shadow.indirectGrants]) grants.length = 0
      queue.shadow = shadow
    }
  }
}

export interface Reconnected {
  readonly ended: number[]
  /** Serials of requests that were given back whole, in the order in which the block layer has them. */
  readonly requeued: number[]
  bios: readonly Resubmitted[]
  uncovered: readonly Uncovered[]
  /** Serials that nobody will ever end, and the bios that went with them. */
  lost: readonly number[]
  lostBios: readonly number[]
  limits: QueueLimits
}

/** The new backend is connected: pools are made anew, and what was in flight goes back to the block layer. */
export function reconnect(
  device: DriverDevice,
  queues: readonly Queue[],
  nodes: BackendNodes,
  parameters: ModuleParameters,
  trusted: boolean,
  bios: Bios,
  pending: Pending,
  reconnected: Reconnected,
): void {
  const { model } = device
  const agreed = negotiated(model, nodes, parameters, device, trusted)
  device.config = { ...device.config, ...agreed }
  Object.assign(device, pickFeatures(agreed))
  const wasSuspended = device.connected === SUSPENDED
  if (wasSuspended && model.recovers === 'at-reconnect') {
    const [queue] = queues as [Queue]
    const { nr_ents } = queue.ring.geometry
    collect(queues, nr_ents, bios, pending, reconnected.ended)
    const lost = queue.shadow.request.slice(nr_ents).flatMap((request) => (request ? [request.serial] : []))
    reconnected.lost = lost
    reconnected.lostBios = lost.flatMap((serial) => bios.lostWith(serial))
  }
  for (const queue of queues) {
    queue.config = device.config
    queue.shadow = new Shadow(queue.ring.geometry.nr_ents)
    queue.pool = createPool(queue)
  }
  reconnected.limits = limitsAtReconnect(model, device.config, reconnected.limits)
  if (!wasSuspended)
    throw new DriverDied(
      'disk-exists',
      'the driver takes itself for new and adds its disk a second time: an assertion halts the kernel',
    )
  finishConnect(device, queues)
  giveBack(device, bios, pending, reconnected)
}

function pickFeatures({
  featureFlush,
  featureFua,
  featureDiscard,
  featureSecdiscard,
}: Pick<DriverDevice, 'featureFlush' | 'featureFua' | 'featureDiscard' | 'featureSecdiscard'>) {
  return { featureFlush, featureFua, featureDiscard, featureSecdiscard }
}

function giveBack({ model, config }: DriverDevice, bios: Bios, pending: Pending, reconnected: Reconnected): void {
  const limit = grantsOfLimits(config)
  for (const { serial, segments } of pending.kept.reverse()) {
    if (segments.length > limit)
      throw new DriverDied(
        'kept-request-too-large',
        `a request of ${segments.length} segments is kept whole, and the new limit is ${limit}: an assertion halts the kernel`,
      )
    reconnected.requeued.push(serial)
  }
  const resubmitted: Resubmitted[] = []
  const uncovered: Uncovered[] = []
  for (const bio of pending.bios) {
    const cut = model.cutsBios ? cutForDriver(bio, limit) : undefined
    if (cut && cut.uncovered > 0) uncovered.push({ bio: bio.bio, nrSectors: cut.uncovered })
    resubmitted.push(...bios.resubmit(bio, cut?.parts, reconnected.limits, config.pageSize))
  }
  reconnected.bios = resubmitted
  reconnected.uncovered = uncovered
  pending.kept.length = 0
  pending.bios.length = 0
}
