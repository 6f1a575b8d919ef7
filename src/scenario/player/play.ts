// Runs a script on the emulator. Steps that depend on how the ring stands (answers, workloads) become the emulator's own here.

import { splitsAt } from '../../blkfront/driver-model.ts'
import {
  type BackendNodes,
  type BlockRequest,
  type ConnectOutcome,
  DRIVER_MODELS,
  Emulator,
  type RequestOrigin,
  type Step,
  type StepOutcome,
  sectorsOfSegments,
  type TakenRequest,
} from '../../blkfront/index.ts'
import {
  type AnswerStep,
  type Random,
  type RecoverStep,
  ScenarioError,
  type Script,
  type ScriptStep,
  type WorkloadStep,
} from '../file/index.ts'
import { type Answering, chosenFor, oneResponse, plainResponse, responseTo, type WaitingAnswer, waitingInOrder } from './answers.ts'
import { poke } from './poke.ts'

/** Something that happened while a script was played. */
export type Played =
  | { readonly type: 'connected'; readonly outcome: ConnectOutcome }
  | {
      readonly type: 'step'
      /** The path of the script's step that it belongs to: `steps[3]`. */
      readonly path: string
      readonly outcome: StepOutcome
      /** Idle persistent grants before the step. */
      readonly idle: number
      /** A request of a workload that was refused and will be put again. */
      readonly again: boolean
    }
  | { readonly type: 'poked'; readonly path: string }

type AtPath<S> = S & { readonly path: string }

type Submitted = Extract<StepOutcome, { type: 'submit' | 'queueRq' }>

/** A request that is done again after a resume. */
interface Redo {
  readonly request: BlockRequest
  readonly from: RequestOrigin | undefined
}

/** Runs a script on the emulated driver and its backend. */
export class Player {
  readonly emulator: Emulator
  readonly script: Script
  /** The most requests that the block layer has in flight. */
  readonly depth: number
  readonly #waiting: WaitingAnswer[] = []
  /** Of each queue: the requests under its ids, and those that are in flight. */
  #serialOf: readonly Map<bigint, number>[]
  #inFlight: readonly Set<number>[]
  /** Where the guest is suspended: requests by their numbers, and what is to be done again. */
  readonly #requests: Map<number, BlockRequest> = new Map()
  #redo: Redo[] = []
  #nextSerial: number

  constructor(script: Script) {
    const { config } = script
    this.script = script
    // Of a resume is told which grants it ended.
    this.emulator = new Emulator(config, { records: script.suspends })
    this.depth = queueDepth(script, this.emulator.frontend.ring.geometry.nr_ents)
    this.#serialOf = this.emulator.frontend.rings.map(() => new Map())
    this.#inFlight = this.emulator.frontend.rings.map(() => new Set())
    this.#nextSerial = script.serials
  }

  /** What the backend published that the driver connected to last; undefined for the first. */
  offered: BackendNodes | undefined;

  /** Plays the script step by step; a driver that died ends it. @throws ScenarioError where a step cannot be done */
  *play(): Generator<Played, void> {
    yield { type: 'connected', outcome: this.emulator.connected }
    for (const step of this.script.steps) {
      if (this.#dead) return
      yield* this.#do(step)
    }
  }

  get #dead(): boolean {
    return this.emulator.frontend.fatal !== undefined
  }

