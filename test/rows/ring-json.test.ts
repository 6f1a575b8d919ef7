// The JSON of `decode`, as design.md has it: whole slot objects, key for key.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import type { Capture } from '../../src/capture/capture.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { ringGeometry, slotOffset } from '../../src/codec/ring/geometry.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import type { Struct, ValueOf } from '../../src/codec/struct/c-types.ts'
import { encode, encodeOver } from '../../src/codec/struct/encode.ts'
import {
  blkifIndirectPage,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifResponse,
} from '../../src/codec/xen/blkif.ts'
import { sringHeader } from '../../src/codec/xen/ring.ts'
import { ringJson } from '../../src/rows/ring-json.ts'
import type { SlotFilter } from '../../src/rows/slot-filter.ts'
import { decodeByObjects } from '../support/decode-by-objects.ts'

const printed = vi.hoisted(() => ({ text: '' }))
vi.mock('../../src/terminal/output.ts', () => ({
  write: (text: string) => {
    printed.text += text
  },
}))

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
beforeEach(() => {
  printed.text = ''
})

type Entry = (bytes: Uint8Array, at: number) => void

const entry =
  <T extends Struct>(type: T, value: ValueOf<T>): Entry =>
  (bytes, at) =>
    encodeOver(type, x86_64, value, bytes, at)

const seg = (gref: number, first_sect: number, last_sect: number) => ({ gref, first_sect, last_sect })
const pad = <T>(items: T[], length: number, none: T): T[] => [...items, ...Array<T>(length - items.length).fill(none)]
const eleven = (...segs: ReturnType<typeof seg>[]) => pad(segs, 11, seg(0, 0, 0))

const write = entry(blkifRequest, {
  operation: 1,
  nr_segments: 2,
  handle: 51712,
  id: 3n,
  sector_number: 2048n,
  seg: eleven(seg(17, 5, 7), seg(18, 0, 3), seg(99, 0, 7)),
})
const flush = entry(blkifRequest, {
  operation: 3,
  nr_segments: 0,
  handle: 51712,
  id: 4n,
  sector_number: 2n ** 64n - 1n,
  seg: eleven(),
})
const indirect = entry(blkifRequestIndirect, {
  operation: 6,
  indirect_op: 0,
  nr_segments: 12,
  id: 5n,
  sector_number: 4096n,
  handle: 51712,
  indirect_grefs: [40, 41, 42, 0, 0, 0, 0, 0],
})
const discard = entry(blkifRequestDiscard, {
  operation: 5,
  flag: 1,
  handle: 51712,
  id: 6n,
  sector_number: 8n,
  nr_sectors: 2n ** 53n + 1n,
})
const response = (id: bigint) => entry(blkifResponse, { id, operation: 1, status: -1 })

/** A one-page ring on its first lap, with these slots from slot 0 on; the later of one slot overwrites the earlier. */
function ring(rsp_prod: number, ...slots: readonly (readonly Entry[])[]): Uint8Array {
  const geometry = ringGeometry(x86_64, 1)
  const bytes = new Uint8Array(geometry.bytes)
  const sring = { req_prod: slots.length, req_event: slots.length + 1, rsp_prod, rsp_event: rsp_prod + 1 }
  encodeOver(sringHeader, x86_64, sring, bytes)
  for (const [slot, entries] of slots.entries()) for (const put of entries) put(bytes, slotOffset(geometry, slot))
  return bytes
}

// biome-ignore lint/suspicious/noExplicitAny: JSON is looked at as a reader of it does
function json(bytes: Uint8Array, extra: Partial<Capture> = {}, filter?: SlotFilter): any {
  const plain = {
    source: 'ring.bin',
    queue: undefined,
    snapshot: 0,
    number: undefined,
    indirectPages: new Map(),
    xenstore: undefined,
    findings: [],
  }
  return JSON.parse(JSON.stringify(ringJson(decodeCapture({ ...plain, bytes, ...extra }, x86_64), filter)))
}

const slotOf = (put: Entry, extra?: Partial<Capture>) => json(ring(0, [put]), extra).slots[0]

