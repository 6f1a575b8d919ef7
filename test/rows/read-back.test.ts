// What is read back from a Parquet file, by another implementation, is what `decode --ndjson` prints.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch } from '../../src/codec/batch/batch.ts'
import { batchJudge } from '../../src/codec/batch/judge-batch.ts'
import { readBatch } from '../../src/codec/batch/read-batch.ts'
import { resolveIndirect } from '../../src/codec/batch/resolve-batch.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import type { IndirectPages } from '../../src/codec/ring/indirect-pages.ts'
import { ABIS, type Abi, x86_64 } from '../../src/codec/struct/abi.ts'
import { XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { ParquetFile } from '../../src/rows/parquet/file.ts'
import { GROUP_ROWS, RowGroup } from '../../src/rows/parquet/row-group.ts'
import { slotJson } from '../../src/rows/ring-json.ts'
import { eachCapture } from '../support/captures.ts'
import { expectSame } from '../support/expect-same.ts'
import { parquetColumns, parquetRows } from '../support/parquet.ts'
import { rings } from '../support/rings.ts'
import { type Row, rowOfLine } from '../support/row-of-line.ts'

interface Input {
  readonly bytes: Uint8Array
  readonly abi: Abi
  readonly pages?: IndirectPages
}

const origin = { device: 'vbd-3-51712', queue: 5, source: 'über/ring.bin' }

/** Few, so that a series has several groups. */
const GROUP_RINGS = 16

/** The file, and the lines that it should hold. */
function written(inputs: readonly Input[]): { readonly file: Uint8Array; readonly expected: Row[] } {
  const parts: Uint8Array[] = []
  const group = new RowGroup(false)
  const file = new ParquetFile(group.schema, (bytes) => parts.push(Uint8Array.from(bytes)))
  const expected: Row[] = []
  for (const [ring, { bytes, abi, pages = new Map() }] of inputs.entries()) {
    const batch = new Batch(ringGeometry(abi, bytes.length / XEN_PAGE_SIZE), 1)
    readBatch(batch, bytes)
    resolveIndirect(batch, 0, pages)
    batchJudge(batch)()
    group.from(origin)
    group.add(batch, 0, batch.rows, ring)
    if (ring % GROUP_RINGS === 0) {
      if (group.rows > 0) file.add(group)
      group.clear()
    }
    for (const slot of decodeRing(bytes, abi, { indirectPages: pages }).slots)
      if (slot.state !== 'unused')
        expected.push({ ...origin, snapshot: ring, ...rowOfLine(JSON.parse(JSON.stringify(slotJson(slot)))) })
  }
  if (group.rows > 0) file.add(group)
  file.end()
  return { file: Buffer.concat(parts), expected }
}

eachCapture('each capture', ({ path }) => {
  const inputs = [...loadDumps(path)].flatMap(({ bytes, indirectPages }) =>
    ABIS.map((abi) => ({ bytes: Uint8Array.from(bytes), abi, pages: indirectPages })),
  )
  const { file, expected } = written(inputs)
  expectSame(parquetRows(file), expected)
})

test('rings of chance: ids and sectors above 2^63, operations without a struct, lists without elements', () => {
  const ring = fc.tuple(fc.constantFrom(1, 2).chain(rings), fc.constantFrom(...ABIS)).map(([bytes, abi]) => ({ bytes, abi }))
  const seen = { large: 0, raw: 0, empty: 0 }
  fc.assert(
    fc.property(fc.array(ring, { maxLength: 3 }), (inputs) => {
      const { file, expected } = written(inputs)
      const rows = parquetRows(file)
      expectSame(rows, expected)
      for (const { id, raw, segments } of rows) {
        if ((id as bigint) >= 2n ** 63n) seen.large++
        if (raw !== null) seen.raw++
        if (Array.isArray(segments) && segments.length === 0) seen.empty++
      }
    }),
    { numRuns: 100 },
  )
  expect(Object.values(seen).every((count) => count > 100)).toBe(true)
})

test('no row at all', () => {
  const { file } = written([])
  expect(parquetRows(file)).toEqual([])
  expect(parquetColumns(file).slice(0, 12)).toEqual([
    'device: Utf8',
    'source: Utf8',
    'snapshot: Int64',
    'queue: Uint32',
    'slot: Uint16',
    'index: Uint32',
    'state: Utf8',
    'op: Utf8?',
    'operation: Uint8?',
    'id: Uint64?',
    'sector_number: Uint64?',
    'handle: Uint16?',
  ])
})

test('a group is full with so many rows, or before with as many segments', () => {
  const group = new RowGroup(true)
  const batch = new Batch(ringGeometry(x86_64, 1), 1)
  const bytes = new Uint8Array(batch.geometry.bytes)
  bytes.set(new Uint8Array(Uint32Array.of(32, 33, 0, 1).buffer))
  const rowsUntilFull = (): number => {
    readBatch(batch, bytes)
    group.clear()
    while (!group.isFull) group.add(batch, 0, 32, 0)
    return group.rows
  }
  expect(rowsUntilFull()).toBe(GROUP_ROWS)
  const [capture] = loadDumps('dumps/indirect')
  readBatch(batch, Uint8Array.from(capture!.bytes))
  resolveIndirect(batch, 0, capture!.indirectPages)
  const segments = batch.segCount.subarray(0, batch.rows)
  const most = segments.indexOf(Math.max(...segments))
  expect(segments[most]).toBe(32)
  group.clear()
  while (!group.isFull) group.add(batch, most, most + 1, 0)
  // A row without beneath counts as well.
  expect(group.rows).toBe(Math.ceil((1024 * 1024) / 33))
})
