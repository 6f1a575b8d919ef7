// Rings of chance: what an emulated driver wrote is given back byte for byte under the same driver, and a fault of one byte is seen.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DRIVER_MODELS, type DriverName, negotiatedIndirectSegments } from '../../../src/blkfront/index.ts'
import { wireOf } from '../../../src/codec/ring/field-offsets.ts'
import { ringGeometry, slotOffset } from '../../../src/codec/ring/geometry.ts'
import type { IndirectPages } from '../../../src/codec/ring/indirect-pages.ts'
import { ABIS, x86_64 } from '../../../src/codec/struct/abi.ts'
import { BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_INDIRECT, MAX_INDIRECT_SEGMENTS } from '../../../src/codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../../src/codec/xen/ring.ts'
import { scriptOf } from '../../../src/scenario/file/index.ts'
import { ScenarioError } from '../../../src/scenario/index.ts'
import { indirectPagesInWindow, Player } from '../../../src/scenario/player/index.ts'
import { heldAgainst } from './held-against.ts'

const PAGE_SIZES = [4096, 16384, 65536] as const

const io = fc.record({
  op: fc.constantFrom('read', 'write'),
  sector: fc.integer({ min: 0, max: 2 ** 30 }),
  sectors: fc.integer({ min: 1, max: 256 }),
  offset: fc.integer({ min: 0, max: 7 }),
})

const setting = fc.record({
  driver: fc.constantFrom(...(Object.keys(DRIVER_MODELS) as DriverName[])),
  abi: fc.constantFrom(...ABIS.map(({ name }) => name)),
  page_size: fc.constantFrom(...PAGE_SIZES),
  ring_pages: fc.constantFrom(1, 2, 4),
  persistent: fc.boolean(),
  max: fc.constantFrom(0, 16, 32, 64, 256),
  first_gref: fc.integer({ min: 8, max: 5000 }),
  batches: fc.array(fc.array(io, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 }),
  last: fc.array(io, { minLength: 1, maxLength: 6 }),
  order: fc.constantFrom('in-order', 'reverse', 'random'),
})

function stepOf({ op, sector, sectors, offset }: { op: string; sector: number; sectors: number; offset: number }) {
  return { [op]: { sector, bytes: sectors * 512, offset: offset * 512 } }
}

/** The ring of a guest that did some I/O, all answered, and has more in flight. */
function played(s: typeof setting extends fc.Arbitrary<infer T> ? T : never): Player | undefined {
  const before = s.batches.flatMap((batch) => [...batch.map(stepOf), 'flush', { complete: { order: s.order } }])
  const last = [...s.last.map(stepOf), 'flush', { discard: { sector: 8, bytes: 4096 } }]
  const model = DRIVER_MODELS[s.driver]
  const max_indirect_segments = negotiatedIndirectSegments(model, s.max, s.max)
  const plain = {
    ...{ driver: s.driver, abi: s.abi, page_size: s.page_size, ring_pages: s.ring_pages, first_gref: s.first_gref },
    features: { persistent: s.persistent, max_indirect_segments },
    steps: [...before, ...last, 'push'],
  }
  try {
    const player = new Player(scriptOf(plain))
    for (const _ of player.play());
    return player.emulator.frontend.fatal ? undefined : player
  } catch (error) {
    // Too much for its ring, or more than the driver takes.
    if (error instanceof ScenarioError) return undefined
    throw error
  }
}

function askedOf({ emulator }: Player) {
  const { config } = emulator.frontend
  const { pageSize: page_size, persistent, maxIndirectSegments: max_indirect_segments, handle } = config
  return { page_size, persistent, max_indirect_segments, handle, flush: true, barrier: false, discard: true }
}

function inputOf(player: Player) {
  const { ring, config } = player.emulator.frontend
  const pages = new Map([...indirectPagesInWindow(player.emulator)].map(([gref, page]) => [gref, page.slice()]))
  return { driver: config.driver, abi: config.abi, bytes: ring.bytes.slice(), pages, asked: askedOf(player) }
}

test('a ring of any driver is given back by that driver', () => {
  let rings = 0
  fc.assert(
    fc.property(setting, (s) => {
      const player = played(s)
      if (!player) return
      rings++
      const { requests, equal, reasons, whole } = heldAgainst(inputOf(player))
      expect(reasons).toEqual([])
      expect(equal).toBe(requests)
      expect(whole).toBe(true)
    }),
    { numRuns: 150 },
  )
  expect(rings).toBeGreaterThan(40)
})

/** A write that waits behind a read that was answered. */
function waitingWrite(): Player {
  return played({
    driver: 'modern',
    abi: 'x86_64',
    page_size: 4096,
    ring_pages: 1,
    persistent: true,
    max: 32,
    first_gref: 8,
    batches: [[{ op: 'read', sector: 0, sectors: 8, offset: 0 }]],
    last: [{ op: 'write', sector: 64, sectors: 24, offset: 0 }],
    order: 'in-order',
  })!
}

