// Requests over several slots against a frontend and a backend of a few lines, which write what FreeBSD's blkif.h of 2011 says,
// at offsets typed from it: a header of 11 segments, blocks of 14, and a response over as many slots of which one is written.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { annotateRing } from '../../../src/codec/ring/annotate-ring.ts'
import { changedInFlight } from '../../../src/codec/ring/changed-in-flight.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { slotsForSegments } from '../../../src/codec/ring/multi-slot.ts'
import type { ContinuationSlot, RequestSlot } from '../../../src/codec/ring/ring.ts'
import { x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import { maxRequestSegments } from '../../../src/xenstore/segments.ts'

const [SLOTS, STRIDE, NR_ENTS, PAGE] = [64, 112, 32, 4096]
const MAX = 40

interface Sent {
  readonly id: number
  readonly index: number
  readonly slots: number
  readonly op: number
  readonly segs: readonly (readonly [gref: number, first: number, last: number])[]
}

class Machine {
  readonly bytes = new Uint8Array(PAGE)
  readonly view = new DataView(this.bytes.buffer)
  req_prod: number
  rsp_prod: number
  waiting: Sent[] = []
  /** Of responses: id, and the index of their first slot. */
  answered: (readonly [id: number, index: number])[] = []
  #gref = 9
  #ids = Array.from({ length: NR_ENTS }, (_, i) => i)

  constructor(start: number) {
    this.req_prod = start
    this.rsp_prod = start
    this.#publish()
  }

  at(index: number): number {
    return SLOTS + (index % NR_ENTS) * STRIDE
  }

  send(op: number, nr: number): boolean {
    const slots = nr <= 11 ? 1 : 1 + Math.ceil((nr - 11) / 14)
    if (this.req_prod + slots - this.rsp_prod > NR_ENTS) return false
    const id = this.#ids.shift()!
    const segs = Array.from({ length: nr }, (_, i) => [this.#gref++, 0, i === nr - 1 && nr % 3 === 0 ? 3 : 7] as const)
    const head = this.at(this.req_prod)
    this.bytes.set([op, nr, 0x00, 0x03], head)
    this.view.setBigUint64(head + 8, BigInt(id), true)
    this.view.setBigUint64(head + 16, BigInt(this.req_prod) * 256n, true)
    for (const [i, [gref, first, last]] of segs.entries()) {
      const behind = i - 11
      const at = behind < 0 ? head + 24 + 8 * i : this.at(this.req_prod + 1 + Math.floor(behind / 14)) + 8 * (behind % 14)
      this.view.setUint32(at, gref, true)
      this.bytes.set([first, last], at + 4)
    }
    this.waiting.push({ id, index: this.req_prod, slots, op, segs })
    this.req_prod += slots
    this.#publish()
    return true
  }

  /** @param nth of those that wait */
  answer(nth: number): void {
    const [sent] = this.waiting.splice(nth % this.waiting.length, 1)
    if (!sent) return
    const at = this.at(this.rsp_prod)
    this.view.setBigUint64(at, BigInt(sent.id), true)
    this.bytes[at + 8] = sent.op
    this.view.setInt16(at + 10, 0, true)
    this.answered.push([sent.id, this.rsp_prod])
    this.rsp_prod += sent.slots
    this.#ids.push(sent.id)
    this.#publish()
  }

  decode() {
    return decodeRing(this.bytes, x86_64, { maxSegments: MAX })
  }

  #publish(): void {
    for (const [at, value] of [this.req_prod, this.req_prod + 1, this.rsp_prod, this.rsp_prod + 1].entries())
      this.view.setUint32(4 * at, value >>> 0, true)
  }
}

const steps = fc.array(
  fc.oneof(fc.record({ op: fc.constantFrom(0, 1), nr: fc.integer({ min: 1, max: MAX }) }), fc.record({ answer: fc.nat(5) })),
  { minLength: 1, maxLength: 60 },
)

test('answered in order, every request in flight is read as it was sent, from the first lap on', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(0, 1000), (steps, start) => {
      const machine = new Machine(start)
      for (const step of steps) {
        if ('nr' in step) machine.send(step.op, step.nr)
        else if (machine.waiting.length > 0) machine.answer(0)
        const { slots, findings } = machine.decode()
        expect(findings).toEqual([])
        expect(requestsOf(slots)).toEqual(machine.waiting.map((sent) => expected(sent)))
        const responses = slots.filter((s) => s.state === 'response').sort((a, b) => a.index - b.index)
        const onRing = machine.answered.filter(([, index]) => index >= machine.req_prod - NR_ENTS)
        if (start < NR_ENTS) expect(responses.map(({ response, index }) => [Number(response.id), index])).toEqual(onRing)
        const parts = slots.filter((s): s is ContinuationSlot => s.state === 'continuation' && s.holds === 'request')
        const own = machine.waiting.flatMap((sent) =>
          Array.from({ length: sent.slots - 1 }, (_, k) => [(sent.index + 1 + k) % NR_ENTS, sent.index % NR_ENTS]),
        )
        expect(parts.map(({ slot, of }) => [slot, of])).toEqual(own.sort(([a], [b]) => a! - b!))
      }
    }),
  )
})

