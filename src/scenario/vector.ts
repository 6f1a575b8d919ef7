// A line of a golden vector file: what stands in it, and the scenario that its inputs make.

import type {
  BackendNodes,
  BlockOp,
  DriverName,
  ModuleParameters,
  PageSize,
  QueueLimits,
  RequestOrigin,
  Scenario,
  ScenarioConfig,
  SgSegment,
  Step,
} from '../blkfront/index.ts'
import { DRIVER_MODELS, negotiated, negotiatedRingPages } from '../blkfront/index.ts'
import { RING_PAGE_COUNTS } from '../codec/ring/geometry.ts'
import { ABIS } from '../codec/struct/abi.ts'
import { MAX_INDIRECT_SEGMENTS } from '../codec/xen/blkif.ts'

/** A recorded run of a real driver's code: the configuration, and event by event what went in and what came out. */
export interface Vector {
  readonly name: string
  readonly config: VectorConfig
  /** Of each queue, where there are several; of none where no ring was left: the kernel or the device died in a resume. */
  readonly finalRingSha256: string | readonly string[]
  readonly events: readonly VectorEvent[]
}

export interface VectorConfig extends Omit<ScenarioConfig, 'grants' | 'queues' | 'parameters'> {
  /** The number of queues, where there are several. */
  readonly nrRings?: number
  readonly moduleParams?: ModuleParameters
  readonly backendNodes?: BackendNodes
  readonly limits?: QueueLimits
  readonly freeList: readonly (readonly [number, number])[]
  readonly grantFrames: number
  readonly maxGrantFrames: number
}

/** Inputs and outputs of an event, of which each type has its own: see vectors/README.md. */
export interface VectorEvent {
  readonly type: string
  readonly serial?: number
  readonly op?: string
  readonly fua?: boolean
  readonly sector?: string
  readonly nrSectors?: number
  readonly segments?: readonly SgSegment[]
  readonly finalCheck?: boolean
  readonly requests?: readonly VectorRequest[]
  readonly id?: number
  readonly operation?: number
  readonly status?: number
  readonly mapped?: readonly number[]
  readonly raw?: boolean
  readonly count?: number
  readonly grefs?: readonly number[]
  readonly head?: number
  readonly queue?: number
  readonly bios?: readonly (readonly [bio: number, segments: number])[] | readonly unknown[]
  readonly from?: RequestOrigin
  readonly grantTable?: string
  readonly backendNodes?: BackendNodes
  readonly trusted?: boolean
  readonly ring?: readonly (readonly [offset: number, hex: string])[]
  /** The whole ring in hex, of each queue where there are several; `ringSha256` is its digest. */
  readonly ringFull?: string | readonly string[]
  readonly ringSha256?: string | readonly string[]
  readonly dataFnv?: string
  readonly fatal?: string
  readonly indirect?: Readonly<Record<string, { readonly gfn: number; readonly page: VectorPage }>>
  readonly completed?: readonly { readonly serial: number; readonly error: number; readonly dataFnv?: string }[]
  readonly [output: string]: unknown
}

export interface VectorRequest {
  readonly slot: number
  readonly id: number
  readonly op: number
  readonly dataOp: number
  readonly nr: number
  readonly bytes: number
  readonly dataFnv?: string
}

/** 4096 bytes of `base` with the runs laid over. */
export interface VectorPage {
  readonly base: number
  readonly runs: readonly (readonly [offset: number, hex: string])[]
}

/** A line that is no vector, or no vector of a kind known here. */
export class VectorError extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'VectorError'
  }
}

const DRIVERS: readonly string[] = ['seed', 'extra-req', 'modern'] satisfies DriverName[]
const OPS: readonly string[] = ['read', 'write', 'flush', 'discard', 'secdiscard'] satisfies BlockOp[]
const PAGE_SIZES: readonly number[] = [4096, 16384, 65536] satisfies PageSize[]

const ABI_NAMES: readonly string[] = ABIS.map((abi) => abi.name)

/** A vector from one parsed line of JSON. Throws a `VectorError` that names what is missing. */
export function vectorOf(json: unknown): Vector {
  const vector = json as Partial<Vector> | null
  if (typeof vector !== 'object' || vector === null) throw new VectorError('not a scenario: not an object')
  const { name, events, finalRingSha256 } = vector
  if (typeof name !== 'string') throw new VectorError('not a scenario: no name')
  if (typeof vector.config !== 'object' || vector.config === null) throw new VectorError(`${name}: no config`)
  if (!DRIVERS.includes(vector.config.driver)) throw new VectorError(`${name}: no driver is called ${String(vector.config.driver)}`)
  const config = completed(vector.config)
  if (!PAGE_SIZES.includes(config.pageSize)) throw new VectorError(`${name}: no page size of ${String(config.pageSize)}`)
  if (!ABI_NAMES.includes(config.abi)) throw new VectorError(`${name}: no ABI is called ${String(config.abi)}`)
  if (!RING_PAGE_COUNTS.some((pages) => pages === config.ringPages))
    throw new VectorError(`${name}: no ring of ${String(config.ringPages)} pages`)
  if (!isCount(config.maxIndirectSegments, MAX_INDIRECT_SEGMENTS))
    throw new VectorError(`${name}: maxIndirectSegments is ${String(config.maxIndirectSegments)}`)
  if (!Array.isArray(config.freeList) || !config.freeList.every(isRunOfGrefs))
    throw new VectorError(`${name}: config has no freeList of [first, count]`)
  if (!Array.isArray(events) || events[0]?.type !== 'init') throw new VectorError(`${name}: events do not begin with init`)
  for (const [n, event] of events.entries()) checkEvent(event, `${name}: event ${n}`)
  if (!isHashes(finalRingSha256)) throw new VectorError(`${name}: no finalRingSha256`)
  return { name, config, events, finalRingSha256 }
}