  *#do(step: ScriptStep): Generator<Played, void> {
    switch (step.type) {
      case 'answer':
        yield* this.#answer(step)
        break
      case 'workload':
        yield* this.#workload(step)
        break
      case 'poke':
        poke(this.emulator, step.fields, `${step.path}.poke`)
        yield { type: 'poked', path: step.path }
        break
      case 'recover':
        yield* this.#recover(step)
        break
      case 'submit':
      case 'queueRq':
        if (!this.script.unchecked && this.#inFlight[step.queue ?? 0]!.size >= this.depth)
          throw new ScenarioError(
            step.path,
            `${this.#inFlight[step.queue ?? 0]!.size} requests are in flight, as many as the driver takes at a time: answer some first (complete)`,
          )
        yield* this.#emulate(step.path, { ...step, request: this.#remembered(step.request) })
        break
      case 'suspend':
        this.script.work.recovery(this.#slots, 0, step.path)
        yield* this.#emulate(step.path, step)
        break
      default:
        this.script.work.spend(this.#grantsWalked(step), step.path)
        yield* this.#emulate(step.path, step)
        if (step.type === 'interrupt') yield* this.#doAgain(step.path)
    }
  }

  /** Where the guest is suspended, each request is a bio of its own number, so that it can be taken apart. */
  #remembered(request: BlockRequest): BlockRequest {
    if (!this.script.suspends) return request
    const { serial, op, segments } = request
    const bios = op === 'flush' && segments.length === 0 ? [] : [[serial, segments.length] as const]
    const own = { ...request, segments, bios }
    this.#requests.set(serial, own)
    return own
  }

  /** The driver wakes and connects; what it gives back becomes requests again, those kept whole before the bios. */
  *#recover({ path, backendNodes, trusted, redo }: AtPath<RecoverStep>): Generator<Played, void> {
    this.offered = backendNodes
    this.script.work.recovery(this.#slots, this.emulator.frontend.poolEntries, path)
    yield* this.#emulate(path, { type: 'resume', backendNodes, trusted })
    this.#waiting.length = 0
    const { rings } = this.emulator.frontend
    this.#serialOf = rings.map(() => new Map())
    this.#inFlight = rings.map(() => new Set())
    if (this.#dead) return
    const outcome = yield* this.#emulate(path, { type: 'reconnect' })
    if (this.#dead || outcome.type !== 'reconnect') return
    const kept = outcome.requeued.flatMap((serial) => this.#requests.get(serial) ?? [])
    const again = outcome.bios.flatMap(({ index, op, requests }) =>
      requests.map(({ sector, segments, nrSectors }, request) => ({
        request: {
          serial: this.#nextSerial++,
          op,
          fua: false,
          sector,
          nrSectors: nrSectors ?? sectorsOfSegments(segments),
          segments,
        },
        from: { index, request },
      })),
    )
    this.#redo = redo ? [...kept.map((request) => ({ request, from: undefined })), ...again] : []
    yield* this.#doAgain(path)
  }

  /** Hands over what is to be done again, until the driver is busy; the rest waits for an interrupt. Which queue it takes is the block layer's choice: here, in turn. */
  *#doAgain(path: string): Generator<Played, void> {
    const queues = this.emulator.frontend.rings.length
    while (this.#redo.length > 0 && !this.#dead) {
      const [{ request, from }] = this.#redo as [Redo]
      const queue = request.serial % queues
      if (this.#inFlight[queue]!.size >= this.depth) return
      this.script.work.requestAgain(request.segments.length, path)
      this.#requests.set(request.serial, request)
      const outcome = yield* this.#emulate(path, { type: 'queueRq', request, queue, ...(from ? { from } : {}) })
      // What the new backend cannot do the block layer fails.
      if (outcome.type !== 'queueRq' || outcome.result === 'busy') return
      this.#redo.shift()
    }
  }

  /** Slots of all rings. */
  get #slots(): number {
    const { rings } = this.emulator.frontend
    return rings.length * rings[0]!.geometry.nr_ents
  }

  /** The grants that a step goes through which names none of them. */
  #grantsWalked(step: Step): number {
    if (step.type === 'purge') return this.emulator.frontend.state.persistent_gnts_c
    return step.type === 'reserveGrefs' ? step.count / 8 : 0
  }

  *#emulate(path: string, step: Step): Generator<Played, StepOutcome> {
    const queue = 'queue' in step ? (step.queue ?? 0) : 0
    const idle = this.emulator.frontend.stateOf(queue).persistent_gnts_c
    const outcome = this.emulator.step(step)
    this.#note(outcome, path)
    yield { type: 'step', path, outcome, idle, again: false }
    return outcome
  }

  #note(outcome: StepOutcome, path: string): void {
    this.script.work.keepFrames(this.emulator.frontend.guest.memory.touchedFrames, path)
    const { queue } = outcome
    switch (outcome.type) {
      case 'submit':
      case 'queueRq':
        if (outcome.result !== 'queued') break
        this.#inFlight[queue]!.add(outcome.request.serial)
        for (const id of outcome.ids) this.#serialOf[queue]!.set(BigInt(id), outcome.request.serial)
        break
      case 'consume':
        for (const request of outcome.requests) {
          const serial = this.#serialOf[queue]!.get(request.id)
          this.#waiting.push({ request, serial, queue })
        }
        break
      case 'respond': {
        const i = this.#waiting.findIndex(({ request }) => request === outcome.request)
        if (i >= 0) this.#waiting.splice(i, 1)
        break
      }
      case 'interrupt':
        for (const { serial } of outcome.completed) {
          this.#inFlight[queue]!.delete(serial)
          this.#requests.delete(serial)
        }
        break
      case 'resume':
      case 'reconnect':
        for (const serial of outcome.ended) this.#requests.delete(serial)
        break
    }
  }