test('a write', () => {
  expect(slotOf(write)).toEqual({
    slot: 0,
    index: 0,
    state: 'request',
    request: {
      op: 'write',
      operation: 1,
      id: '3',
      sector_number: '2048',
      handle: 51712,
      nr_segments: 2,
      segments: [
        { gref: 17, first_sect: 5, last_sect: 7 },
        { gref: 18, first_sect: 0, last_sect: 3 },
      ],
      nr_sectors: 7,
    },
  })
})

test('a flush', () => {
  expect(slotOf(flush)).toEqual({
    slot: 0,
    index: 0,
    state: 'request',
    request: {
      op: 'flush',
      operation: 3,
      id: '4',
      sector_number: '18446744073709551615',
      handle: 51712,
      nr_segments: 0,
      segments: [],
      nr_sectors: 0,
    },
  })
})

const INDIRECT = {
  op: 'indirect',
  operation: 6,
  id: '5',
  sector_number: '4096',
  handle: 51712,
  indirect_op: 0,
  nr_segments: 12,
  indirect_grefs: [40],
}

test('an indirect request, its segments read from the page that it names', () => {
  const inPage = Array.from({ length: 12 }, (_, i) => seg(100 + i, i === 0 ? 7 : 0, i === 11 ? 0 : 7))
  const page = encode(blkifIndirectPage, x86_64, { seg: pad(inPage, 512, seg(9, 9, 9)) })
  expect(slotOf(indirect, { indirectPages: new Map([[40, page]]) })).toEqual({
    slot: 0,
    index: 0,
    state: 'request',
    request: {
      ...INDIRECT,
      segments: [
        { gref: 100, first_sect: 7, last_sect: 7 },
        { gref: 101, first_sect: 0, last_sect: 7 },
        { gref: 102, first_sect: 0, last_sect: 7 },
        { gref: 103, first_sect: 0, last_sect: 7 },
        { gref: 104, first_sect: 0, last_sect: 7 },
        { gref: 105, first_sect: 0, last_sect: 7 },
        { gref: 106, first_sect: 0, last_sect: 7 },
        { gref: 107, first_sect: 0, last_sect: 7 },
        { gref: 108, first_sect: 0, last_sect: 7 },
        { gref: 109, first_sect: 0, last_sect: 7 },
        { gref: 110, first_sect: 0, last_sect: 7 },
        { gref: 111, first_sect: 0, last_sect: 0 },
      ],
      nr_sectors: 1 + 10 * 8 + 1,
    },
  })
})

test('an indirect request whose page is missing: null, and a finding', () => {
  const { slots, findings } = json(ring(0, [indirect]))
  expect(slots[0]).toEqual({
    slot: 0,
    index: 0,
    state: 'request',
    request: { ...INDIRECT, segments: null, nr_sectors: null },
  })
  expect(findings).toEqual([
    {
      code: 'indirect-page-missing',
      message: 'indirect_grefs[0] is 40, and its page is not at hand: no readable indirect-40.bin beside the ring',
      slot: 0,
      offset: 64 + 28,
      gref: 40,
    },
  ])
})

test('a discard: the number of sectors is from the wire, and a string', () => {
  expect(slotOf(discard)).toEqual({
    slot: 0,
    index: 0,
    state: 'request',
    request: {
      op: 'discard',
      operation: 5,
      id: '6',
      sector_number: '8',
      handle: 51712,
      flag: 1,
      nr_sectors: '9007199254740993',
    },
  })
})

test('an operation that has no struct: the slot in hexadecimal', () => {
  const unknown: Entry = (bytes, at) => {
    bytes.fill(0xab, at, at + 112)
    bytes.set([200, 1, 2, 3], at)
  }
  expect(slotOf(unknown)).toEqual({
    slot: 0,
    index: 0,
    state: 'request',
    request: {
      op: 'unknown',
      operation: 200,
      id: '12370169555311111083',
      sector_number: '12370169555311111083',
      handle: 0x0302,
      raw: `c8010203${'ab'.repeat(108)}`,
    },
  })
})

