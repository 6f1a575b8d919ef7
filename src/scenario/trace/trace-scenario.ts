// A block trace as the steps of a scenario: requests as the trace issues them, answers as it completes them.

import { effectiveLimits } from '../../blkfront/block-layer.ts'
import { cutBuffer, DRIVER_MODELS, limitsAtConnect, type QueueLimits, type ScenarioConfig } from '../../blkfront/index.ts'
import { grantsOfLimits } from '../../blkfront/limits.ts'
import { ringGeometry } from '../../codec/ring/geometry.ts'
import { abiByName } from '../../codec/struct/abi.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, SECTOR_SIZE } from '../../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { MadeSteps } from '../file/index.ts'
import { U64_MAX } from '../file/quantity.ts'
import type { RequestValue, StepValue } from '../file/step-table.ts'
import type { BlockTrace, RequestEvent, Rwbs } from './index.ts'
import { parseRwbs, TraceError } from './index.ts'

export interface TraceSteps {
  readonly steps: MadeSteps
  readonly issued: number
  readonly completed: number
  /** Requests that no block driver of this protocol is sent (commands of the disk's own driver), or without length. */
  readonly unfit: number
  /** Completions of requests that the trace does not show being issued. */
  readonly unmatched: number
  /** Requests larger than the driver takes, which were cut into several. */
  readonly cut: number
  /** Requests that had to be answered early, because the trace has more in flight than the driver. */
  readonly early: number
  /** Completions of requests that were left out or answered early: they answer nothing any more. */
  readonly late: number
}

export interface TraceOptions {
  readonly config: ScenarioConfig
  /** Requests in flight at most. */
  readonly depth: number
  /** Where each buffer begins in its first page, which no trace tells; in bytes. */
  readonly offset: number
}

/** A request of the trace that is not completed yet. */
interface Open {
  readonly key: string
  /** Numbers of the scenario's requests that it became and that nobody answered yet. */
  readonly serials: number[]
}

/** Requests of the scenario that the trace's larger ones may become beyond themselves, together: all are played. */
const MAX_PARTS = 2 ** 14
/** And for each event: 1280 KiB, as much as Linux sends by default (BLK_DEF_MAX_SECTORS_CAP), in direct requests of 44 KiB. */
const MAX_PARTS_PER_EVENT = 30

type Counts = { -readonly [K in Exclude<keyof TraceSteps, 'steps'>]: number }

/**
 * Turns the events of a trace into the steps of a scenario. Events that no scenario can have are counted by reason. The steps are made anew
 * whenever they are gone through: a line of a trace may stand for a hundred of them.
 */
export function stepsOfTrace({ events }: Pick<BlockTrace, 'events'>, options: TraceOptions): TraceSteps {
  const counts: Counts = { issued: 0, completed: 0, unfit: 0, unmatched: 0, cut: 0, early: 0, late: 0 }
  let length = 0
  for (const _ of makeSteps(events, options, counts)) length++
  return { steps: new MadeSteps(length, () => makeSteps(events, options, { ...counts }), plainStep), ...counts }
}

function* makeSteps(events: readonly RequestEvent[], options: TraceOptions, counts: Counts): Generator<StepValue, void> {
  const open: Open[] = []
  /** Requests that wait for no answer, by their key, and whose completions may come. */
  const past = new Map<string, number>()
  const passes = (key: string) => past.set(key, (past.get(key) ?? 0) + 1)
  let serial = 0
  let inFlight = 0
  let parts = 0
  const complete = (requests: readonly number[]): StepValue => {
    inFlight -= requests.length
    return { key: 'complete', value: { ...IN_ORDER, requests } }
  }
  for (const event of events) {
    const rwbs = parseRwbs(event.rwbs)
    if (event.type === 'complete') {
      const own = keyOf(event)
      const i = open.findIndex(({ key }) => key === own)
      const left = past.get(own) ?? 0
      counts[i >= 0 ? 'completed' : left > 0 ? 'late' : 'unmatched']++
      if (i >= 0) yield complete(open.splice(i, 1)[0]!.serials)
      else if (left > 0) past.set(own, left - 1)
      continue
    }
    parts += rwbs ? partsOf(event, rwbs, options) - 1 : 0
    if (parts > MAX_PARTS + MAX_PARTS_PER_EVENT * events.length)
      throw new TraceError(
        `the driver takes ${largest(options, false)} sectors at a time: ${event.nrSectors} at sector ${event.sector} are too many to cut`,
      )
    const requests = rwbs ? requestsOf(event, rwbs, options) : []
    if (requests.length === 0) {
      counts.unfit++
      passes(keyOf(event))
      continue
    }
    if (event.sector + BigInt(event.nrSectors) > U64_MAX && rwbs?.op !== 'flush')
      throw new TraceError(`sector ${event.sector} + ${event.nrSectors} lies beyond 2^64`)
    counts.issued++
    if (requests.filter(({ key }) => key === 'read' || key === 'write').length > 1) counts.cut++
    const own: Open = { key: keyOf(event), serials: [] }
    let early = false
    for (const request of requests) {
      while (inFlight >= options.depth && (open.length > 0 || own.serials.length > 0)) {
        const other = open.shift()
        // A request of more parts than are in flight at a time waits for its own.
        yield complete(other ? other.serials : [own.serials.shift()!])
        if (other) passes(other.key)
        if (other || !early) counts.early++
        early ||= !other
      }
      own.serials.push(serial++)
      inFlight++
      yield { key: 'queue', value: request }
    }
    open.push(own)
  }
}

