// The lines above the table: what the ring is, what its indices say, and who waits on whom.

import type { DecodedCapture } from '../../capture/decode-capture.ts'
import { type IndexName, runsOf } from '../../codec/ring/missing.ts'
import { countsSlots } from '../../codec/ring/multi-slot.ts'
import type { Ring } from '../../codec/ring/ring.ts'
import { clearedUpTo } from '../../codec/ring/rsp-cons.ts'
import { type FrontendState, type Waiting, waitState } from '../../codec/ring/waiting.ts'
import { unitFacts } from '../../print/slot-words.ts'
import type { Style } from '../../print/style.ts'
import { count, labelled, printable, titleLines } from '../../print/text.ts'
import { isQdisk } from '../../xenstore/names.ts'

const WAITS: Readonly<Record<Waiting, string>> = {
  impossible: 'nobody can say: the indices are impossible',
  idle: 'nobody: the ring is idle',
  quiet: 'nobody: no request is outstanding (the backend polls, or is about to ask for an event)',
  beyond: 'the backend, which asked for its event later than at the next request: it may not be woken (hint)',
  below: 'the backend or the storage below it: the backend went to sleep with every request taken',
  backend: 'the backend, to take requests: if this lasts, a lost event, a stopped backend thread, or one that polls (hint)',
}

/** QEMU moves req_event only when nothing is in flight: it tells nothing of what was taken. */
const WAITS_QDISK: Readonly<Partial<Record<Waiting, string>>> = {
  quiet: 'nobody: no request is outstanding',
  backend: 'the storage below QEMU, or QEMU to take requests: while any is in flight, req_event does not tell (hint)',
}

const NOT_ASKED = 'the backend has not asked for an event past the last request'
const TAKEN = 'the backend has taken every request'

const BACKEND: Readonly<Record<Waiting, string>> = {
  impossible: 'impossible',
  idle: TAKEN,
  below: TAKEN,
  beyond: 'the backend asked for an event beyond the next request',
  quiet: NOT_ASKED,
  backend: NOT_ASKED,
}

const FRONTEND: Readonly<Record<FrontendState, string>> = {
  'caught-up': 'the frontend has seen every response',
  behind: 'the frontend has responses to take: if this lasts, a lost event or a stuck guest interrupt (hint)',
  deferred: 'the frontend asked for its event later than at the next response',
  unreachable: 'the frontend asked for its event beyond every response that can come: it may not be woken (hint)',
}

export function summaryLines({ capture, protocol, ring }: DecodedCapture, style: Style, width: number): string[] {
  const { geometry, missing } = ring
  const rows: (readonly [string, string])[] = [
    ...(capture.origin === undefined ? [] : [['read from', capture.origin] as const]),
    ['protocol', `${protocol.protocol}, ${protocol.why}`],
    [
      'ring',
      `${count(geometry.pages, 'page')}, ${geometry.nr_ents} slots of ${geometry.stride} bytes${usedNote(ring)}${unitFacts(ring.sectorUnit).map((text) => `; ${text}`)}`,
    ],
    ...(missing.indices.length === 0 ? indexRows(ring, isQdisk(capture.xenstore)) : partRows(ring)),
    ...clearedRows(ring),
    ...missingRows(ring),
  ]
  const title = printable(capture.source) + (capture.queue === undefined ? '' : ` (queue ${capture.queue})`)
  return [...titleLines(title, width).map((line) => style.bold(line)), ...labelled(rows, style.dim, width)]
}

/** @param qdisk the backend is QEMU's */
function indexRows(ring: Ring, qdisk: boolean): (readonly [string, string])[] {
  const { geometry, sring } = ring
  const state = waitState(sring, geometry.nr_ents)
  return [
    ['requests', `req_prod ${sring.req_prod}, req_event ${sring.req_event}: ${BACKEND[state.waiting]}`],
    ['responses', `rsp_prod ${sring.rsp_prod}, rsp_event ${sring.rsp_event}: ${FRONTEND[state.frontend]}`],
    ['outstanding', `${outstanding(ring)}${state.full ? '; the ring is full' : ''}`],
    ['waits on', (qdisk ? WAITS_QDISK[state.waiting] : undefined) ?? WAITS[state.waiting]],
  ]
}

