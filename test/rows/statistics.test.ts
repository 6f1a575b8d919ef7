// Statistics of a Parquet file, which readers skip row groups by: as another implementation reads them, against the rows.
import fc from 'fast-check'
import { parquetMetadata } from 'hyparquet'
import { expect, test } from 'vitest'
import { Batch } from '../../src/codec/batch/batch.ts'
import { batchJudge } from '../../src/codec/batch/judge-batch.ts'
import { readBatch } from '../../src/codec/batch/read-batch.ts'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import { ABIS, type Abi, x86_64 } from '../../src/codec/struct/abi.ts'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { ParquetFile } from '../../src/rows/parquet/file.ts'
import { RowGroup } from '../../src/rows/parquet/row-group.ts'
import { parquetRows } from '../support/parquet.ts'
import { rings } from '../support/rings.ts'
import type { Row } from '../support/row-of-line.ts'

function fileOf(snapshots: readonly Uint8Array[], abi: Abi): Uint8Array {
  const parts: Uint8Array[] = []
  const group = new RowGroup(false)
  const file = new ParquetFile(group.schema, (bytes) => parts.push(Uint8Array.from(bytes)))
  for (const [ring, bytes] of snapshots.entries()) {
    const batch = new Batch(ringGeometry(abi, bytes.length / XEN_PAGE_SIZE), 1)
    readBatch(batch, bytes)
    batchJudge(batch)()
    group.from({ device: 'vbd-3-51712', queue: ring % 2, source: ring % 2 ? 'ö.bin' : 'o.bin' })
    group.add(batch, 0, batch.rows, ring)
  }
  if (group.rows > 0) file.add(group)
  file.end()
  return Uint8Array.from(Buffer.concat(parts))
}

type Value = number | bigint | string

/** What stands at a path below a row: `segments.list.element.gref` has as many values as there are segments. */
function valuesAt(value: unknown, path: readonly string[]): (Value | null)[] {
  const [key, ...rest] = path
  if (value === null || value === undefined) return [null]
  if (key === undefined) return [value as Value]
  if (key === 'list') return (value as unknown[]).flatMap((element) => valuesAt(element, rest.slice(1)))
  return valuesAt((value as Row)[key], rest)
}

const byBytes = (a: Value, b: Value) =>
  typeof a === 'string'
    ? Buffer.compare(Buffer.from(a), Buffer.from(b as string))
    : a < (b as typeof a)
      ? -1
      : a > (b as typeof a)
        ? 1
        : 0

/** @returns columns whose bounds were compared */
function checkStatistics(file: Uint8Array): Set<string> {
  const rows = parquetRows(file).map((row) => ({ ...row, snapshot: BigInt(row['snapshot'] as number) }))
  const compared = new Set<string>()
  const { row_groups } = parquetMetadata(file.buffer as ArrayBuffer)
  for (const { columns } of row_groups)
    for (const { meta_data } of columns) {
      const { path_in_schema, statistics } = meta_data!
      const column = path_in_schema.join('.')
      const there = rows.flatMap((row) => valuesAt(row, path_in_schema)).filter((v): v is Value => v !== null)
      const sorted = there.toSorted(byBytes)
      if (statistics?.min_value === undefined) continue
      compared.add(column)
      // The reader gives numbers of 64 bits signed, whatever the column is.
      const of = (value: unknown) => (typeof sorted[0] === 'bigint' ? BigInt.asUintN(64, value as bigint) : value)
      expect([column, of(statistics.min_value), of(statistics.max_value)]).toEqual([column, sorted[0], sorted.at(-1)])
    }
  return compared
}

test('bounds of ids and sectors are those of all 64 bits', () => {
  const bytes = new Uint8Array(XEN_PAGE_SIZE)
  encodeOver(sringHeader, x86_64, { req_prod: 4, req_event: 5, rsp_prod: 0, rsp_event: 1 }, bytes)
  // The least has the greatest lower word, the greatest has the least, and one differs in the upper word's highest bit only.
  const ids = [0x1_0000_0005n, 0x0_ffff_ffffn, 0x8000_0001_0000_0001n, 0x1_0000_0001n]
  for (const [slot, id] of ids.entries()) {
    const view = new DataView(bytes.buffer, 64 + 112 * slot)
    view.setBigUint64(8, id, true)
    view.setBigUint64(16, 2n ** 63n - id, true)
  }
  const { row_groups } = parquetMetadata(fileOf([bytes], x86_64).buffer as ArrayBuffer)
  const statisticsOf = (column: string) =>
    row_groups[0]!.columns.find(({ meta_data }) => meta_data!.path_in_schema.join('.') === column)!.meta_data!.statistics!
  const u64 = (value: unknown) => BigInt.asUintN(64, value as bigint)
  const { min_value, max_value, null_count } = statisticsOf('id')
  expect([u64(min_value), u64(max_value), null_count]).toEqual([0xffff_ffffn, 0x8000_0001_0000_0001n, 0n])
  expect(checkStatistics(fileOf([bytes], x86_64))).toContain('sector_number')
})

test('bounds of every column of rings of chance are those of its values', () => {
  const compared = new Set<string>()
  fc.assert(
    fc.property(fc.array(rings(1), { minLength: 1, maxLength: 4 }), fc.constantFrom(...ABIS), (snapshots, abi) => {
      for (const column of checkStatistics(fileOf(snapshots, abi))) compared.add(column)
    }),
    { numRuns: 30 },
  )
  const columns = [
    'device',
    'source',
    'snapshot',
    'slot',
    'index',
    'op',
    'id',
    'sector_number',
    'nr_sectors',
    'status',
    'beneath.sector_number',
  ]
  expect([...compared]).toEqual(expect.arrayContaining(columns))
})
