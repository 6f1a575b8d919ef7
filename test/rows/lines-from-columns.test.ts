// Lines of NDJSON and CSV from columns are those that the objects print.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch, NO_SLOT, REQUEST } from '../../src/codec/batch/batch.ts'
import { batchJudge } from '../../src/codec/batch/judge-batch.ts'
import { readBatch } from '../../src/codec/batch/read-batch.ts'
import { resolveIndirect } from '../../src/codec/batch/resolve-batch.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import type { IndirectPages } from '../../src/codec/ring/indirect-pages.ts'
import type { Slot } from '../../src/codec/ring/ring.ts'
import { ABIS, type Abi, x86_64 } from '../../src/codec/struct/abi.ts'
import { perSize } from '../../src/codec/struct/memo.ts'
import { BLKIF_OP_INDIRECT, MAX_INDIRECT_SEGMENTS } from '../../src/codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { takeRows } from '../../src/commands/decode/columns.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { csvOf } from '../../src/rows/csv.ts'
import { type LineFormat, LineWriter, type WriteLines } from '../../src/rows/lines.ts'
import { lineJson, slotJson } from '../../src/rows/ring-json.ts'
import { isUsed, SLOT_FILTERS, selectSlots } from '../../src/rows/slot-filter.ts'
import { whereOf } from '../../src/rows/where/where.ts'
import { eachCapture } from '../support/captures.ts'
import { expectSame } from '../support/expect-same.ts'
import { rings } from '../support/rings.ts'

const FORMATS = ['ndjson', 'csv'] as const

/** Columns, and what writes lines of them, gone through row by row and compiled: made once for each geometry. */
const waysOf = perSize((pages, abi): readonly Way[] =>
  (['interpreted', 'compiled'] as const).map((engine) => {
    const batch = new Batch(ringGeometry(abi, pages), 1, { engine, scratch: LineWriter.scratch * FORMATS.length })
    return { batch, print: { ndjson: printer(batch, 'ndjson'), csv: printer(batch, 'csv') } }
  }),
)

const SERIES = 4

/** The same for a few rings. */
const seriesWays = perSize((pages, abi) =>
  (['interpreted', 'compiled'] as const).map((engine) => {
    const batch = new Batch(ringGeometry(abi, pages), SERIES, { engine, scratch: LineWriter.scratch })
    return { batch, lines: gathered(batch, 'ndjson') }
  }),
)

interface Way {
  readonly batch: Batch
  readonly print: Readonly<Record<LineFormat, () => string>>
}

/** What writes lines, and what was written since it was asked last. */
function gathered(batch: Batch, format: LineFormat): { readonly write: WriteLines; readonly text: () => string } {
  let written = ''
  const lines = new LineWriter(format, (part) => {
    written += Buffer.from(part).toString('latin1')
  })
  return {
    write: lines.rowsOf(batch),
    text() {
      lines.flush()
      const text = written
      written = ''
      return text
    },
  }
}

function printer(batch: Batch, format: LineFormat): () => string {
  const { write, text } = gathered(batch, format)
  return () => {
    write(0, batch.rows, 7)
    return text()
  }
}

function check(bytes: Uint8Array, abi: Abi, pages: IndirectPages = new Map()): void {
  const slots = decodeRing(bytes, abi, { indirectPages: pages }).slots.filter(isUsed)
  const ndjson = slots.map((slot) => `${JSON.stringify({ snapshot: 7, ...slotJson(slot) })}\n`).join('')
  const csv = slots.map((slot) => csvOf(false).line(slot, { snapshot: 7 })).join('')
  for (const { batch, print } of waysOf(bytes.length / XEN_PAGE_SIZE, abi)) {
    readBatch(batch, bytes)
    resolveIndirect(batch, 0, pages)
    batchJudge(batch)()
    expectSame(print.ndjson(), ndjson)
    expectSame(print.csv(), csv)
  }
}

eachCapture('each capture', ({ path }) => {
  for (const { bytes, indirectPages } of loadDumps(path)) for (const abi of ABIS) check(bytes, abi, indirectPages)
})

test('rings of chance', () => {
  const input = fc.tuple(fc.constantFrom(1, 2, 16).chain(rings), fc.constantFrom(...ABIS))
  fc.assert(
    fc.property(input, ([bytes, abi]) => check(bytes, abi)),
    { numRuns: 200 },
  )
})

test('rows that are chosen, of a series', () => {
  const all = [undefined, 'nr_segments > 2', 'op == write || id < 4', 'state == response && status != 0'].map(
    (text) => text && whereOf(text),
  )
  const input = fc.record({
    series: fc.array(rings(1), { minLength: 1, maxLength: SERIES }),
    abi: fc.constantFrom(...ABIS),
    filter: fc.constantFrom(...SLOT_FILTERS),
    where: fc.constantFrom(...all.map((where) => where || undefined)),
  })
  fc.assert(
    fc.property(input, ({ series, abi, filter, where }) => {
      const expected = series.flatMap((bytes, snapshot) => {
        const test = where && ((slot: Slot) => where.slot(slot, { snapshot, queue: undefined }))
        const slots = selectSlots(decodeRing(bytes, abi).slots, filter, test)
        return slots.filter(isUsed).map((slot) => `${JSON.stringify(lineJson(slot, { snapshot }))}\n`)
      })
      for (const { batch, lines } of seriesWays(1, abi)) {
        readBatch(batch, Buffer.concat(series))
        batchJudge(batch)()
        for (const number of series.keys()) takeRows(batch, number, { filter, where }, { number }, lines.write)
        expectSame(lines.text(), expected.join(''))
      }
    }),
    { numRuns: 150 },
  )
})

test('a line that is longer than what is gathered, between others', () => {
  const [expected, actual] = waysOf(16, x86_64).map(({ batch, print }) => {
    batch.rings = 1
    batch.rowsAt[1] = 3
    for (let row = 0; row < 3; row++) {
      batch.state[row] = REQUEST
      batch.operation[row] = BLKIF_OP_INDIRECT
      batch.wordCount[row] = 0
      batch.segStart[row] = 0
      batch.segCount[row] = row === 1 ? MAX_INDIRECT_SEGMENTS : 1
      batch.answeredBy[row] = NO_SLOT
    }
    batch.gref.fill(0xffff_ffff)
    batch.first_sect.fill(0xff)
    batch.last_sect.fill(0xff)
    return print.ndjson()
  })
  expect(expected!.length).toBeGreaterThan(200_000)
  expectSame(actual, expected)
})
