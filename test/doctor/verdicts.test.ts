// What was never captured, made: lost events, polling, deferred completion, damage. Each also with indices that pass 2^32.
import { describe, expect, test } from 'vitest'
import { slotOffset } from '../../src/codec/ring/geometry.ts'
import { advance } from '../../src/codec/ring/ring-idx.ts'
import { x86_32, x86_64 } from '../../src/codec/struct/abi.ts'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { blkifRequest } from '../../src/codec/xen/blkif.ts'
import { diagnoseHistory, type PrivateIndices } from '../../src/doctor/index.ts'
import { devicesOf, diagnoseRing, type Indices, type MadeRing, made, verdictsOf } from './moments.ts'

const at = (req_prod: number, req_event: number, rsp_prod: number, rsp_event: number): Indices => ({
  req_prod,
  req_event,
  rsp_prod,
  rsp_event,
})

interface Case {
  readonly name: string
  readonly moments: readonly Indices[]
  readonly interval?: number
  readonly known?: PrivateIndices
  readonly ring?: MadeRing
  readonly verdicts: readonly string[]
}

/** What XenStore has of a backend that is Linux's. */
const BLKBACK = { frontend: new Map<string, string>(), backend: new Map([['type', 'phy']]) }

const UNTAKEN = at(47, 42, 41, 42)
const UNSEEN = at(41, 42, 41, 36)
const BELOW = at(60, 61, 45, 46)
const MOSTLY_TAKEN = at(72, 71, 41, 42)

