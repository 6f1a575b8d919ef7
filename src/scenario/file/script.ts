// A valid scenario file as something to run: the driver's configuration, and its steps in order.
import type { AnsweringBackend } from '../../blkback/blkback.ts'
import type { BackendNodes, ScenarioConfig, Step } from '../../blkfront/index.ts'
import { BLKIF_RSP_EOPNOTSUPP, BLKIF_RSP_ERROR, BLKIF_RSP_OKAY } from '../../codec/xen/blkif.ts'
import { configOf } from './config.ts'
import { Random } from './random.ts'
import { RequestMaker, type Terms, termsOf } from './requests.ts'
import { ScenarioError } from './scenario-error.ts'
import { MAX_ENTRIES } from './spec.ts'
import type { RespondValue, ResumeValue, StepValue } from './step-table.ts'
import { type ScenarioFile, scenarioFile } from './table.ts'
import { tooManyEntries, validate } from './validate.ts'
import { MAX_WORK, Work } from './work.ts'
import { type Workload, workloadOf } from './workload.ts'

/** A scenario file as something to run. */
export interface Script {
  readonly config: ScenarioConfig
  /** The driver is asked for what it would never be asked for. */
  readonly unchecked: boolean
  readonly steps: Iterable<ScriptStep>
  /** The guest is suspended in it: rings are replaced. */
  readonly suspends: boolean
  /** Where it is: numbers of requests that its steps take; those of requests made again follow. */
  readonly serials: number
  /** What its steps cost so far, and at most. */
  readonly work: Work
}

/** A step of the emulator, or one that becomes several as the ring stands when it is reached. */
export type ScriptStep = { readonly path: string } & (Step | AnswerStep | PokeStep | RecoverStep | WorkloadStep)

/** The step's own chance, from its beginning: what other steps draw does not change it. */
export type Chance = () => Random

/** A step in which the backend answers requests that it took. */
export interface AnswerStep {
  readonly type: 'answer'
  /** Publish and take requests first, interrupt afterwards. */
  readonly roundTrip: boolean
  /** Whose verdicts the responses are, instead of the status; undefined for none. */
  readonly backend: AnsweringBackend | undefined
  readonly status: number
  readonly order: RespondValue['order']
  /** What decides the order, where it is `random`. */
  readonly random: Chance
  readonly count: number | undefined
  readonly requests: readonly number[] | undefined
  /** References that stay mapped; undefined is what driver and backend agreed on. */
  readonly stillMapped: boolean | readonly number[] | undefined
  readonly id: bigint | undefined
  readonly operation: number | undefined
  readonly raw: boolean
  readonly push: boolean
  /** Queues whose requests are answered. */
  readonly queues: readonly number[]
}

/** Writes fields of the ring, whatever they are. */
export interface PokeStep {
  readonly type: 'poke'
  /** The values by the paths of their fields: `ring[0].req.nr_segments`. */
  readonly fields: ReadonlyMap<string, bigint>
}

/** The driver wakes, and connects to a new backend. */
export interface RecoverStep {
  readonly type: 'recover'
  readonly backendNodes: BackendNodes
  readonly trusted: boolean
  /** What was in flight is handed to the driver again. */
  readonly redo: boolean
}

/** A step that makes requests by rules, as many as a workload says. */
export interface WorkloadStep {
  readonly type: 'workload'
  readonly workload: Workload
  /** Queues that its requests go to in turn. */
  readonly queues: readonly number[]
  readonly random: Chance
}

const STATUS = { okay: BLKIF_RSP_OKAY, error: BLKIF_RSP_ERROR, eopnotsupp: BLKIF_RSP_EOPNOTSUPP } as const

/** Steps without a mistake that are made whenever they are gone through: so many that they would fill the memory. */
export class MadeSteps implements Iterable<unknown> {
  readonly length: number
  readonly values: () => Iterable<StepValue>
  readonly #plain: (value: StepValue) => unknown

  /** @param plain a step as a file would have it */
  constructor(length: number, values: () => Iterable<StepValue>, plain: (value: StepValue) => unknown) {
    this.length = length
    this.values = values
    this.#plain = plain
  }

  *[Symbol.iterator](): Generator<unknown, void> {
    for (const value of this.values()) yield this.#plain(value)
  }
}

/**
 * Reads a scenario's plain values, whose steps may be `MadeSteps`.
 * @param most grants that its steps may go through; infinite for what the user asked for by flags
 * @throws ScenarioError at the first mistake, with its path
 */
