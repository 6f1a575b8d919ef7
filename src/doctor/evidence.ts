// What a judgement rests on, in numbers.

import type { RequestSlot, ResponseSlot } from '../codec/ring/ring.ts'
import { advance, distance, passed } from '../codec/ring/ring-idx.ts'
import type { FrontendState, Waiting } from '../codec/ring/waiting.ts'
import { count } from '../codec/struct/count.ts'
import { BLKIF_RSP_OKAY } from '../codec/xen/blkif.ts'
import { statusName } from '../codec/xen/operations.ts'
import { type Case, manyRequests, secondsOf } from './case.ts'
import { placesOf, shadowText } from './shadow-text.ts'
import { lostOf, readShadow } from './shadowed.ts'
import { slotsText } from './supposed-slots.ts'

/** One sentence each. */
export function evidenceOf(c: Case): string[] {
  const { reading } = c.history
  if (reading.state.waiting === 'impossible') return [`${indices(c)}; ${slotsText(c.history.last)}`, ...series(c), ...connection(c)]
  return [
    indices(c),
    backend(c),
    frontend(c),
    ...privateIndices(c),
    ...shadow(c),
    ...series(c),
    ...slots(c),
    ...connection(c),
    ...placesOf(c.history.last),
  ]
}

function indices({ history: { last } }: Case): string {
  const { req_prod, req_event, rsp_prod, rsp_event } = last.sring
  return `req_prod ${req_prod}, req_event ${req_event}, rsp_prod ${rsp_prod}, rsp_event ${rsp_event}`
}

function backend(c: Case): string {
  const { history } = c
  const { req_prod, req_event } = history.last.sring
  const { outstanding, state } = history.reading
  const behind = distance(req_event, req_prod)
  const WORDS: Readonly<Record<Waiting, string>> = {
    impossible: '',
    idle: 'req_event = req_prod + 1: the backend took every request before it slept',
    below: 'req_event = req_prod + 1: the backend took every request before it slept',
    backend: c.qdisk
      ? `req_event has been passed, by ${behind}: QEMU had nothing in flight when it set it, and may have taken requests since`
      : `req_event lies ${behind} behind req_prod: when it last slept, the backend had not seen ${manyRequests(distance(advance(req_event, -1), req_prod), c)}`,
    beyond: `req_event lies ${distance(req_prod, req_event)} beyond req_prod: the next request raises no event`,
    quiet: 'req_event is not beyond req_prod: no event is asked for',
  }
  const { isMostSlots, nr_ents } = history.last
  const slots = isMostSlots ? count(outstanding, 'slot') : `${outstanding} of ${nr_ents} slots`
  return `${slots} outstanding (req_prod - rsp_prod); ${WORDS[state.waiting]}`
}

function frontend({ history }: Case): string {
  const { rsp_prod, rsp_event } = history.last.sring
  const { state, unseen, known } = history.reading
  const WORDS: Readonly<Record<FrontendState, string>> = {
    'caught-up': 'rsp_event = rsp_prod + 1: the frontend took every response before it slept',
    behind:
      known.rsp_cons !== undefined
        ? `rsp_event ${rsp_event} has been passed: the frontend was owed an event`
        : unseen.atMost === 0
          ? `rsp_event ${rsp_event} has been passed, but the frontend must have taken every response to have sent its requests`
          : `rsp_event lies ${distance(rsp_event, rsp_prod)} behind rsp_prod: when it last slept, the frontend had not seen ${count(distance(advance(rsp_event, -1), rsp_prod), 'response')} (a hint: it may have taken them since)`,
    deferred: `rsp_event lies ${distance(rsp_prod, rsp_event)} beyond rsp_prod: the frontend wants one event for several responses`,
    unreachable: `rsp_event lies ${distance(rsp_prod, rsp_event)} beyond rsp_prod, which is more than can come`,
  }
  return WORDS[state.frontend]
}

function* shadow({ history: { last, reading } }: Case): Generator<string> {
  const read = readShadow(last, reading)
  if (read) {
    const lost = lostOf(read)
    const { owed, isWhole } = read
    const held =
      owed === undefined || !isWhole
        ? ''
        : lost === 0 && read.inUse.length === owed
          ? ', as many as it took no answer for (req_prod_pvt - rsp_cons): none is lost'
          : `; it took no answer for ${count(owed, 'request')} (req_prod_pvt - rsp_cons)`
    yield `${shadowText(last, read.inUse.length)}${held}`
    if (read.answered && read.answered.size > 0)
      yield `${count(read.answered.size, 'of these is', 'of these are')} answered, and the frontend has not taken the answers: ids ${[...read.answered].slice(0, 12).join(', ')}${read.answered.size > 12 ? ', …' : ''}`
  }
  if (last.pending)
    yield `the backend works on ${count(last.pending.size, 'request')} that ${last.pending.size === 1 ? 'is' : 'are'} shown (pending_req)`
}