test('a request that is not as Linux has it is not given back, and said', () => {
  const player = waitingWrite()
  const { ring } = player.emulator.frontend
  const at = ring.offsetOf(ring.rsp_prod)
  const { rw, segment, segmentStride } = ring.wire
  const faults: [string, number, number, RegExp][] = [
    ['handle', at + rw.handle, 0x03, /^handle N/],
    ['id', at + rw.id, 200, /^id N instead of N/],
    ['gref', at + rw.seg + segment.gref, 3, /^gref N instead of N/],
    ['last_sect', at + rw.seg + segment.last_sect, 9, /^segment N: last_sect N/],
    ['nr_segments', at + rw.nr_segments, 0, /^it has no segments/],
    ['a flush with data', at + rw.operation, BLKIF_OP_FLUSH_DISKCACHE, /^Linux sends no data with a flush/],
    ['gref twice', at + rw.seg + segmentStride + segment.gref, ring.bytes[at + rw.seg + segment.gref]!, /^gref N instead of N/],
  ]
  for (const [name, offset, value, words] of faults) {
    const input = inputOf(player)
    input.bytes[offset] = value
    const { reasons, requests, equal } = heldAgainst(input)
    expect(reasons, name).toEqual([expect.stringMatching(words)])
    expect(equal, name).toBeLessThan(requests)
  }
})

test('an event that Linux would ask for earlier is not given back, and said', () => {
  const player = waitingWrite()
  const { wire } = player.emulator.frontend.ring
  const input = inputOf(player)
  expect(heldAgainst(input)).toMatchObject({ reasons: [], whole: true })
  input.bytes[wire.sring.rsp_event]! += 2
  expect(heldAgainst(input)).toMatchObject({ reasons: ['N: it asks for an event at the next response'], whole: false })
  // Responses that the frontend has not seen yet are no fault of its.
  input.bytes[wire.sring.rsp_event]! -= 3
  expect(heldAgainst(input)).toMatchObject({ reasons: [], whole: true })
})

/** A full ring of indirect reads. @param refs the references of a request's pages */
function fullOfReads(ringPages: number, nr_segments: number, refs: (slot: number) => readonly number[]) {
  const geometry = ringGeometry(x86_64, ringPages)
  const { indirect, sring, grefStride } = wireOf(x86_64)
  const bytes = new Uint8Array(geometry.bytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(sring.req_prod, geometry.nr_ents, true)
  for (let slot = 0; slot < geometry.nr_ents; slot++) {
    const at = slotOffset(geometry, slot)
    bytes[at + indirect.operation] = BLKIF_OP_INDIRECT
    view.setUint16(at + indirect.nr_segments, nr_segments, true)
    view.setUint32(at + indirect.id, slot, true)
    view.setUint32(at + indirect.sector_number, slot * nr_segments * 8, true)
    view.setUint16(at + indirect.handle, 51712, true)
    for (const [k, gref] of refs(slot).entries()) view.setUint32(at + indirect.indirect_grefs + grefStride * k, gref, true)
  }
  const asked = { persistent: false, max_indirect_segments: nr_segments }
  return { driver: 'modern', abi: 'x86_64', bytes, asked } as const
}

/** A page of segments of 4 KiB each, with ascending references. */
function segmentsFrom(gref: number): Uint8Array {
  const page = new Uint8Array(XEN_PAGE_SIZE)
  const { segment, segmentStride } = wireOf(x86_64)
  const view = new DataView(page.buffer)
  for (let i = 0; i < XEN_PAGE_SIZE / segmentStride; i++) {
    view.setUint32(i * segmentStride + segment.gref, gref + i, true)
    page[i * segmentStride + segment.last_sect] = 7
  }
  return page
}

test('why segments are unknown: a page is missing, is cut, or is named too often', () => {
  const input = fullOfReads(1, MAX_INDIRECT_SEGMENTS, () => [100, 101, 102, 103, 104, 105, 106, 107])
  const all = Array.from({ length: 8 }, (_, k): [number, Uint8Array] => [100 + k, segmentsFrom(1000 + 512 * k)])
  const reasons = (pages: IndirectPages) => heldAgainst({ ...input, pages }).reasons
  expect(reasons(new Map(all))).toContain('its segments are not read: too many requests name the same pages')
  expect(reasons(new Map(all.slice(1)))).toContain('a page of its segments is not in the input')
  expect(reasons(new Map([...all.slice(1), [100, all[0]![1].subarray(0, 100)]]))).toContain(
    'a page of its segments is not whole in the input',
  )
})

test('a ring of as many segments as Linux can have in flight is given back', () => {
  const pages = new Map(Array.from({ length: 512 }, (_, slot) => [200_000 + slot, segmentsFrom(1000 + 256 * slot).fill(0, 2048)]))
  const input = fullOfReads(16, 256, (slot) => [200_000 + slot])
  expect(heldAgainst({ ...input, pages })).toMatchObject({ requests: 512, equal: 512, reasons: [] })
})
