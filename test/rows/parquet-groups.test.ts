// Many row groups: what stays of each until the file ends, in the file and in memory.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parquetMetadata, type RowGroup as RowGroupMetaData } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { expect, test } from 'vitest'
import { Batch } from '../../src/codec/batch/batch.ts'
import { batchJudge } from '../../src/codec/batch/judge-batch.ts'
import { readBatch } from '../../src/codec/batch/read-batch.ts'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { Footer } from '../../src/rows/parquet/footer.ts'
import { GROUP_ROWS, RowGroup } from '../../src/rows/parquet/row-group.ts'
import { SCHEMA_VERSION } from '../../src/rows/parquet/schema.ts'

const { schema } = new RowGroup(false)

const groupsOf = (count: number): RowGroupMetaData[] =>
  Array.from({ length: count }, (_, n) => ({
    total_byte_size: BigInt(n),
    num_rows: 2n ** 31n + BigInt(n),
    columns: schema.leaves.slice(0, 3).map(({ path, element }) => ({
      file_offset: BigInt(n) << 33n,
      meta_data: {
        type: element.type!,
        encodings: ['PLAIN'],
        path_in_schema: [...path],
        codec: 'SNAPPY',
        num_values: BigInt(n),
        total_uncompressed_size: 5n,
        total_compressed_size: 4n,
        data_page_offset: BigInt(n) << 33n,
        statistics: { null_count: BigInt(n % 2) },
      },
    })),
  }))

function footerOf(groups: readonly RowGroupMetaData[], rows: number): Buffer {
  const footer = new Footer(schema)
  for (const group of groups) footer.add(group)
  const pieces: Uint8Array[] = []
  footer.write((piece) => pieces.push(Uint8Array.from(piece)), rows)
  return Buffer.concat(pieces)
}

test.each([1, 14, 15, 16, 127, 128, 300])(
  'a footer of %i row groups is the one that the library writes of all at once',
  (count) => {
    const groups = groupsOf(count)
    const rows = 2 ** 33 + count
    const out = new ByteWriter()
    writeMetadata(out, {
      version: 2,
      schema: [...schema.elements],
      num_rows: BigInt(rows),
      row_groups: groups,
      key_value_metadata: [{ key: 'blkring.schema', value: SCHEMA_VERSION }],
      created_by: 'blkring',
      metadata_length: 0,
    })
    expect(footerOf(groups, rows).equals(out.getBytes())).toBe(true)
  },
)

test('a footer without row groups is one of a list of structs', () => {
  const magic = Buffer.from('PAR1')
  const { row_groups, num_rows, created_by } = parquetMetadata(Uint8Array.from([...magic, ...footerOf([], 0), ...magic]).buffer)
  expect([row_groups, num_rows, created_by]).toEqual([[], 0n, 'blkring'])
})

test.each([false, true])('row groups one after the other take the room of one (partitioned: %s)', (partitioned) => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const bytes = new Uint8Array(XEN_PAGE_SIZE)
  encodeOver(sringHeader, x86_64, { req_prod: 32, req_event: 33, rsp_prod: 32, rsp_event: 33 }, bytes)
  const rings = 2048
  const batch = new Batch(ringGeometry(x86_64, 1), rings)
  const pages = new Uint8Array(rings * XEN_PAGE_SIZE)
  for (let ring = 0; ring < rings; ring++) pages.set(bytes, ring * XEN_PAGE_SIZE)
  readBatch(batch, pages)
  batchJudge(batch)()
  expect(batch.rows).toBe(GROUP_ROWS)
  const group = new RowGroup(partitioned)
  group.from({ device: 'vbd-3-51712', queue: 0, source: 'ring.bin' })
  const held = (groups: number) => {
    for (let n = 0; n < groups; n++) {
      group.add(batch, 0, batch.rows, n)
      expect(group.isFull).toBe(true)
      group.clear()
    }
    gc()
    return process.memoryUsage().arrayBuffers
  }
  const once = held(1)
  expect(held(9) - once).toBeLessThan(GROUP_ROWS)
})
