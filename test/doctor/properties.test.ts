// Whatever the bytes are, there is a verdict; and where the indices begin does not matter.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { advance, distance } from '../../src/codec/ring/ring-idx.ts'
import { ABIS, x86_64 } from '../../src/codec/struct/abi.ts'
import { deviceJson } from '../../src/commands/doctor/json.ts'
import { doctorText } from '../../src/commands/doctor/text.ts'
import { type Diagnosis, diagnoseHistory, type Moment, type PrivateIndices, readMoment, worst } from '../../src/doctor/index.ts'
import { plainStyle } from '../../src/print/style.ts'
import { devicesOf, diagnoseRing, type Indices, made, momentOf, verdictsOf } from './moments.ts'

const PAGE = 4096

/** Near 2^32, near 0, or anywhere. */
const index = fc.oneof(
  fc.integer({ min: 1, max: 80 }).map((back) => 2 ** 32 - back),
  fc.integer({ min: 0, max: 80 }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
)
const known = fc.record({ req_cons: index, rsp_cons: index, rsp_prod_pvt: index }, { requiredKeys: [] })

function check(queues: readonly Diagnosis[]): void {
  const text = doctorText('x', queues, { style: plainStyle, width: 80 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may reach a terminal
  expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(text)).toBe(false)
  expect(text).not.toMatch(/undefined|NaN|\[object/)
  // A page; what a ring that was replaced leaves behind is a section of its own.
  const replaced = /^ {2}replaced[\s\S]*?(?=^ {2}who owes)/m.exec(text)?.[0] ?? ''
  expect(replaced.split('\n').length, text).toBeLessThanOrEqual(24)
  expect(text.replace(replaced, '').split('\n').length, text).toBeLessThanOrEqual(51)
  const json = deviceJson(queues)
  expect(JSON.parse(JSON.stringify(json))).toEqual(json)
  expect(worst(queues).verdicts.length).toBeGreaterThan(0)
  for (const { owes, last, waiting } of queues)
    if (owes.untaken && owes.unseen) {
      expect(owes.answers).toBe(distance(last.sring.rsp_prod, last.sring.req_prod))
      for (const { atLeast, atMost } of [owes.untaken, owes.unseen]) expect(atLeast <= atMost && atMost <= last.nr_ents).toBe(true)
      expect(owes.untaken.atMost).toBeLessThanOrEqual(owes.answers!)
      expect(owes.unseen.atMost).toBeLessThanOrEqual(last.nr_ents - owes.answers!)
    } else expect(waiting).toEqual([])
}

const chance = fc.record({
  bytes: fc.uint8Array({ minLength: PAGE, maxLength: PAGE }),
  sring: fc.option(fc.tuple(index, index, index, index)),
  near: fc.option(fc.tuple(index, fc.nat(40), fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }))),
  abi: fc.constantFrom(...ABIS),
})

type Chance = typeof chance extends fc.Arbitrary<infer T> ? T : never

function momentOfChance({ bytes, sring, near, abi }: Chance): Moment {
  const header = near ? [near[0] + near[1], near[0] + near[1] + near[2], near[0], near[0] + near[3]] : sring
  const own = bytes.slice()
  if (header) own.set(new Uint8Array(Uint32Array.from(header).buffer))
  return momentOf(own, abi)
}

test('rings of chance, one after another', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(
      fc.array(chance, { minLength: 1, maxLength: 4 }),
      known,
      fc.option(fc.double({ min: 0.1, max: 99, noNaN: true })),
      (all, k, interval) => {
        const moments = all.map(momentOfChance)
        const { devices } = devicesOf(moments, k)
        const counts = devices.flatMap(({ queues }) => queues.map(({ total, replaced }) => total + (replaced?.moments ?? 0)))
        expect(counts.reduce((sum, n) => sum + n, 0)).toBe(moments.length)
        for (const { queues } of devices) {
          const diagnoses = queues.map((history) => diagnoseHistory(history, interval ?? undefined))
          check(diagnoses)
          for (const { verdicts } of diagnoses) for (const { verdict } of verdicts) seen.add(verdict)
        }
      },
    ),
    { numRuns: 150 },
  )
  for (const verdict of ['corrupt-indices', 'storage-below', 'requests-not-taken', 'responses-not-taken'])
    expect([...seen]).toContain(verdict)
})

