// The JSON of a diagnosis: names as in Xen's headers where they have them, u64 as decimal strings.
import { opName } from '../../codec/xen/operations.ts'
import {
  type DeviceCase,
  type RingDiagnosis,
  type RingReplaced,
  type Verdict,
  type WaitingRequest,
  worst,
} from '../../doctor/index.ts'
import type { JsonOf } from '../../print/shape.ts'
import { redoneJson } from '../../rows/replaced-json.ts'
import { unitJson } from '../../rows/ring-json.ts'
import type { DEVICE } from './shape.ts'

type DeviceJson = JsonOf<typeof DEVICE>
type RingJson = DeviceJson['rings'][number]

/** One device: its main verdict, then each queue. */
export function deviceJson(queues: readonly RingDiagnosis[]): DeviceJson {
  const { verdicts, next } = worst(queues)
  return caseJson({ name: undefined, diagnoses: queues, verdicts, remarks: [], xenstore: undefined, next })
}

/** The same, with what other inputs say of it. */
export function caseJson({ name, diagnoses, verdicts, remarks, next }: DeviceCase): DeviceJson {
  const [main] = verdicts as [Verdict]
  const queue = diagnoses.length > 1 ? worst(diagnoses).last.queue : undefined
  return {
    ...(name === undefined ? {} : { device: name }),
    verdict: main.verdict,
    certainty: main.sureness,
    problem: main.problem,
    ...(queue === undefined ? {} : { queue }),
    ...(diagnoses.length === 0 ? { text: main.text } : {}),
    rings: diagnoses.map(ringJson),
    remarks: remarks.map(({ source, line, text, contradicts }) => ({
      source,
      ...(line === undefined ? {} : { line }),
      text,
      contradicts,
    })),
    next: next.map((step) => ({ ...step })),
  }
}

function ringJson(d: RingDiagnosis): RingJson {
  const { req_prod, req_event, rsp_prod, rsp_event } = d.last.sring
  const { answers, untaken, unseen } = d.owes
  return {
    source: d.last.source,
    ...(d.last.queue === undefined ? {} : { queue: d.last.queue }),
    snapshots: d.moments,
    nr_ents: d.last.nr_ents ?? null,
    ...given({ req_prod, req_event, rsp_prod, rsp_event }),
    ...given(d.last.known),
    ...(d.last.ringRefs ? { ring_ref: [...d.last.ringRefs] } : {}),
    ...(d.last.evtchn === undefined ? {} : { event_channel: d.last.evtchn }),
    outstanding: answers ?? null,
    requestsNotTaken: untaken ? { ...untaken } : null,
    responsesNotTaken: unseen ? { ...unseen } : null,
    verdicts: d.verdicts.map(({ verdict, problem, sureness, text, causes }) => ({
      verdict,
      certainty: sureness,
      problem,
      text,
      causes,
    })),
    evidence: d.evidence,
    waiting: d.waiting.map(waitingJson),
    ...(d.answered.length > 0 ? { answered: d.answered.map(String) } : {}),
    ...(d.replaced === undefined ? {} : { replaced: replacedOf(d.replaced) }),
    drivers: d.drivers.map(({ driver, name, score, evidence, against }) => ({ driver, name, score, evidence, against })),
    settles: d.settles ?? null,
  }
}

/** What is known. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}

function replacedOf({ before, after, moments, why, redone }: RingReplaced): NonNullable<RingJson['replaced']> {
  return { before, after, snapshots: moments, why, ...(redone === undefined ? {} : redoneJson(redone)) }
}

function waitingJson({
  index,
  slot,
  id,
  request,
  operation,
  sector_number,
  sectorUnit,
  since,
  sinceSource,
  sureness,
  taken,
}: WaitingRequest): RingJson['waiting'][number] {
  return {
    ...given({ index, slot }),
    ...(request
      ? { op: request.op, operation: request.operation }
      : operation === undefined
        ? {}
        : { op: opName(operation), operation }),
    ...(id === undefined ? {} : { id: String(id) }),
    ...(sector_number === undefined ? {} : { sector_number: String(sector_number) }),
    ...unitJson(sectorUnit),
    snapshot: since,
    source: sinceSource,
    certainty: sureness,
    ...(taken === undefined ? {} : { taken }),
  }
}
