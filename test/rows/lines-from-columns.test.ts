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
import { ABIS, type Abi, x86_64 } from '../../src/codec/struct/abi.ts'
import { perSize } from '../../src/codec/struct/memo.ts'
import { BLKIF_OP_INDIRECT, MAX_INDIRECT_SEGMENTS } from '../../src/codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { csvOf } from '../../src/rows/csv.ts'
import { type LineFormat, LineWriter } from '../../src/rows/lines.ts'
import { slotJson } from '../../src/rows/ring-json.ts'
import { isUsed } from '../../src/rows/slot-filter.ts'
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

interface Way {
  readonly batch: Batch
  readonly print: Readonly<Record<LineFormat, () => string>>
}

function printer(batch: Batch, format: LineFormat): () => string {
  let text = ''
  const lines = new LineWriter(format, (part) => {
    text += Buffer.from(part).toString('latin1')
  })
  const write = lines.rowsOf(batch)
  return () => {
    text = ''
    write(0, batch.rows, 7)
    lines.flush()
    return text
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
