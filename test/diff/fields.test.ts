// Level fields: which values count, under which layouts, by which way of matching.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { sringHeader } from '../../src/codec/xen/ring.ts'
import { changeOf, type DiffOptions, diffDevices } from '../../src/diff/index.ts'
import { isTaken, scenario } from '../scenario/player/scenario-arbitrary.ts'
import { diffOf, pathsOf, sideOf, sideOfScenario, sidesOf } from './sides.ts'

test('the layout is no field: one scenario under every ABI', () => {
  fc.assert(
    fc.property(scenario, fc.constantFrom('x86_64', 'x86_32', 'arm'), fc.constantFrom('x86_64', 'x86_32', 'arm'), (file, x, y) => {
      const files = [x, y].map((abi) => ({ ...file, abi }))
      fc.pre(files.every(isTaken))
      const [a, b] = files.map(sideOfScenario)
      expect(diffOf(a!, b!, { level: 'fields' }).hunks).toEqual([])
    }),
    { numRuns: 100 },
  )
})

const direct = () => sidesOf('dumps/direct')[0]!
/** Slot 15 of dumps/direct is a request of one segment in flight, slot 3 a response. */
const at = (slot: number, offset: number) => 64 + slot * 112 + offset

function flipped(...offsets: number[]) {
  const { bytes, ring } = direct()
  const copy = bytes.slice()
  for (const offset of offsets) copy[offset]! ^= 1
  return sideOf(copy, ring.geometry.abi)
}

test.each<[string, number, Omit<DiffOptions, 'level'>, string[]]>([
  ['padding of a request', at(15, 4), {}, []],
  ['padding of a request, strict', at(15, 4), { strict: true }, ['ring[15].req']],
  ['padding that is ignored', at(15, 4), { strict: true, ignore: new Set(['padding']) }, []],
  ['a stale segment', at(15, 24 + 8 * 5), {}, []],
  ['a stale segment, strict', at(15, 24 + 8 * 5), { strict: true }, ['ring[15].req.seg[5].gref']],
  ['a stale segment that is ignored', at(15, 24 + 8 * 5), { strict: true, ignore: new Set(['stale']) }, []],
  ['beneath a response', at(3, 16), {}, []],
  ['beneath a response, all', at(3, 16), { all: true }, ['ring[3].beneath.sector_number']],
  ['beneath a response, strict', at(3, 16), { strict: true }, ['ring[3].beneath.sector_number']],
  ['padding of the header, strict', 20, { strict: true }, ['sring.__pad']],
  ['the tail, strict', 4000, { strict: true }, ['tail']],
  ['a reference', at(15, 24), {}, ['ring[15].req.seg[0].gref']],
  ['a reference that is ignored', at(15, 24), { ignore: new Set(['gref']) }, []],
  ['a status', at(3, 10), {}, ['ring[3].rsp.status']],
])('%s', (_, offset, options, paths) => {
  expect(pathsOf(diffOf(direct(), flipped(offset), { level: 'fields', ...options }))).toEqual(paths)
})

test('a segment more: the count says it, and what the other slot has all the same is not said twice', () => {
  const { bytes, ring } = direct()
  const copy = bytes.slice()
  const nr_segments = copy[at(15, 1)]!
  copy[at(15, 1)] = nr_segments + 1
  expect(pathsOf(diffOf(direct(), sideOf(copy, ring.geometry.abi), { level: 'fields' }))).toEqual(['ring[15].req.nr_segments'])
  copy[at(15, 24 + 8 * nr_segments)]! ^= 1
  const more = diffOf(direct(), sideOf(copy, ring.geometry.abi), { level: 'fields' })
  expect(more.hunks[0]!.differences.map(({ field, a }) => [field, a === undefined])).toEqual([
    ['req.nr_segments', false],
    [`req.seg[${nr_segments}].gref`, true],
  ])
})

test('requests that moved are found by id, sector and order', () => {
  const work = [100, 200, 300, 400].map((sector) => ({ read: { sector: String(sector), bytes: 4096 } }))
  const a = sideOfScenario({ steps: [...work, 'push'] })
  const b = sideOfScenario({ steps: [work[0], work[2], work[3], 'push'] })
  const changes = (options: Omit<DiffOptions, 'level'>) =>
    diffOf(a, b, { level: 'fields', ...options, ignore: new Set(['gref', 'req_prod']) }).hunks.map((hunk) => [
      changeOf(hunk),
      ...[...hunk.a, ...hunk.b].map(({ slot }) => slot.slot),
    ])
  expect(changes({ by: 'sector' })).toEqual([
    ['removed', 1],
    ['changed', 2, 1],
    ['changed', 3, 2],
  ])
  expect(changes({ by: 'index' })).toEqual([
    ['changed', 1, 1],
    ['changed', 2, 2],
    ['removed', 3],
  ])
  expect(changes({ by: 'order' })).toEqual(changes({ by: 'index' }))
  expect(changes({ by: 'id' })).toEqual(changes({ by: 'index' }))
})

test('a queue that one side does not have: its slots are removed or added', () => {
  const queues = sidesOf('dumps/multi-queue')
  const { hunks } = diffDevices(queues, queues.slice(0, 1), { level: 'fields' })
  expect(hunks.length).toBe(queues[1]!.ring.slots.filter((s) => s.state !== 'unused').length)
  expect(new Set(hunks.map(changeOf))).toEqual(new Set(['removed']))
  expect(hunks.every(({ a }) => a[0]!.queue === 1)).toBe(true)
})

test('impossible indices are reported, and do not make every slot differ', () => {
  const side = direct()
  const bytes = side.bytes.slice()
  encodeOver(sringHeader, side.ring.geometry.abi, { ...side.ring.sring, req_prod: 0x40000000 }, bytes)
  const broken = sideOf(bytes, side.ring.geometry.abi)
  expect(pathsOf(diffOf(side, broken, { level: 'fields' }))).toEqual(['sring.req_prod'])
  const { hunks, unknown } = diffOf(side, broken, { level: 'io' })
  expect(hunks).toEqual([])
  expect(unknown).toEqual([{ what: 'indices', side: 'b', queue: undefined }])
})
