// How many findings `decodeRing` has of a ring, without making them.
import { hasIndirectForm, isSegmentFaulty, ownsGrants, ownsId } from '../ring/faults.ts'
import { RoundTable } from '../ring/round-table.ts'
import { sectorsPerPage } from '../ring/sector-unit.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, MAX_INDIRECT_SEGMENTS } from '../xen/blkif.ts'
import { opName } from '../xen/operations.ts'
import { type Batch, CERTAINTIES, REQUEST, RESPONSE } from './batch.ts'
import { INDIRECT, KIND_OF, RW } from './kinds.ts'
import { oldestRow } from './oldest-row.ts'
import { HIGH, LOW, wordsOf } from './words.ts'

const OWNS_ID = CERTAINTIES.map(ownsId)
const OWNS_GRANTS = CERTAINTIES.map(ownsGrants)
const IS_UNKNOWN = Uint8Array.from({ length: 256 }, (_, operation) => (opName(operation) === 'unknown' ? 1 : 0))

/**
 * Counts the findings of one ring of the batch, after `batchJudge`, all bytes of which are there and where no indirect page is at hand: each that a request
 * names is one that is missing.
 * @returns takes the ring's place in the batch, and the bytes that the batch was read from
 */
export function findingCounter(batch: Batch): (ring: number, bytes: Uint8Array) => number {
  const { geometry, rowsAt, state, operation, nr_segments, indirect_op, wordCount, segStart, certainty } = batch
  const { gref, first_sect, last_sect } = batch
  const { nr_ents } = geometry
  const ids = new RoundTable(nr_ents)
  const grefs = new RoundTable(nr_ents * BLKIF_MAX_SEGMENTS_PER_REQUEST)

  return (ring, bytes) => {
    ids.next()
    grefs.next()
    const start = rowsAt[ring]!
    const end = rowsAt[ring + 1]!
    let count = ofHeader(ring, bytes)
    // In the order of the indices: which of two requests is the later decides who has the finding.
    const oldest = oldestRow(batch, ring)
    for (let row = oldest; row < end; row++) count += ofRow(row)
    for (let row = start; row < oldest; row++) count += ofRow(row)
    return count
  }

  function ofHeader(ring: number, bytes: Uint8Array): number {
    if (!batch.possible[ring]) return 1
    if (batch.req_event[ring] !== 0 || batch.rsp_event[ring] !== 0) return 0
    return wordsOf(bytes.subarray(ring * geometry.bytes, (ring + 1) * geometry.bytes)).every((word) => word === 0) ? 1 : 0
  }

  function ofRow(row: number): number {
    const op = operation[row]!
    if (state[row] !== REQUEST) return state[row] === RESPONSE ? IS_UNKNOWN[op]! : 0
    const kind = KIND_OF[op]
    let count = IS_UNKNOWN[op]!
    if (kind === RW) count += ofDirect(row)
    else if (kind === INDIRECT) {
      if (!hasIndirectForm(indirect_op[row])) count++
      if (nr_segments[row]! > MAX_INDIRECT_SEGMENTS) count++
      count += wordCount[row]!
    }
    const low = batch.id_halves[2 * row + LOW]!
    if (OWNS_ID[certainty[row]!] && ids.add(low, batch.id_halves[2 * row + HIGH]!, row) >= 0) count++
    return count
  }

  function ofDirect(row: number): number {
    const start = segStart[row]!
    const end = start + batch.segCount[row]!
    const holds = OWNS_GRANTS[certainty[row]!]
    const inPage = sectorsPerPage(batch.sectorUnit)
    let fault = 0
    let shared = 0
    for (let i = start; i < end; i++) {
      if (isSegmentFaulty(first_sect[i]!, last_sect[i]!, inPage)) fault = 1
      if (!holds) continue
      const owner = grefs.add(gref[i]!, 0, row)
      if (owner >= 0 && owner !== row) shared = 1
    }
    return fault + shared + (nr_segments[row]! > BLKIF_MAX_SEGMENTS_PER_REQUEST ? 1 : 0)
  }
}