const CASES: readonly Case[] = [
  { name: 'idle', moments: [at(40, 41, 40, 41)], verdicts: ['idle certain'] },
  { name: 'idle, twice', moments: [at(40, 41, 40, 41), at(40, 41, 40, 41)], interval: 5, verdicts: ['idle certain'] },
  { name: 'in flight, one moment', moments: [BELOW], interval: 60, verdicts: ['storage-below may'] },
  { name: 'in flight, nothing moves, nobody says for how long', moments: [BELOW, BELOW], verdicts: ['storage-below may'] },
  { name: 'in flight, nothing moves for 5 s', moments: [BELOW, BELOW], interval: 5, verdicts: ['storage-below likely'] },
  { name: 'in flight, nothing moves for 40 s', moments: [BELOW, BELOW, BELOW], interval: 20, verdicts: ['storage-below certain'] },
  { name: 'requests go in, none come out', moments: [BELOW, at(63, 64, 45, 46)], interval: 5, verdicts: ['storage-below likely'] },
  { name: 'answers come', moments: [BELOW, at(63, 64, 61, 62)], interval: 5, verdicts: ['moving likely'] },
  { name: 'a full ring', moments: [at(72, 73, 40, 41)], verdicts: ['storage-below may', 'ring-full certain'] },
  {
    name: 'a full ring that moves',
    moments: [at(72, 73, 40, 41), at(112, 113, 80, 81)],
    verdicts: ['moving likely', 'ring-full certain'],
  },
  { name: 'requests not taken, one moment', moments: [UNTAKEN], verdicts: ['requests-not-taken may'] },
  { name: 'lost front-to-back event', moments: [UNTAKEN, UNTAKEN], verdicts: ['lost-front-to-back-event may'] },
  {
    name: 'lost front-to-back event, 5 s: what is seen is surer than why',
    moments: [UNTAKEN, UNTAKEN],
    interval: 5,
    verdicts: ['requests-not-taken likely', 'lost-front-to-back-event may'],
  },
  {
    name: 'lost front-to-back event, 5 s, and the backend is known to sleep',
    moments: [UNTAKEN, UNTAKEN],
    interval: 5,
    known: { req_cons: 41 },
    verdicts: ['lost-front-to-back-event likely'],
  },
  {
    name: 'one moment, the backend is known to have taken all',
    moments: [UNTAKEN],
    known: { req_cons: 47 },
    verdicts: ['storage-below may'],
  },
  {
    name: 'one moment, the backend is known to be half way',
    moments: [UNTAKEN],
    known: { req_cons: 44 },
    verdicts: ['requests-not-taken may', 'storage-below may'],
  },
  {
    name: 'most were taken, and none of these is answered',
    moments: [MOSTLY_TAKEN, MOSTLY_TAKEN],
    interval: 60,
    known: { req_cons: 70 },
    verdicts: ['storage-below certain', 'lost-front-to-back-event likely', 'requests-not-taken certain'],
  },
  {
    name: 'most were taken, as the event alone says',
    moments: [MOSTLY_TAKEN, MOSTLY_TAKEN],
    interval: 60,
    verdicts: ['storage-below certain', 'requests-not-taken likely', 'lost-front-to-back-event may'],
  },
  {
    name: 'a few were taken, and none of these is answered',
    moments: [at(72, 44, 41, 42), at(72, 44, 41, 42)],
    interval: 60,
    verdicts: ['requests-not-taken likely', 'lost-front-to-back-event may', 'storage-below certain'],
  },
  {
    name: 'a discard at the head',
    moments: [UNTAKEN, UNTAKEN],
    interval: 5,
    ring: { discards: [41] },
    verdicts: ['requests-not-taken likely', 'backend-blocked may'],
  },
  {
    name: 'a discard that was taken before',
    moments: [at(47, 44, 41, 42)],
    ring: { discards: [41] },
    verdicts: ['requests-not-taken may', 'storage-below may'],
  },
  {
    name: 'a discard at the head, and the backend is known to sleep',
    moments: [UNTAKEN],
    known: { req_cons: 41 },
    ring: { discards: [41] },
    verdicts: ['lost-front-to-back-event may'],
  },
  {
    name: 'answers past the event: no event is owed',
    moments: [at(47, 38, 41, 42), at(47, 38, 41, 42)],
    interval: 5,
    verdicts: ['backend-blocked likely', 'polling-backend may'],
  },
  { name: 'an event asked for too late', moments: [at(41, 44, 40, 41)], verdicts: ['lost-front-to-back-event may'] },
  { name: 'responses not taken, one moment', moments: [UNSEEN], verdicts: ['responses-not-taken may'] },
  { name: 'lost back-to-front event', moments: [UNSEEN, UNSEEN], verdicts: ['lost-back-to-front-event may'] },
  {
    name: 'lost back-to-front event, 5 s: a paused guest looks the same',
    moments: [UNSEEN, UNSEEN],
    interval: 5,
    verdicts: ['responses-not-taken likely', 'lost-back-to-front-event may'],
  },
  {
    name: 'lost back-to-front event, 5 s, in a guest that sends requests',
    moments: [UNSEEN, at(44, 45, 42, 36)],
    interval: 5,
    verdicts: ['lost-back-to-front-event likely'],
  },
  {
    name: 'the same, for 60 s, and the frontend is known to sleep',
    moments: [UNSEEN, at(44, 45, 42, 36)],
    interval: 60,
    known: { rsp_cons: 35 },
    verdicts: ['lost-back-to-front-event certain'],
  },
  {
    name: 'the frontend is known to have taken all: an old event is no trouble',
    moments: [UNSEEN],
    known: { rsp_cons: 41 },
    verdicts: ['idle certain'],
  },
  {
    name: 'so many requests that the frontend must have taken all',
    moments: [at(72, 73, 40, 36)],
    verdicts: ['storage-below may', 'ring-full certain'],
  },
  { name: 'an event that no response reaches', moments: [at(40, 41, 40, 50)], verdicts: ['lost-back-to-front-event may'] },
  { name: 'deferred completion', moments: [at(50, 51, 42, 50)], verdicts: ['storage-below may', 'deferred-completion likely'] },
  {
    name: 'a polling backend',
    moments: [at(42, 37, 40, 41), at(46, 37, 44, 45), at(50, 37, 50, 51), at(54, 37, 54, 55)],
    interval: 1,
    verdicts: ['moving certain', 'polling-backend likely'],
  },
  {
    name: 'a backend that polls, or was caught before it slept',
    moments: [at(40, 40, 40, 41)],
    verdicts: ['idle likely', 'polling-backend may'],
  },
  { name: 'more requests than slots', moments: [at(140, 141, 50, 51)], verdicts: ['corrupt-indices certain'] },
  { name: 'one request too many', moments: [at(73, 74, 40, 41)], verdicts: ['corrupt-indices likely'] },
  { name: 'one request too many, twice', moments: [at(73, 74, 40, 41), at(73, 74, 40, 41)], verdicts: ['corrupt-indices certain'] },
  { name: 'more responses than requests', moments: [at(40, 41, 43, 44)], verdicts: ['corrupt-indices likely'] },
  {
    name: 'a torn moment between two that can be',
    moments: [at(40, 41, 40, 41), at(40, 41, 43, 44), at(46, 47, 46, 47)],
    verdicts: ['moving certain'],
  },
  {
    name: 'private indices of another moment',
    moments: [BELOW],
    known: { req_cons: 90 },
    verdicts: ['storage-below may', 'foreign-indices likely'],
  },
  {
    name: 'a req_cons before the sleep that req_event shows',
    moments: [BELOW],
    known: { req_cons: 50 },
    verdicts: ['storage-below may', 'foreign-indices likely'],
  },
  {
    name: 'a req_cons before the event of a backend that was given more since',
    moments: [at(47, 44, 41, 42)],
    known: { req_cons: 42 },
    verdicts: ['requests-not-taken may', 'storage-below may', 'foreign-indices likely'],
  },
  {
    name: 'a req_cons that says nothing of an event beyond',
    moments: [at(44, 48, 40, 41)],
    known: { req_cons: 42 },
    verdicts: ['lost-front-to-back-event may', 'storage-below may'],
  },
  {
    name: 'a req_cons left aside is no reason for anything',
    moments: [UNTAKEN],
    known: { req_cons: 90 },
    verdicts: ['requests-not-taken may', 'foreign-indices likely'],
  },
  {
    name: 'a rsp_cons before the sleep that rsp_event shows',
    moments: [BELOW],
    known: { rsp_cons: 35 },
    verdicts: ['storage-below may', 'foreign-indices likely'],
  },
  {
    name: 'a rsp_cons at rest before the sleep that rsp_event shows',
    moments: [at(40, 41, 40, 41)],
    known: { rsp_cons: 38 },
    verdicts: ['foreign-indices likely', 'idle certain'],
  },
  {
    name: 'one outstanding: its event can be the next response, or the last of several',
    moments: [at(41, 42, 40, 41)],
    known: { rsp_cons: 38 },
    verdicts: ['storage-below may', 'deferred-completion likely'],
  },
  {
    name: 'deferred completion, responses not taken: no event is owed yet',
    moments: [at(50, 51, 42, 50)],
    known: { rsp_cons: 38 },
    verdicts: ['storage-below may', 'deferred-completion likely'],
  },
  {
    name: 'an id that comes back when the frontend has taken its response',
    moments: [UNSEEN, UNSEEN],
    interval: 5,
    ring: { id: (index, nr_ents) => BigInt((index === 40 ? 37 : index) % nr_ents) },
    verdicts: ['responses-not-taken likely', 'lost-back-to-front-event may'],
  },
  {
    name: 'an id that was answered twice before the frontend has taken either',
    moments: [UNSEEN, UNSEEN],
    interval: 5,
    known: { rsp_cons: 35 },
    ring: { id: (index, nr_ents) => BigInt((index === 40 ? 37 : index) % nr_ents) },
    verdicts: ['disk-disabled likely'],
  },
  { name: 'errors', moments: [at(40, 41, 40, 41)], ring: { status: -1 }, verdicts: ['io-errors certain', 'idle certain'] },
  { name: 'refused operations', moments: [at(40, 41, 40, 41)], ring: { status: -2 }, verdicts: ['idle certain'] },
  {
    name: 'a response that Linux refuses',
    moments: [UNSEEN, UNSEEN],
    interval: 5,
    ring: { id: (index, nr_ents) => (index === 38 ? 77n : BigInt(index % nr_ents)) },
    verdicts: ['disk-disabled likely'],
  },
  {
    name: 'ids that are pointers are no mistake',
    moments: [UNSEEN],
    ring: { id: (index) => 0xffff_8000_0010_0000n + BigInt(index) * 64n },
    verdicts: ['responses-not-taken may'],
  },
]