test('answered in any order, requests whose header is there are read as they were sent, and nothing is found', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const machine = new Machine(1000)
      for (const step of steps) {
        if ('nr' in step) machine.send(step.op, step.nr)
        else if (machine.waiting.length > 0) machine.answer(step.answer)
        const { slots, findings } = machine.decode()
        expect(findings.filter(({ code }) => !SHARED.has(code))).toEqual([])
        const shown = machine.waiting.filter(({ index }) => index >= machine.rsp_prod)
        expect(requestsOf(slots)).toEqual(expect.arrayContaining(shown.map((sent) => expected(sent))))
      }
    }),
  )
})

/** Of requests that were answered and still stand in the window: another has their id, or their page, meanwhile. */
const SHARED: ReadonlySet<string> = new Set(['id-shared', 'gref-shared'])

function expected({ id, index, op, segs }: Sent) {
  return {
    id: BigInt(id),
    index,
    operation: op,
    segments: segs.map(([gref, first_sect, last_sect]) => ({ gref, first_sect, last_sect })),
  }
}

function requestsOf(slots: ReturnType<Machine['decode']>['slots']) {
  return slots
    .filter((s): s is RequestSlot => s.state === 'request')
    .sort((a, b) => a.index - b.index)
    .map(({ index, request }) => {
      if (request.kind !== 'rw') throw new Error(`kind ${request.kind}`)
      return { id: request.id, index, operation: request.operation, segments: request.segments }
    })
}

test('with a slot that is not there, what is read of others is what was sent', () => {
  fc.assert(
    fc.property(steps, fc.nat(NR_ENTS - 1), (steps, gone) => {
      const machine = new Machine(1000)
      for (const step of steps) {
        if ('nr' in step) machine.send(step.op, step.nr)
        else if (machine.waiting.length > 0) machine.answer(0)
      }
      const from = SLOTS + gone * STRIDE
      const bytes = machine.bytes.slice().fill(0, from, from + STRIDE)
      const { slots, findings } = decodeRing(bytes, x86_64, { maxSegments: MAX, missing: [{ from, to: from + STRIDE }] })
      expect(findings).toEqual([])
      expect(slots[gone]!.state).toBe('unknown')
      const whole = machine.waiting.filter(({ index, slots: n }) => !inSlots(gone, index, n))
      expect(requestsOf(slots)).toEqual(whole.map((sent) => expected(sent)))
      // What is left of a request of which a slot is gone is as unknown.
      for (const { index, slots: n } of machine.waiting)
        if (inSlots(gone, index, n)) for (let k = 0; k < n; k++) expect(slots[(index + k) % NR_ENTS]!.state).toBe('unknown')
    }),
  )
})

