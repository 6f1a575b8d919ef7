// A ring of 64 KiB whose 512 requests all name the same eight pages stands for two million segments: they are read within a budget.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch, UNRESOLVED } from '../../../src/codec/batch/batch.ts'
import { readBatch } from '../../../src/codec/batch/read-batch.ts'
import { resolveIndirect } from '../../../src/codec/batch/resolve-batch.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../../../src/codec/ring/geometry.ts'
import { x86_64 } from '../../../src/codec/struct/abi.ts'
import { diffDevices, LEVELS } from '../../../src/diff/index.ts'

const PAGE = 4096
const PAGES = 16

function ring(first: number): Uint8Array {
  const bytes = new Uint8Array(PAGES * PAGE)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of [512, 1, 0, 1].entries()) view.setUint32(4 * i, value, true)
  for (let slot = 0; slot < 512; slot++) {
    const at = 64 + 112 * slot
    view.setUint8(at, 6)
    view.setUint16(at + 2, 4096, true)
    view.setBigUint64(at + 8, BigInt(slot), true)
    view.setBigUint64(at + 16, BigInt(first + 8 * slot), true)
    for (let k = 0; k < 8; k++) view.setUint32(at + 28 + 4 * k, 8 + k, true)
  }
  return bytes
}

function pages(gref: number): Map<number, Uint8Array> {
  const page = new Uint8Array(PAGE)
  for (let i = 0; i < 512; i++) {
    new DataView(page.buffer).setUint32(8 * i, gref + i, true)
    page[8 * i + 5] = 7
  }
  return new Map(Array.from({ length: 8 }, (_, k) => [8 + k, Uint8Array.from(page)]))
}

/** Eight pages of 512 are read once, and of pages that were read 16 times 6144 segments. */
const READ = 1 + (16 * 6144) / 4096
const read = (slot: number) => slot < READ

test('the first requests are read, the others are unknown and say why', () => {
  const { slots, findings } = decodeRing(ring(0), x86_64, { indirectPages: pages(100) })
  for (const { state, slot, ...rest } of slots) {
    const { request } = rest as unknown as { request: { segments: unknown[] | null; nr_sectors: number | null } }
    expect([slot, state, request.segments?.length, request.nr_sectors]).toEqual(
      read(slot) ? [slot, 'request', 4096, 4096 * 8] : [slot, 'request', undefined, null],
    )
  }
  const said = findings.filter(({ code }) => code.startsWith('indirect-'))
  expect(said).toMatchObject([{ code: 'indirect-segments-unread', slot: READ }])
  expect(said[0]!.message).toContain(`of ${512 - READ - 1} more`)
})

test('columns know as much', () => {
  const batch = new Batch(ringGeometry(x86_64, PAGES), 1)
  readBatch(batch, ring(0))
  resolveIndirect(batch, 0, pages(100))
  expect(batch.segments).toBe(READ * 4096)
})

test.each(LEVELS)('two of them are compared in a second: %s', (level) => {
  const side = (first: number, gref: number) => {
    const bytes = ring(first)
    const indirectPages = pages(gref)
    return { ring: decodeRing(bytes, x86_64, { indirectPages }), bytes, indirectPages, queue: undefined }
  }
  const before = process.cpuUsage().user
  const { hunks } = diffDevices([side(0, 100)], [side(1, 200)], { level, by: level === 'io' ? 'sector' : 'slot' })
  expect(hunks.length).toBeGreaterThan(0)
  // It took fourteen, and 2.4 GB.
  expect(process.cpuUsage().user - before).toBeLessThan(4e6)
})

test('columns have the segments that objects have, whatever is repeated, missing or short', () => {
  const slot = fc.record({
    nr: fc.constantFrom(0, 1, 512, 513, 3000, 4096, 5000),
    grefs: fc.array(fc.nat(5), { minLength: 8, maxLength: 8 }),
  })
  const ring = fc.record({
    slots: fc.array(slot, { minLength: 32, maxLength: 32 }),
    req_prod: fc.constantFrom(0, 5, 31, 32, 33, 40, 63, 2 ** 32 - 7),
    inFlight: fc.constantFrom(3, 20, 32, 40),
    common: fc.nat(8),
    sizes: fc.array(fc.constantFrom(undefined, 4096, 4096, 4096, 2000, 5000), { minLength: 6, maxLength: 6 }),
  })
  fc.assert(
    fc.property(ring, ({ slots, req_prod, inFlight, sizes, common }) => {
      const bytes = new Uint8Array(PAGE)
      const view = new DataView(bytes.buffer)
      view.setUint32(0, req_prod, true)
      view.setUint32(8, req_prod - inFlight, true)
      for (const [i, { nr, grefs }] of slots.entries()) {
        const at = 64 + 112 * i
        view.setUint8(at, 6)
        view.setUint16(at + 2, nr, true)
        for (const [k, gref] of grefs.entries()) view.setUint32(at + 28 + 4 * k, gref, true)
      }
      const pages = new Map(sizes.flatMap((size, gref) => (size ? [[gref, new Uint8Array(size).fill(gref + 1)] as const] : [])))
      const indirectPages = { get: (gref: number) => pages.get(gref), isCommon: (gref: number) => gref === common }
      const batch = new Batch(ringGeometry(x86_64, 1), 1)
      readBatch(batch, bytes)
      resolveIndirect(batch, 0, indirectPages)
      const decoded = decodeRing(bytes, x86_64, { indirectPages })
      for (let row = 0; row < batch.rows; row++) {
        const slot = decoded.slots[batch.slot[row]!]!
        if (slot.state !== 'request' || slot.request.kind !== 'indirect') continue
        const count = batch.segCount[row] === UNRESOLVED ? null : batch.segCount[row]
        expect([row, count]).toEqual([row, slot.request.segments?.length ?? null])
        if (count !== null) expect(batch.nr_sectors[row]).toBe(BigInt(slot.request.nr_sectors!))
      }
    }),
    { numRuns: 60 },
  )
})
