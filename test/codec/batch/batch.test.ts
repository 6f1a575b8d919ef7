// The batch reader gives what the binary-parser decoder gives, field by field; the batch writer is its inverse.
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyRuns } from '../../../scripts/replay/expected.ts'
import { Batch } from '../../../src/codec/batch/batch.ts'
import { batchJudge } from '../../../src/codec/batch/judge-batch.ts'
import { readBatch } from '../../../src/codec/batch/read-batch.ts'
import { resolveIndirect } from '../../../src/codec/batch/resolve-batch.ts'
import { RingOfBatch } from '../../../src/codec/batch/ring-of-batch.ts'
import { slotOfRow } from '../../../src/codec/batch/row.ts'
import { putWords, wordsOf } from '../../../src/codec/batch/words.ts'
import { writeBatch } from '../../../src/codec/batch/write-batch.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../../../src/codec/ring/geometry.ts'
import type { IndirectPages } from '../../../src/codec/ring/indirect-pages.ts'
import { ABIS, type Abi, abiByName, x86_64 } from '../../../src/codec/struct/abi.ts'
import { XEN_PAGE_SIZE } from '../../../src/codec/xen/ring.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { readVectors, vectorFiles } from '../../blkfront/read-vectors.ts'
import { captures, eachCapture } from '../../support/captures.ts'
import { expectSame } from '../../support/expect-same.ts'
import { rings } from '../../support/rings.ts'
import { describeShared, SHARED } from '../../support/shared.ts'

/** Rings of one size, read together: rows, indices of the header, and the bytes that the writer makes of them. */
function check(all: readonly Uint8Array[], abi: Abi, pages: IndirectPages = new Map()): void {
  const geometry = ringGeometry(abi, all[0]!.length / XEN_PAGE_SIZE)
  const batch = new Batch(geometry, all.length)
  const judge = batchJudge(batch)
  const bytes = Uint8Array.from(Buffer.concat(all))
  readBatch(batch, bytes)
  expect(batch.rings).toBe(all.length)
  const over = Uint8Array.from(bytes)
  writeBatch(batch, over)
  expect(Buffer.compare(over, bytes)).toBe(0)
  judge()
  const rows = all.map((ring, r) => {
    resolveIndirect(batch, r, pages)
    const { sring, indices, outstanding, slots } = decodeRing(ring, abi, { indirectPages: pages })
    const view = new RingOfBatch(batch, r)
    expectSame([...view.slots()], [...slots])
    expect([view.sring, view.indices, view.outstanding, view.geometry]).toEqual([sring, indices, outstanding, geometry])
    const header = [batch.req_prod[r], batch.req_event[r], batch.rsp_prod[r], batch.rsp_event[r]]
    expect(header).toEqual([sring.req_prod, sring.req_event, sring.rsp_prod, sring.rsp_event])
    expect(batch.possible[r]).toBe(indices === 'possible' ? 1 : 0)
    const read = Array.from({ length: batch.rowsAt[r + 1]! - batch.rowsAt[r]! }, (_, i) => slotOfRow(batch, batch.rowsAt[r]! + i))
    expectSame(
      read,
      slots.filter((s) => s.state !== 'unused'),
    )
    expect(batch.ring.subarray(batch.rowsAt[r], batch.rowsAt[r + 1]).every((ring) => ring === r)).toBe(true)
    return read
  })
  // What is written reaches the bytes: over others, it is read again.
  over.fill(0x5a)
  readBatch(batch, bytes)
  writeBatch(batch, over)
  readBatch(batch, over)
  judge()
  for (const r of all.keys()) resolveIndirect(batch, r, pages)
  expectSame(
    Array.from({ length: batch.rows }, (_, row) => slotOfRow(batch, row)),
    rows.flat(),
  )
}

test('a view has the rings of its batch, and their slots', () => {
  const batch = new Batch(ringGeometry(x86_64, 1), 2)
  readBatch(batch, new Uint8Array(XEN_PAGE_SIZE))
  expect(() => new RingOfBatch(batch, 1)).toThrow('the batch holds rings 0 to 0, and none that is 1')
  expect(() => new RingOfBatch(batch, 0).slot(32)).toThrow('a ring of 32 slots has none that is 32')
  expect(new RingOfBatch(batch, 0).rowOf(31)).toBeUndefined()
})

eachCapture('captures', ({ path }) => {
  for (const { bytes, indirectPages } of loadDumps(path)) for (const abi of ABIS) check([bytes], abi, indirectPages)
})

