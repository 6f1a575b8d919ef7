// What the emulator did in a step, in the words of the vectors, field for field as they record it.
import type { Connected, Emulator, StepOutcome } from '../blkfront/index.ts'
import { BLKIF_OP_DISCARD, BLKIF_OP_READ, BLKIF_RSP_OKAY } from '../codec/xen/blkif.ts'
import { digestOfData, digestOfGrants, digestOfSource } from './data-digest.ts'
import type { VectorEvent } from './vector.ts'

/** The recorded fields of an event's outputs, as the emulator has them. */
export type Outputs = Readonly<Record<string, unknown>>

export function outputsOf(outcome: Connected | StepOutcome, emulator: Emulator): Outputs {
  return {
    ...fieldsOf(outcome, emulator),
    grants: outcome.grants,
    restartWork: outcome.restartWork,
    fatal: outcome.fatal !== undefined,
    state: outcome.state,
  }
}

/** The same fields of the recorded event. Where the kernel died, only that it did is compared: the words are the kernel's. */
export function expectedOutputsOf(event: VectorEvent, actual: Outputs): Outputs {
  const expected: Record<string, unknown> = {}
  for (const key of Object.keys(actual)) expected[key] = event[key]
  return {
    ...expected,
    grants: event['grants'] ?? [],
    restartWork: event['restartWork'] ?? 0,
    fatal: event.fatal !== undefined,
  }
}

function fieldsOf(outcome: Connected | StepOutcome, emulator: Emulator): Outputs {
  switch (outcome.type) {
    case 'init': {
      const { phase, ringGrefs, ringGfn, allocatedPages } = outcome
      return { phase, ringGrefs, ringGfn, allocatedPages }
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
      return { completed, featureFlush, featureDiscard }
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
