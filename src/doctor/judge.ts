// The verdicts on one ring.

import { MAX_RING_PAGES, ringGeometry } from '../codec/ring/geometry.ts'
import type { Ring } from '../codec/ring/ring.ts'
import { advance, distance } from '../codec/ring/ring-idx.ts'
import { count } from '../codec/struct/count.ts'
import { BLKIF_RSP_EOPNOTSUPP, BLKIF_RSP_OKAY } from '../codec/xen/blkif.ts'
import { ringRefs } from '../xenstore/queues.ts'
import { type Case, manyRequests, secondsOf, seenFor } from './case.ts'
import { connectionVerdict } from './connecting/connecting.ts'
import { judgeBackend } from './judge-backend.ts'
import { judgeFrontend } from './judge-frontend.ts'
import type { Moment } from './moment.ts'
import { slotsText } from './supposed-slots.ts'
import type { Sureness } from './sureness.ts'
import { inOrder, type Verdict } from './verdict.ts'

/** The main verdict first. There is always one. */
export function judge(c: Case): Verdict[] {
  const disconnected = notConnected(c)
  const { reading, last } = c.history
  const { req_prod, req_event, rsp_prod, rsp_event } = last.sring
  const also = disconnected ? [disconnected] : []
  if (reading.state.waiting === 'impossible') return inOrder([corrupt(c), ...also])
  if ([req_prod, req_event, rsp_prod, rsp_event].every((index) => index === 0)) return inOrder([uninitialised(c), ...also])
  if (req_prod === 0 && rsp_prod === 0 && req_event === 1 && rsp_event === 1) return inOrder([neverUsed(c), ...also])
  const sides = [...judgeFrontend(c), ...judgeBackend(c)]
  const stuck = sides.some((v) => v.problem) || also.length > 0
  const more = [ringFull(c, stuck), polling(c), ioErrors(c)].filter((v) => v !== undefined)
  const contradicted = contradictedIndices(c)
  return inOrder([...also, ...sides, ...more, ...contradicted, ...(sides.some((v) => v.problem) ? [] : [atRest(c)])])
}

function notConnected(c: Case): Verdict | undefined {
  const { outstanding, state: wait } = c.history.reading
  const lost =
    wait.waiting !== 'impossible' && outstanding > 0 ? ` ${manyRequests(outstanding, c)} of the ring will not be answered.` : ''
  return connectionVerdict(c.xenstore, lost)
}

function corrupt(c: Case): Verdict {
  const { history } = c
  const { req_prod, rsp_prod } = history.last.sring
  const { nr_ents } = history.last
  const { outstanding } = history.reading
  const backwards = distance(req_prod, rsp_prod)
  const ahead = backwards <= outstanding
  const excess = ahead ? backwards : outstanding - nr_ents
  // Indices that were read while the ring moved can be of different moments, but of near ones.
  const torn = excess <= nr_ents && history.still < 2
  const pages = ahead ? undefined : pagesWithRoom(history.last, outstanding)
  const what = ahead
    ? `rsp_prod ${rsp_prod} is ${backwards} ahead of req_prod ${req_prod}: more responses than requests.`
    : `req_prod ${req_prod} is ${outstanding} ahead of rsp_prod ${rsp_prod}, in a ring of ${slotsText(history.last)}.`
  const does = ahead
    ? 'A Linux frontend disables the disk at this (5.16 and later).'
    : c.qdisk
      ? 'QEMU serves every slot that is claimed, stale ones too, round and round.'
      : 'Linux blkback stops the ring at this, and answers nothing more.'
  return {
    verdict: 'corrupt-indices',
    problem: true,
    sureness: pages === undefined ? (torn ? 'likely' : 'certain') : 'may',
    text: `The indices are impossible: ${what} ${does}`,
    causes: [
      ...(pages === undefined
        ? []
        : [`pages of the ring are missing: nothing says how many it has, and ${pages} have slots enough (dump all of them)`]),
      ...(torn ? ['the ring was read while it moved, and its indices are of different moments'] : []),
      'the page is no ring, or that of another device, or its pages are in a wrong order',
      'one side wrote over the page: a bug, or malice',
    ],
  }
}

/**
 * The fewest pages with a slot for each request, where the ring may have more pages than are shown: nothing says how many it has, and
 * behind the slots of these lies something, or what is not in the input, where a ring of so many pages has zeros.
 */
function pagesWithRoom({ shown, xenstore, queue }: Moment, outstanding: number): number | undefined {
  const said = xenstore && ringRefs(xenstore)[queue ?? 0]?.length
  if (!shown || said) return undefined
  const { geometry, missing } = shown.ring
  const isCut = missing.spans.some(({ to }) => to > geometry.tailAt)
  if (!isCut && isAllZero(shown.bytes.subarray(geometry.tailAt))) return undefined
  for (let more = 2 * geometry.pages; more <= MAX_RING_PAGES; more *= 2)
    if (ringGeometry(geometry.abi, more).nr_ents >= outstanding) return more
  return undefined
}

function uninitialised({ history: { last } }: Case): Verdict {
  return {
    verdict: 'uninitialised',
    problem: true,
    sureness: last.shown && !isAllZero(last.shown.bytes) ? 'likely' : 'certain',
    text: 'All four indices are 0, also the events, which every frontend sets to 1 at first (SHARED_RING_INIT of ring.h): not a ring, or not yet one.',
    causes: ['the frontend has not set it up yet, or the page was freed and cleared', 'another page was dumped'],
  }
}

