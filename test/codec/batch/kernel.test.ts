// Machine code and the table that it is made of say the same, of every byte of every column, and of every byte that is written.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch, type BatchEngine } from '../../../src/codec/batch/batch.ts'
import { readBatch } from '../../../src/codec/batch/read-batch.ts'
import { writeBatch } from '../../../src/codec/batch/write-batch.ts'
import { ringGeometry } from '../../../src/codec/ring/geometry.ts'
import { ABIS, type Abi } from '../../../src/codec/struct/abi.ts'
import { XEN_PAGE_SIZE } from '../../../src/codec/xen/ring.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { allCaptures } from '../../support/captures.ts'
import { rings } from '../../support/rings.ts'

const CAPACITY = 4
const batches = new Map<string, readonly Batch[]>()

/** A batch of each engine, used again and again. */
function bothOf(abi: Abi, pages: number): readonly Batch[] {
  const key = `${abi.name} ${pages}`
  const engines: BatchEngine[] = ['compiled', 'interpreted']
  const both = batches.get(key) ?? engines.map((engine) => new Batch(ringGeometry(abi, pages), CAPACITY, { engine }))
  batches.set(key, both)
  return both
}

/** Bytes that are nobody's: what neither writes stays so in both. */
const fill = ({ memory }: Batch, byte: number) => new Uint8Array(memory.buffer).fill(byte)
const columns = ({ memory, plan }: Batch) => Buffer.from(memory.buffer, 0, plan.input)

function check(all: readonly Uint8Array[], abi: Abi, backgrounds: readonly number[]): void {
  const both = bothOf(abi, all[0]!.length / XEN_PAGE_SIZE)
  const bytes = Uint8Array.from(Buffer.concat(all))
  for (const background of backgrounds) {
    const written = both.map((batch) => {
      fill(batch, background)
      readBatch(batch, bytes)
      const over = new Uint8Array(bytes.length).fill(0x5a)
      const read = Buffer.from(columns(batch))
      writeBatch(batch, over)
      expect(columns(batch).equals(read)).toBe(true)
      return over
    })
    const [kernel, table] = both as [Batch, Batch]
    expect([kernel.rings, kernel.rows, kernel.segments]).toEqual([table.rings, table.rows, table.segments])
    expect(columns(kernel).equals(columns(table)), `${abi.name}: columns`).toBe(true)
    expect(Buffer.compare(written[0]!, written[1]!), `${abi.name}: bytes`).toBe(0)
  }
}

allCaptures('captures, whole and with bytes changed', (some) => {
  let state = 1
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
  for (const { path } of some)
    for (const { bytes } of loadDumps(path)) {
      const changed = Uint8Array.from(bytes)
      for (let i = 0; i < 4; i++) changed[random(i < 2 ? 64 : changed.length)] = random(256)
      for (const abi of ABIS) check([bytes, changed], abi, [0xa5])
    }
})

test('rings of chance, of 1 to 16 pages', () => {
  const pages = fc.constantFrom(1, 1, 1, 2, 3, 4, 8, 16)
  const some = pages.chain((pages) => fc.array(rings(pages), { minLength: 1, maxLength: CAPACITY }))
  fc.assert(
    fc.property(some, fc.constantFrom(...ABIS), (all, abi) => check(all, abi, [0, 0xa5])),
    { numRuns: 120 },
  )
})

test('what lies in the input is read and written where it is', () => {
  for (const batch of bothOf(ABIS[0]!, 1)) {
    const [dump] = loadDumps('dumps/out-of-order')
    batch.input.set(dump!.bytes, XEN_PAGE_SIZE)
    const own = batch.input.subarray(XEN_PAGE_SIZE, 2 * XEN_PAGE_SIZE)
    batch.input.fill(0x33, 0, XEN_PAGE_SIZE)
    readBatch(batch, own)
    const { rows } = batch
    own.fill(0)
    writeBatch(batch, own)
    readBatch(batch, own)
    expect([rows, batch.rows]).toEqual([13, 13])
    expect(batch.input.subarray(0, XEN_PAGE_SIZE).every((byte) => byte === 0x33)).toBe(true)
  }
})
