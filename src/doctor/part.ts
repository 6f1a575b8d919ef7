// What private indices say where the page is not at hand: of one side, or of both, and of what the frontend waits for.
import { distance } from '../codec/ring/ring-idx.ts'
import { DEFAULT_SECTOR_UNIT } from '../codec/ring/sector-unit.ts'
import { count } from '../codec/struct/count.ts'
import type { Owes, RingDiagnosis } from './diagnosis.ts'
import type { PartOfMoment } from './moment.ts'
import { nextSteps } from './next-steps.ts'
import { placesOf, shadowText } from './shadow-text.ts'
import type { Verdict } from './verdict.ts'
import type { WaitingRequest } from './waiting-requests.ts'

/** How much work indices say there is; undefined where one of two is missing. */
interface Work extends Owes {
  /** Requests that the frontend sent and took no answer for. */
  readonly sent: number | undefined
  /** Requests that the backend took and did not answer. */
  readonly held: number | undefined
  /** Requests that the backend is shown to work on. */
  readonly pending: number | undefined
  /** Entries of the frontend's shadow that are in use. */
  readonly inUse: number | undefined
}

/**
 * A diagnosis of a ring by what is known of it without all four indices of its page.
 * @returns undefined where nothing says what waits
 */
export function diagnosePart(moment: PartOfMoment): RingDiagnosis | undefined {
  const work = workOf(moment)
  const verdict = verdictOf(work, moment)
  if (!verdict) return undefined
  return {
    verdicts: [verdict],
    owes: { answers: work.answers, untaken: work.untaken, unseen: work.unseen },
    evidence: [...evidenceOf(moment, work)],
    waiting: waitingOf(moment, work),
    answered: [],
    drivers: [],
    settles: settlesOf(moment),
    next: nextSteps(verdict.verdict, moment.xenstore),
    last: moment,
    moments: 1,
    replaced: undefined,
  }
}

function workOf(moment: PartOfMoment): Work {
  const { sring, known, nr_ents, shadow } = moment
  // What one side has produced it publishes at once: without the page its own index tells.
  const { req_prod = known.req_prod_pvt, rsp_prod = known.rsp_prod_pvt } = sring
  const between = (from: number | undefined, to: number | undefined): number | undefined => {
    const n = from === undefined || to === undefined ? undefined : distance(from, to)
    return n === undefined || (nr_ents !== undefined && n > nr_ents) ? undefined : n
  }
  const exactly = (n: number | undefined) => (n === undefined ? undefined : { atLeast: n, atMost: n })
  return {
    answers: between(rsp_prod, req_prod),
    untaken: exactly(between(known.req_cons, req_prod)),
    unseen: exactly(between(known.rsp_cons, rsp_prod)),
    sent: between(known.rsp_cons, known.req_prod_pvt ?? req_prod),
    held: between(known.rsp_prod_pvt ?? rsp_prod, known.req_cons),
    pending: moment.pending?.size,
    inUse: shadow ? [...shadow.entries.values()].filter(({ inUse, isAnswered }) => inUse && !isAnswered).length : undefined,
  }
}