export function scriptOf(plain: unknown, most: number = MAX_WORK): Script {
  if (plain === null) throw new ScenarioError('', 'the scenario is empty')
  const { steps: given } = (plain ?? {}) as { readonly steps?: unknown }
  const made = given instanceof MadeSteps ? given : undefined
  const file = validate(scenarioFile, made ? { ...(plain as object), steps: [] } : plain)
  const config = configOf(file)
  const work = new Work(most)
  const newMaker = () => new RequestMaker(termsOf(config, file, work))
  const common = { config, unchecked: file.unchecked, work }
  if (made) {
    if (made.length > MAX_ENTRIES) throw tooManyEntries('steps', made.length, MAX_ENTRIES)
    const steps = { [Symbol.iterator]: () => scriptSteps(file, made.values(), newMaker()) }
    return { ...common, steps, suspends: false, serials: 0 }
  }
  const maker = newMaker()
  const steps = [...scriptSteps(file, file.steps, maker)]
  const suspends = steps.some(({ type }) => type === 'suspend' || type === 'recover')
  return { ...common, steps, suspends, serials: maker.takeSerials(0) }
}

/** The file's steps in order, and what it says by saying nothing at its end. */
function* scriptSteps(file: ScenarioFile, values: Iterable<StepValue>, maker: RequestMaker): Generator<ScriptStep, void> {
  const { terms } = maker
  let published = false
  let i = 0
  for (const value of values) {
    const n = i++
    const path = `steps[${n}]`
    for (const made of stepsOf(value, `${path}.${value.key}`, terms, maker, () => new Random(file.seed, n))) {
      published ||= publishes(made)
      yield { path, ...made }
    }
  }
  if (file.final_push ?? !published)
    for (const queue of queuesOf(undefined, '', terms)) yield { path: 'final_push', type: 'push', queue }
}

function publishes(step: UnplacedStep): boolean {
  const { type } = step
  return type === 'push' || type === 'queueRq' || type === 'workload' || (type === 'answer' && step.roundTrip)
}

type UnplacedStep = ScriptStep extends infer S ? (S extends { path: string } ? Omit<S, 'path'> : never) : never

/** An I/O may become several requests; every other step is one. */
function stepsOf(step: StepValue, path: string, terms: Terms, maker: RequestMaker, random: Chance): UnplacedStep[] {
  switch (step.key) {
    case 'read':
    case 'write':
    case 'flush':
    case 'discard': {
      const queue = queueOf(step.value.queue, path, terms)
      return maker.make(step, path).map((request) => ({ type: 'submit', request, queue }))
    }
    case 'queue': {
      const inner = `${path}.${step.value.key}`
      const queue = queueOf(step.value.value.queue, inner, terms)
      return maker.make(step.value, inner).map((request) => ({ type: 'queueRq', request, queue }))
    }
    case 'push':
    case 'interrupt':
      return queuesOf(step.value.queue, path, terms).map((queue) => ({ type: step.key, queue }))
    case 'push_responses':
      return queuesOf(step.value.queue, path, terms).map((queue) => ({ type: 'pushResponses', queue }))
    case 'consume': {
      const { final_check, count } = step.value
      const taken = { finalCheck: final_check, ...(count === undefined ? {} : { count }) }
      return queuesOf(step.value.queue, path, terms).map((queue) => ({ type: 'consume', ...taken, queue }))
    }
    default:
      return [stepOf(step, path, terms, maker, random)]
  }
}

/** Steps of which one may become several of the emulator's. */
type SpreadStep = Extract<
  StepValue,
  { key: 'read' | 'write' | 'flush' | 'discard' | 'queue' | 'push' | 'interrupt' | 'push_responses' | 'consume' }
>

function queueOf(queue: number | undefined, path: string, { config }: Terms): number {
  const { queues = 1 } = config
  if (queue !== undefined && queue >= queues)
    throw new ScenarioError(`${path}.queue`, `there is no queue ${queue}: the device has ${queues === 1 ? 'one, 0' : `${queues}`}`)
  return queue ?? 0
}

/** The queue that is named, or all. */
function queuesOf(queue: number | undefined, path: string, terms: Terms): number[] {
  if (queue !== undefined) return [queueOf(queue, path, terms)]
  const { queues = 1 } = terms.config
  terms.work.queues(queues, path)
  return Array.from({ length: queues }, (_, n) => n)
}

