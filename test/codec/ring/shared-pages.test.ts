// A ring of 64 KiB whose 512 requests all name the same eight pages stands for two million segments: they are read within a budget.
import { expect, test } from 'vitest'
import { Batch } from '../../../src/codec/batch/batch.ts'
import { readBatch } from '../../../src/codec/batch/read-batch.ts'
import { resolveIndirect } from '../../../src/codec/batch/resolve-batch.ts'
import { ringGeometry } from '../../../src/codec/ring/geometry.ts'
import { decodeRing } from '../../../src/codec/ring/ring.ts'
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

const read = (slot: number) => slot < 5

test('the first requests are read, the others are unknown and say why', () => {
  const { slots, findings } = decodeRing(ring(0), x86_64, { indirectPages: pages(100) })
  for (const { state, slot, ...rest } of slots) {
    const { request } = rest as unknown as { request: { segments: unknown[] | null; nr_sectors: number | null } }
    expect([slot, state, request.segments?.length, request.nr_sectors]).toEqual(
      read(slot) ? [slot, 'request', 4096, 4096 * 8] : [slot, 'request', undefined, null],
    )
  }
  expect(findings.filter(({ message }) => message.includes('a page of too many requests'))).toHaveLength(512 - 5)
})

test('columns know as much', () => {
  const batch = new Batch(ringGeometry(x86_64, PAGES), 1)
  readBatch(batch, ring(0))
  resolveIndirect(batch, 0, pages(100))
  expect(batch.segments).toBe(5 * 4096)
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
