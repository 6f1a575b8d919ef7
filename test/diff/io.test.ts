// Level io: the same work is the same, whatever the driver, its pages and its encoding; and where a driver skips sectors, it shows.

import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ringGeometry, slotOffset } from '../../src/codec/ring/geometry.ts'
import { decodeWireRing, encodeRequestOver } from '../../src/codec/ring/wire.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { layoutOf } from '../../src/codec/struct/layout.ts'
import { type BlkifRequest, type BlkifRequestIndirect, blkifRequest, blkifRequestSegment } from '../../src/codec/xen/blkif.ts'
import { sringHeader } from '../../src/codec/xen/ring.ts'
import { diskRequests, joinPairs } from '../../src/diff/disk-request.ts'
import type { SideRing } from '../../src/diff/index.ts'
import { isTaken } from '../scenario/player/scenario-arbitrary.ts'
import { SHARED, testShared } from '../support/shared.ts'
import { diffOf, drivenRing, sideOf, sideOfRecipe, sideOfScenario, sidesOf } from './sides.ts'

/** References and ids of everything in flight, under other names. */
function renamed(side: SideRing, shift: number): SideRing {
  const { geometry, slots } = side.ring
  const { abi } = geometry
  const name = (gref: number) => ((gref ^ 0x5a5) + 8 * shift) >>> 0
  const bytes = side.bytes.slice()
  const wire = decodeWireRing(bytes, geometry)
  for (const slot of slots) {
    if (slot.state !== 'request') continue
    const { req } = wire.ring[slot.slot]!
    const at = slotOffset(geometry, slot.slot)
    const id = req.id * 3n + BigInt(shift)
    if (slot.request.kind === 'rw') {
      const seg = (req as BlkifRequest).seg.map((s) => ({ ...s, gref: name(s.gref) }))
      encodeRequestOver({ ...(req as BlkifRequest), id, seg }, abi, bytes, at)
    } else if (slot.request.kind === 'indirect') {
      const indirect = req as BlkifRequestIndirect
      encodeRequestOver({ ...indirect, id, indirect_grefs: indirect.indirect_grefs.map(name) }, abi, bytes, at)
    } else encodeRequestOver({ ...req, id }, abi, bytes, at)
  }
  const pages = new Map(
    [...(side.indirectPages as Map<number, Uint8Array>)].map(([gref, page]) => [name(gref), renamedPage(page, abi, name)]),
  )
  return sideOf(bytes, abi, pages)
}

function renamedPage(page: Uint8Array, abi: SideRing['ring']['geometry']['abi'], name: (gref: number) => number): Uint8Array {
  const copy = page.slice()
  const view = new DataView(copy.buffer)
  const { size } = layoutOf(blkifRequestSegment, abi)
  for (let at = 0; at < copy.length; at += size) view.setUint32(at, name(view.getUint32(at, true)), true)
  return copy
}

test('other names for references and ids are no difference, if always the same; and the names are found', () => {
  fc.assert(
    fc.property(drivenRing, fc.nat({ max: 1000 }), (recipe, shift) => {
      const a = sideOfRecipe(recipe)
      const { hunks, renames, unknown } = diffOf(a, renamed(a, shift), { level: 'io' })
      expect([hunks, unknown]).toEqual([[], []])
      // Two requests that ask for the same, such as two flushes, may stand for each other: the names as a whole must be right.
      const sorted = (names: readonly (bigint | number)[]) => names.map(BigInt).sort((x, y) => (x < y ? -1 : 1))
      const name = (from: number) => ((from ^ 0x5a5) + 8 * shift) >>> 0
      expect(sorted(renames!.gref.map(([, to]) => to))).toEqual(sorted(renames!.gref.map(([from]) => name(from))))
      const ids = renames!.id.map(([from, to]) => [BigInt(from), BigInt(to)] as const)
      expect(sorted(ids.map(([, to]) => to))).toEqual(sorted(ids.map(([from]) => from * 3n + BigInt(shift))))
    }),
    { numRuns: 200 },
  )
})

const driver = fc.record({
  driver: fc.constantFrom('seed', 'extra-req', 'modern'),
  abi: fc.constantFrom('x86_64', 'x86_32', 'arm'),
  page_size: fc.constantFrom('4K', '16K', '64K'),
  ring_pages: fc.constantFrom(1, 4),
  features: fc.record({ persistent: fc.boolean(), max_indirect_segments: fc.constantFrom(0, 16, 32) }),
  first_gref: fc.integer({ min: 8, max: 3000 }),
})

/** Requests that every driver takes whole: one buffer of up to 44 KiB, or with indirect requests of up to 60. */
const work = fc.array(
  fc.record({
    op: fc.constantFrom('read', 'write'),
    sector: fc.integer({ min: 0, max: 2 ** 40 }),
    sectors: fc.integer({ min: 1, max: 120 }),
    offset: fc.nat({ max: 7 }),
  }),
  { minLength: 1, maxLength: 8 },
)