/** Steps of a ring that can be: how many requests come, are taken, are answered, and how many answers are taken, and who then sleeps. */
const steps = fc.array(
  fc.record({
    sent: fc.nat(12),
    taken: fc.nat(12),
    answered: fc.nat(12),
    seen: fc.nat(12),
    backSleeps: fc.boolean(),
    frontSleeps: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
)

interface Truth {
  readonly indices: Indices
  readonly req_cons: number
  readonly rsp_cons: number
}

const NR_ENTS = 32

/** Both sides by the book, from index 64 on. */
function play(moves: (typeof steps extends fc.Arbitrary<infer T> ? T : never) | readonly never[]): Truth[] {
  let [req_prod, req_cons, rsp_prod, rsp_cons, req_event, rsp_event] = [64, 64, 64, 64, 65, 65]
  return moves.map((m) => {
    req_prod += Math.min(m.sent, NR_ENTS - (req_prod - rsp_cons))
    req_cons += Math.min(m.taken, req_prod - req_cons)
    if (m.backSleeps && req_cons === req_prod) req_event = req_cons + 1
    rsp_prod += Math.min(m.answered, req_cons - rsp_prod)
    rsp_cons += Math.min(m.seen, rsp_prod - rsp_cons)
    if (m.frontSleeps && rsp_cons === rsp_prod) rsp_event = rsp_cons + 1
    return { indices: { req_prod, req_event, rsp_prod, rsp_event }, req_cons, rsp_cons }
  })
}

test('the truth lies within the bounds, and private indices give it', () => {
  fc.assert(
    fc.property(steps, (moves) => {
      for (const { indices, req_cons, rsp_cons } of play(moves)) {
        const moment = made(indices)
        const untaken = indices.req_prod - req_cons
        const unseen = indices.rsp_prod - rsp_cons
        const { untaken: u, unseen: s } = readMoment(moment)
        expect(u.atLeast <= untaken && untaken <= u.atMost, `untaken ${untaken} in ${u.atLeast}..${u.atMost}`).toBe(true)
        expect(s.atLeast <= unseen && unseen <= s.atMost, `unseen ${unseen} in ${s.atLeast}..${s.atMost}`).toBe(true)
        const exact = readMoment({ ...moment, known: { req_cons, rsp_cons } })
        expect([exact.untaken.atMost, exact.unseen.atMost, exact.contradictions]).toEqual([untaken, unseen, []])
      }
    }),
  )
})

test('one moment of a ring by the book is never a certain problem', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (moves, withPrivate) => {
      for (const { indices, req_cons, rsp_cons } of play(moves)) {
        const moments = [made(indices)]
        const k: PrivateIndices = withPrivate ? { req_cons, rsp_cons } : {}
        const firm = diagnoseRing(moments, k, 60).verdicts.filter(
          (v) => v.problem && v.sureness !== 'may' && v.verdict !== 'ring-full',
        )
        expect(firm).toEqual([])
      }
    }),
  )
})

test('the verdicts do not depend on where the indices begin', () => {
  const base = fc.oneof(
    fc.constantFrom(2 ** 32 - 32, 2 ** 32 - 64, 2 ** 32 - 96, 2 ** 31 - 32),
    fc.nat(2 ** 27 - 1).map((n) => n * 32),
  )
  const indices = fc.record({
    req_prod: fc.integer({ min: 60, max: 100 }),
    req_event: fc.integer({ min: 56, max: 104 }),
    rsp_prod: fc.integer({ min: 60, max: 100 }),
    rsp_event: fc.integer({ min: 56, max: 104 }),
  })
  fc.assert(
    fc.property(fc.array(indices, { minLength: 1, maxLength: 3 }), base, fc.option(known), (all, b, k) => {
      // Up to nr_ents past 2^32 a ring looks as on its first lap: one that is full for the first time as well.
      fc.pre(all.every((i) => advance(b, i.req_prod) > 32 || advance(b, i.rsp_prod) > advance(b, i.req_prod)))
      const shown = [0, b].map((from) => {
        const there = Object.fromEntries(Object.entries(k ?? {}).map(([key, i]) => [key, advance(from, i)]))
        const { devices, notes } = devicesOf(
          all.map((i) => made(i, { base: from, abi: x86_64 })),
          there,
        )
        const diagnoses = devices.flatMap(({ queues }) => queues).map((history) => diagnoseHistory(history, 5))
        return [
          notes.length,
          ...diagnoses.map((d) => [
            verdictsOf(d),
            d.owes,
            d.waiting.map((w) => distance(from, w.index!)),
            d.drivers.map((g) => g.driver),
          ]),
        ]
      })
      expect(shown[1]).toEqual(shown[0])
    }),
    { numRuns: 200 },
  )
})
