// Verdicts, sides and requests in words.

import { idText } from '../../codec/ring/id-text.ts'
import { countsSlots } from '../../codec/ring/multi-slot.ts'
import { NO_SECTOR } from '../../codec/xen/blkif.ts'
import { opName } from '../../codec/xen/operations.ts'
import type { Bounds, Diagnosis, Moment, VerdictName, WaitingRequest } from '../../doctor/index.ts'
import { unitText } from '../../print/slot-words.ts'
import { count } from '../../print/text.ts'

export const TITLES: Readonly<Record<VerdictName, string>> = {
  'not-connected': 'not connected',
  'corrupt-indices': 'corrupt indices',
  uninitialised: 'not initialised',
  'disk-disabled': 'disk disabled by the frontend',
  'lost-back-to-front-event': 'lost back-to-front event',
  'responses-not-taken': 'responses not taken by the frontend',
  'lost-front-to-back-event': 'lost front-to-back event',
  'backend-blocked': 'backend blocked',
  'requests-not-taken': 'requests not taken by the backend',
  'storage-below': 'storage below the ring',
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

function inSlots({ shown }: Moment): boolean {
  return shown !== undefined && countsSlots(shown.ring)
}

/** Who owes work to whom. */
export function owesText({ owes: { answers, untaken, unseen }, last }: Diagnosis): string {
  if (answers === undefined || !untaken || !unseen) return 'nobody can say: the indices are impossible'
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
export function waitingText({ index, slot, request, sector_number, sectorUnit, sureness }: WaitingRequest): string {
  const sector = sector_number === NO_SECTOR ? 'no sector' : `sector ${sector_number}`
  const doubt = sureness === 'certain' ? '' : sureness === 'likely' ? '' : ' (may be answered)'
  if (!request) return `index ${index}, slot ${slot}, beneath a response: ${sector}${doubt}`
  const op = request.kind === 'indirect' ? `indirect ${opName(request.indirect_op)}` : request.op
  const sectors =
    request.kind === 'other' || request.nr_sectors === null ? '' : `, ${count(request.nr_sectors, 'sector')}${unitText(sectorUnit)}`
  return `index ${index}, slot ${slot}: ${op}, id ${idText(request.id)}, ${sector}${sectors}${doubt}`
}
