// Slots of which nothing but the state is known: those that are not in the input, and those that the frontend recycled.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch } from '../../../src/codec/batch/batch.ts'
import { batchJudge } from '../../../src/codec/batch/judge-batch.ts'
import { mayBeOutstandingRow } from '../../../src/codec/batch/outstanding-row.ts'
import { readDecoded } from '../../../src/codec/batch/read-decoded.ts'
import { slotOfRow } from '../../../src/codec/batch/row.ts'
import { guessAbi } from '../../../src/codec/recognise/score.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { ringGeometry, slotOffset } from '../../../src/codec/ring/geometry.ts'
import { type ByteSpan, joinSpans, runsOf, slotsNotThere } from '../../../src/codec/ring/missing.ts'
import { mayBeOutstanding } from '../../../src/codec/ring/outstanding.ts'
import { advance, inWindow, slotOf } from '../../../src/codec/ring/ring-idx.ts'
import { clearedUpTo } from '../../../src/codec/ring/rsp-cons.ts'
import { ABIS, type Abi, x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import { encodeOver } from '../../../src/codec/struct/encode.ts'
import { blkifRequest, blkifResponse } from '../../../src/codec/xen/blkif.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../../../src/codec/xen/ring.ts'
import { expectSame } from '../../support/expect-same.ts'
import { rings } from '../../support/rings.ts'

interface Made {
  readonly req_prod: number
  readonly rsp_prod: number
  /** Responses before this index were taken and their slots cleared. */
  readonly rsp_cons: number
  readonly abi?: Abi
  /** OpenBSD's way: the slot's number stays as the id of a request. */
  readonly numbered?: boolean
}

/** A ring of one page. Ids are indices + 1000, as no frontend that counts has them. */
function ringOf({ req_prod, rsp_prod, rsp_cons, abi = x86_64, numbered = false }: Made): Uint8Array {
  const bytes = new Uint8Array(XEN_PAGE_SIZE)
  const geometry = ringGeometry(abi, 1)
  const sring = { req_prod, req_event: advance(req_prod, 1), rsp_prod, rsp_event: advance(rsp_cons, 1) }
  encodeOver(sringHeader, abi, { ...sring, pvt: new Uint8Array(4), pad: Array(44).fill(0) } as never, bytes)
  const oldest = advance(req_prod, -32)
  for (let k = 0; k < 32; k++) {
    const index = advance(oldest, k)
    const slot = slotOf(index, 32)
    const at = slotOffset(geometry, slot)
    const seg = Array.from({ length: 11 }, () => ({ gref: 8 + slot, first_sect: 0, last_sect: 7 }))
    const request = { operation: 0, nr_segments: 1, handle: 51712, id: BigInt(index) + 1000n, sector_number: 64n, seg }
    const isCleared = inWindow(index, oldest, rsp_cons)
    if (isCleared) {
      const nothing = { ...request, nr_segments: 0, handle: 0, id: numbered ? BigInt(slot) : 0n, sector_number: 0n }
      encodeOver(blkifRequest, abi, { ...nothing, seg: seg.map(() => ({ gref: 0, first_sect: 0, last_sect: 0 })) }, bytes, at)
      continue
    }
    encodeOver(blkifRequest, abi, request, bytes, at)
    if (inWindow(index, oldest, rsp_prod))
      encodeOver(blkifResponse, abi, { id: BigInt(index) + 1000n, operation: 0, status: 0 }, bytes, at)
  }
  return bytes
}

test.each([
  { abi: x86_64, numbered: false },
  { abi: x86_64, numbered: true },
  { abi: x86_32, numbered: false },
  { abi: x86_32, numbered: true },
])('a frontend that clears: $abi.name, numbered $numbered', ({ abi, numbered }) => {
  const bytes = ringOf({ req_prod: 107, rsp_prod: 104, rsp_cons: 101, abi, numbered })
  const ring = decodeRing(bytes, abi)
  const count = (state: string) => ring.slots.filter((s) => s.state === state).length
  expect(['cleared', 'response', 'request'].map(count)).toEqual([26, 3, 3])
  expect(ring.findings).toEqual([])
  expect(ring.evidence).toBe('no-such-response')
  expect(clearedUpTo(ring)).toBe(101)
  expect(ring.slots.filter(mayBeOutstanding).map(({ index }) => index)).toEqual([104, 105, 106])
  // The cleared ones have no vote for a layout.
  const guess = guessAbi(bytes)
  expect(guess.abi).toBe(abi)
  expect(guess.scores[abi === x86_64 ? 0 : 1]).toMatchObject({ plausible: 12, seen: 12, used: 32 })
})

test('cleared up to rsp_prod: no response is left, and rsp_cons is rsp_prod', () => {
  expect(clearedUpTo(decodeRing(ringOf({ req_prod: 40, rsp_prod: 40, rsp_cons: 40 }), x86_64))).toBe(40)
  expect(clearedUpTo(decodeRing(ringOf({ req_prod: 40, rsp_prod: 40, rsp_cons: 8 }), x86_64))).toBeUndefined()
})

test('any other byte makes it a response', () => {
  const geometry = ringGeometry(x86_64, 1)
  const made = ringOf({ req_prod: 40, rsp_prod: 40, rsp_cons: 40 })
  const at = slotOffset(geometry, 5)
  for (let i = 0; i < geometry.stride; i++) {
    const bytes = Uint8Array.from(made)
    bytes[at + i] = 1
    expect(decodeRing(bytes, x86_64).slots[5]!.state).toBe('response')
    // At byte 8 the slot's own number.
    bytes[at + i] = 5
    expect(decodeRing(bytes, x86_64).slots[5]!.state).toBe(i === 8 ? 'cleared' : 'response')
  }
})

test('a slot that is cleared behind a response may be anything: no verdict rests on it, and no rsp_cons', () => {
  const bytes = ringOf({ req_prod: 42, rsp_prod: 40, rsp_cons: 10 })
  const geometry = ringGeometry(x86_64, 1)
  bytes.fill(0, slotOffset(geometry, 20), slotOffset(geometry, 21))
  const ring = decodeRing(bytes, x86_64)
  expect(ring.slots[20]!.state).toBe('cleared')
  expect(clearedUpTo(ring)).toBeUndefined()
  expect(ring.evidence).toBe('slots-unknown')
  expect(ring.slots.filter((s) => s.state === 'request').map((s) => s.answered)).toEqual(['maybe', 'maybe'])
})

test('a request of zeros is one', () => {
  const bytes = ringOf({ req_prod: 42, rsp_prod: 40, rsp_cons: 40 })
  bytes.fill(0, slotOffset(ringGeometry(x86_64, 1), 8), slotOffset(ringGeometry(x86_64, 1), 10))
  expect(decodeRing(bytes, x86_64).slots.filter((s) => s.state === 'request')).toHaveLength(2)
})

test('what is not there is unknown, whatever the bytes are that stand for it; the indices say what it holds', () => {
  const bytes = ringOf({ req_prod: 107, rsp_prod: 104, rsp_cons: 75 })
  const geometry = ringGeometry(x86_64, 1)
  const missing = [{ from: slotOffset(geometry, 9) + 111, to: XEN_PAGE_SIZE }]
  const ring = decodeRing(bytes, x86_64, { missing })
  const unknown = ring.slots.filter((s) => s.state === 'unknown')
  expect(runsOf(unknown.map(({ slot }) => slot))).toEqual([{ first: 9, last: 31 }])
  expect(unknown.map(({ holds }) => holds)).toEqual(['request', 'request', ...Array(21).fill('response')])
  expect(ring.outstanding).toBe(3)
  expect(ring.evidence).toBe('slots-unknown')
  expect(ring.slots[8]).toMatchObject({ state: 'request', answered: 'maybe' })
  expect(ring.slots[7]).toMatchObject({ state: 'response', beneathOutstanding: 'maybe' })
  expect(guessAbi(bytes, missing).scores[0]).toMatchObject({ seen: 18, plausible: 18 })
  expect(ring.slots.filter(mayBeOutstanding).map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test('nothing outstanding stays nothing outstanding', () => {
  const bytes = ringOf({ req_prod: 40, rsp_prod: 40, rsp_cons: 8 })
  const ring = decodeRing(bytes, x86_64, { missing: [{ from: 64, to: 65 }] })
  expect(ring.slots.filter((s) => s.state === 'response').every((s) => s.beneathOutstanding === 'no')).toBe(true)
})

test('a first lap: a slot that is not there is unknown before it is unused', () => {
  const bytes = new Uint8Array(XEN_PAGE_SIZE)
  bytes.set([2, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3])
  const ring = decodeRing(bytes, x86_64, { missing: [{ from: slotOffset(ringGeometry(x86_64, 1), 1), to: XEN_PAGE_SIZE }] })
  expect(ring.slots.slice(0, 4)).toMatchObject([
    { state: 'cleared' },
    { state: 'unknown', holds: 'response' },
    { state: 'unknown', holds: 'unused', index: 2 },
    { state: 'unknown', holds: 'unused', index: 3 },
  ])
})

test('without a producer nothing is known of any slot; an event that is not there is said', () => {
  const bytes = ringOf({ req_prod: 107, rsp_prod: 104, rsp_cons: 75 })
  const without = (from: number) => decodeRing(bytes, x86_64, { missing: [{ from, to: from + 1 }] })
  for (const from of [0, 3, 8, 11]) {
    const ring = without(from)
    expect(ring.missing.producers).toBe(true)
    expect(ring.indices).toBe('unknown')
    expect(ring.slots.every((s) => s.state === 'unknown' && s.holds === 'unknown')).toBe(true)
    expect(ring.findings).toEqual([])
  }
  expect(without(4).missing).toMatchObject({ producers: false, indices: ['req_event'] })
  expect(without(15).missing).toMatchObject({ producers: false, indices: ['rsp_event'] })
  expect(without(15).slots.some((s) => s.state === 'unknown')).toBe(false)
})

test('columns know the same states as objects, with spans that are missing and slots that are cleared', () => {
  const span = fc.tuple(fc.nat(XEN_PAGE_SIZE - 1), fc.nat(500)).map(([from, length]) => ({ from, to: from + length + 1 }))
  const made = fc
    .record({ at: fc.nat(), outstanding: fc.nat(32), taken: fc.nat(32), numbered: fc.boolean() })
    .map(({ at, outstanding, taken, numbered }) => {
      const req_prod = at >>> 0
      const rsp_prod = advance(req_prod, -outstanding)
      const rsp_cons = advance(rsp_prod, -Math.min(taken, 32 - outstanding))
      return ringOf({ req_prod, rsp_prod, rsp_cons, numbered })
    })
  const seen = { cleared: 0, unknown: 0 }
  fc.assert(
    fc.property(fc.oneof(rings(1), made), fc.array(span, { maxLength: 3 }), fc.constantFrom(...ABIS), (bytes, spans, abi) => {
      const missing = joinSpans(spans.map(({ from, to }) => ({ from, to: Math.min(to, XEN_PAGE_SIZE) })))
      const ring = decodeRing(bytes, abi, { missing })
      const { slots, sring } = ring
      const batch = new Batch(ringGeometry(abi, 1), 1)
      readDecoded(batch, bytes, ring)
      const rows = Array.from({ length: batch.rows }, (_, row) => slotOfRow(batch, row))
      const used = slots.filter((s) => s.state !== 'unused')
      expectSame(rows, used)
      // The columns alone give the same verdicts.
      batchJudge(batch)()
      expectSame(
        rows.map((_, row) => slotOfRow(batch, row)),
        used,
      )
      expect(rows.map((_, row) => mayBeOutstandingRow(batch, row))).toEqual(used.map(mayBeOutstanding))
      expect([batch.req_prod[0], batch.req_event[0], batch.rsp_prod[0], batch.rsp_event[0]]).toEqual([
        sring.req_prod,
        sring.req_event,
        sring.rsp_prod,
        sring.rsp_event,
      ])
      for (const { state } of used) if (state === 'cleared' || state === 'unknown') seen[state]++
    }),
    { numRuns: 300 },
  )
  expect(Math.min(seen.cleared, seen.unknown)).toBeGreaterThan(100)
})

test('a slot is there only with all of its bytes', () => {
  const span = fc.tuple(fc.nat(4000), fc.nat(300)).map(([from, length]): ByteSpan => ({ from, to: from + length + 1 }))
  fc.assert(
    fc.property(fc.array(span, { maxLength: 4 }), fc.constantFrom(x86_64, x86_32), (spans, abi) => {
      const geometry = ringGeometry(abi, 1)
      const isGone = (byte: number) => spans.some(({ from, to }) => byte >= from && byte < to)
      const expected = Array.from({ length: geometry.nr_ents }, (_, slot) => slot).filter((slot) =>
        Array.from({ length: geometry.stride }, (_, i) => slotOffset(geometry, slot) + i).some(isGone),
      )
      expect(slotsNotThere(geometry, joinSpans(spans))).toEqual(expected)
    }),
  )
})

test('the answer that is unlikely, and the request beneath that would then be outstanding, are one verdict', () => {
  fc.assert(
    fc.property(rings(1), fc.constantFrom(...ABIS), (bytes, abi) => {
      const { slots, evidence } = decodeRing(bytes, abi)
      const beneath = slots.flatMap((s) => (s.state === 'response' ? [s.beneathOutstanding] : []))
      const answered = slots.flatMap((s) => (s.state === 'request' ? [s.answered] : []))
      if (evidence === 'fits-in-order') expect(beneath.every((certainty) => certainty === 'unlikely')).toBe(true)
      if (answered.every((certainty) => certainty === 'no')) expect(beneath.every((certainty) => certainty === 'no')).toBe(true)
    }),
  )
})
