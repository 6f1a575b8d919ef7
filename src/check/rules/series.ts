// What several snapshots of one ring show.

import { changedInFlight } from '../../codec/ring/changed-in-flight.ts'
import { slotOffset } from '../../codec/ring/geometry.ts'
import { passed } from '../../codec/ring/ring-idx.ts'
import { fieldOf, layoutOf } from '../../codec/struct/layout.ts'
import { sringHeader } from '../../codec/xen/ring.ts'
import { isQdisk } from '../../xenstore/names.ts'
import type { Found, Rule, SeriesWatch } from '../rule.ts'
import type { RingSubject } from '../subject.ts'
import { leaksOfTwo, unasked } from './answers.ts'
import { leaksOfOnePage } from './responses.ts'

const RING = 'xen/include/public/io/ring.h'

/** Snapshots that a state must last for. */
const FOR_LONG = 3

function at({ ring: { geometry } }: RingSubject, field: string): { readonly offset: number } {
  return { offset: fieldOf(layoutOf(sringHeader, geometry.abi), field).offset }
}

/** Looks at two snapshots that follow each other, of one layout, whose indices can be and go on. */
function between(test: (after: RingSubject, before: RingSubject) => Found[]): () => SeriesWatch {
  return () => (after, before) => (before && goesOn(after, before) ? test(after, before) : [])
}

function goesOn(after: RingSubject, before: RingSubject): boolean {
  const [a, b] = [after.ring, before.ring]
  if (a.geometry.abi !== b.geometry.abi || a.geometry.pages !== b.geometry.pages) return false
  if (a.indices !== 'possible' || b.indices !== 'possible') return false
  return passed(a.sring.req_prod, b.sring.req_prod) && passed(a.sring.rsp_prod, b.sring.rsp_prod)
}

const indicesWentBack: SeriesWatch = (after, before) => {
  if (!before || before.ring.geometry.pages !== after.ring.geometry.pages) return []
  return (['req_prod', 'rsp_prod'] as const).flatMap((field) => {
    const [then, now] = [before.ring.sring[field], after.ring.sring[field]]
    return passed(now, then) ? [] : [{ message: `${field} went back from ${then} to ${now}`, ...at(after, field) }]
  })
}

function changed(after: RingSubject, before: RingSubject): Found[] {
  if (before.requests.length === 0) return []
  const bySlot = new Map<number, { readonly paths: string[]; readonly offset: number | undefined }>()
  for (const change of changedInFlight(before, after)) {
    // An old dump of the slot was torn where the header says so: its new reading is none of a change.
    if (change.newer || before.torn.some(({ slot }) => slot === change.slot)) continue
    const known = bySlot.get(change.slot)
    if (known) known.paths.push(change.path)
    else bySlot.set(change.slot, { paths: [change.path], offset: change.page === undefined ? change.offset : undefined })
  }
  return [...bySlot].map(([slot, { paths, offset }]) => {
    const others = paths.length > 1 ? ` (and ${paths.length - 1} more places of the request)` : ''
    const where = { slot, offset: offset ?? slotOffset(after.ring.geometry, slot) }
    return { message: `${paths[0]} changed while the request was in flight${others}`, ...where }
  })
}

function eventMoved(after: RingSubject, before: RingSubject): Found[] {
  const [a, b] = [after.ring.sring, before.ring.sring]
  if (a.req_prod !== b.req_prod || a.rsp_prod !== b.rsp_prod) return []
  return (
    [
      ['req_event', 'req_prod'],
      ['rsp_event', 'rsp_prod'],
    ] as const
  ).flatMap(([event, producer]) => {
    const armed = !passed(b[producer], b[event])
    if (a[event] === b[event] || !armed) return []
    return [
      { message: `${event} went from ${b[event]} to ${a[event]} with ${producer} still at ${b[producer]}`, ...at(after, event) },
    ]
  })
}

/** Counts how long something is so, and says it once. */
function lasting(
  test: (after: RingSubject, before: RingSubject) => boolean,
  say: (s: RingSubject, n: number) => Found,
): () => SeriesWatch {
  return () => {
    let moments = 1
    return (after, before) => {
      moments = before && goesOn(after, before) && test(after, before) ? moments + 1 : 1
      return moments === FOR_LONG ? [say(after, moments)] : []
    }
  }
}