function verdictOf({ answers, untaken, unseen, sent, held, pending, inUse }: Work, { shadow }: PartOfMoment): Verdict | undefined {
  const problem = { problem: true, sureness: 'may' } as const
  const motion = 'nothing is wrong, and the ring was caught in motion'
  const kept = held || pending
  if (kept)
    return {
      ...problem,
      verdict: 'storage-below',
      text: `The backend has taken ${count(kept, 'request')} that it has not answered (${held ? 'req_cons - rsp_prod_pvt' : 'its pending_req'}): the I/O waits in the backend or in the storage below it. Whether that lasts, one moment cannot tell.`,
      causes: [
        motion,
        'the device or file below the backend completes no I/O: suspended, out of space, a lost path, hung network storage',
      ],
    }
  if (unseen?.atLeast)
    return {
      ...problem,
      verdict: 'responses-not-taken',
      text: `The frontend has not taken ${count(unseen.atLeast, 'response')}. Whether an event is owed to it, only the page tells.`,
      causes: [motion, 'the guest is paused, or the event from the backend to the frontend was lost'],
    }
  if (untaken?.atLeast)
    return {
      ...problem,
      verdict: 'requests-not-taken',
      text: `The backend has not taken ${count(untaken.atLeast, 'request')}. Whether an event is owed to it, only the page tells.`,
      causes: [motion, 'the event from the frontend to the backend was lost, or the thread of the backend is blocked or dead'],
    }
  const waits = sent ?? answers ?? inUse
  if (waits) {
    const whose = sent !== undefined ? ' sent, and took no answer for them (req_prod_pvt - rsp_cons)' : ' sent, and waits for'
    return {
      ...problem,
      verdict: 'unanswered',
      text: `The frontend has ${count(waits, 'request')} that it${whose}. Whether the backend has not answered, or the frontend has not taken the answers, only the page or the backend's indices tell.`,
      causes: [
        motion,
        'the storage below the backend completes no I/O',
        'an event was lost, or the guest or the backend does not run',
      ],
    }
  }
  if (sent === undefined && held === undefined && answers === undefined && !(inUse === 0 && shadow?.isWhole)) return undefined
  const text =
    sent === 0 || inUse === 0
      ? 'The frontend waits for nothing: it took an answer for every request that it sent.'
      : 'The backend has answered every request that it has taken; whether others wait on the ring, only the page tells.'
  return { verdict: 'idle', problem: false, sureness: 'likely', text, causes: [] }
}

function* evidenceOf(moment: PartOfMoment, { sent, held, inUse }: Work): Generator<string> {
  const { sring, known, nr_ents } = moment
  const said = (entries: object) =>
    Object.entries(entries).flatMap(([name, index]) => (index === undefined ? [] : [`${name} ${index}`]))
  const shared = said(sring)
  const slots = nr_ents === undefined ? '' : `; ${nr_ents} slots`
  if (shared.length > 0) yield `${shared.join(', ')}${slots}`
  const own = said(known)
  if (own.length > 0) yield `${own.join(', ')}${shared.length > 0 ? '' : slots}`
  if (sent !== undefined) yield `req_prod_pvt - rsp_cons = ${sent}: what the frontend has sent and not taken an answer for`
  if (held !== undefined) yield `req_cons - rsp_prod_pvt = ${held}: what the backend has taken and not answered`
  if (inUse !== undefined) yield shadowText(moment, inUse)
  yield* placesOf(moment)
}

/** By the shadow. Whether the backend has a request, its own list says. */
function waitingOf({ shadow, pending, source }: PartOfMoment, { unseen, sent, untaken, held }: Work): WaitingRequest[] {
  const inUse = [...(shadow?.entries.values() ?? [])].filter((entry) => entry.inUse && !entry.isAnswered)
  const kept = inUse.length > 0 ? inUse : [...(pending?.keys() ?? [])].map((id) => ({ id, request: undefined }))
  if (unseen !== undefined && unseen.atLeast > 0 && unseen.atLeast === sent) return []
  return kept
    .sort((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
    .map(({ id, request }) => ({
      index: undefined,
      slot: undefined,
      id: BigInt(id),
      request,
      operation: pending?.get(BigInt(id)) ?? request?.operation,
      sector_number: request?.sector_number,
      sectorUnit: DEFAULT_SECTOR_UNIT,
      since: 0,
      sinceSource: source,
      sureness: unseen?.atMost === 0 || pending?.has(BigInt(id)) ? 'certain' : 'may',
      taken: pending?.has(BigInt(id)) || (untaken?.atMost === 0 && held !== undefined) ? true : undefined,
    }))
}

function settlesOf({ sring, known }: PartOfMoment): string | undefined {
  const missing = (['req_prod', 'req_event', 'rsp_prod', 'rsp_event'] as const).filter((name) => sring[name] === undefined)
  const page = missing.length > 0 ? `The page of the ring, or ${missing.join(', ')} of its struct blkif_sring` : ''
  const other =
    known.req_cons === undefined
      ? 'req_cons and rsp_prod_pvt of the backend (struct xen_blkif_ring, io_ring)'
      : known.rsp_cons === undefined
        ? 'req_prod_pvt and rsp_cons of the frontend (struct blkfront_ring_info)'
        : ''
  return [page, other].filter(Boolean).join('; and ') || undefined
}
