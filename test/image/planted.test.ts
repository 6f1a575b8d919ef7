// Rings that the emulated drivers wrote, planted in memory: all are found, and nothing else.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distance } from '../../src/codec/ring/ring-idx.ts'
import { type FoundRing, findRings, type NamedRing, parseGrantTable } from '../../src/image/index.ts'
import { scriptOf } from '../../src/scenario/file/index.ts'
import { Player } from '../../src/scenario/player/index.ts'
import { scenario } from '../scenario/player/scenario-arbitrary.ts'
import { expectSame } from '../support/expect-same.ts'
import { BytesReader, dumpCore, grantFrames, PAGE, randomPages } from './memory.ts'
import { nearMisses } from './near-misses.ts'

interface Planted {
  readonly bytes: Uint8Array
  readonly narrow: boolean
  readonly refs: readonly number[]
  readonly indirect: ReadonlyMap<number, Uint8Array>
  readonly vdev: number
}

function play(file: object): Planted & { readonly used: number; readonly filled: boolean } {
  const script = scriptOf(file)
  const player = new Player(script)
  for (const _ of player.play());
  const { ring, ringGrefs, guest } = player.emulator.frontend
  const indirect = new Map<number, Uint8Array>()
  for (let gref = 0; gref < 4096; gref++) {
    const gfn = ringGrefs.includes(gref) ? undefined : guest.grantTable.gfnOf(gref)
    const frame = gfn === undefined ? undefined : guest.memory.frame(gfn)
    if (frame) indirect.set(gref, frame.slice())
  }
  const { fill, handle, abi } = file as { fill: number; handle: number; abi: string }
  return {
    bytes: ring.bytes.slice(),
    narrow: abi === 'x86_32',
    refs: ringGrefs,
    indirect,
    vdev: handle,
    used: ring.req_prod,
    filled: fill !== 0,
  }
}

/** Byte offsets have 64 bits; what the block layer cuts a buffer into begins up to so many sectors further on. */
const MAX_BEGIN = 2n ** 55n - 1024n

/** Scenarios on disks that there could be, and 0 is no device's number. */
const onDisk = scenario.map((file) => {
  const text = JSON.stringify(file).replace(/"sector":"(\d+)"/g, (_, n) => `"sector":"${BigInt(n) % MAX_BEGIN}"`)
  return { ...JSON.parse(text), handle: Math.max(1, file.handle) }
})

/** Rings of up to sixteen pages that went round and round. */
const busy = fc.record({
  abi: fc.constantFrom('x86_64', 'x86_32', 'arm'),
  driver: fc.constantFrom('seed', 'extra-req', 'modern'),
  ring_pages: fc.constantFrom(1, 2, 4, 8, 16),
  handle: fc.constant(51712),
  fill: fc.constantFrom(0, 0x5a),
  steps: fc
    .record({
      op: fc.constantFrom('read', 'mix'),
      bs: fc.constantFrom('4K', '32K'),
      count: fc.integer({ min: 20, max: 900 }),
      in_flight: fc.integer({ min: 1, max: 60 }),
    })
    .map((workload) => [{ workload }]),
})

/** Of those of which so little was used, among bytes of something else, nothing tells. */
const tells = ({ used, filled }: { used: number; filled: boolean }) => used >= (filled ? 5 : 0)

/** Four slots into its second lap, which in a ring of two pages would end where the first page ends; zeros follow. */
const BEFORE_ZEROS: [
  { abi: string; driver: string; ring_pages: number; handle: number; fill: number; steps: object[] }[],
  Gap[],
  boolean,
] = [
  [
    {
      abi: 'x86_64',
      driver: 'seed',
      ring_pages: 1,
      handle: 51712,
      fill: 0x5a,
      steps: [{ workload: { op: 'read', bs: '4K', count: 36, in_flight: 1 } }],
    },
  ],
  [0, 0, 0, 0, 1].map((kind) => ({ kind, pages: 1, seed: 0 })),
  false,
]

interface Gap {
  readonly kind: number
  readonly pages: number
  readonly seed: number
}

/** What lies between rings: noise, zeros, text, near misses. */
const gaps = fc.array(fc.record({ kind: fc.nat(3), pages: fc.integer({ min: 1, max: 6 }), seed: fc.nat() }), {
  minLength: 5,
  maxLength: 5,
})

function gapPages({ kind, pages, seed }: Gap): Uint8Array[] {
  let state = seed
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state % below
  }
  return Array.from({ length: pages }, (_, i) => {
    if (kind === 0) return randomPages(1, seed + i)
    if (kind === 1) return new Uint8Array(PAGE)
    if (kind === 2) return new TextEncoder().encode('what people write, again and again. '.repeat(200)).subarray(0, PAGE)
    const misses = nearMisses(random)
    return misses[random(misses.length)]!.page
  })
}

function assemble(parts: readonly Uint8Array[]): { memory: Uint8Array; at: number[] } {
  const at: number[] = []
  let length = 0
  for (const part of parts) {
    at.push(length)
    length += part.length
  }
  const memory = new Uint8Array(length)
  for (const [i, part] of parts.entries()) memory.set(part, at[i]!)
  return { memory, at }
}