/**
 * A completion names what was issued by its place; the letters may have changed on the way. An empty flush has no place: blkparse
 * prints none where it is issued, and one where it is completed.
 */
function keyOf({ sector, nrSectors, rwbs }: RequestEvent): string {
  return nrSectors === 0 && parseRwbs(rwbs)?.op === 'flush' ? 'flush' : `${sector}+${nrSectors}`
}

/** Keys that a trace says nothing of. */
const IN_ORDER = {
  backend: undefined,
  status: 'okay',
  order: 'in-order',
  count: undefined,
  still_mapped: undefined,
  queue: undefined,
} as const
const FLUSH = { key: 'flush', value: { sector: U64_MAX, segments: undefined, queue: undefined } } as const

/** A step as a file would have it. */
function plainStep(step: StepValue): unknown {
  if (step.key === 'complete' && typeof step.value === 'object') return { complete: { requests: step.value.requests } }
  return step.key === 'queue' ? { queue: plainRequest(step.value) } : {}
}

function plainRequest(request: RequestValue): unknown {
  if (request.key === 'flush') return { flush: {} }
  if (request.key === 'discard') {
    const { sector, sectors, secure } = request.value
    return { discard: { sector: String(sector), sectors, ...(secure ? { secure } : {}) } }
  }
  const { sector, bytes, offset } = request.value
  const buffer = { sector: String(sector), bytes, ...(offset === 0 ? {} : { offset }) }
  return { [request.key]: 'fua' in request.value && request.value.fua ? { ...buffer, fua: true } : buffer }
}

/** What the driver is sent: barriers that it has no operation for become flushes, as the block layer does it. */
function requestsOf({ sector, nrSectors }: RequestEvent, { op, preflush, fua }: Rwbs, options: TraceOptions): RequestValue[] {
  const { featureFlush, featureFua, featureDiscard, featureSecdiscard } = options.config
  const flush = featureFlush ? [FLUSH] : []
  switch (op) {
    case 'flush':
      return flush
    case 'discard':
    case 'secdiscard': {
      const secure = op === 'secdiscard'
      const isTaken = (secure ? featureSecdiscard : featureDiscard) && nrSectors > 0
      const value = { sector, sectors: nrSectors, bytes: undefined, secure, queue: undefined }
      return isTaken ? [{ key: 'discard', value }] : []
    }
    case 'read':
      return buffers(sector, nrSectors, 'read', false, options)
    case 'write': {
      const barrier = fua && featureFua
      const writes = buffers(sector, nrSectors, 'write', barrier, options)
      return [...(preflush ? flush : []), ...writes, ...(fua && !barrier ? flush : [])]
    }
    default:
      return []
  }
}

/** At least so many reads or writes an event becomes; 1 for all else. */
function partsOf({ nrSectors }: RequestEvent, { op, fua }: Rwbs, options: TraceOptions): number {
  const cut = op === 'read' || op === 'write'
  return cut ? Math.max(1, Math.ceil(nrSectors / largest(options, op === 'write' && fua && options.config.featureFua))) : 1
}

/** One buffer in memory, cut as the block layer cuts it: what a part leaves of a page is where the next one begins. */
function buffers(from: bigint, nrSectors: number, key: 'read' | 'write', fua: boolean, options: TraceOptions): RequestValue[] {
  const { pageSize } = options.config
  let sector = from
  return cutBuffer(options.offset, nrSectors * SECTOR_SIZE, pageSize, limitsOf(options, fua)).map((cut) => {
    const bytes = cut.nrSectors * SECTOR_SIZE
    // Spelled out: hundreds of thousands are made, and a spread of what they share takes most of the time.
    const offset = cut.offset % pageSize
    const value = { sector, bytes, offset, page: undefined, vectors: undefined, segments: undefined, queue: undefined, fua }
    sector += BigInt(cut.nrSectors)
    return { key, value }
  })
}

/** Sectors of the largest request that the driver takes. */
function largest(options: TraceOptions, barrier: boolean): number {
  return effectiveLimits(limitsOf(options, barrier)).maxSectors
}

/** What the driver tells the block layer; a barrier must fit in the eleven grants of one slot, of which nobody tells it. */
function limitsOf({ config, offset }: TraceOptions, barrier: boolean): QueueLimits {
  const { nr_ents } = ringGeometry(abiByName(config.abi)!, config.ringPages)
  const limits = limitsAtConnect(DRIVER_MODELS[config.driver], config, nr_ents)
  if (!barrier) return limits
  const grants = Math.min(grantsOfLimits(config), BLKIF_MAX_SEGMENTS_PER_REQUEST)
  const bytes = grants * XEN_PAGE_SIZE - (offset % XEN_PAGE_SIZE)
  return { ...limits, maxHwSectors: bytes / SECTOR_SIZE, maxSegmentSize: Math.min(bytes, limits.maxSegmentSize) }
}