/** The last one passes 2^32 within the ring. */
const BASES = [0, 32, 2 ** 31 - 32, 2 ** 32 - 64, 2 ** 32 - 32]

describe.each(BASES)('indices from %i on', (base) => {
  test.each(CASES)('$name', ({ moments, interval, known = {}, ring = {}, verdicts }) => {
    const there = Object.fromEntries(Object.entries(known).map(([key, index]) => [key, advance(base, index)]))
    const made_ = moments.map((indices) => made(indices, { ...ring, base, xenstore: BLKBACK }))
    const diagnosis = diagnoseRing(made_, there, interval)
    expect(verdictsOf(diagnosis)).toEqual(verdicts)
    const { answers } = diagnosis.owes
    const { req_prod, rsp_prod } = moments.at(-1)!
    expect(answers).toBe(/corrupt/.test(verdicts[0]!) ? undefined : req_prod - rsp_prod)
  })
})

test('of a backend that nothing names, a page does not say likely that requests are not taken, nor that it polls: QEMU looks the same', () => {
  const [frozen, polled] = [at(172, 172, 171, 172), [at(60, 41, 58, 59), at(80, 41, 78, 79), at(99, 41, 98, 99)]]
  const judged = (moments: readonly Indices[], xenstore?: typeof BLKBACK) =>
    diagnoseRing(
      moments.map((indices) => made(indices, { xenstore })),
      {},
      60,
    )
  const qemu = /QEMU/
  const [unknown, linux] = [judged([frozen, frozen]), judged([frozen, frozen], BLKBACK)]
  expect([verdictsOf(unknown)[0], verdictsOf(linux)[0]]).toEqual(['lost-front-to-back-event may', 'requests-not-taken likely'])
  expect([unknown, linux].map(({ verdicts }) => verdicts[0]!.causes.some((cause) => qemu.test(cause)))).toEqual([true, false])
  const polls = (xenstore?: typeof BLKBACK) => judged(polled, xenstore).verdicts.find((v) => v.verdict === 'polling-backend')!
  expect([polls().sureness, qemu.test(polls().text)]).toEqual(['may', true])
  expect([polls(BLKBACK).sureness, qemu.test(polls(BLKBACK).text)]).toEqual(['likely', false])
})