  *#answer(step: AtPath<AnswerStep>): Generator<Played, void> {
    const { path, queues } = step
    if (step.roundTrip) for (const queue of queues) yield* this.#deliver(path, queue)
    const answering = this.#answering(path)
    if (step.id !== undefined) yield* this.#emulate(path, oneResponse(step, step.id, queues[0]!, answering))
    else
      for (const waiting of chosenFor(step, answering)) {
        const response = responseTo(waiting, step, answering)
        if (response) yield* this.#emulate(path, response)
      }
    if (step.push) for (const queue of queues) yield* this.#emulate(path, { type: 'pushResponses', queue })
    if (step.roundTrip) for (const queue of queues) yield* this.#emulate(path, { type: 'interrupt', queue })
    if (step.roundTrip) yield* this.#doAgain(path)
  }

  #answering(path: string): Answering {
    const waiting = this.#waiting
    this.script.work.waiting(waiting.length, path)
    const { unchecked } = this.script
    return { waiting, allQueues: this.#inFlight.length, unchecked, frontend: this.emulator.frontend }
  }

  /** Publishes what is in a queue's ring, and has the backend take it. */
  *#deliver(path: string, queue: number): Generator<Played, void> {
    const { frontend } = this.emulator
    const published = frontend.rings[queue]!.req_prod
    if (frontend.stateOf(queue).req_prod_pvt !== published) yield* this.#emulate(path, { type: 'push', queue })
    yield* this.#emulate(path, { type: 'consume', finalCheck: true, queue })
  }

  /** Its requests go to the queues in turn. */
  *#workload({ path, workload, queues, random: chance }: AtPath<WorkloadStep>): Generator<Played, void> {
    const random = chance()
    const most = Math.min(workload.inFlight ?? this.depth, this.depth)
    const unpublished = this.#inFlight.map(() => 0)
    let turn = 0
    for (const request of workload.requests()) {
      const queue = queues[turn++ % queues.length]!
      const inFlight = this.#inFlight[queue]!
      while (inFlight.size >= most && !this.#dead) {
        const before = inFlight.size
        yield* this.#roundTrip(path, queue, workload.batch, workload.order, random)
        unpublished[queue] = 0
        // A driver that disabled the device takes no answer any more.
        if (inFlight.size === before) break
      }
      let submitted = yield* this.#submit(path, queue, request)
      if (submitted.result !== 'queued' && inFlight.size > 0 && !this.#dead) {
        yield* this.#roundTrip(path, queue, Number.POSITIVE_INFINITY, workload.order, random)
        unpublished[queue] = 0
        submitted = yield* this.#submit(path, queue, request)
      }
      if (this.#dead || submitted.result !== 'queued') return
      if (++unpublished[queue]! < workload.batch) continue
      yield* this.#emulate(path, { type: 'push', queue })
      unpublished[queue] = 0
    }
    for (const [queue, count] of unpublished.entries()) if (count > 0) yield* this.#emulate(path, { type: 'push', queue })
  }

  *#submit(path: string, queue: number, request: BlockRequest): Generator<Played, Submitted> {
    const idle = this.emulator.frontend.stateOf(queue).persistent_gnts_c
    const outcome = this.emulator.step({ type: 'submit', request: this.#remembered(request), queue }) as Submitted
    this.#note(outcome, path)
    const again = outcome.result !== 'queued' && this.#inFlight[queue]!.size > 0 && !this.#dead
    yield { type: 'step', path, outcome, idle, again }
    return outcome
  }

  /** @param count requests that are answered, with both slots of those that were split */
  *#roundTrip(
    path: string,
    queue: number,
    count: number,
    order: 'in-order' | 'reverse' | 'random',
    random: Random,
  ): Generator<Played, void> {
    yield* this.#deliver(path, queue)
    const own = this.#waiting.filter((waiting) => waiting.queue === queue)
    const waiting = waitingInOrder(own, order, random)
    const splits = this.depth < this.emulator.frontend.ring.geometry.nr_ents
    for (const each of splits ? firstRequests(waiting, count) : waiting.slice(0, count))
      yield* this.#emulate(path, plainResponse(each, { status: 0, stillMapped: undefined }, this.emulator.frontend))
    yield* this.#emulate(path, { type: 'pushResponses', queue })
    yield* this.#emulate(path, { type: 'interrupt', queue })
  }
}

/** What waits of the first so many requests: a split one has two entries, which may stand far apart. */
function firstRequests(waiting: readonly WaitingAnswer[], count: number): WaitingAnswer[] {
  const chosen = new Set<number | TakenRequest>()
  for (const { request, serial } of waiting) if (chosen.size < count) chosen.add(serial ?? request)
  return waiting.filter(({ request, serial }) => chosen.has(serial ?? request))
}

/** Requests that blk-mq gives the driver at a time: half of the slots where each may need two. */
export function queueDepth({ config }: Pick<Script, 'config'>, nr_ents: number): number {
  const split = config.maxIndirectSegments === 0 && splitsAt(DRIVER_MODELS[config.driver], config.pageSize)
  return split ? nr_ents / 2 : nr_ents
}
