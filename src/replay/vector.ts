// A line of a golden vector file: what stands in it, and the scenario that its inputs make.
import type { BlockOp, DriverName, PageSize, Scenario, ScenarioConfig, SgSegment, Step } from '../blkfront/index.ts'

export interface Vector {
  readonly name: string
  readonly config: VectorConfig
  readonly finalRingSha256: string
  readonly events: readonly VectorEvent[]
}

export interface VectorConfig extends Omit<ScenarioConfig, 'grants'> {
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
  readonly ring?: readonly (readonly [offset: number, hex: string])[]
  readonly ringFull?: string
  readonly ringSha256?: string
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

/** A vector from one parsed line of JSON. Throws a `VectorError` that names what is missing. */
export function vectorOf(json: unknown): Vector {
  const vector = json as Partial<Vector> | null
  if (typeof vector !== 'object' || vector === null) throw new VectorError('not a scenario: not an object')
  const { name, config, events, finalRingSha256 } = vector
  if (typeof name !== 'string') throw new VectorError('not a scenario: no name')
  if (typeof config !== 'object' || config === null) throw new VectorError(`${name}: no config`)
  if (!DRIVERS.includes(config.driver)) throw new VectorError(`${name}: no driver is called ${String(config.driver)}`)
  if (!PAGE_SIZES.includes(config.pageSize)) throw new VectorError(`${name}: no page size of ${String(config.pageSize)}`)
  if (!Array.isArray(config.freeList)) throw new VectorError(`${name}: config has no freeList`)
  if (!Array.isArray(events) || events[0]?.type !== 'init') throw new VectorError(`${name}: events do not begin with init`)
  return { name, config, events, finalRingSha256: finalRingSha256 ?? '' }
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
  }
}

function stepOf(event: VectorEvent): Step {
  switch (event.type) {
    case 'submit':
    case 'queueRq':
      return { type: event.type, request: requestOf(event) }
    case 'push':
    case 'pushResponses':
    case 'interrupt':
    case 'releaseGrefs':
    case 'purge':
      return { type: event.type }
    case 'consume':
      // How many the backend took is an input that stands only in what it took.
      return { type: 'consume', finalCheck: event.finalCheck ?? false, count: event.requests?.length ?? 0 }
    case 'respond':
      return {
        type: 'respond',
        id: BigInt(event.id ?? 0),
        operation: event.operation ?? 0,
        status: event.status ?? 0,
        mapped: event.mapped ?? [],
        raw: event.raw ?? false,
      }
    case 'reserveGrefs':
      return { type: 'reserveGrefs', count: event.count ?? 0 }
    case 'backendUnmap':
      return { type: 'backendUnmap', grefs: event.grefs ?? [] }
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
  }
}