function neverUsed({ history }: Case): Verdict {
  const { shown } = history.last
  const blank = shown === undefined || isAllZero(shown.bytes.subarray(shown.ring.geometry.slotsAt))
  return {
    verdict: 'never-used',
    problem: false,
    sureness: blank ? 'certain' : 'likely',
    text: 'The ring is as its frontend initialised it: no request was ever sent.',
    causes: [],
  }
}

function ringFull({ history }: Case, stuck: boolean): Verdict | undefined {
  const { state, outstanding, unseen, known } = history.reading
  const { nr_ents } = history.last
  const full = state.full || (known.rsp_cons !== undefined && outstanding + unseen.atLeast === nr_ents)
  if (!full) return undefined
  return {
    verdict: 'ring-full',
    problem: stuck,
    sureness: 'certain',
    text: `The ring is full: ${nr_ents} of ${nr_ents} slots wait. The guest can send nothing more, and queues above the ring.`,
    causes: [],
  }
}

function polling({ history, qdisk, mayBeQdisk }: Case): Verdict | undefined {
  // QEMU does not poll: its event stands still while anything is in flight.
  if (qdisk) return undefined
  const { state, answeredPastEvent } = history.reading
  const { req_event } = history.last.sring
  const series = history.answeredUnasked > 0 && history.frozen >= 2
  const here = history.frozen > 0 && (state.waiting === 'quiet' || answeredPastEvent > 0)
  if (!series && !here) return undefined
  const often = series && (history.quiet >= 2 || history.answeredUnasked > history.last.nr_ents)
  const numbers = series
    ? `req_event stayed at ${req_event} over ${history.frozen} snapshots while ${count(history.answeredUnasked, 'response')} came`
    : `req_event ${req_event} has been passed, and what lies past it was answered`
  return {
    verdict: 'polling-backend',
    problem: false,
    sureness: often && !mayBeQdisk ? 'likely' : 'may',
    text: `The backend polls, or was just about to ask for an event: ${numbers}. A backend that polls needs no events (tapdisk's polling-duration).${mayBeQdisk ? ' The event of QEMU stands still too, while anything is in flight.' : ''}`,
    causes: [],
  }
}

function ioErrors({ history }: Case): Verdict | undefined {
  const ring = history.lastShown?.shown?.ring
  const failed = ring ? failedResponses(ring) : []
  if (failed.length === 0) return undefined
  const newest = failed.at(-1)!
  return {
    verdict: 'io-errors',
    problem: true,
    sureness: 'certain',
    text: `${count(failed.length, 'request')} of those still on the ring ${failed.length === 1 ? 'was' : 'were'} answered with an error, the latest at index ${newest.index} (status ${newest.response.status}). That is no hang: the backend answers.`,
    causes: ['the storage below failed the I/O', 'the backend refused the request: misaligned, past the end, read-only'],
  }
}

/** Responses of known operations with a status that says that I/O failed, oldest first. EOPNOTSUPP only turns a feature off. */
function failedResponses({ slots, sring, geometry }: Ring) {
  const oldest = advance(sring.req_prod, -geometry.nr_ents)
  return slots
    .filter((s) => s.state === 'response')
    .filter(({ response: { status, op } }) => op !== 'unknown' && status !== BLKIF_RSP_OKAY && status !== BLKIF_RSP_EOPNOTSUPP)
    .sort((a, b) => distance(oldest, a.index) - distance(oldest, b.index))
}

/** Private indices that cannot be those of this ring at this moment. */
function contradictedIndices({ history }: Case): Verdict[] {
  const { contradictions } = history.reading
  if (contradictions.length === 0) return []
  return [
    {
      verdict: 'foreign-indices',
      problem: true,
      sureness: 'likely',
      text: `Private indices cannot belong to this ring: ${contradictions.join('; ')}. They are left aside.`,
      causes: ['they are of another moment or of another ring', 'the memory of that side is corrupt'],
    },
  ]
}

function atRest(c: Case): Verdict {
  const { history } = c
  const { outstanding, state } = history.reading
  const base = { problem: false, causes: [] } as const
  if (history.answered > 0 || outstanding > 0) {
    const seconds = secondsOf(history.moments, c.interval)
    const span = seconds === undefined ? '' : ` in ${Number(seconds.toFixed(3))} s`
    const progress = `${manyRequests(history.published, c)} sent and ${history.answered} answered over ${history.moments} snapshots${span}`
    const now = outstanding === 0 ? 'nothing was outstanding' : `${outstanding} ${outstanding === 1 ? 'was' : 'were'} on the way`
    // Requests that were sent show a frontend that moves; only answers show a backend that does.
    const sureness: Sureness = outstanding === 0 ? 'certain' : history.answered > 0 ? 'likely' : 'may'
    return { ...base, verdict: 'moving', sureness, text: `The ring moves: ${progress}; at the last one ${now}.` }
  }
  const asleep = state.waiting === 'idle'
  const rest = asleep ? '' : ` ${seenFor(history.still, c)}`
  const text = `Nothing is outstanding: every request that the guest sent is answered.${rest}`
  return { ...base, verdict: 'idle', sureness: asleep ? 'certain' : 'likely', text }
}

function isAllZero(bytes: Uint8Array): boolean {
  return bytes.every((b) => b === 0)
}