function* privateIndices({ history }: Case): Generator<string> {
  const { state, untaken, unseen, known, isClearedUpTo } = history.reading
  const { rsp_prod, rsp_event } = history.last.sring
  const { req_prod } = history.last.sring
  if (known.req_prod_pvt !== undefined && known.req_prod_pvt !== req_prod)
    yield `req_prod_pvt ${known.req_prod_pvt}: the frontend has written ${count(distance(req_prod, known.req_prod_pvt), 'request')} and not published ${known.req_prod_pvt === advance(req_prod, 1) ? 'it' : 'them'}`
  if (known.req_cons !== undefined)
    yield `req_cons ${known.req_cons}: the backend has ${untaken.atMost === 0 ? 'taken every request' : `${count(untaken.atMost, 'request')} to take`}, ${borneOut(state.waiting !== 'beyond')}`
  if (known.rsp_cons !== undefined) {
    const slept = advance(rsp_event, -1)
    const agrees = passed(known.rsp_cons, slept)
    yield `rsp_cons ${known.rsp_cons}${isClearedUpTo ? ', the first response whose slot the frontend has not cleared' : ''}: the frontend has ${unseen.atMost === 0 ? 'taken every response' : `${count(unseen.atMost, 'response')} to take`}, ${borneOut(agrees)}`
  }
  if (known.rsp_prod_pvt !== undefined && known.rsp_prod_pvt !== rsp_prod)
    yield `rsp_prod_pvt ${known.rsp_prod_pvt}: the backend has written ${count(distance(rsp_prod, known.rsp_prod_pvt), 'response')} and not published ${known.rsp_prod_pvt === advance(rsp_prod, 1) ? 'it' : 'them'}`
}

/** Whether a private index lies at or past where the event of its side says that this side was. */
function borneOut(agrees: boolean): string {
  return agrees ? 'for certain' : 'by this index alone'
}

function* series(c: Case): Generator<string> {
  const { history, interval } = c
  if (history.lag > 0)
    yield `tapdisk writes io_ring every ${history.lag} s at most: what it shows can be older, and is of its first queue`
  if (history.impossible > 0 && history.total > 1)
    yield `${history.impossible} of ${history.total} snapshots have impossible indices${history.reading.state.waiting === 'impossible' ? '' : ', torn as the ring moved; they are left out'}`
  if (history.moments < 2) return
  yield `over ${history.moments} snapshots: ${manyRequests(history.published, c)} sent, ${history.answered} answered`
  if (history.still < 2) return
  const seconds = secondsOf(history.still, interval)
  yield `no index moved in the last ${history.still} snapshots${seconds === undefined ? '' : `, ${Number(seconds.toFixed(3))} s`}`
}

function* slots({ history, drivers }: Case): Generator<string> {
  const shown = history.last.shown
  if (!shown) return
  const { ring } = shown
  const used = ring.slots.filter((s): s is RequestSlot | ResponseSlot => s.state === 'request' || s.state === 'response')
  const strange = used.filter((s) => (s.state === 'request' ? s.request.op : s.response.op) === 'unknown').length
  if (strange > 0 && drivers[0]?.driver !== 'openbsd')
    yield `${strange} of the ${count(used.length, 'slot')} in use have operations that blkif.h does not define${2 * strange > used.length ? ': perhaps no ring, or another --abi' : ''}`
  const answered = ring.slots.filter((s) => s.state === 'request' && s.answered === 'yes').length
  const perhaps = ring.slots.filter((s) => s.state === 'request' && s.answered === 'maybe').length
  if (history.last.shadow?.isWhole) {
    // The frontend's own copies say which of them wait.
  } else if (ring.evidence === 'slots-unknown') {
    if (perhaps > 0) yield `${perhaps} of the requests in flight may be answered: not every response is known`
  } else if (answered + perhaps > 0)
    yield `answers came out of order: ${answered > 0 ? `${answered} of the requests in flight are answered, and as many wait` : `${perhaps} of the requests in flight may be answered, and others may wait`} beneath responses`
  const cleared = ring.slots.filter((s) => s.state === 'cleared').length
  if (cleared > 0) yield `${count(cleared, 'slot')} cleared by the frontend: what they answered is lost`
  const unknown = ring.slots.filter((s) => s.state === 'unknown' && s.holds !== 'unused').length
  if (unknown > 0) yield `${count(unknown, 'slot')} in use not in the input`
  const statuses = new Map<number, number>()
  for (const s of ring.slots)
    if (s.state === 'response' && s.response.op !== 'unknown' && s.response.status !== BLKIF_RSP_OKAY)
      statuses.set(s.response.status, (statuses.get(s.response.status) ?? 0) + 1)
  for (const [status, responses] of [...statuses].sort(([a], [b]) => b - a).slice(0, 3))
    yield `${count(responses, 'response')} on the ring with status ${status}${statusName(status) ? ` (${statusName(status)})` : ''}`
}

function* connection({ connection: { state, frontend, backend, leaving, hotplug } }: Case): Generator<string> {
  if (state === 'unknown') return
  const states =
    state === 'connected' ? 'both ends are connected' : `frontend ${frontend ?? 'missing'}, backend ${backend ?? 'missing'}`
  const script = hotplug === undefined ? '' : `; hotplug-status ${hotplug}`
  yield `XenStore: ${states}${script}${leaving ? '; online 0: the toolstack wants the device gone' : ''}`
}
