// What the frontend owes: responses that it has not taken.

import { idText } from '../codec/ring/id-text.ts'
import type { ResponseSlot } from '../codec/ring/ring.ts'
import { advance, distance, inWindow } from '../codec/ring/ring-idx.ts'
import { count } from '../codec/struct/count.ts'
import { type Case, lasting, prevails, seenFor, stands } from './case.ts'
import { lostOf, readShadow } from './shadowed.ts'
import { weakest } from './sureness.ts'
import type { Verdict } from './verdict.ts'

export function judgeFrontend(c: Case): Verdict[] {
  return [...requestsLost(c), ...judgeTaking(c)]
}

/** What the frontend waits for although it took the answer: its shadow holds more than its indices have on the way. */
function requestsLost({ history: { last, reading } }: Case): Verdict[] {
  const shadow = readShadow(last, reading)
  const lost = shadow && lostOf(shadow)
  if (!shadow || !lost) return []
  const onRing = new Set((last.shown?.ring.slots ?? []).flatMap((s) => (s.state === 'request' ? [Number(s.request.id)] : [])))
  const missing = last.shown
    ? shadow.inUse.filter(({ id }) => !onRing.has(id) && !shadow.answered?.has(id)).map(({ id }) => id)
    : []
  const ids = missing.length === lost ? ` (ids ${missing.slice(0, 12).join(', ')}${missing.length > 12 ? ', …' : ''})` : ''
  return [
    {
      verdict: 'requests-lost',
      problem: true,
      sureness: 'likely',
      text: `The frontend's shadow holds ${count(shadow.inUse.length, 'request')}, and its indices have ${shadow.owed} on the way: ${lost} of them${ids} were answered, the frontend took the answers, and did not end the requests.`,
      causes: [
        'the driver of the guest lost them: a bug where it ends requests',
        'the shadow and the indices are of different moments',
      ],
    },
  ]
}

function judgeTaking(c: Case): Verdict[] {
  const { history } = c
  const { state, unseen } = history.reading
  switch (state.frontend) {
    case 'behind':
      if (isOpenbsdIdle(c)) return [deferred(c)]
      return unseen.atMost === 0 ? [] : behind(c)
    case 'unreachable':
      return stands(history.still, c) ? [unreachable(c)] : []
    case 'deferred':
      return [deferred(c)]
    case 'caught-up':
      // One is outstanding, and the event is its response's: no event is owed for those before it.
      return unseen.atLeast > 0 ? [deferred(c)] : []
  }
}

function behind(c: Case): Verdict[] {
  const { history } = c
  const { unseen, known } = history.reading
  const { rsp_event } = history.last.sring
  const { rsp_cons } = known
  const moments = history.nothingSeen
  const asleep = rsp_cons !== undefined && rsp_cons === advance(rsp_event, -1)
  if (!stands(moments, c) && !asleep) return []
  const bad = refusedResponse(c)
  if (bad) return [disabled(c, bad)]
  const owed = unseen.atLeast === unseen.atMost ? count(unseen.atMost, 'response') : `up to ${count(unseen.atMost, 'response')}`
  const notTaken: Verdict = {
    verdict: 'responses-not-taken',
    problem: true,
    // That rsp_event stands still is a hint until the frontend's own index is known.
    sureness: weakest(lasting(moments, c), unseen.atLeast > 0 ? 'certain' : 'likely'),
    text: `The frontend has not taken ${owed}: it is owed the event that it asked for with rsp_event ${rsp_event}. ${seenFor(moments, c)}`,
    causes: [
      ...(history.moments === 1 ? ['nothing is wrong, and the ring was caught in motion'] : []),
      'the guest is paused, or the vCPU that takes this interrupt does not run',
      'the event from the backend to the frontend was lost, or is masked in the guest',
      'the driver of the guest died, or disabled the disk',
    ],
  }
  if (!asleep && !prevails(moments, c)) return [notTaken]
  const lost = lostEvent(c, notTaken, asleep)
  return lost.sureness === notTaken.sureness ? [{ ...lost, text: `${notTaken.text} ${lost.text}` }] : [notTaken, lost]
}

/** A guest that sends requests runs; of one that does nothing, it cannot be told why. */
function lostEvent(c: Case, notTaken: Verdict, asleep: boolean): Verdict {
  const { history } = c
  const runs = history.published > 0
  const { rsp_event } = history.last.sring
  const waits = asleep
    ? `It sleeps since response ${advance(rsp_event, -1)}, as its rsp_cons says, and was not woken.`
    : 'Nothing seems to have woken it.'
  const other = runs ? ' The guest sends requests meanwhile, so it runs.' : ' A guest that is paused looks the same.'
  return {
    ...notTaken,
    verdict: 'lost-back-to-front-event',
    sureness: weakest(notTaken.sureness, runs ? (asleep ? 'certain' : 'likely') : 'may'),
    text: `${waits}${other}`,
  }
}

