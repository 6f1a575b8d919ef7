// Lines of NDJSON and CSV from columns are those that the objects print.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch } from '../../src/codec/batch/batch.ts'
import { batchJudge } from '../../src/codec/batch/judge-batch.ts'
import { readBatch } from '../../src/codec/batch/read-batch.ts'
import { resolveIndirect } from '../../src/codec/batch/resolve-batch.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../../src/codec/ring/geometry.ts'
import type { IndirectPages } from '../../src/codec/ring/indirect-pages.ts'
import { ABIS, type Abi } from '../../src/codec/struct/abi.ts'
import { XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { ByteSink } from '../../src/print/byte-sink.ts'
import { csvOf } from '../../src/rows/csv.ts'
import { type LineFormat, lineWriters } from '../../src/rows/lines.ts'
import { slotJson } from '../../src/rows/ring-json.ts'
import { isUsed } from '../../src/rows/slot-filter.ts'
import { eachCapture } from '../support/captures.ts'
import { rings } from '../support/rings.ts'

function check(bytes: Uint8Array, abi: Abi, pages: IndirectPages = new Map()): void {
  const batch = new Batch(ringGeometry(abi, bytes.length / XEN_PAGE_SIZE), 1)
  readBatch(batch, bytes)
  resolveIndirect(batch, 0, pages)
  batchJudge(batch)()
  const print = (format: LineFormat) => {
    let text = ''
    const sink = new ByteSink(4096, (part) => {
      text += Buffer.from(part).toString('latin1')
    })
    lineWriters(format)(batch, sink)(0, batch.rows, 7)
    sink.flush()
    return text
  }
  const slots = decodeRing(bytes, abi, { indirectPages: pages }).slots.filter(isUsed)
  expect(print('ndjson')).toBe(slots.map((slot) => `${JSON.stringify({ snapshot: 7, ...slotJson(slot) })}\n`).join(''))
  expect(print('csv')).toBe(slots.map((slot) => csvOf(false).line(slot, { snapshot: 7 })).join(''))
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