function stepOf(step: Exclude<StepValue, SpreadStep>, path: string, terms: Terms, maker: RequestMaker, random: Chance) {
  switch (step.key) {
    case 'workload': {
      const workload = workloadOf(step.value, terms, maker, random, path)
      return { type: 'workload', workload, queues: queuesOf(step.value.queue, path, terms), random } as const
    }
    case 'purge':
      return { type: 'purge' } as const
    case 'respond':
      return answerOf(answerValue(step.value), path, terms, random, false)
    case 'complete': {
      const value = { ...answerValue(step.value), id: undefined, operation: undefined, raw: false, push: undefined }
      return answerOf(value, path, terms, random, true)
    }
    case 'reserve_grefs':
      return { type: 'reserveGrefs', count: step.value } as const
    case 'release_grefs':
      return { type: 'releaseGrefs' } as const
    case 'backend_unmap':
      return { type: 'backendUnmap', grefs: step.value } as const
    case 'suspend':
      return { type: 'suspend', grantTable: step.value.grant_table } as const
    case 'resume':
      return recoverOf(step.value, terms)
    case 'poke':
      if (!terms.unchecked)
        throw new ScenarioError(path, 'no driver writes that: it needs --unchecked, or unchecked: true in the file')
      return { type: 'poke', fields: step.value } as const
  }
}

/** What the new backend offers becomes the features of all that follows. */
function recoverOf(value: ResumeValue, terms: Terms): RecoverStep {
  const { config } = terms
  const ringPages = value.ring_pages ?? config.ringPages
  const queues = value.queues ?? config.queues ?? 1
  const barrier = value.barrier ?? config.featureFua
  const flush = value.flush ?? (config.featureFlush && !config.featureFua)
  const bit = (on: boolean) => (on ? '1' : '0')
  const backendNodes: Record<string, string> = {
    'feature-persistent': bit(value.persistent ?? config.persistent),
    'feature-max-indirect-segments': String(value.max_indirect_segments ?? config.maxIndirectSegments),
    'feature-barrier': bit(barrier),
    'feature-flush-cache': bit(flush),
    'feature-discard': bit(value.discard ?? config.featureDiscard),
    'discard-secure': bit(value.secure_discard ?? config.featureSecdiscard),
    'max-ring-page-order': String(Math.log2(ringPages)),
    'multi-queue-max-queues': String(queues),
  }
  const trusted = !(value.bounce ?? (config.bounce && !config.persistent))
  terms.resume(backendNodes, trusted, { ringPages, queues })
  return { type: 'recover', backendNodes, trusted, redo: value.redo }
}

/** A backend named alone. */
function answerValue<V extends object>(value: V | AnsweringBackend): V | RespondValue {
  return typeof value === 'string' ? { ...PLAIN_ANSWER, backend: value } : value
}

const PLAIN_ANSWER: RespondValue = {
  backend: undefined,
  status: 'okay',
  order: 'in-order',
  count: undefined,
  requests: undefined,
  still_mapped: undefined,
  queue: undefined,
  id: undefined,
  operation: undefined,
  raw: false,
  push: undefined,
}

function answerOf(value: RespondValue, path: string, terms: Terms, random: Chance, roundTrip: boolean): AnswerStep {
  const { id, operation, raw, requests, count, order } = value
  for (const key of ['operation', 'raw'] as const)
    if (id === undefined && value[key]) throw new ScenarioError(`${path}.${key}`, 'says nothing without id')
  if (id !== undefined && value.backend !== undefined)
    throw new ScenarioError(`${path}.backend`, 'answers requests, and id stands beside it, which need not be one')
  if (id !== undefined && (requests !== undefined || count !== undefined))
    throw new ScenarioError(`${path}.id`, 'one response is for one id: requests and count have no meaning beside it')
  if (requests !== undefined && count !== undefined)
    throw new ScenarioError(`${path}.count`, 'requests stands beside it, which says how many')
  const named = id !== undefined ? 'id' : requests !== undefined ? 'requests' : undefined
  if (named !== undefined && order !== 'in-order')
    throw new ScenarioError(`${path}.order`, `${named} stands beside it, which says what is answered`)
  if (typeof order !== 'string' && count !== undefined && count > order.length)
    throw new ScenarioError(`${path}.count`, `${count} is more than the positions of order, ${order.length}`)
  const queues = id === undefined ? queuesOf(value.queue, path, terms) : [queueOf(value.queue, path, terms)]
  // Of each queue push, consume and interrupt.
  if (roundTrip) terms.work.queues(3 * queues.length, path)
  return {
    type: 'answer',
    roundTrip,
    backend: value.backend,
    status: typeof value.status === 'number' ? value.status : STATUS[value.status],
    order,
    random,
    count,
    requests,
    stillMapped: value.still_mapped,
    id,
    operation,
    raw,
    push: value.push ?? id === undefined,
    queues,
  }
}
