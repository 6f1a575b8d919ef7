// The JSON of `inspect`, against the bytes and against decode's JSON.
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { inspectJson } from '../../src/commands/inspect/json.ts'
import { type Form, ringViewOf, type Target } from '../../src/commands/inspect/text.ts'
import { locate, pageView } from '../../src/inspect/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { ringJson } from '../../src/rows/ring-json.ts'
import { eachCapture } from '../support/captures.ts'

const first = (path: string) => {
  for (const dump of loadDumps(path)) return decodeCapture(dump)
  throw new Error(`${path} is empty`)
}

interface Range {
  readonly offset: number
  readonly size: number
  readonly bytes: string
}

interface Node extends Partial<Range> {
  readonly page?: number
  readonly children?: readonly Node[]
}

interface Printed {
  readonly areas: readonly { readonly slot?: object; readonly ranges: readonly Range[]; readonly tree: Node }[]
  readonly slots: readonly { readonly slot: number; readonly state: string; readonly index: number }[]
  readonly findings: readonly object[]
}

/** What a reader of the printed text has. */
const printed = (path: string, target: Target, form: Form = 'bytes') =>
  JSON.parse([...inspectJson(first(path), target, form)].join('')) as Printed

const decoded = (path: string) => ringJson(first(path)) as unknown as Printed

eachCapture('all bytes, and the slots that decode prints', ({ path }) => {
  const { areas, findings } = printed(path, { kind: 'ring' })
  const bytes = Buffer.from(areas.flatMap((area) => area.ranges.map((range) => range.bytes)).join(''), 'hex')
  expect(bytes.equals(first(path).capture.bytes)).toBe(true)
  expect(areas.flatMap((area) => (area.slot ? [area.slot] : []))).toEqual(decoded(path).slots)
  expect(findings).toEqual(decoded(path).findings)
})

test('a tree has the same ranges as its leaves', () => {
  const leaves = (nodes: readonly Node[]): Node[] => nodes.flatMap((n) => (n.bytes === undefined ? leaves(n.children ?? []) : [n]))
  const ranges = printed('dumps/indirect', { kind: 'ring' }).areas.flatMap((area) => area.ranges)
  const tree = printed('dumps/indirect', { kind: 'ring' }, 'tree').areas.flatMap((area) => leaves([area.tree]))
  expect(tree.map(({ offset, size, bytes }) => ({ offset, size, bytes }))).toEqual(
    ranges.map(({ offset, size, bytes }) => ({ offset, size, bytes })),
  )
})

test('a picture', () => {
  const { slots } = printed('dumps/out-of-order', { kind: 'ring' }, 'picture')
  expect(slots.map(({ slot, state, index }) => [slot, state, index])).toEqual(
    decoded('dumps/out-of-order').slots.map(({ slot, state, index }) => [slot, state, index]),
  )
  expect(printed('dumps/out-of-order', { kind: 'ring' }, 'picture')).toMatchObject({
    positions: [
      { name: 'rsp_prod', index: 8, slot: 8, where: 'here' },
      { name: 'rsp_event', index: 9, slot: 9, where: 'here' },
      { name: 'req_prod', index: 13, slot: 13, where: 'next' },
      { name: 'req_event', index: 14, slot: 14, where: 'next' },
    ],
  })
})

test('one byte, exactly', () => {
  const view = ringViewOf(first('dumps/multi-page'))
  const location = locate(view, 0x2071)
  const { at, findings, ...head } = printed('dumps/multi-page', { kind: 'location', location }) as unknown as {
    at: { slot: { slot: number; index: number } }
    findings: object[]
  }
  expect(head).toEqual({
    source: 'dumps/multi-page/ring.bin',
    snapshot: 0,
    protocol: 'x86_64-abi',
    pages: 4,
    nr_ents: 128,
    req_prod: 77,
    req_event: 78,
    rsp_prod: 56,
    rsp_event: 57,
    outstanding: 21,
  })
  expect(findings).toEqual([])
  const { slot, ...rest } = at
  expect(rest).toMatchInlineSnapshot(`
    {
      "offset": 8305,
      "page": 2,
      "pageOffset": 113,
      "range": {
        "bytes": "00000000",
        "kind": "stale",
        "offset": 8304,
        "path": "ring[73].req.seg[5].gref",
        "size": 4,
        "type": "u32",
        "value": 0,
      },
    }
  `)
  expect(slot).toEqual(decoded('dumps/multi-page').slots[73])
})

test('a page and who names it', () => {
  const page = pageView(ringViewOf(first('dumps/indirect')), 118)!
  const { indirect } = printed('dumps/indirect', { kind: 'page', page }) as unknown as {
    indirect: { gref: number; namedBy: object[]; ranges: Range[] }
  }
  expect(indirect.namedBy).toEqual([{ slot: 10, index: 74, indirect_gref: 0, nr_segments: 32 }])
  expect(Buffer.from(indirect.ranges.map((r) => r.bytes).join(''), 'hex').equals(page.bytes)).toBe(true)
  expect(indirect.ranges[4]).toEqual({
    offset: 8,
    size: 4,
    path: 'ring[10].req.indirect_grefs[0].seg[1].gref',
    kind: 'field',
    type: 'u32',
    value: 116,
    meaning: 'the page of sectors 0..7, disk 2312..2319',
    bytes: '74000000',
  })
})

test('an index says whether it is on the ring', () => {
  const asked = (index: number) =>
    printed('dumps/indirect', { kind: 'slot', slot: index % 32, index }) as unknown as { asked: object }
  expect(asked(74).asked).toEqual({ index: 74, onRing: true })
  expect(asked(94).asked).toEqual({ index: 94, onRing: false })
})
