// A row of a batch as a plain object: what `decodeRing` gives for the slot.
import type { ClearedSlot, RequestSlot, ResponseSlot, UnknownSlot } from '../ring/ring.ts'
import type { BlkifRequestSegment } from '../xen/blkif.ts'
import { operationInfo, opName } from '../xen/operations.ts'
import { type Batch, CERTAINTIES, CLEARED, HOLDS, NO_SLOT, REQUEST, UNKNOWN, UNRESOLVED } from './batch.ts'
import { LOW, putWords, WORD } from './words.ts'

/** The slot of a row; the columns `certainty` and `answeredBy` are those of the last `batchJudge`. */
export function slotOfRow(batch: Batch, row: number): RequestSlot | ResponseSlot | ClearedSlot | UnknownSlot {
  const { state, certainty, answeredBy } = batch
  const place = { slot: batch.slot[row]!, index: batch.index[row]! }
  const judged = CERTAINTIES[certainty[row]!]!
  if (state[row] === REQUEST) {
    const by = answeredBy[row]! === NO_SLOT ? undefined : answeredBy[row]!
    return { state: 'request', ...place, request: requestOfRow(batch, row), answered: judged, answeredBy: by }
  }
  if (state[row] === CLEARED) return { state: 'cleared', ...place }
  if (state[row] === UNKNOWN) return { state: 'unknown', ...place, holds: HOLDS[batch.holds[row]!]! }
  const operation = batch.operation[row]!
  return {
    state: 'response',
    ...place,
    response: { id: batch.id[row]!, operation, status: batch.status[row]!, op: opName(operation) },
    beneath: {
      sector_number: batch.sector_number[row]!,
      segments: segmentsOfRow(batch, row)!,
      handle: batch.handle[row]!,
      indirect_grefs: wordsOfRow(batch, row),
      nr_sectors: batch.nr_sectors[row]!,
    },
    beneathOutstanding: judged,
  }
}

function requestOfRow(batch: Batch, row: number): RequestSlot['request'] {
  const operation = batch.operation[row]!
  const fields = {
    operation,
    id: batch.id[row]!,
    sector_number: batch.sector_number[row]!,
    handle: batch.handle[row]!,
  }
  const info = operationInfo(operation)
  const nr_segments = batch.nr_segments[row]!
  switch (info.kind) {
    case 'rw': {
      const segments = segmentsOfRow(batch, row)!
      return { kind: info.kind, op: info.op, ...fields, nr_segments, segments, nr_sectors: sectorSum(batch, row) }
    }
    case 'indirect': {
      const segments = segmentsOfRow(batch, row)
      return {
        kind: info.kind,
        op: info.op,
        ...fields,
        indirect_op: batch.indirect_op[row]!,
        nr_segments,
        indirect_grefs: wordsOfRow(batch, row),
        segments,
        nr_sectors: segments && sectorSum(batch, row),
      }
    }
    case 'discard':
      return { kind: info.kind, op: info.op, ...fields, flag: batch.flag[row]!, nr_sectors: batch.nr_sectors[row]! }
    case 'other':
      return { kind: info.kind, op: info.op, ...fields, raw: rawOfRow(batch, row) }
  }
}

/** Null where a page of an indirect request is not at hand. */
function segmentsOfRow(batch: Batch, row: number): BlkifRequestSegment[] | null {
  const count = batch.segCount[row]!
  if (count === UNRESOLVED) return null
  const start = batch.segStart[row]!
  return Array.from({ length: count }, (_, i) => ({
    gref: batch.gref[start + i]!,
    first_sect: batch.first_sect[start + i]!,
    last_sect: batch.last_sect[start + i]!,
  }))
}

/** What segments add up to: 4096 of them at the most, of 256 sectors at the most. */
function sectorSum(batch: Batch, row: number): number {
  return batch.nr_sectors_halves[2 * row + LOW]!
}

function wordsOfRow(batch: Batch, row: number): number[] {
  const start = batch.wordStart[row]!
  return Array.from(batch.words.subarray(start, start + batch.wordCount[row]!))
}

function rawOfRow(batch: Batch, row: number): Uint8Array {
  const words = batch.words.slice(batch.wordStart[row]!, batch.wordStart[row]! + batch.wordCount[row]!)
  const bytes = new Uint8Array(words.length * WORD)
  putWords(words, bytes)
  return bytes
}
