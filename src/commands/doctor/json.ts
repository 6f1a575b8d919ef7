// The JSON of a diagnosis: names as in Xen's headers where they have them, u64 as decimal strings.
import { type Diagnosis, type RingReplaced, type Verdict, type WaitingRequest, worst } from '../../doctor/index.ts'
import { redoneJson } from '../../rows/replaced-json.ts'
import { type Json, unitJson } from '../../rows/ring-json.ts'

/** One device: its main verdict, then each queue. */
export function deviceJson(queues: readonly Diagnosis[]): Json {
  const of = worst(queues)
  const [main] = of.verdicts as [Verdict]
  return {
    verdict: main.verdict,
    certainty: main.sureness,
    problem: main.problem,
    ...(queues.length > 1 && of.last.queue !== undefined ? { queue: of.last.queue } : {}),
    rings: queues.map(ringJson),
    next: of.next.map((step) => ({ ...step })),
  }
}

function ringJson(d: Diagnosis): Json {
  const { req_prod, req_event, rsp_prod, rsp_event } = d.last.sring
  const { answers, untaken, unseen } = d.owes
  return {
    source: d.last.source,
    ...(d.last.queue === undefined ? {} : { queue: d.last.queue }),
    snapshots: d.moments,
    nr_ents: d.last.nr_ents,
    req_prod,
    req_event,
    rsp_prod,
    rsp_event,
    ...Object.fromEntries(Object.entries(d.last.known).filter(([, index]) => index !== undefined)),
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
    ...(d.replaced === undefined ? {} : { replaced: replacedOf(d.replaced) }),
    drivers: d.drivers.map(({ driver, name, score, evidence, against }) => ({ driver, name, score, evidence, against })),
    settles: d.settles ?? null,
  }
}

function replacedOf({ before, after, moments, why, redone }: RingReplaced): Json {
  return { before, after, snapshots: moments, why, ...(redone === undefined ? {} : redoneJson(redone)) }
}

function waitingJson({ index, slot, request, sector_number, sectorUnit, since, sinceSource, sureness }: WaitingRequest): Json {
  return {
    index,
    slot,
    ...(request ? { op: request.op, operation: request.operation, id: String(request.id) } : {}),
    sector_number: String(sector_number),
    ...unitJson(sectorUnit),
    snapshot: since,
    source: sinceSource,
    certainty: sureness,
  }
}