test('a block behind a slot that is not there is no request, though it reads as one', () => {
  for (const nr of [12, 26]) {
    const machine = new Machine(NR_ENTS)
    // The last segment alone in its block, of a page whose reference is that of a read of one segment.
    machine.send(0, nr)
    machine.send(1, 2)
    const n = slotsForSegments(nr)
    const at = machine.at(NR_ENTS + n - 1)
    machine.bytes.fill(0, at, at + STRIDE)
    machine.view.setUint32(at, 0x0300_0100, true)
    machine.bytes.set([0, 7], at + 4)
    machine.view.setBigUint64(at + 8, 3n, true)
    for (let gone = 0; gone < n - 1; gone++) {
      const from = SLOTS + gone * STRIDE
      const { slots } = decodeRing(machine.bytes, x86_64, { maxSegments: MAX, missing: [{ from, to: from + STRIDE }] })
      expect(slots.slice(0, n).map(({ state }) => state)).toEqual(Array(n).fill('unknown'))
      expect(slots[n]!.state).toBe('request')
    }
  }
})

function inSlots(slot: number, index: number, slots: number): boolean {
  return Array.from({ length: slots }, (_, k) => (index + k) % NR_ENTS).includes(slot)
}

test('bytes of blocks are annotated once each, and those that are not used are stale', () => {
  const machine = new Machine(0)
  machine.send(1, 30)
  const ranges = annotateRing(machine.decode())
  let at = 0
  for (const { offset, size } of ranges) {
    expect(offset).toBe(at)
    at += size
  }
  expect(at).toBe(PAGE)
  const last = ranges.filter(({ path, kind }) => path.startsWith('ring[2].block.seg[') && kind === 'field')
  expect(last.at(-1)!.path).toBe('ring[2].block.seg[4].last_sect')
})

test('whatever the bytes are, a ring comes back, each slot once', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: PAGE, maxLength: PAGE }),
      fc.nat(40),
      fc.nat(NR_ENTS),
      fc.boolean(),
      (bytes, from, n, narrow) => {
        const view = new DataView(bytes.buffer)
        view.setUint32(0, from + n, true)
        view.setUint32(8, from, true)
        const ring = decodeRing(bytes, narrow ? x86_32 : x86_64, { maxSegments: 255 })
        expect(ring.slots.map(({ slot }) => slot)).toEqual(Array.from({ length: NR_ENTS }, (_, slot) => slot))
        let at = 0
        for (const { offset, size } of annotateRing(ring)) {
          expect(offset).toBe(at)
          at += size
        }
        expect(at).toBe(PAGE)
      },
    ),
  )
})

test('a block of segments that changes while its request is in flight', () => {
  const machine = new Machine(0)
  machine.send(1, 30)
  const before = { ring: machine.decode(), bytes: machine.bytes.slice(), indirectPages: new Map() }
  machine.view.setUint32(machine.at(2) + 8, 4711, true)
  const after = { ring: machine.decode(), bytes: machine.bytes, indirectPages: new Map() }
  expect(changedInFlight(before, after)).toMatchObject([
    { slot: 2, index: 2, path: 'ring[2].block.seg[1].gref', offset: machine.at(2) + 8, newer: false },
  ])
})

test('without both ends’ word, and beyond it, a count above 11 cannot be', () => {
  const machine = new Machine(0)
  machine.send(1, 30)
  expect(decodeRing(machine.bytes, x86_64).findings.map(({ code }) => code)).toContain('nr-segments-impossible')
  const { findings, slots } = decodeRing(machine.bytes, x86_64, { maxSegments: 29 })
  expect(findings[0]).toMatchObject({ code: 'nr-segments-impossible', slot: 0, message: expect.stringContaining('(29)') })
  expect(slots.filter(({ state }) => state === 'continuation')).toEqual([])
})

test.each([
  ['32', '255', 32],
  ['255', '32', 32],
  ['9999', '300', 255],
  ['32', undefined, 11],
  [undefined, '255', 11],
  ['11', '255', 11],
  ['0', '255', 11],
  ['32x', '255', 11],
  ['-1', '99999999999999999999', 11],
])('max-request-segments %s and %s', (front, back, most) => {
  const nodes = (value: string | undefined) => new Map(value === undefined ? [] : [['max-request-segments', value]])
  expect(maxRequestSegments({ frontend: nodes(front), backend: nodes(back) })).toBe(most)
})

test('slots of a request', () => {
  expect([0, 1, 11, 12, 25, 26, 39, 40, 255].map(slotsForSegments)).toEqual([1, 1, 1, 2, 2, 3, 3, 4, 19])
})
