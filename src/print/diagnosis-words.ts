// Verdicts, sides and requests in words.

import { idText } from '../codec/ring/id-text.ts'
import { countsSlots } from '../codec/ring/multi-slot.ts'
import { NO_SECTOR } from '../codec/xen/blkif.ts'
import { opName } from '../codec/xen/operations.ts'
import type { Bounds, Moment, RingDiagnosis, VerdictName, WaitingRequest } from '../doctor/index.ts'
import { unitText } from './slot-words.ts'
import { count } from './text.ts'

export const TITLES: Readonly<Record<VerdictName, string>> = {
  'not-connected': 'not connected',
  'corrupt-indices': 'corrupt indices',
  uninitialised: 'not initialised',
  'disk-disabled': 'disk disabled by the frontend',
  'lost-back-to-front-event': 'lost back-to-front event',
  'requests-lost': 'requests lost by the frontend',
  'responses-not-taken': 'responses not taken by the frontend',
  'lost-front-to-back-event': 'lost front-to-back event',
  'backend-blocked': 'backend blocked',
  'requests-not-taken': 'requests not taken by the backend',
  'storage-below': 'storage below the ring',
  unanswered: 'requests without an answer',
  'some-stuck': 'some requests stuck',
  'ring-full': 'ring full',
  'foreign-indices': 'private indices of another moment',
  'io-errors': 'answered with errors',
  'not-shown': 'no ring shown',
  'never-used': 'never used',
  moving: 'healthy and moving',
  idle: 'idle',
  'polling-backend': 'polling backend',
  'deferred-completion': 'deferred completion policy',
}

function inSlots({ shown }: Pick<Moment, 'shown'>): boolean {
  return shown !== undefined && countsSlots(shown.ring)
}

/** Who owes work to whom. */
export function owesText({ owes: { answers, untaken, unseen }, last }: RingDiagnosis): string {
  const isKnown = last.sring.req_prod !== undefined && last.sring.rsp_prod !== undefined
  if (answers === undefined || !untaken || !unseen)
    return isKnown && answers === undefined
      ? 'nobody can say: the indices are impossible'
      : 'as far as the indices go that are known; those of the page are not all there'
  const back =
    answers === 0
      ? 'the backend owes nothing'
      : `the backend owes ${inSlots(last) ? `answers for ${count(answers, 'slot')}` : count(answers, 'answer')}${untaken.atMost === 0 ? '' : `, and has ${bounds(untaken)} of these${inSlots(last) ? '' : ' requests'} still to take`}`
  const front =
    unseen.atMost === 0
      ? 'the frontend owes nothing'
      : `the frontend has ${bounds(unseen)} ${unseen.atMost === 1 ? 'response' : 'responses'} to take`
  return `${back}; ${front}`
}

function bounds({ atLeast, atMost }: Bounds): string {
  return atLeast === atMost ? String(atMost) : `${atLeast} to ${atMost}`
}

/** A waiting request in a few words. */
export function waitingText({
  index,
  slot,
  id,
  request,
  operation,
  sector_number,
  sectorUnit,
  sureness,
  taken,
}: WaitingRequest): string {
  const sector =
    sector_number === undefined ? 'sector not known' : sector_number === NO_SECTOR ? 'no sector' : `sector ${sector_number}`
  const where = index === undefined ? '' : `index ${index}, slot ${slot}`
  const doubt = `${sureness === 'may' ? ' (may be answered)' : ''}${taken === undefined ? '' : taken ? '; the backend has it' : '; the backend has not taken it'}`
  if (!request)
    return id === undefined
      ? `${where}, beneath a response: ${sector}${doubt}`
      : `${where}${where && ': '}${operation === undefined ? '' : `${opName(operation)}, `}id ${idText(id)}, ${sector}${doubt}`
  const op = request.kind === 'indirect' ? `indirect ${opName(request.indirect_op)}` : request.op
  const sectors =
    request.kind === 'other' || request.nr_sectors === null ? '' : `, ${count(request.nr_sectors, 'sector')}${unitText(sectorUnit)}`
  return `${where}${where && ': '}${op}, id ${idText(request.id)}, ${sector}${sectors}${doubt}`
}

/** The driver that a ring looks like, and what tells it. */
export function driverText({ drivers, last }: RingDiagnosis): string {
  const [best, second] = drivers
  if (!best) return last.shown ? 'no driver in particular: nothing on the ring tells' : 'not known: there are indices only'
  const next = second ? `; next ${second.name} (${second.score})` : ''
  return `${best.name} (score ${best.score}, a hint): ${best.evidence.slice(0, 3).join('; ')}${next}`
}