test('a ring of its own: never used, not initialised, and neither', () => {
  const virgin = at(0, 1, 0, 1)
  expect(verdictsOf(diagnoseRing([made(virgin)]))).toEqual(['never-used certain'])
  // The same indices come again after 2^32 requests.
  expect(verdictsOf(diagnoseRing([made(virgin, { spoil: (bytes) => bytes.fill(1, 200, 210) })]))).toEqual(['never-used likely'])
  expect(verdictsOf(diagnoseRing([made(at(0, 0, 0, 0))]))).toEqual(['uninitialised certain'])
  expect(verdictsOf(diagnoseRing([made(at(0, 0, 0, 0), { spoil: (bytes) => bytes.fill(1, 200, 210) })]))).toEqual([
    'uninitialised likely',
  ])
})

test.each([
  { what: 'zeros behind its slots', spoil: undefined, pages: '1', sureness: 'certain' },
  { what: 'something behind its slots', spoil: 4000, pages: undefined, sureness: 'may' },
  { what: 'something behind its slots, and XenStore has its one page', spoil: 4000, pages: '8', sureness: 'certain' },
])('more requests than a page has slots for, with $what', ({ spoil, pages, sureness }) => {
  const xenstore =
    pages === undefined ? undefined : { frontend: new Map([['ring-ref', pages]]), backend: new Map<string, string>() }
  const spoiled = (bytes: Uint8Array) => spoil && bytes.fill(1, spoil, spoil + 8)
  const { verdicts } = diagnoseRing([{ ...made(at(140, 141, 12, 13), { spoil: spoiled }), xenstore }])
  expect(verdicts.map((v) => [v.verdict, v.sureness])).toEqual([['corrupt-indices', sureness]])
  const causes = verdicts[0]!.causes.filter((cause) => cause.includes('pages of the ring are missing'))
  expect(causes).toEqual(
    sureness === 'may'
      ? ['pages of the ring are missing: nothing says how many it has, and 4 have slots enough (dump all of them)']
      : [],
  )
})