/** Of a driver that dies while it connects, what it negotiated may not be recorded: it follows from the nodes that it read. */
function completed(config: VectorConfig): VectorConfig {
  if (config.ringPages !== undefined || !config.backendNodes) return config
  const { driver, backendNodes, moduleParams = {} } = config
  const none = { featureDiscard: false, featureSecdiscard: false }
  return {
    ...config,
    ...negotiated(DRIVER_MODELS[driver], backendNodes, moduleParams, none, true),
    handle: config.handle ?? 0,
    ringPages: negotiatedRingPages(backendNodes, moduleParams),
  }
}

function checkEvent(event: unknown, where: string): void {
  if (typeof event !== 'object' || event === null) throw new VectorError(`${where}: not an object`)
  const { type, segments, ring, mapped, grefs, requests } = event as Record<string, unknown>
  if (typeof type !== 'string') throw new VectorError(`${where}: no type`)
  for (const [key, list] of Object.entries({ segments, ring, mapped, grefs, requests }))
    if (list !== undefined && !Array.isArray(list)) throw new VectorError(`${where}: ${key} is no list`)
}

function isHashes(value: unknown): value is string | readonly string[] {
  return typeof value === 'string' || (Array.isArray(value) && value.every((hash) => typeof hash === 'string'))
}

function isRunOfGrefs(run: unknown): boolean {
  return Array.isArray(run) && run.length === 2 && run.every((n) => isCount(n, 2 ** 32))
}

function isCount(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most
}

/** The inputs of a vector, without anything that the driver made of them. */
export function scenarioOf(vector: Vector): Scenario {
  return { config: configOf(vector.config), steps: vector.events.slice(1).map(stepOf) }
}

function configOf(config: VectorConfig): ScenarioConfig {
  const { driver, abi, pageSize, ringPages, persistent, bounce, maxIndirectSegments, handle, fill, allocPfnBase } = config
  const { featureFlush, featureFua, featureDiscard, featureSecdiscard } = config
  return {
    driver,
    abi,
    pageSize,
    ringPages,
    persistent,
    bounce,
    maxIndirectSegments,
    handle,
    fill,
    allocPfnBase,
    featureFlush,
    featureFua,
    featureDiscard,
    featureSecdiscard,
    grants: { freeList: config.freeList, frames: config.grantFrames, maxFrames: config.maxGrantFrames },
    ...(config.nrRings === undefined ? {} : { queues: config.nrRings }),
    ...(config.moduleParams === undefined ? {} : { parameters: config.moduleParams }),
  }
}

function stepOf(event: VectorEvent): Step {
  const { queue = 0 } = event
  switch (event.type) {
    case 'submit':
    case 'queueRq':
      return { type: event.type, request: requestOf(event), queue, ...(event.from ? { from: event.from } : {}) }
    case 'push':
    case 'pushResponses':
    case 'interrupt':
      return { type: event.type, queue }
    case 'purge':
    case 'reconnect':
      return { type: event.type }
    case 'releaseGrefs':
      return { type: 'releaseGrefs', ...(event.head === undefined ? {} : { head: event.head }) }
    case 'consume':
      // How many the backend took is an input that stands only in what it took.
      return { type: 'consume', finalCheck: event.finalCheck ?? false, count: event.requests?.length ?? 0, queue }
    case 'respond':
      return {
        type: 'respond',
        id: BigInt(event.id ?? 0),
        operation: event.operation ?? 0,
        status: event.status ?? 0,
        mapped: event.mapped ?? [],
        raw: event.raw ?? false,
        queue,
      }
    case 'reserveGrefs':
      return { type: 'reserveGrefs', count: event.count ?? 0 }
    case 'backendUnmap':
      return { type: 'backendUnmap', grefs: event.grefs ?? [] }
    case 'suspend':
      if (event.grantTable !== 'fresh' && event.grantTable !== 'kept')
        throw new VectorError(`no grant table is called ${String(event.grantTable)}`)
      return { type: 'suspend', grantTable: event.grantTable }
    case 'resume':
      return { type: 'resume', backendNodes: event.backendNodes ?? {}, trusted: event.trusted ?? true }
    default:
      throw new VectorError(`no event is called ${event.type}`)
  }
}

function requestOf(event: VectorEvent) {
  if (!OPS.includes(event.op ?? '')) throw new VectorError(`no operation is called ${String(event.op)}`)
  if (!/^\d+$/.test(event.sector ?? '')) throw new VectorError(`no sector number: ${String(event.sector)}`)
  return {
    serial: event.serial ?? 0,
    op: event.op as BlockOp,
    fua: event.fua ?? false,
    sector: BigInt(event.sector ?? '0'),
    nrSectors: event.nrSectors ?? 0,
    segments: event.segments ?? [],
    ...(event.bios ? { bios: event.bios as readonly (readonly [number, number])[] } : {}),
  }
}