export const SERIES_RULES: readonly Rule[] = [
  {
    id: 'indices-went-back',
    severity: 'error',
    summary: 'A producer index is lower than in the snapshot before.',
    source: `${RING}: producers only ever grow, modulo 2^32`,
    explain: {
      means:
        'The snapshots are in the wrong order or of different rings, the device was connected anew, or an index was overwritten.',
      why: 'The other side answers or takes requests twice, or stops.',
      todo: 'Check the order of the files. If it is right, look for a reconnect in the logs of both ends.',
    },
    series: () => indicesWentBack,
  },
  {
    id: 'changed-in-flight',
    severity: 'error',
    summary: 'A request changed after it was published and before it was answered.',
    source: 'XSA-155 (CVE-2015-8550)',
    explain: {
      means:
        'A slot between rsp_prod and req_prod in both snapshots, or its indirect page, has other bytes. Slots that read as responses are not counted.',
      why: 'A backend that reads a field twice can be made to check one value and use another.',
      todo: 'Treat the guest as hostile, and make sure that the backend copies a request before it looks at it.',
    },
    series: between(changed),
  },
  {
    id: 'response-unasked',
    severity: 'error',
    summary: 'A response answers an id that nobody asked under, or answers it twice.',
    source: 'XSA-376: frontends that trust the id of a response',
    explain: {
      means:
        'The snapshot before shows every id that was outstanding, and this one every id that was added; the response fits none that is left.',
      why: 'Linux disables the disk. Other frontends complete a request that is not done, or free one twice.',
      todo: 'Look at the backend.',
    },
    series: between(unasked),
  },
  {
    id: 'response-leak',
    severity: 'warning',
    summary: 'The bytes between the fields of a response are not those of the request beneath.',
    source: 'XSA-216 (CVE-2017-10911): backends that copy a response from their stack, padding and all',
    explain: {
      means: 'A backend that writes field by field leaves them alone; these hold something else.',
      why: 'The guest reads memory of the backend, which may be the kernel of the host.',
      todo: 'Update the backend. On one page this is judged by the ids of Linux and FreeBSD, which are below nr_ents; two snapshots prove it.',
    },
    ring: leaksOfOnePage,
    series: between(leaksOfTwo),
  },
  {
    id: 'event-moved-without-work',
    severity: 'warning',
    summary: 'A side asked for its event anew, although nothing had come.',
    source: 'XSA-391 (CVE-2021-28711 to 28713): event storms',
    explain: {
      means: 'Both producers stand still, the side was already waiting for the next one, and its event index moved all the same.',
      why: 'Nothing but an event without work, or a bug, makes it look again. A storm of them starves the side that is woken.',
      todo: 'Count the events of the channel (/proc/interrupts), and look at the other side.',
    },
    series: between(eventMoved),
  },
  {
    id: 'req-event-frozen',
    severity: 'note',
    summary: 'req_event stands still while requests come and are answered: the backend polls.',
    source: 'tapdisk, polling-duration',
    explain: {
      means: 'In three snapshots or more, both producers moved past an event index that did not.',
      why: 'The backend needs no events while it polls. If it stopped, requests would wait until it asks again. Of a qdisk it is not said: QEMU moves req_event only when nothing is in flight.',
      todo: 'Nothing, for a backend that polls.',
    },
    series: lasting(
      ({ ring: { sring: a }, xenstore }, { ring: { sring: b } }) =>
        !isQdisk(xenstore) &&
        a.req_event === b.req_event &&
        a.req_prod !== b.req_prod &&
        a.rsp_prod !== b.rsp_prod &&
        passed(b.req_prod, b.req_event),
      (subject, n) => ({
        message: `req_event ${subject.ring.sring.req_event} in ${n} snapshots, with req_prod now ${subject.ring.sring.req_prod}`,
        ...at(subject, 'req_event'),
      }),
    ),
  },
  {
    id: 'ring-stands-still',
    severity: 'note',
    summary: 'Requests are outstanding, and nothing moves.',
    source: `${RING} (how much time lies between the snapshots is not known)`,
    explain: {
      means: 'Three snapshots or more have the same producers, with requests outstanding.',
      why: 'If the snapshots are seconds apart, the disk hangs.',
      todo: 'See who owes work to whom, and why: blkring doctor, with the snapshots in the order of their making.',
    },
    series: lasting(
      ({ ring: { sring: a, outstanding } }, { ring: { sring: b } }) =>
        outstanding > 0 && a.req_prod === b.req_prod && a.rsp_prod === b.rsp_prod,
      (subject, n) => ({
        message: `${subject.ring.outstanding} outstanding, and the same producers in ${n} snapshots`,
        ...at(subject, 'rsp_prod'),
      }),
    ),
  },
]