test.each([
  { front: '4', back: '4', verdicts: ['storage-below may'] },
  { front: '3', back: '4', verdicts: ['storage-below may'] },
  { front: '3', back: '2', verdicts: ['not-connected likely', 'storage-below may'] },
  { front: '4', back: '6', verdicts: ['not-connected likely', 'storage-below may'] },
  { front: '5', back: '4', verdicts: ['not-connected likely', 'storage-below may'] },
  { front: 'x', back: undefined, verdicts: ['storage-below may'] },
])('XenStore has states $front and $back', ({ front, back, verdicts }) => {
  const nodes = (state: string | undefined) => new Map(state === undefined ? [] : [['state', state]])
  const xenstore = { frontend: nodes(front), backend: nodes(back) }
  expect(verdictsOf(diagnoseRing([made(BELOW, { xenstore })]))).toEqual(verdicts)
})

/** xbf_complete_cmd clears a slot and gives it its own id, as a request. */
function clearedByOpenbsd(abi: typeof x86_64) {
  return (bytes: Uint8Array) => {
    const geometry = made(at(0, 1, 0, 1), { abi }).shown!.ring.geometry
    for (let slot = 0; slot < geometry.nr_ents; slot++) {
      const offset = slotOffset(geometry, slot)
      bytes.fill(0, offset, offset + geometry.stride)
      const seg = Array.from({ length: 11 }, () => ({ gref: 0, first_sect: 0, last_sect: 0 }))
      encodeOver(
        blkifRequest,
        abi,
        { operation: 0, nr_segments: 0, handle: 0, id: BigInt(slot), sector_number: 0n, seg },
        bytes,
        offset,
      )
    }
  }
}

test.each([x86_64, x86_32])('OpenBSD at rest asked for an event that it has had ($name)', (abi) => {
  const diagnosis = diagnoseRing([made(at(40, 41, 40, 40), { abi, spoil: clearedByOpenbsd(abi) })])
  expect(verdictsOf(diagnosis)).toEqual(['idle certain', 'deferred-completion likely'])
  expect(diagnosis.drivers[0]!.driver).toBe('openbsd')
  // Any other driver owes work then.
  expect(verdictsOf(diagnoseRing([made(at(40, 41, 40, 40), { abi })]))).toEqual(['responses-not-taken may'])
})

test('a private index is certain only where the page bears it out', () => {
  const evidence = (indices: Indices, known: PrivateIndices) => diagnoseRing([made(indices)], known).evidence.join('\n')
  expect(evidence(UNTAKEN, { req_cons: 44 })).toContain('req_cons 44: the backend has 3 requests to take, for certain')
  expect(evidence(UNSEEN, { rsp_cons: 37 })).toContain('rsp_cons 37: the frontend has 4 responses to take, for certain')
  expect(evidence(UNSEEN, { rsp_cons: 33 })).toContain('rsp_cons 33: the frontend has 8 responses to take, by this index alone')
  expect(evidence(at(50, 51, 42, 50), { rsp_cons: 38 })).toContain('the frontend has 4 responses to take, by this index alone')
  expect(evidence(at(44, 48, 40, 41), { req_cons: 42 })).toContain('the backend has 2 requests to take, by this index alone')
  const foreign = (known: PrivateIndices) =>
    diagnoseRing([made(BELOW)], known).verdicts.find((v) => v.verdict === 'foreign-indices')!
  expect(foreign({ req_cons: 50 }).text).toContain('req_cons 50 lies outside req_event - 1 = 60 to req_prod 60')
  expect(foreign({ rsp_cons: 35 }).text).toContain('rsp_cons 35 lies outside rsp_event - 1 = 45 to rsp_prod 45')
  expect(diagnoseRing([made(UNTAKEN)], { req_cons: 90 }).verdicts[0]!.text).not.toContain('it was awake')
  for (const known of [{ req_cons: 50 }, { rsp_cons: 35 }]) expect(evidence(BELOW, known)).not.toContain('for certain')
})

