// Runs a scenario: frontend and backend on one ring, and for each step everything that can be seen of it.
import { Backend, type TakenRequest } from './backend.ts'
import type { Completion } from './complete.ts'
import type { Fatal } from './fatal.ts'
import { type DriverState, Frontend, type FrontendOptions, type SubmitResult } from './frontend.ts'
import type { BlockRequest, Scenario, ScenarioConfig, Step } from './scenario.ts'

/** `end`: access ended and the reference is free again. `stillMapped`: the driver looked, and the backend still maps the page. */
export type GrantOp =
  | { readonly op: 'grant'; readonly gref: number; readonly gfn: number; readonly readonly: boolean }
  | { readonly op: 'end'; readonly gref: number }
  | { readonly op: 'stillMapped'; readonly gref: number }

/** An indirect page as it stood when its request was written. */
export interface IndirectPage {
  readonly gref: number
  readonly gfn: number
  /** All 4096 bytes. */
  readonly bytes: Uint8Array
}

interface Common {
  /** Grant-table operations of the driver, in order. */
  readonly grants: readonly GrantOp[]
  /** How often references became free that the driver waited for, so that it restarted its queue. */
  readonly restartWork: number
  /** After the step. */
  readonly state: DriverState
  /** The driver has died, in this step or before. */
  readonly fatal?: Fatal
}

export interface Connected extends Common {
  readonly type: 'init'
  /** `connect`: it died there. */
  readonly phase: 'done' | 'connect'
  readonly ringGrefs: readonly number[]
  readonly ringGfn: number
  /** Linux pages: ring, grant pool and indirect pool. */
  readonly allocatedPages: number
}

export type StepResult =
  | {
      readonly type: 'submit' | 'queueRq'
      readonly request: BlockRequest
      readonly result: SubmitResult
      readonly slots: readonly number[]
      readonly ids: readonly number[]
      readonly indirect: readonly IndirectPage[]
      /** Of `queueRq` only. */
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
    }
  /** `head`: the first reference that the other driver got; absent where there were not enough. */
  | { readonly type: 'reserveGrefs'; readonly ok: boolean; readonly head?: number }
  | { readonly type: 'releaseGrefs' | 'backendUnmap' | 'purge' }

export type StepOutcome = Common & StepResult

export type EmulatorOptions = Omit<FrontendOptions, 'observer'>

/** A frontend with its backend, driven step by step, recording what each step did. */
export class Emulator {
  readonly frontend: Frontend
  readonly backend: Backend
  /** What connecting did. */
  readonly connected: Connected
  /** Heads of the references that another driver of the guest took. */
  readonly #foreign: number[] = []
  #grants: GrantOp[] = []

  constructor(config: ScenarioConfig, options: EmulatorOptions = {}) {
    const observer = {
      granted: (gref: number, gfn: number) => void this.#grants.push({ op: 'grant', gref, gfn, readonly: false }),
      ended: (gref: number) => void this.#grants.push({ op: 'end', gref }),
      stillMapped: (gref: number) => void this.#grants.push({ op: 'stillMapped', gref }),
    }
    this.frontend = new Frontend(config, { ...options, observer })
    this.backend = new Backend(this.frontend.ring, this.frontend.guest)
    this.connected = {
      type: 'init',
      phase: this.frontend.fatal ? 'connect' : 'done',
      ringGrefs: this.frontend.ringGrefs,
      ringGfn: this.frontend.ringGfn,
      allocatedPages: this.frontend.guest.memory.allocatedPages,
      ...this.#common(0),
    }
  }

  step(step: Step): StepOutcome {
    this.#grants = []
    const { restarts } = this.frontend.guest.grantTable
    const result = this.#do(step)
    return { ...result, ...this.#common(this.frontend.guest.grantTable.restarts - restarts) }
  }

  #common(restartWork: number): Common {
    const { state, fatal } = this.frontend
    return { grants: this.#grants, restartWork, state, ...(fatal ? { fatal } : {}) }
  }

  #do(step: Step): StepResult {
    const { frontend, backend } = this
    switch (step.type) {
      case 'submit':
        return this.#submitted('submit', step.request, frontend.submit(step.request))
      case 'queueRq':
        return this.#submitted('queueRq', step.request, frontend.queueRq(step.request))
      case 'push':
        return { type: 'push', ...frontend.push() }
      case 'consume': {
        const consumed = backend.consume(step.finalCheck, step.count)
        return { type: 'consume', ...consumed, req_cons: backend.req_cons }
      }
      case 'respond':
        return { type: 'respond', status: step.status, ...backend.respond(step) }
      case 'pushResponses':
        return { type: 'pushResponses', ...backend.pushResponses() }
      case 'interrupt': {
        const completed = frontend.interrupt()
        const { featureFlush, featureDiscard, ring } = frontend
        return { type: 'interrupt', completed, featureFlush, featureDiscard, rsp_event: ring.rsp_event }
      }
      case 'reserveGrefs': {
        const head = frontend.guest.grantTable.reserve(step.count)
        if (head === undefined) return { type: 'reserveGrefs', ok: false }
        this.#foreign.push(head)
        return { type: 'reserveGrefs', ok: true, head }
      }
      case 'releaseGrefs':
        for (const head of this.#foreign.splice(0)) frontend.guest.grantTable.release(head)
        return { type: 'releaseGrefs' }
      case 'backendUnmap':
        backend.unmap(step.grefs)
        return { type: 'backendUnmap' }
      case 'purge':
        frontend.purge()
        return { type: 'purge' }
    }
  }

  #submitted(
    type: 'submit' | 'queueRq',
    request: BlockRequest,
    submitted: {
      readonly result: SubmitResult
      readonly slots: readonly number[]
      readonly ids: readonly number[]
      notify?: boolean
    },
  ): StepResult {
    const id = submitted.ids[0]
    const pages = submitted.result === 'queued' && id !== undefined ? this.frontend.indirectPagesOf(id) : []
    const indirect = pages.map(({ gref, gfn, frame }) => ({ gref, gfn, bytes: frame.slice() }))
    return { type, request, ...submitted, indirect }
  }
}

/** Runs a whole scenario; the first outcome is that of connecting. A driver that died ends it, as it ends a kernel. */
export function* run(scenario: Scenario, options: EmulatorOptions = {}): Generator<Connected | StepOutcome, void> {
  const emulator = new Emulator(scenario.config, options)
  yield emulator.connected
  for (const step of scenario.steps) {
    if (emulator.frontend.fatal) return
    yield emulator.step(step)
  }
}
