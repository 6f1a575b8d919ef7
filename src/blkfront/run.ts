// Runs a scenario: frontend and backend on one ring, and for each step everything that can be seen of it.
import { count } from '../codec/struct/count.ts'
import { Backend, type TakenRequest } from './backend.ts'
import type { EndedBio } from './bios.ts'
import type { BlockRequest } from './block-request.ts'
import type { Completion } from './complete.ts'
import type { ScenarioConfig } from './config.ts'
import type { Fatal } from './fatal.ts'
import { type DriverState, Frontend, type FrontendOptions, type SubmitResult, type Suspended } from './frontend.ts'
import type { QueueLimits } from './limits.ts'
import type { Reconnected } from './recover.ts'
import type { Scenario, Step } from './scenario.ts'

/**
 * `end`: access ended and the reference is free again. `stillMapped`: the driver looked, and the backend still maps the page.
 * `deferred`: the same while it tears a ring down; the reference is given up and does not come back.
 */
export type GrantOp =
  | { readonly op: 'grant'; readonly gref: number; readonly gfn: number; readonly readonly: boolean }
  | { readonly op: 'end'; readonly gref: number }
  | { readonly op: 'stillMapped'; readonly gref: number }
  | { readonly op: 'deferred'; readonly gref: number }

/** An indirect page as it stood when its request was written; of an emulator that does not record, until the next step. */
export interface IndirectPage {
  readonly gref: number
  readonly gfn: number
  /** All 4096 bytes. */
  readonly bytes: Uint8Array
}

interface Common {
  /** Grant-table operations of the driver, in order; empty where nobody asked for them. */
  readonly grants: readonly GrantOp[]
  /** How many references it granted. */
  readonly granted: number
  /** How often references became free that the driver waited for, so that it restarted its queue. */
  readonly restartWork: number
  /** Which the step was about; 0 where it was about none. */
  readonly queue: number
  /** After the step, of the queue that it was about; of the first where it was about none. */
  readonly state: DriverState
  /** The state of every queue after the step. */
  readonly states: readonly DriverState[]
  /** The driver has died, in this step or before. */
  readonly fatal?: Fatal
}

/** What connecting did. */
export interface ConnectOutcome extends Common {
  readonly type: 'init'
  /** `connect`: it died there. */
  readonly phase: 'done' | 'connect'
  /** References of the first queue's ring pages. */
  readonly ringGrefs: readonly number[]
  readonly ringGfn: number
  /** The ring of each queue. */
  readonly rings: readonly GrantedRing[]
  /** Linux pages: rings, grant pools and indirect pools. */
  readonly allocatedPages: number
  readonly limits: QueueLimits
}

/** The ring of one queue, granted to the backend. */
export interface GrantedRing {
  readonly ringGrefs: readonly number[]
  readonly ringGfn: number
}

export type StepResult =
  | {
      readonly type: 'submit' | 'queueRq'
      readonly request: BlockRequest
      readonly result: SubmitResult
      readonly slots: readonly number[]
      readonly ids: readonly number[]
      readonly indirect: readonly IndirectPage[]
      /** Whether the backend asked for an event; of `queueRq` only. */
      readonly notify?: boolean
    }
  | { readonly type: 'push'; readonly notify: boolean; readonly req_prod: number }
  | {
      readonly type: 'consume'
      readonly requests: readonly TakenRequest[]
      readonly moreToDo?: boolean
      readonly req_cons: number
    }
  | { readonly type: 'respond'; readonly slot: number; readonly status: number; readonly request: TakenRequest | undefined }
  | { readonly type: 'pushResponses'; readonly notify: boolean; readonly rsp_prod: number }
  | {
      readonly type: 'interrupt'
      readonly completed: readonly Completion[]
      readonly featureFlush: boolean
      readonly featureDiscard: boolean
      readonly rsp_event: number
      /** Bios that ended with their requests, in order. */
      readonly bioEnd: readonly EndedBio[]
    }
  /** `head`: the first reference that the other driver got; absent where there were not enough. */
  | { readonly type: 'reserveGrefs'; readonly ok: boolean; readonly head?: number }
  | { readonly type: 'releaseGrefs' | 'backendUnmap' | 'purge' }
  | ({ readonly type: 'suspend' } & Suspended)
  | {
      readonly type: 'resume'
      /** 0, or a negative Linux error: the device is dead. */
      readonly rc: number
      /** Serials of requests that were ended while their bios go on. */
      readonly ended: readonly number[]
      readonly rings: readonly GrantedRing[]
      readonly ringPages: number
      /** PFN of the first Linux page that was allocated, and how many were. */
      readonly firstAllocPfn: number
      readonly allocatedPages: number
      /** Linux pages, those that were not the driver's to free among them. */
      readonly freedPages: number
      readonly foreignPages: number
    }
  | ({
      readonly type: 'reconnect'
      readonly config: ScenarioConfig
      readonly nr_ents: number
      readonly firstAllocPfn: number
      readonly allocatedPages: number
    } & Reconnected)