function fileOf(
  config: object,
  requests: readonly { op: string; sector: number; sectors: number; offset: number }[],
  odd: boolean,
) {
  const steps = requests.map(({ op, sector, sectors, offset }) => ({
    [op]: { sector: String(sector), bytes: sectors * 512, offset: odd ? offset * 512 : 0 },
  }))
  return { ...config, steps: [...steps, 'push'] }
}

function partsOf(side: SideRing): string {
  return joinPairs(diskRequests(side))
    .map(({ sector, sectors }) => `${sector}+${sectors}`)
    .join()
}

test('the same work from two drivers is equal, unless one of them skips sectors', () => {
  const seen = { equal: 0, skipped: 0 }
  fc.assert(
    fc.property(driver, driver, work, fc.boolean(), (configA, configB, requests, odd) => {
      const files = [configA, configB].map((config) => fileOf(config, requests, odd))
      // The oldest driver does not connect so.
      fc.pre(
        [configA, configB].every(
          ({ driver, page_size, features }) => driver !== 'seed' || page_size !== '64K' || features.max_indirect_segments > 0,
        ),
      )
      fc.pre(files.every(isTaken))
      const [a, b] = files.map(sideOfScenario)
      const { hunks, coverage } = diffOf(a!, b!, { level: 'io' })
      const faults = [coverage!.a, coverage!.b].map(({ faults }) => faults.filter(({ kind }) => kind === 'gap').length)
      // Sectors are skipped where a buffer does not begin on 4 KiB, and nowhere else.
      if (!odd) expect(faults).toEqual([0, 0])
      if (faults[0] === 0 && faults[1] === 0) {
        // Block layers with pages of other sizes cut in other places, which is shown as other parts, or as grants of their own.
        if (partsOf(a!) === partsOf(b!)) {
          expect(hunks).toEqual([])
          seen.equal++
        }
      } else {
        // Two drivers that skip the same are equal.
        if (faults[0] !== faults[1]) expect(hunks.length).toBeGreaterThan(0)
        seen.skipped++
      }
    }),
    { numRuns: 400 },
  )
  expect(seen.equal).toBeGreaterThan(100)
  expect(seen.skipped).toBeGreaterThan(10)
})

test.each(['extra-req', 'modern'])('%s: a two-slot request skips what its first grant lacks, and never when aligned', (name) => {
  const features = { persistent: false, max_indirect_segments: 0 }
  for (let offset = 0; offset < 8; offset++) {
    const step = { write: { sector: '1000', bytes: 60 * 1024, offset: 512 * offset } }
    const big = sideOfScenario({ driver: name, page_size: '64K', features, steps: [step, 'push'] })
    const small = sideOfScenario({ driver: name, page_size: '4K', steps: [step, 'push'] })
    const { hunks, coverage } = diffOf(small, big, { level: 'io' })
    expect(coverage!.a.faults).toEqual([])
    expect(coverage!.b.faults.map(({ kind, from, to }) => ({ kind, from, to }))).toEqual(
      offset === 0 ? [] : [{ kind: 'gap', from: 1088n - BigInt(offset), to: 1087n }],
    )
    expect(hunks.length).toBe(offset === 0 ? 0 : 1)
  }
})

test('one reference that stands for two, and two ids that stand for one, are differences', () => {
  const steps = [0, 1, 2].map((n) => ({ read: { sector: String(n * 100), bytes: 4096 } }))
  const a = sideOfScenario({ steps: [...steps, 'push'] })
  const { geometry } = a.ring
  const edit = (change: (req: BlkifRequest) => BlkifRequest) => {
    const bytes = a.bytes.slice()
    const req = decodeWireRing(bytes, geometry).ring[2]!.req as BlkifRequest
    encodeRequestOver(change(req), geometry.abi, bytes, slotOffset(geometry, 2))
    return diffOf(a, sideOf(bytes, geometry.abi), { level: 'io' }).hunks.flatMap((h) =>
      h.differences.map((d) => [d.a!.path, d.note]),
    )
  }
  const first = decodeWireRing(a.bytes, geometry).ring[0]!.req as BlkifRequest
  const { gref } = first.seg[0]!
  expect(edit((req) => ({ ...req, seg: req.seg.map((s, i) => (i === 0 ? { ...s, gref } : s)) }))).toEqual([
    ['ring[2].req.seg[0].gref', `gref ${gref} stands for ${gref} elsewhere`],
  ])
  expect(edit((req) => ({ ...req, id: first.id }))).toEqual([['ring[2].req.id', 'id 0 stands for 0 elsewhere']])
})

testShared('captures: one workload on guests of 4 KiB and of 64 KiB pages', () => {
  const diff = (situation: string) => {
    const [a, b] = ['arm64-4k', 'arm64-64k'].map(
      (tree) => sidesOf(join(SHARED, 'captures', tree, 'p1-default-persistent', situation))[0]!,
    )
    return diffOf(a!, b!, { level: 'io' })
  }
  for (const situation of ['c2-small-sectors-inflight', 'd-indirect-inflight']) {
    const { hunks, unknown, coverage } = diff(situation)
    expect([hunks, unknown, coverage!.a.faults, coverage!.b.faults]).toEqual([[], [], [], []])
  }
  // One request of three pieces of memory: 64 KiB pages send the last in a request of its own.
  const { hunks } = diff('c-direct-inflight')
  expect(hunks.map(({ differences }) => differences.map(({ a, b, note }) => [a!.value, b!.value, note]))).toEqual([
    [['6001..6011', '6001..6003 and 6004..6011', 'the same sectors, in other parts']],
  ])
})