/** The rows of a ring whose indices are not all in the input. */
function partRows(ring: Ring): (readonly [string, string])[] {
  const { missing, sring } = ring
  const index = (name: IndexName) => `${name} ${missing.indices.includes(name) ? 'not in the input' : sring[name]}`
  return [
    ['requests', `${index('req_prod')}, ${index('req_event')}`],
    ['responses', `${index('rsp_prod')}, ${index('rsp_event')}`],
    ['outstanding', ring.indices === 'unknown' ? 'not known, nor what any slot holds, without both producers' : outstanding(ring)],
  ]
}

function clearedRows(ring: Ring): (readonly [string, string])[] {
  const cleared = ring.slots.filter((s) => s.state === 'cleared').length
  if (cleared === 0) return []
  const rsp_cons = clearedUpTo(ring)
  const taken = rsp_cons === undefined ? '' : `, rsp_cons is ${rsp_cons}`
  return [['cleared', `${count(cleared, 'slot')}, which the frontend recycled once it had taken the response${taken}`]]
}

/** A byte counts, also where it lies behind the slots. */
function missingRows({ indices, slots, missing }: Ring): (readonly [string, string])[] {
  if (missing.spans.length === 0 || indices === 'unknown') return []
  const unknown = slots.filter((s) => s.state === 'unknown').map(({ slot }) => slot)
  if (unknown.length === 0) return []
  const runs = runsOf(unknown).map(({ first, last }) => (first === last ? `${first}` : `${first} to ${last}`))
  const all = runs.length === 1 ? runs[0]! : `${runs.slice(0, -1).join(', ')} and ${runs.at(-1)}`
  return [['unknown', `${unknown.length === 1 ? 'slot' : 'slots'} ${all} ${unknown.length === 1 ? 'is' : 'are'} not in the input`]]
}

function usedNote({ slots }: Ring): string {
  // The indices say so, whether their bytes are there or not.
  const unused = slots.filter((s) => s.state === 'unused' || (s.state === 'unknown' && s.holds === 'unused')).length
  return unused === 0 ? '' : `, ${unused} of them not used yet`
}

function outstanding({ outstanding, indices, geometry, evidence, slots }: Ring): string {
  if (outstanding === 0 || indices === 'impossible') return String(outstanding)
  const heads = slots.filter((s) => s.state === 'request').length
  const several = countsSlots({ slots }) ? ` slots, ${count(heads, 'request')}` : ''
  const of = `${outstanding} of ${geometry.nr_ents}${several}`
  if (evidence === 'slots-unknown') return `${of}${unknownNote(slots)}`
  const answered = slots.flatMap((s) =>
    s.state === 'request' && (s.answered === 'maybe' || s.answered === 'yes') ? [s.answered] : [],
  )
  if (answered.length > 0) {
    if (answered.includes('maybe') || evidence === 'out-of-order')
      return `${of}, perhaps not those in flight: ${answered.length} of these may be answered (?), and others lie beneath responses (?)`
    return `${of}, but not just those in flight: ${answered.length} of these are answered (-), as many lie beneath responses (?)`
  }
  switch (evidence) {
    case 'no-such-response':
      return `${of}: no response ${slots.some((s) => s.state === 'cleared') ? 'that is left' : 'on the ring'} carries an id of theirs`
    case 'histories':
      return `${of}: those in flight, as the order of the ids proves`
    default:
      return `${of}: those in flight, if responses came in order, as the ids suggest`
  }
}

/** What slots of which nothing is known leave open. */
function unknownNote(slots: Ring['slots']): string {
  const hidden = slots.filter((s) => s.state === 'unknown' && s.holds === 'request').length
  const doubted = slots.filter((s) => s.state === 'request' && s.answered !== 'no').length
  const notes = [
    ...(hidden === 0 ? [] : [`${hidden} of these ${hidden === 1 ? 'is' : 'are'} not in the input`]),
    ...(doubted === 0 ? [] : [`${doubted} may be answered (?): not every response is known`]),
  ]
  return notes.length === 0 ? '' : `: ${notes.join('; ')}`
}