test('a response, with what is left of the request beneath', () => {
  expect(json(ring(1, [write, response(2n ** 53n + 1n)])).slots[0]).toEqual({
    slot: 0,
    index: 0,
    state: 'response',
    response: { id: '9007199254740993', operation: 1, op: 'write', status: -1 },
    beneath: {
      sector_number: '2048',
      segments: [
        { gref: 17, first_sect: 5, last_sect: 7 },
        { gref: 18, first_sect: 0, last_sect: 3 },
        { gref: 99, first_sect: 0, last_sect: 7 },
        ...Array(8).fill({ gref: 0, first_sect: 0, last_sect: 0 }),
      ],
      // The same bytes as the other structs have them: seg[0].gref, then from seg[0].first_sect on.
      handle: 17,
      indirect_grefs: [0x0705, 18, 0x0300, 99, 0x0700, 0, 0, 0],
      nr_sectors: String(17n + (0x0705n << 32n)),
    },
  })
})

test('an unused slot', () => {
  expect(json(ring(0, [write])).slots[31]).toEqual({ slot: 31, index: 31, state: 'unused' })
})

test('a request that was answered, and one that lies beneath the answer', () => {
  // 0 and 1 were sent, 1 was answered in slot 0: so 0 is outstanding still.
  const read = (id: bigint) =>
    entry(blkifRequest, { operation: 1, nr_segments: 1, handle: 1, id, sector_number: id, seg: eleven(seg(8 + Number(id), 0, 7)) })
  const { slots } = json(ring(1, [read(0n), response(1n)], [read(1n)]))
  expect([slots[0].beneathOutstanding, slots[1].answered, slots[1].answeredBy]).toEqual(['yes', 'yes', 0])
  expect(Object.keys(slots[0])).toEqual(['slot', 'index', 'state', 'response', 'beneath', 'beneathOutstanding'])
  expect(Object.keys(slots[1])).toEqual(['slot', 'index', 'state', 'request', 'answered', 'answeredBy'])
})

const KEYS = [
  'source',
  'protocol',
  'pages',
  'nr_ents',
  'req_prod',
  'req_event',
  'rsp_prod',
  'rsp_event',
  'outstanding',
  'slots',
  'findings',
]

test('the keys of a ring, in order', () => {
  const { slots, ...rest } = json(ring(1, [write, response(3n)], [flush]))
  expect(rest).toEqual({
    source: 'ring.bin',
    protocol: 'x86_64-abi',
    pages: 1,
    nr_ents: 32,
    req_prod: 2,
    req_event: 3,
    rsp_prod: 1,
    rsp_event: 2,
    outstanding: 1,
    findings: [],
  })
  expect(slots.map((s: { slot: number }) => s.slot)).toEqual(Array.from({ length: 32 }, (_, i) => i))
  expect(Object.keys(json(ring(0, [write])))).toEqual(KEYS)
  expect(Object.keys(json(ring(0, [write]), { queue: 3 }))).toEqual(['source', 'queue', ...KEYS.slice(1)])
})

test.each([
  ['all', 32],
  ['in-flight', 1],
  ['responses', 2],
] as const)('--slots %s', (filter, slots) => {
  expect(json(ring(2, [write, response(3n)], [flush, response(4n)], [discard]), {}, filter).slots).toHaveLength(slots)
})

const FLUSH =
  '"request":{"op":"flush","operation":3,"id":"4","sector_number":"18446744073709551615","handle":51712,"nr_segments":0,"segments":[],"nr_sectors":0}'

function ndjson(...files: readonly string[]): string[] {
  for (const file of files) writeFileSync(join(scratch, file), ring(0, [flush]))
  const options = { abi: x86_64, pages: undefined, filter: 'all', segments: false, format: 'ndjson' } as const
  const inputs = files.map((file) => join(scratch, file))
  expect(decodeByObjects(inputs, options)).toBe(0)
  return printed.text.split(/(?<=\n)/)
}

test('--ndjson: one line for every slot that is not unused, numbered where there are several rings', () => {
  expect(ndjson('a.bin')).toEqual([`{"slot":0,"index":0,"state":"request",${FLUSH}}\n`])
  printed.text = ''
  expect(ndjson('a.bin', 'b.bin')).toEqual([
    `{"snapshot":0,"slot":0,"index":0,"state":"request",${FLUSH}}\n`,
    `{"snapshot":1,"slot":0,"index":0,"state":"request",${FLUSH}}\n`,
  ])
})