/** What a step did, with the state of the driver after it. */
export type StepOutcome = Common & StepResult

/** What an `Emulator` is told beside the scenario. */
export interface EmulatorOptions extends Omit<FrontendOptions, 'observer'> {
  /** Whether outcomes list grant-table operations and have indirect pages for good; true unless given. */
  readonly records?: boolean
}

/** A frontend with its backend, driven step by step, recording what each step did. */
export class Emulator {
  readonly frontend: Frontend
  #backends: readonly Backend[]
  /** What connecting did. */
  readonly connected: ConnectOutcome
  /** Heads of the references that another driver of the guest took. */
  readonly #foreign: number[] = []
  #grants: GrantOp[] = []
  #granted = 0
  readonly #records: boolean

  constructor(config: ScenarioConfig, { records = true, ...options }: EmulatorOptions = {}) {
    this.#records = records
    const counter = { granted: () => void this.#granted++, ended() {}, stillMapped() {}, deferred() {} }
    const lister = {
      granted: (gref: number, gfn: number) => {
        this.#granted++
        this.#grants.push({ op: 'grant', gref, gfn, readonly: false })
      },
      ended: (gref: number) => void this.#grants.push({ op: 'end', gref }),
      stillMapped: (gref: number) => void this.#grants.push({ op: 'stillMapped', gref }),
      deferred: (gref: number) => void this.#grants.push({ op: 'deferred', gref }),
    }
    this.frontend = new Frontend(config, { ...options, observer: records ? lister : counter })
    this.#backends = this.#newBackends()
    this.connected = {
      type: 'init',
      phase: this.frontend.fatal ? 'connect' : 'done',
      ringGrefs: this.frontend.ringGrefs,
      ringGfn: this.frontend.ringGfn,
      rings: this.#rings(),
      allocatedPages: this.frontend.guest.memory.allocatedPages,
      limits: this.frontend.limits,
      ...this.#common(0, 0),
    }
  }

  /** What answers the first queue. */
  get backend(): Backend {
    return this.backendOf(0)
  }

  backendOf(queue: number): Backend {
    const backend = this.#backends[queue]
    if (!backend) throw new RangeError(`the device has ${count(this.#backends.length, 'queue')}, and none is number ${queue}`)
    return backend
  }

  step(step: Step): StepOutcome {
    this.#grants = []
    this.#granted = 0
    const { restarts } = this.frontend.guest.grantTable
    const queue = 'queue' in step ? (step.queue ?? 0) : 0
    const result = this.#do(step, queue)
    return { ...result, ...this.#common(this.frontend.guest.grantTable.restarts - restarts, queue) }
  }

  #common(restartWork: number, queue: number): Common {
    const { fatal, rings } = this.frontend
    const states = rings.length === 1 ? undefined : rings.map((_, n) => this.frontend.stateOf(n))
    const state = states?.[queue] ?? this.frontend.stateOf(queue)
    return {
      grants: this.#grants,
      granted: this.#granted,
      restartWork,
      queue,
      state,
      states: states ?? [state],
      ...(fatal ? { fatal } : {}),
    }
  }

  #newBackends(): Backend[] {
    return this.frontend.rings.map((ring) => new Backend(ring, this.frontend.guest))
  }

