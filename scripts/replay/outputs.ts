// What the emulator did in a step, in the words of the vectors, field for field as they record it.
import type { ConnectOutcome, Emulator, StepOutcome } from '../../src/blkfront/index.ts'
import { BLKIF_OP_DISCARD, BLKIF_OP_READ, BLKIF_RSP_OKAY } from '../../src/codec/xen/blkif.ts'
import type { VectorEvent } from '../../src/scenario/vector.ts'
import { digestOfData, digestOfGrants, digestOfSource } from './data-digest.ts'

/** The recorded fields of an event's outputs, as the emulator has them. */
export type Outputs = Readonly<Record<string, unknown>>

export function outputsOf(outcome: ConnectOutcome | StepOutcome, emulator: Emulator): Outputs {
  return {
    ...fieldsOf(outcome, emulator),
    grants: outcome.grants,
    restartWork: outcome.restartWork,
    fatal: outcome.fatal !== undefined,
    state: stateOf(outcome),
  }
}

/** What is not about one queue has the states of all, where there are several. */
function stateOf(outcome: ConnectOutcome | StepOutcome): unknown {
  // Of a device that is dead nothing is left to look at.
  if (outcome.type === 'resume' && outcome.rc !== 0) return undefined
  return ABOUT_THE_DEVICE.has(outcome.type) ? alone(outcome.states) : outcome.state
}

const ABOUT_THE_DEVICE: ReadonlySet<string> = new Set([
  'init',
  'reserveGrefs',
  'releaseGrefs',
  'backendUnmap',
  'purge',
  'suspend',
  'resume',
  'reconnect',
])

function alone<T>(values: readonly T[]): T | readonly T[] {
  return values.length === 1 ? values[0]! : values
}

/** As the vectors write a free list: runs of references that ascend, or with -1 descend. */
function runsOf(list: readonly number[]): number[][] {
  const runs: number[][] = []
  for (let i = 0; i < list.length; ) {
    const step = list[i + 1]! - list[i]!
    let count = 1
    if (step === 1 || step === -1) while (list[i + count] === list[i]! + step * count) count++
    runs.push(step === -1 ? [list[i]!, count, -1] : [list[i]!, count])
    i += count
  }
  return runs
}

function freeListOf(emulator: Emulator): number[][] {
  return runsOf(emulator.frontend.guest.grantTable.freeList())
}

function listed<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined
}

/** The same fields of the recorded event. Where the kernel died, only that it did is compared: the words are the kernel's. */
export function expectedOutputsOf(event: VectorEvent, actual: Outputs): Outputs {
  const expected: Record<string, unknown> = {}
  for (const key of Object.keys(actual)) expected[key] = event[key]
  if (actual['state'] === undefined) expected['state'] = undefined
  // Without a last look the backend cannot know of more.
  if (event.type === 'consume' && !event.finalCheck) expected['moreToDo'] = undefined
  return {
    ...expected,
    grants: event['grants'] ?? [],
    restartWork: event['restartWork'] ?? 0,
    fatal: event.fatal !== undefined,
  }
}

function fieldsOf(outcome: ConnectOutcome | StepOutcome, emulator: Emulator): Outputs {
  switch (outcome.type) {
    case 'init': {
      const { phase, rings, allocatedPages } = outcome
      return {
        phase,
        ringGrefs: alone(rings.map(({ ringGrefs }) => ringGrefs)),
        ringGfn: alone(rings.map(({ ringGfn }) => ringGfn)),
        allocatedPages,
      }
    }
    case 'suspend': {
      const { inFlight, unmapped } = outcome
      return { inFlight, unmapped }
    }
    case 'resume': {
      const { rc, ended, ringPages, rings, firstAllocPfn, allocatedPages, freedPages, fatal } = outcome
      const common = { ended, firstAllocPfn, allocatedPages, freedPages }
      if (fatal) return common
      if (rc !== 0) return { rc, ...common }
      return {
        rc,
        ...common,
        ringPages,
        ringGrefs: alone(rings.map(({ ringGrefs }) => ringGrefs)),
        ringGfn: alone(rings.map(({ ringGfn }) => ringGfn)),
        nrRings: rings.length > 1 ? rings.length : undefined,
        freeList: freeListOf(emulator),
      }
    }
    case 'reconnect': {
      const { config, limits, nr_ents, firstAllocPfn, allocatedPages, ended, requeued, bios, uncovered, lost, lostBios } = outcome
      const { persistent, bounce, maxIndirectSegments, featureFlush, featureFua, featureDiscard, featureSecdiscard } = config
      const all = { persistent, bounce, maxIndirectSegments, featureFlush, featureFua, featureDiscard, featureSecdiscard }
      return {
        ...all,
        limits,
        nrEnts: nr_ents,
        firstAllocPfn,
        allocatedPages,
        ended,
        requeued,
        bios: bios.map((bio) => ({
          ...bio,
          sector: String(bio.sector),
          requests: bio.requests.map((request) => ({ ...request, sector: String(request.sector) })),
        })),
        uncovered: listed(uncovered),
        lost: listed(lost),
        lostBios: listed(lostBios),
        freeList: freeListOf(emulator),
      }
    }
    case 'submit':
    case 'queueRq': {
      const { result, slots, ids, notify, request } = outcome
      const taken = slots.length > 0 ? { slots, ids } : { slots: undefined, ids: undefined }
      const { segments } = request
      const dataFnv = request.op === 'write' ? digestOfSource(segments, emulator) : undefined
      return { result, ...taken, notify, dataFnv }
    }
    case 'consume': {
      const requests = outcome.requests.map((request) => ({
        slot: request.slot,
        id: Number(request.id),
        op: request.operation,
        dataOp: request.dataOp,
        nr: request.nr_segments,
        bytes: request.bytes,
        dataFnv:
          request.dataOp !== BLKIF_OP_READ && request.dataOp !== BLKIF_OP_DISCARD ? digestOfGrants(request, emulator) : undefined,
      }))
      return { requests, moreToDo: outcome.moreToDo, req_cons: outcome.req_cons }
    }
    case 'respond': {
      const { slot, request, status } = outcome
      const delivered = request?.dataOp === BLKIF_OP_READ && status === BLKIF_RSP_OKAY
      return { slot, dataFnv: delivered ? digestOfGrants(request, emulator) : undefined }
    }
    case 'interrupt': {
      const { featureFlush, featureDiscard } = outcome
      const completed = outcome.completed.map(({ serial, error, request }) => ({
        serial,
        error,
        dataFnv: request.op === 'read' && error === 0 ? digestOfData(request.segments, emulator) : undefined,
      }))
      return { completed, featureFlush, featureDiscard, bioEnd: listed(outcome.bioEnd) }
    }
    case 'push':
      return { notify: outcome.notify, req_prod: outcome.req_prod }
    case 'pushResponses':
      return { notify: outcome.notify, rsp_prod: outcome.rsp_prod }
    case 'reserveGrefs':
      return { ok: outcome.ok, head: outcome.head }
    default:
      return {}
  }
}