function checkVectors(folder: string, file: string): void {
  const vectors = readVectors(folder, file)
  expect(vectors.length).toBeGreaterThan(0)
  for (const { config, events } of vectors) {
    const pages = config.ringPages
    const ring = new Uint8Array(pages * XEN_PAGE_SIZE)
    const some: Uint8Array[] = []
    for (const [n, event] of events.entries()) {
      applyRuns(ring, typeof event.ringFull === 'string' ? [[0, event.ringFull]] : (event.ring ?? []))
      if (n === events.length - 1 || n % 20 === 19) some.push(Uint8Array.from(ring))
    }
    check(some.slice(-4), abiByName(config.abi)!)
  }
}

const COMMITTED = join(import.meta.dirname, '../../vectors')
test.each(vectorFiles(COMMITTED))('rings of vectors %s', (file) => checkVectors(COMMITTED, file))

describeShared('rings of vectors', () => {
  const complete = join(SHARED, 'vectors')
  test.each(vectorFiles(complete))('%s', (file) => checkVectors(complete, file))
})

test('random pages, of chance and near to what can be', () => {
  const input = fc.record({ pages: fc.constantFrom(1, 2, 4, 16), abi: fc.constantFrom(...ABIS) })
  fc.assert(
    fc.property(
      input.chain(({ pages, abi }) =>
        fc.record({ abi: fc.constant(abi), all: fc.array(rings(pages), { minLength: 1, maxLength: 4 }) }),
      ),
      ({ abi, all }) => check(all, abi),
    ),
    { numRuns: 150 },
  )
})

test('hosts and places that do not allow to read in place', () => {
  const bytes = Uint8Array.from({ length: 4 * 64 + 3 }, (_, i) => (i * 37) & 0xff)
  for (const at of [0, 1, 2, 3]) {
    const part = bytes.subarray(at, at + 4 * 64)
    expect(wordsOf(part)).toEqual(wordsOf(Uint8Array.from(part), false))
    const words = wordsOf(part, false).map((word) => ~word)
    putWords(words, part)
    expect(wordsOf(part)).toEqual(words)
  }
  const odd = new Uint8Array(XEN_PAGE_SIZE + 1).subarray(1)
  odd.set([...loadDumps(captures[0]!.path)][0]!.bytes.subarray(0, XEN_PAGE_SIZE))
  check([odd], x86_64)
})

test('bytes that are no whole rings, or too many, or too few', () => {
  const batch = new Batch(ringGeometry(x86_64, 2), 2)
  expect(() => readBatch(batch, new Uint8Array(4096))).toThrow('a batch holds up to 2 rings of 8192 bytes, not 4096 bytes')
  expect(() => readBatch(batch, new Uint8Array(3 * 8192))).toThrow('a batch holds up to 2 rings of 8192 bytes, not 24576 bytes')
  readBatch(batch, new Uint8Array(8192))
  expect(batch.rows).toBe(0)
  expect(() => writeBatch(batch, new Uint8Array(4096))).toThrow('1 rings of 8192 bytes do not fill 4096 bytes')
})

test('just past 2^32 an event before 0 makes the other slots responses, for objects and columns', () => {
  const [dump] = loadDumps(join(import.meta.dirname, '../../../dumps/ring-full'))
  const at = (req_prod: number, req_event: number, rsp_prod: number, rsp_event: number) => {
    const ring = Uint8Array.from(dump!.bytes)
    const view = new DataView(ring.buffer)
    for (const [i, index] of [req_prod, req_event, rsp_prod, rsp_event].entries()) view.setUint32(4 * i, index, true)
    return ring
  }
  const all = [
    at(3, 0xffff_fffe, 1, 2),
    at(3, 4, 1, 0xffff_ffff),
    at(3, 4, 1, 2),
    at(3, 0x8000_0000, 1, 2),
    at(0, 0xffff_ffff, 0, 1),
  ]
  check(all, x86_64)
  const states = all.map((ring) => {
    const { slots } = decodeRing(ring, x86_64)
    return ['request', 'response', 'unused'].map((state) => slots.filter((s) => s.state === state).length)
  })
  expect(states).toEqual([
    [2, 30, 0],
    [2, 30, 0],
    [2, 1, 29],
    [2, 1, 29],
    [0, 32, 0],
  ])
  const missing = [{ from: 4, to: 8 }]
  expect(decodeRing(all[0]!, x86_64, { missing }).slots.filter(({ state }) => state === 'unused')).toHaveLength(29)
})
