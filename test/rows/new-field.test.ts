// A field that is added to the table is in JSON, NDJSON, CSV, Parquet, --where, the JSON schema and the documentation, and nothing else
// has to be written for it.
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { Batch, HOLDS } from '../../src/codec/batch/batch.ts'
import { readDecoded } from '../../src/codec/batch/read-decoded.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import type { Slot } from '../../src/codec/ring/ring.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { csvOf } from '../../src/rows/csv.ts'
import { SLOT_FIELDS, type SlotField } from '../../src/rows/fields.ts'
import { type LineFormat, LineWriter } from '../../src/rows/lines.ts'
import { ParquetFile } from '../../src/rows/parquet/file.ts'
import { RowGroup } from '../../src/rows/parquet/row-group.ts'
import { schemaMarkdown } from '../../src/rows/parquet/schema.ts'
import { lineJson } from '../../src/rows/ring-json.ts'
import { rowTable } from '../../src/rows/row-table.ts'
import { isUsed } from '../../src/rows/slot-filter.ts'
import { lineShape, slotShape } from '../../src/rows/slot-shape.ts'
import { whereOf } from '../../src/rows/where/where.ts'
import { parquetRows } from '../support/parquet.ts'

const added: SlotField = {
  name: 'holds',
  part: 'slot',
  kinds: ['unknown'],
  type: { is: 'enum', words: HOLDS },
  aliases: ['content'],
  about: 'what the indices say of a slot that is not in the input',
}
const table = rowTable([...SLOT_FIELDS, added])

const [dump] = [...loadDumps('dumps/direct')]
const bytes = Uint8Array.from(dump!.bytes)
/** Bytes of the last slots are not in the input. */
const missing = [{ from: 64 + 112 * 30, to: bytes.length }]
const ring = decodeRing(bytes, x86_64, { missing })
const slots = ring.slots.filter(isUsed)
const batches = (['interpreted', 'compiled'] as const).map((engine) => {
  const batch = new Batch(ringGeometry(x86_64, 1), 1, { scratch: 2 * LineWriter.scratch, engine })
  readDecoded(batch, bytes, ring)
  return batch
})
const batch = batches[0]!
const rows = Array.from({ length: batch.rows }, (_, row) => row)

const PLACE = { snapshot: 0, queue: undefined }
const holdsOf = (slot: Slot) => (slot.state === 'unknown' ? slot.holds : undefined)
const expected = slots.map(holdsOf)

/** Of rows gone through one by one, and of compiled ones. */
function linesOfRows(format: LineFormat): string[][] {
  return batches.map((batch) => {
    let text = ''
    const take = (part: Uint8Array) => {
      text += Buffer.from(part).toString('latin1')
    }
    const lines = new LineWriter(format, take, { table })
    const write = lines.rowsOf(batch)
    write(0, batch.rows, undefined)
    lines.flush()
    return text.trimEnd().split('\n')
  })
}

test('the ring has slots with the field, and others', () => {
  expect(expected.filter((holds) => holds !== undefined)).toHaveLength(2)
  expect(slots.length).toBeGreaterThan(2)
})

test('JSON and NDJSON, of slots and of rows', () => {
  const json = slots.map((slot) => lineJson(slot, {}, table))
  expect(json.map(({ holds }) => holds)).toEqual(expected)
  for (const text of linesOfRows('ndjson')) expect(text).toEqual(json.map((line) => JSON.stringify(line)))
})

test('CSV, of slots and of rows: behind the columns that were there', () => {
  const { head, line } = csvOf(false, table)
  expect(head).toBe(csvOf(false).head.replace('\n', ',holds\n'))
  const lines = slots.map((slot) => line(slot, {}))
  expect(lines).toEqual(
    slots.map((slot) =>
      csvOf(false)
        .line(slot, {})
        .replace('\n', `,${holdsOf(slot) ?? ''}\n`),
    ),
  )
  for (const text of linesOfRows('csv')) expect(text.map((line) => `${line}\n`)).toEqual(lines)
})

test('Parquet', () => {
  const group = new RowGroup(false, table)
  group.from({ device: 'd', queue: 0, source: 's' })
  group.add(batch, 0, batch.rows, 0)
  const parts: Uint8Array[] = []
  const file = new ParquetFile(group.schema, (part) => parts.push(Uint8Array.from(part)))
  file.add(group)
  file.end()
  expect(parquetRows(Buffer.concat(parts)).map(({ holds }) => holds)).toEqual(expected.map((holds) => holds ?? null))
})

test('--where, of slots and of rows', () => {
  const { slot, row } = whereOf('holds == response', table)
  const chosen = slots.filter((own) => slot(own, PLACE))
  expect(chosen.map(holdsOf)).toEqual(expected.filter((holds) => holds === 'response'))
  expect(rows.filter((own) => row(batch, own, PLACE)).map((own) => batch.slot[own])).toEqual(chosen.map((own) => own.slot))
  expect(() => whereOf('content == response', table)).toThrow('did you mean holds?')
})

test('the JSON schemas', () => {
  const ajv = new Ajv2020({ allowUnionTypes: true })
  const json = slots.map((slot) => JSON.parse(JSON.stringify(lineJson(slot, {}, table))))
  for (const shape of [slotShape, lineShape]) {
    const validate = ajv.compile(shape({}, table).schema)
    const before = ajv.compile(shape().schema)
    expect(json.map((line) => validate(line))).toEqual(json.map(() => true))
    expect(json.map((line) => before(line))).toEqual(expected.map((holds) => holds === undefined))
  }
})

test('the documentation', () => {
  expect(schemaMarkdown(table)).toContain(`| holds | STRING | yes | ${added.about} |\n`)
})