  #rings(): GrantedRing[] {
    const { frontend } = this
    return frontend.rings.map((_, n) => ({ ringGrefs: frontend.ringGrefsOf(n), ringGfn: frontend.ringGfnOf(n) }))
  }

  #resume(step: Extract<Step, { type: 'resume' }>): StepResult {
    const { frontend } = this
    const { memory } = frontend.guest
    const firstAllocPfn = memory.nextPage
    const { rc, ended, freedPages, foreignPages } = frontend.resume(step.backendNodes, step.trusted)
    this.#backends = this.#newBackends()
    const allocatedPages = memory.nextPage - firstAllocPfn
    const { ringPages } = frontend.config
    return { type: 'resume', rc, ended, rings: this.#rings(), ringPages, firstAllocPfn, allocatedPages, freedPages, foreignPages }
  }

  #reconnect(): StepResult {
    const { frontend } = this
    const { memory } = frontend.guest
    const firstAllocPfn = memory.nextPage
    const reconnected = frontend.reconnect()
    const allocatedPages = memory.nextPage - firstAllocPfn
    const { config, ring } = frontend
    return { type: 'reconnect', ...reconnected, config, nr_ents: ring.geometry.nr_ents, firstAllocPfn, allocatedPages }
  }

  #do(step: Step, queue: number): StepResult {
    const { frontend } = this
    const backend = this.backendOf(queue)
    switch (step.type) {
      case 'submit':
        return this.#submitted('submit', step.request, queue, frontend.submit(step.request, queue, step.from))
      case 'queueRq':
        return this.#submitted('queueRq', step.request, queue, frontend.queueRq(step.request, queue, step.from))
      case 'push':
        return { type: 'push', ...frontend.push(queue) }
      case 'consume': {
        const consumed = backend.consume(step.finalCheck, step.count)
        return { type: 'consume', ...consumed, req_cons: backend.req_cons }
      }
      case 'respond':
        return { type: 'respond', status: step.status, ...backend.respond(step) }
      case 'pushResponses':
        return { type: 'pushResponses', ...backend.pushResponses() }
      case 'interrupt': {
        const bioEnd: EndedBio[] = []
        const completed = frontend.interrupt(queue, bioEnd)
        const { featureFlush, featureDiscard, rings } = frontend
        return { type: 'interrupt', completed, featureFlush, featureDiscard, rsp_event: rings[queue]!.rsp_event, bioEnd }
      }
      case 'reserveGrefs': {
        const head = frontend.guest.grantTable.reserve(step.count)
        if (head === undefined) return { type: 'reserveGrefs', ok: false }
        this.#foreign.push(head)
        return { type: 'reserveGrefs', ok: true, head }
      }
      case 'releaseGrefs':
        for (const head of this.#foreign.filter((h) => step.head === undefined || h === step.head)) {
          this.#foreign.splice(this.#foreign.indexOf(head), 1)
          frontend.guest.grantTable.release(head)
        }
        return { type: 'releaseGrefs' }
      case 'backendUnmap':
        backend.unmap(step.grefs)
        return { type: 'backendUnmap' }
      case 'purge':
        frontend.purge()
        return { type: 'purge' }
      case 'suspend':
        return { type: 'suspend', ...frontend.suspend(step.grantTable) }
      case 'resume':
        return this.#resume(step)
      case 'reconnect':
        return this.#reconnect()
    }
  }

  #submitted(
    type: 'submit' | 'queueRq',
    request: BlockRequest,
    queue: number,
    submitted: {
      readonly result: SubmitResult
      readonly slots: readonly number[]
      readonly ids: readonly number[]
      notify?: boolean
    },
  ): StepResult {
    const id = submitted.ids[0]
    const pages = submitted.result === 'queued' && id !== undefined ? this.frontend.indirectPagesOf(id, queue) : []
    const indirect = pages.map(({ gref, gfn, frame }) => ({ gref, gfn, bytes: this.#records ? frame.slice() : frame }))
    return { type, request, ...submitted, indirect }
  }
}

/** Runs a whole scenario; the first outcome is that of connecting. A driver that died ends it, as it ends a kernel. */
export function* run(scenario: Scenario, options: EmulatorOptions = {}): Generator<ConnectOutcome | StepOutcome, void> {
  const emulator = new Emulator(scenario.config, options)
  yield emulator.connected
  for (const step of scenario.steps) {
    if (emulator.frontend.fatal) return
    yield emulator.step(step)
  }
}
