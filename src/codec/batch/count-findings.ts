// How many findings `decodeRing` has of a ring, without making them.
import type { Batch } from './batch.ts'
import { interpretedFindings } from './interpreted/count-findings.ts'
import { compiledFindings, findingRoom } from './kernel/count-findings.ts'
import { oldestRow } from './oldest-row.ts'
import type { RowFindings } from './row-findings.ts'
import { wordsOf } from './words.ts'

/** Pages that are gone through first: as long as that takes no longer than to make machine code. */
const PAGES_BEFORE_CODE = 512

/**
 * Counts the findings of one ring of the batch, after `batchJudge`, all bytes of which are there and where no indirect page is at hand: each that a request
 * names is one that is missing. A batch with `findingRoom` bytes of scratch left gets machine code for it.
 * @returns takes the ring's place in the batch, and the bytes that the batch was read from
 */
export function findingCounter(batch: Batch): (ring: number, bytes: Uint8Array) => number {
  const { geometry, rowsAt } = batch
  const slow = interpretedFindings(batch)
  let count = slow
  let pagesBefore = batch.engine === 'interpreted' ? Number.POSITIVE_INFINITY : batch.engine === 'compiled' ? 0 : PAGES_BEFORE_CODE
  return (ring, bytes) => {
    pagesBefore -= geometry.pages
    if (pagesBefore <= 0) {
      pagesBefore = Number.POSITIVE_INFINITY
      count = compiled(batch) ?? slow
    }
    // In the order of the indices: which of two requests is the later decides who has the finding.
    const ofRows = batch.isInMemory ? count : slow
    return ofHeader(ring, bytes) + ofRows(rowsAt[ring]!, oldestRow(batch, ring), rowsAt[ring + 1]!)
  }

  function ofHeader(ring: number, bytes: Uint8Array): number {
    if (!batch.possible[ring]) return 1
    if (batch.req_event[ring] !== 0 || batch.rsp_event[ring] !== 0) return 0
    return wordsOf(bytes.subarray(ring * geometry.bytes, (ring + 1) * geometry.bytes)).every((word) => word === 0) ? 1 : 0
  }
}

function compiled(batch: Batch): RowFindings | undefined {
  const room = batch.takeScratch(findingRoom(batch.geometry))
  const count = room && compiledFindings(batch, room)
  if (room && !count && batch.engine === 'compiled') throw new RangeError('machine code may not be made here')
  return count
}
