// As many findings are counted over columns as decoding makes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch, type BatchEngine } from '../../../src/codec/batch/batch.ts'
import { findingCounter } from '../../../src/codec/batch/count-findings.ts'
import { batchJudge } from '../../../src/codec/batch/judge-batch.ts'
import { readBatch } from '../../../src/codec/batch/read-batch.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../../../src/codec/ring/geometry.ts'
import { ABIS, type Abi, x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import { encodeOver } from '../../../src/codec/struct/encode.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../../../src/codec/xen/ring.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { eachCapture } from '../../support/captures.ts'
import { rings } from '../../support/rings.ts'

/** Arm's is that of x86_64. */
const LAYOUTS: readonly Abi[] = [x86_64, x86_32]
const codes = new Set<string>()
const counters = new Map<string, ReturnType<typeof counterOf>[]>()

/** With machine code and without, each used again and again. */
function countersOf(abi: Abi, pages: number) {
  const key = `${abi.name} ${pages}`
  const both = counters.get(key) ?? (['compiled', 'interpreted'] as const).map((engine) => counterOf(abi, pages, engine))
  counters.set(key, both)
  return both
}

function counterOf(abi: Abi, pages: number, engine: BatchEngine) {
  const batch = new Batch(ringGeometry(abi, pages), 2, { engine })
  return { batch, judge: batchJudge(batch), count: findingCounter(batch) }
}

function check(bytes: Uint8Array, abis = LAYOUTS): void {
  for (const abi of abis) {
    const { findings } = decodeRing(bytes, abi)
    for (const { code } of findings) codes.add(code)
    const twice = Uint8Array.from(Buffer.concat([bytes, bytes]))
    for (const { batch, judge, count } of countersOf(abi, bytes.length / XEN_PAGE_SIZE)) {
      readBatch(batch, twice)
      judge()
      expect([count(0, twice), count(1, twice)], `${abi.name}, ${batch.engine}: ${findings.map((f) => f.code)}`).toEqual([
        findings.length,
        findings.length,
      ])
    }
  }
}

/** A first lap with two requests that are zero throughout, id included: chance seldom makes such. */
function twoRequests(): Uint8Array {
  const bytes = new Uint8Array(XEN_PAGE_SIZE)
  encodeOver(sringHeader, x86_64, { req_prod: 2, req_event: 1, rsp_prod: 0, rsp_event: 1 }, bytes)
  return bytes
}

eachCapture('each capture', ({ path }) => {
  for (const { bytes } of loadDumps(path)) check(bytes, ABIS)
})

test('rings of chance', () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 1, 2, 2, 16).chain(rings), (bytes) => check(bytes)),
    { numRuns: 300 },
  )
  check(new Uint8Array(XEN_PAGE_SIZE))
  check(twoRequests())
  expect([...codes].sort()).toEqual([
    'gref-shared',
    'id-shared',
    'indices-impossible',
    'indirect-op-illegal',
    'indirect-page-missing',
    'nr-segments-impossible',
    'operation-unknown',
    'ring-all-zero',
    'segment-range',
  ])
})