function unreachable(c: Case): Verdict {
  const { last, reading, still } = c.history
  const { rsp_event, req_prod } = last.sring
  const none =
    reading.outstanding === 0 ? 'the next response does not wake it' : `none past ${req_prod} can come, and none wakes it`
  return {
    verdict: 'lost-back-to-front-event',
    problem: true,
    sureness: lasting(still, c),
    text: `The frontend asked for its event at response ${rsp_event}, too late: with ${reading.outstanding} outstanding ${none}. ${seenFor(still, c)}`,
    causes: ['the ring was read while it moved, and its indices are of different moments', 'the frontend sets rsp_event wrongly'],
  }
}

/** OpenBSD's event is the last request's: with all answered it looks like a response that is not taken. */
function isOpenbsdIdle({ history, drivers }: Case): boolean {
  const { req_prod, rsp_prod, rsp_event } = history.last.sring
  return drivers[0]?.driver === 'openbsd' && rsp_event === rsp_prod && rsp_prod === req_prod
}

function deferred({ history }: Case): Verdict {
  const { rsp_event, rsp_prod } = history.last.sring
  const { atLeast, atMost } = history.reading.unseen
  const taken =
    atLeast !== atMost
      ? 'How many responses it has taken cannot be told.'
      : atMost === 0
        ? 'It has taken every response.'
        : `${count(atMost, 'response')} it has not taken yet.`
  return {
    verdict: 'deferred-completion',
    problem: false,
    sureness: 'likely',
    text: `The frontend defers completion: it wants its event at response ${rsp_event}, and rsp_prod is ${rsp_prod}. OpenBSD does so always, and Windows did until 2019: normal. ${taken}`,
    causes: [],
  }
}

interface Refused {
  readonly response: ResponseSlot
  readonly why: string
}

/**
 * Among the responses that the frontend may not have taken, the first for which Linux 6.1 disables the disk. An id answered twice
 * is no mistake where the first response may have been taken, and the id used again.
 */
function refusedResponse({ history }: Case): Refused | undefined {
  const { last, reading } = history
  const slots = last.shown?.ring.slots ?? []
  const { rsp_prod } = last.sring
  const from = advance(rsp_prod, -reading.unseen.atMost)
  const responses = slots.filter((s): s is ResponseSlot => s.state === 'response')
  const ids = slots.flatMap((s) => (s.state === 'request' ? [s.request.id] : s.state === 'response' ? [s.response.id] : []))
  const below = (id: bigint) => id < BigInt(last.nr_ents)
  // Frontends whose ids are no numbers of slots refuse other things.
  if (2 * ids.filter(below).length <= ids.length) return undefined
  const seen = new Set<bigint>()
  const inOrder = responses
    .filter((s) => inWindow(s.index, from, rsp_prod))
    .sort((a, b) => distance(from, a.index) - distance(from, b.index))
  for (const response of inOrder) {
    const { id, op, operation } = response.response
    if (!below(id)) return { response, why: `id ${idText(id)} is none of its ${last.nr_ents}` }
    if (op === 'unknown') return { response, why: `operation ${operation} is none that it sends` }
    if (seen.has(id)) return { response, why: `id ${idText(id)} was answered just before` }
    if (isUnseen(history, response)) seen.add(id)
  }
  return undefined
}

/** The frontend has not taken it, for certain. */
function isUnseen({ last, reading }: Case['history'], { index }: ResponseSlot): boolean {
  const { rsp_prod } = last.sring
  return inWindow(index, advance(rsp_prod, -reading.unseen.atLeast), rsp_prod)
}

function disabled(c: Case, { response, why }: Refused): Verdict {
  const moments = c.history.nothingSeen
  const stopped = isUnseen(c.history, response) ? 'has not taken' : 'may have stopped at'
  return {
    verdict: 'disk-disabled',
    problem: true,
    sureness: weakest('likely', lasting(moments, c)),
    text: `The frontend ${stopped} the response of index ${response.index} (slot ${response.slot}): ${why}. Linux 5.16 and later disable the disk on such a response. ${seenFor(moments, c)}`,
    causes: ['the backend answered wrongly, or the ring was written over'],
  }
}
