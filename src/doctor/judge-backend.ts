// What the backend owes: requests that it has not taken, and answers to those that it has.

import type { Request } from '../codec/ring/request.ts'
import { advance, distance, inWindow } from '../codec/ring/ring-idx.ts'
import { count } from '../codec/struct/count.ts'
import { BLKIF_OP_DISCARD, BLKIF_OP_WRITE_BARRIER } from '../codec/xen/blkif.ts'
import { opName } from '../codec/xen/operations.ts'
import { type Case, lasting, manyRequests, prevails, seenFor, stands } from './case.ts'
import { type Sureness, weakest } from './sureness.ts'
import type { Verdict } from './verdict.ts'

export function judgeBackend(c: Case): Verdict[] {
  const { history } = c
  const { outstanding, untaken, known } = history.reading
  if (outstanding === 0) return []
  const answersNone = stands(history.noAnswers, c)
  if (c.qdisk && untaken.atMost > 0 && known.req_cons === undefined) return answersNone ? takenOrNot(c) : someStuck(c)
  if (untaken.atMost > 0 && stands(history.nothingTaken, c))
    return outstanding > untaken.atMost && answersNone ? [...notTaken(c), takenBelow(c)] : notTaken(c)
  return answersNone ? [allBelow(c)] : someStuck(c)
}

/** Of QEMU: its event tells neither. The storage comes first, since QEMU takes requests as long as it runs. */
function takenOrNot(c: Case): Verdict[] {
  const { history } = c
  const { outstanding } = history.reading
  const both =
    'QEMU moves req_event only when nothing is in flight, so the page does not tell requests that wait in its storage from requests that it has not taken'
  const below = storageBelow(c, `${manyRequests(outstanding, c)} without an answer. ${both}. If it has taken them`, 'may')
  const motion = history.moments === 1 ? ['nothing is wrong, and the ring was caught in motion'] : []
  const left: Verdict = {
    verdict: 'requests-not-taken',
    problem: true,
    sureness: 'may',
    text: `Or QEMU has not taken ${untakenText(c)}: the page would look the same. ${seenFor(history.noAnswers, c)}`,
    causes: [
      ...motion,
      'QEMU is stopped, dead, or busy elsewhere',
      'the event from the frontend to the backend was lost, or is masked in the domain of the backend',
    ],
  }
  return [{ ...below, sureness: 'may', holdsMost: true }, left]
}

function allBelow(c: Case): Verdict {
  const { outstanding, untaken } = c.history.reading
  const taken = untaken.atMost === 0 ? 'and the backend has taken every one' : 'most or all of them taken by the backend'
  return storageBelow(c, `${manyRequests(outstanding, c)} without an answer, ${taken}`, untaken.atMost > 0 ? 'likely' : 'certain')
}

/** Of those that the backend has taken for certain, where it seems to have left others. */
function takenBelow(c: Case): Verdict {
  const { outstanding, untaken } = c.history.reading
  const taken = outstanding - untaken.atMost
  const atLeast = untaken.atLeast === untaken.atMost ? '' : 'at least '
  const what = `The backend has taken ${atLeast}${taken} of the ${manyRequests(outstanding, c)} without an answer`
  return { ...storageBelow(c, what, 'certain'), holdsMost: taken > untaken.atMost }
}

/** @param what waits, the beginning of a sentence @param known how sure it is that the backend has taken it */
function storageBelow(c: Case, what: string, known: Sureness): Verdict {
  const { history } = c
  const moments = history.noAnswers
  return {
    verdict: 'storage-below',
    problem: true,
    sureness: weakest(lasting(moments, c), history.reading.contradictions.length > 0 ? 'likely' : known),
    text: `${what}: the I/O waits in the backend or in the storage below it. ${seenFor(moments, c)}`,
    causes: [
      ...(history.moments === 1 ? ['nothing is wrong, and the answers are on their way'] : []),
      'the device or file below the backend completes no I/O: suspended, out of space, a lost path, hung network storage',
      'the backend holds them back: no memory, no grants, or a bug',
    ],
  }
}

function notTaken(c: Case): Verdict[] {
  const { history } = c
  const { untaken } = history.reading
  const { sring } = history.last
  const moments = history.nothingTaken
  // The page of a QEMU that has taken all of them would look the same.
  const mayBeTaken = c.mayBeQdisk && untaken.atLeast === 0
  const seen: Verdict = {
    verdict: 'requests-not-taken',
    problem: true,
    sureness: weakest(lasting(moments, c), mayBeTaken ? 'may' : untaken.atLeast > 0 ? 'certain' : 'likely'),
    text: `The backend has not taken ${untakenText(c)}: it is owed the event that it asked for with req_event ${sring.req_event}. ${seenFor(moments, c)}`,
    causes: [
      ...(history.moments === 1 ? ['nothing is wrong, and the ring was caught in motion'] : []),
      'the event from the frontend to the backend was lost, or is masked in the domain of the backend',
      ...(mayBeTaken
        ? [
            'the backend is QEMU, which moves req_event only when nothing is in flight: it has taken them, and the storage below is slow',
          ]
        : []),
      'the thread of the backend is blocked, dead, or stopped (impossible indices make Linux blkback stop a ring)',
      'the domain of the backend has no time to run, or the backend polls and has stopped',
    ],
  }
  const why = explained(c, seen)
  if (!why) return [seen]
  return why.sureness === seen.sureness ? [{ ...why, text: `${why.text} ${seenFor(moments, c)}` }] : [seen, why]
}