/** Of a ring of several pages as many as were used: those that nobody has touched say nothing. */
function expectPlanted(found: FoundRing, planted: Planted): void {
  expectSame(found.bytes, planted.bytes.subarray(0, found.bytes.length))
  if (!found.score.anyAbi) expect(found.score.abi.name === 'x86_32').toBe(planted.narrow)
}

test('rings among noise, zeros, text and near misses', async () => {
  const seen = { rings: 0, joined: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(onDisk, busy), { minLength: 1, maxLength: 4 }),
      gaps,
      fc.boolean(),
      async (files, between, sized) => {
        const planted = files.map(play).filter(tells)
        const parts = planted.flatMap((ring, i) => [...gapPages(between[i]!), ring.bytes])
        const { memory, at } = assemble([...parts, ...gapPages(between[4]!)])
        const offsets = planted.map((ring) => at[parts.indexOf(ring.bytes)]!)
        const found = await findRings(new BytesReader(memory, sized))
        expect(found.rings.map((ring) => ring.offsets[0])).toEqual(offsets)
        expect(found.pages).toBe(memory.length / PAGE)
        for (const [i, ring] of found.rings.entries()) {
          expectPlanted(ring, planted[i]!)
          if (ring.score.pages > 1) seen.joined++
          seen.rings++
        }
      },
    ),
    { numRuns: 100, examples: [BEFORE_ZEROS] },
  )
  expect(seen.rings).toBeGreaterThan(100)
  expect(seen.joined).toBeGreaterThan(30)
})

test('pages in any order, joined by what XenStore and the grant table say; indirect pages follow', async () => {
  const seen = { rings: 0, pages: 0, indirect: 0 }
  await fc.assert(
    fc.asyncProperty(
      onDisk,
      fc.infiniteStream(fc.nat()),
      fc.constantFrom<1 | 2>(1, 2),
      fc.boolean(),
      async (file, numbers, version, paravirtual) => {
        const planted = play(file)
        const pages = planted.refs.map((gref, i) => [gref, planted.bytes.subarray(i * PAGE, (i + 1) * PAGE)] as const)
        const all = [...pages, ...planted.indirect, ...[0, 1, 2, 3].map((i) => [-1, randomPages(1, i + 5)] as const)]
        for (let i = all.length - 1; i > 0; i--) {
          const j = numbers.next().value! % (i + 1)
          ;[all[i], all[j]] = [all[j]!, all[i]!]
        }
        // A PV guest's frames are the machine's, in no order.
        const pfns = all.map((_, i) => i + 16)
        const gmfns = paravirtual ? pfns.map((pfn) => ((pfn * 7919) % 65_536) + 100_000) : pfns
        const grants = new Map(all.flatMap(([gref], i) => (gref < 0 ? [] : [[gref, gmfns[i]!] as const])))
        const image = dumpCore(assemble(all.map(([, page]) => page)).memory, pfns, paravirtual ? gmfns : undefined)
        const named: NamedRing = {
          device: 'vbd-1-1',
          domain: '1',
          vdev: planted.vdev,
          queue: undefined,
          abi: undefined,
          refs: planted.refs,
        }
        const grantTable = parseGrantTable(grantFrames(grants, version, 16))!
        expect(grantTable.version).toBe(version)
        const { rings, missing } = await findRings(new BytesReader(image), { grantTable, named: [named] })
        expect(missing).toEqual([])
        expect(rings.length).toBe(1)
        const [ring] = rings
        expectSame(ring!.bytes, planted.bytes)
        expect(ring!.missing).toEqual([])
        for (const [gref, page] of ring!.indirect) expectSame(page.bytes, planted.indirect.get(gref))
        seen.rings++
        seen.pages += ring!.score.pages
        seen.indirect += ring!.indirect.size
      },
    ),
    { numRuns: 150 },
  )
  expect(seen.pages).toBeGreaterThan(seen.rings)
  expect(seen.indirect).toBeGreaterThan(20)
})

const MANY = { ring_pages: 4, steps: [{ workload: { count: 100, bs: '4K', in_flight: 100 } }, 'push'] }

test('the pages of a ring lie anywhere, and their references follow each other', async () => {
  const planted = play({ fill: 0, handle: 51712, abi: 'x86_64', ...MANY })
  expect(planted.used).toBeGreaterThan(64)
  const order = [3, 0, 2, 1]
  const memory = assemble([
    randomPages(2, 1),
    ...order.map((page) => planted.bytes.subarray(page * PAGE, (page + 1) * PAGE)),
  ]).memory
  const alone = await findRings(new BytesReader(memory))
  expect(alone.rings).toEqual([])
  const grants = new Map(planted.refs.map((gref, page) => [gref, 2 + order.indexOf(page)] as const))
  const { rings } = await findRings(new BytesReader(memory), { grantTable: parseGrantTable(grantFrames(grants, 1, 1))! })
  expect(rings.map(({ joined, offsets }) => ({ joined, offsets }))).toEqual([
    { joined: 'grants', offsets: [0, 1, 2, 3].map((page) => (2 + order.indexOf(page)) * PAGE) },
  ])
  expect(rings[0]!.bytes).toEqual(planted.bytes)
  expect(distance(rings[0]!.score.sring.rsp_prod, rings[0]!.score.sring.req_prod)).toBeGreaterThan(64)
})