test('an indirect page that one side lacks: nothing is claimed, and that is said', () => {
  const side = sidesOf('dumps/indirect')[0]!
  const known = side.ring.slots.flatMap((s) =>
    s.state === 'request' && s.request.kind === 'indirect' ? s.request.indirect_grefs : [],
  )
  const without = (gref: number): SideRing => {
    const pages = new Map(known.filter((g) => g !== gref).map((g) => [g, side.indirectPages.get(g)!]))
    return sideOf(side.bytes, side.ring.geometry.abi, pages)
  }
  const gref = known[3]!
  for (const level of ['bytes', 'fields', 'io'] as const) {
    const lacks = (a: SideRing, b: SideRing) => {
      const { hunks, unknown } = diffOf(a, b, { level })
      return [hunks.length, ...unknown.map((u) => (u.what === 'page' ? `${u.side} ${u.gref}` : u.what))]
    }
    expect(lacks(side, without(gref))).toEqual([0, `b ${gref}`])
    expect(lacks(without(gref), side)).toEqual([0, `a ${gref}`])
    expect(lacks(without(gref), without(gref))).toEqual([0])
  }
})

/** A ring of direct requests of the given segments, all at sector 0 unless they say otherwise. */
function ringOf(
  ...requests: { op?: number; id: number; sector?: number; segments: [gref: number, first: number, last: number][] }[]
): SideRing {
  const geometry = ringGeometry(x86_64, 1)
  const bytes = new Uint8Array(geometry.bytes)
  encodeOver(sringHeader, x86_64, { req_prod: requests.length, req_event: 1, rsp_prod: 0, rsp_event: 1 }, bytes)
  for (const [slot, { op = 1, id, sector = 0, segments }] of requests.entries()) {
    const seg = Array.from({ length: 11 }, (_, i) => {
      const [gref, first_sect, last_sect] = segments[i] ?? [0, 0, 0]
      return { gref, first_sect, last_sect }
    })
    const request = {
      operation: op,
      nr_segments: segments.length,
      handle: 51712,
      id: BigInt(id),
      sector_number: BigInt(sector),
      seg,
    }
    encodeOver(blkifRequest, x86_64, request, bytes, slotOffset(geometry, slot))
  }
  return sideOf(bytes, x86_64)
}

const first: [number, number, number][] = [
  [10, 0, 7],
  [11, 0, 7],
]
const second: [number, number, number][] = [
  [12, 4, 7],
  [13, 0, 7],
  [14, 0, 3],
]

test.each<[string, SideRing, SideRing]>([
  [
    'other order',
    ringOf({ id: 0, segments: first }, { id: 1, segments: second }),
    ringOf({ id: 1, segments: second }, { id: 0, segments: first }),
  ],
  [
    'other order and ids',
    ringOf({ id: 0, segments: first }, { id: 1, segments: second }),
    ringOf({ id: 5, segments: second }, { id: 6, segments: first }),
  ],
  [
    'other order, a reference that a third request uses as well',
    ringOf({ id: 0, segments: [[5, 0, 7]] }, { id: 1, segments: [[6, 0, 7]] }, { id: 2, sector: 100, segments: [[5, 0, 7]] }),
    ringOf({ id: 7, segments: [[6, 0, 7]] }, { id: 8, segments: [[5, 0, 7]] }, { id: 9, sector: 100, segments: [[5, 0, 7]] }),
  ],
  [
    'segments of one grant, apart and together',
    ringOf({
      id: 0,
      segments: [
        [10, 0, 3],
        [10, 4, 7],
      ],
    }),
    ringOf({ id: 0, segments: [[10, 0, 7]] }),
  ],
])('equal at level io: %s', (_, a, b) => {
  expect(diffOf(a, b, { level: 'io' }).hunks).toEqual([])
})

test('a request that no backend carries out is not one that it does', () => {
  const legal = ringOf({ id: 0, segments: [[10, 0, 7]] })
  const impossible = ringOf({
    id: 0,
    segments: [
      [10, 0, 7],
      [11, 5, 3],
    ],
  })
  const paths = (a: SideRing, b: SideRing) =>
    diffOf(a, b, { level: 'io' }).hunks.flatMap((h) => h.differences.map((d) => (d.a ?? d.b)!.path))
  expect(paths(legal, impossible)).toEqual(
    ['nr_segments', 'seg[1].first_sect', 'seg[1].last_sect'].map((name) => `ring[0].req.${name}`),
  )
  expect(
    paths(
      impossible,
      ringOf({
        id: 0,
        segments: [
          [10, 0, 7],
          [11, 5, 2],
        ],
      }),
    ),
  ).toEqual(['ring[0].req.seg[1].last_sect'])
  expect(diffOf(impossible, impossible, { level: 'io' }).hunks).toEqual([])
})