function untakenText(c: Case): string {
  const { atLeast, atMost } = c.history.reading.untaken
  return `${atLeast === atMost ? '' : 'up to '}${manyRequests(atMost, c)}`
}

/** Why requests are not taken, where something speaks for one cause more than for others. */
function explained(c: Case, seen: Verdict): Verdict | undefined {
  const { history } = c
  const { state, answeredPastEvent, outstanding, known } = history.reading
  const { sring } = history.last
  const motion = history.moments === 1 ? ['nothing is wrong, and the ring was caught in motion'] : []
  if (state.waiting === 'beyond')
    return {
      ...seen,
      verdict: 'lost-front-to-back-event',
      text: `The backend asked for its event at request ${sring.req_event}, beyond the next one: ${manyRequests(outstanding, c)} may lie there without an event that wakes it.`,
      causes: ['the ring was read while it moved, and its indices are of different moments', 'the backend sets req_event wrongly'],
    }
  const asleep = known.req_cons !== undefined && known.req_cons === advance(sring.req_event, -1)
  const blocking = asleep ? undefined : synchronousRequest(c)
  if (blocking) {
    const { op, where } = blocking
    const waits = outstanding > 1 ? ` It has not taken ${untakenText(c)}, which wait for its thread.` : ''
    return {
      ...seen,
      verdict: 'backend-blocked',
      sureness: weakest(seen.sureness, known.req_cons === undefined ? 'may' : 'likely'),
      text: `The backend may be inside the ${op} ${where}: Linux blkback waits for a ${op} before it takes another request.${waits}`,
      causes: [
        ...motion,
        `the storage below does not complete the ${op}`,
        'the event from the frontend to the backend was lost, or the thread of the backend is dead',
      ],
    }
  }
  if (answeredPastEvent > 0 || (known.req_cons !== undefined && !asleep)) {
    const answers = answeredPastEvent > 0 ? `: it answered ${manyRequests(answeredPastEvent, c)} from there on` : ''
    return {
      ...seen,
      verdict: history.moments > 1 ? 'backend-blocked' : 'requests-not-taken',
      sureness: weakest(seen.sureness, 'likely'),
      text: `The backend has not taken ${untakenText(c)}, but it was awake after it asked for an event at request ${sring.req_event}${answers}. No event is owed to it.`,
      causes: [
        ...motion,
        'the backend polls, and takes requests without being told',
        'its thread is blocked, dead, or was stopped by a request that it cannot bear',
      ],
    }
  }
  if (!asleep && !prevails(history.nothingTaken, c)) return undefined
  const sleeps = asleep
    ? `It sleeps since request ${known.req_cons}, as its req_cons says.`
    : 'Nothing seems to have woken it; a thread that is blocked or dead looks the same.'
  return {
    ...seen,
    verdict: 'lost-front-to-back-event',
    sureness: weakest(seen.sureness, asleep ? 'likely' : 'may'),
    text: `The backend has not taken ${untakenText(c)}. It asked for an event with req_event ${sring.req_event}. ${sleeps}`,
  }
}

/** The first request that may stop the backend's thread: not taken at its last sleep, and of a kind that Linux blkback waits for. */
function synchronousRequest({ history }: Case): { readonly op: string; readonly where: string } | undefined {
  const { sring, shown, shadow } = history.last
  const { known } = history.reading
  const from = advance(sring.req_event, -1)
  const to = known.req_cons ?? sring.req_prod
  const candidates = (shown?.ring.slots ?? []).flatMap((s) =>
    s.state === 'request' && s.answered !== 'yes' && isSynchronous(s.request) && inWindow(s.index, from, to)
      ? [{ op: opName(s.request.operation), index: s.index, where: `at index ${s.index} (slot ${s.slot})` }]
      : [],
  )
  const [first] = candidates.sort((a, b) => distance(from, a.index) - distance(from, b.index))
  if (first || shown) return first
  // Without the page, the frontend's copies have the operation, and not the index.
  const kept = [...(shadow?.entries.values() ?? [])].find(({ inUse, request }) => inUse && request && isSynchronous(request))
  return kept && { op: opName(kept.request!.operation), where: `of id ${kept.id}` }
}

function isSynchronous({ operation }: Pick<Request, 'operation'>): boolean {
  return operation === BLKIF_OP_DISCARD || operation === BLKIF_OP_WRITE_BARRIER
}

/** The ring moves, but requests of its first moments still wait. A healthy disk has some that take longer: for a short time they say nothing. */
function someStuck(c: Case): Verdict[] {
  const { history, interval } = c
  if (history.moments < 2 || history.answered === 0) return []
  const old = history.waiting().filter((w) => w.sureness !== 'may' && w.since <= history.total / 10)
  if (old.length === 0) return []
  const since = Math.max(...old.map((w) => w.since))
  const moments = history.moments - since
  if (interval !== undefined && lasting(moments, c) === 'may') return []
  const stuck: Verdict = {
    verdict: 'some-stuck',
    problem: true,
    sureness: weakest(lasting(moments, c), ...old.map((w) => w.sureness)),
    text: `The ring moves, ${manyRequests(history.answered, c, 'response')} came, but ${count(old.length, 'request')} of the first snapshots still ${old.length === 1 ? 'waits' : 'wait'}. ${seenFor(moments, c)}`,
    causes: [
      'a part of the storage below completes no I/O: one leg of a mirror, one path, one range of sectors',
      'they are slower than the others, and nothing is wrong',
    ],
  }
  return [stuck]
}
