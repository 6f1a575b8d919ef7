// The lines above the table: what the ring is, what its indices say, and who waits on whom.
import type { Ring } from '../codec/ring/ring.ts'
import { type FrontendState, type Waiting, waitState } from '../codec/ring/waiting.ts'
import { isQdisk } from '../codec/xen/xenbus.ts'
import type { DecodedDump } from '../dump/decode-dump.ts'
import { unitFacts } from './slot-words.ts'
import type { Style } from './style.ts'
import { count, labelled, printable, titleLines } from './text.ts'

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

export function summaryLines({ dump, protocol, ring }: DecodedDump, style: Style, width: number): string[] {
  const { geometry, sring } = ring
  const state = waitState(sring, geometry.nr_ents)
  const rows: (readonly [string, string])[] = [
    ...(dump.origin === undefined ? [] : [['read from', dump.origin] as const]),
    ['protocol', `${protocol.protocol}, ${protocol.why}`],
    [
      'ring',
      `${count(geometry.pages, 'page')}, ${geometry.nr_ents} slots of ${geometry.stride} bytes${usedNote(ring)}${unitFacts(ring.sectorUnit).map((text) => `; ${text}`)}`,
    ],
    ['requests', `req_prod ${sring.req_prod}, req_event ${sring.req_event}: ${BACKEND[state.waiting]}`],
    ['responses', `rsp_prod ${sring.rsp_prod}, rsp_event ${sring.rsp_event}: ${FRONTEND[state.frontend]}`],
    ['outstanding', `${outstanding(ring)}${state.full ? '; the ring is full' : ''}`],
    ['waits on', (isQdisk(dump.xenstore) ? WAITS_QDISK[state.waiting] : undefined) ?? WAITS[state.waiting]],
  ]
  const title = printable(dump.source) + (dump.queue === undefined ? '' : ` (queue ${dump.queue})`)
  return [...titleLines(title, width).map((line) => style.bold(line)), ...labelled(rows, style.dim, width)]
}

function usedNote({ slots }: Ring): string {
  const unused = slots.filter((s) => s.state === 'unused').length
  return unused === 0 ? '' : `, ${unused} of them not used yet`
}

function outstanding({ outstanding, geometry, evidence, slots }: Ring): string {
  if (outstanding === 0 || outstanding > geometry.nr_ents) return String(outstanding)
  const heads = slots.filter((s) => s.state === 'request').length
  const several = slots.some((s) => s.state === 'continuation') ? ` slots, ${count(heads, 'request')}` : ''
  const of = `${outstanding} of ${geometry.nr_ents}${several}`
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
      return `${of}: no response on the ring carries an id of theirs`
    case 'histories':
      return `${of}: those in flight, as the order of the ids proves`
    default:
      return `${of}: those in flight, if responses came in order, as the ids suggest`
  }
}