test('requests that were taken and those that were not are told apart', () => {
  const textOf = (known: PrivateIndices) =>
    diagnoseRing([made(MOSTLY_TAKEN), made(MOSTLY_TAKEN)], known, 60).verdicts.find((v) => v.verdict === 'storage-below')!.text
  expect(textOf({ req_cons: 70 })).toMatch(/^The backend has taken 29 of the 31 requests without an answer: the I\/O waits in /)
  expect(textOf({ req_cons: 71 })).toMatch(/^The backend has taken 30 of the 31 requests /)
  expect(textOf({})).toMatch(/^The backend has taken at least 29 of the 31 requests /)
})

test('requests that wait are followed by their ids, through laps', () => {
  // Request 45 has an id of its own and is never answered; all others are, each in the slot of its turn.
  const id = (index: number) => (index === 45 ? 31n : BigInt(index % 31))
  const first = made(at(46, 47, 44, 45), { id, source: 'first' })
  // 44 is answered in slot 12 and 46 in slot 13, over 45.
  const answers = (index: number) => (index === 45 ? id(46) : id(index))
  const second = made(at(48, 49, 46, 47), { id: answers, source: 'second' })
  const diagnosis = diagnoseRing([first, second], {}, 5)
  expect(verdictsOf(diagnosis)[0]).toBe('some-stuck likely')
  expect(diagnosis.waiting[0]).toMatchObject({ index: 45, since: 0, sinceSource: 'first', sureness: 'likely' })
})

test.each([
  { name: 'backwards', after: at(40, 41, 40, 41), ring: {}, note: /goes back from 60 to 40/ },
  { name: 'of another size', after: at(70, 71, 70, 71), ring: { pages: 2 }, note: /64 slots, not 32/ },
  { name: 'of other requests', after: BELOW, ring: { id: () => 5n }, note: /slots that cannot have changed since differ/ },
])('moments of a ring $name are not judged as one', ({ after, ring, note }) => {
  const { devices, notes } = devicesOf([made(BELOW, { source: 'a' }), made(after, { source: 'b', ...ring })])
  expect(devices.length).toBe(2)
  expect(notes).toEqual([expect.stringMatching(note)])
  expect(notes[0]).toMatch(/^b does not follow a: .*; each is judged on its own$/)
})

test('a ring that counts from 0 again, or has another size, is judged alone, and what it came in the place of is known', () => {
  const old = made(at(60, 61, 57, 58), { source: 'a' })
  const young = made(at(2, 3, 1, 2), { source: 'b' })
  for (const [after, why] of [
    [young, 'req_prod went from 60 to 2, rsp_prod went from 57 to 1'],
    [made(at(2, 3, 1, 2), { source: 'b', pages: 2 }), 'it has 64 slots, where there were 32'],
  ] as const) {
    const { devices, notes } = devicesOf([old, old, after, { ...after, source: 'c' }])
    expect(notes).toEqual([])
    const [ring] = devices.flatMap(({ queues }) => queues.map((history) => diagnoseHistory(history, 5)))
    expect(devices).toHaveLength(1)
    expect(ring).toMatchObject({ moments: 2, replaced: { why, before: 'a', after: 'b', moments: 2 } })
    expect(ring!.owes.answers).toBe(1)
    // Nobody knows how far the answered request at sector 0 went.
    expect(ring!.replaced!.redone!.requests.map(({ again }) => again)).toEqual(['unknown', 'unknown', 'unknown'])
  }
  // Nothing ties the two but their names.
  expect(devicesOf([old, { ...young, series: 'other' }]).devices).toHaveLength(2)
})

test('another device of XenStore', () => {
  const xenstore = (backend: string) => ({ frontend: new Map([['backend', backend]]), backend: new Map<string, string>() })
  const { notes } = devicesOf([made(BELOW, { xenstore: xenstore('/a') }), made(BELOW, { xenstore: xenstore('/b') })])
  expect(notes).toEqual([expect.stringMatching(/XenStore has backend/)])
})

test('indices that may be 5 s old prove nothing of the last 5 s', () => {
  const old = { ...made(BELOW), lag: 5 }
  const sureness = [2, 6, 40].map((interval) => diagnoseRing([old, old], {}, interval).verdicts[0]!.sureness)
  expect(sureness).toEqual(['may', 'likely', 'certain'])
})
