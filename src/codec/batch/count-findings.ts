// How many findings `decodeRing` has of a ring, without making them.
import { sectorsPerPage } from '../ring/sector-unit.ts'
import type { Batch } from './batch.ts'
import { interpretedCounter } from './interpreted/count.ts'
import { addCounter } from './kernel/count.ts'
import { kernelOf } from './kernel/kernel.ts'
import { oldestRow } from './oldest-row.ts'
import { wordsOf } from './words.ts'

type Counter = (ring: number, oldest: number, inPage: number, round: number) => number

/**
 * Counts the findings of one ring of the batch, after `batchJudge`, all bytes of which are there and where no indirect page is at hand: each that a request
 * names is one that is missing.
 * @returns takes the ring's place in the batch, and the bytes that the batch was read from
 */
export function findingCounter(batch: Batch): (ring: number, bytes: Uint8Array) => number {
  const counter = kernelOf<Counter>(batch, { name: 'count', add: addCounter, interpret: interpretedCounter })
  const { geometry } = batch

  return (ring, bytes) => {
    return ofHeader(ring, bytes) + counter(1)(ring, oldestRow(batch, ring), sectorsPerPage(batch.sectorUnit), batch.nextRound())
  }

  function ofHeader(ring: number, bytes: Uint8Array): number {
    if (!batch.possible[ring]) return 1
    if (batch.req_event[ring] !== 0 || batch.rsp_event[ring] !== 0) return 0
    return wordsOf(bytes.subarray(ring * geometry.bytes, (ring + 1) * geometry.bytes)).every((word) => word === 0) ? 1 : 0
  }
}
