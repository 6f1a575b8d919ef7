// The counter of findings without machine code.
import { hasIndirectForm, isSegmentFaulty, ownsGrants, ownsId } from '../../ring/faults.ts'
import { RoundTable } from '../../ring/round-table.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, MAX_INDIRECT_SEGMENTS } from '../../xen/blkif.ts'
import { opName } from '../../xen/operations.ts'
import { type Batch, CERTAINTIES, REQUEST, RESPONSE } from '../batch.ts'
import { INDIRECT, KIND_OF, RW } from '../kinds.ts'
import { HIGH, LOW } from '../words.ts'

const OWNS_ID = CERTAINTIES.map(ownsId)
const OWNS_GRANTS = CERTAINTIES.map(ownsGrants)
const IS_UNKNOWN = Uint8Array.from({ length: 256 }, (_, operation) => (opName(operation) === 'unknown' ? 1 : 0))

/** What counts the findings of a ring's rows, whose oldest is `oldest`. @param inPage as `sectorsPerPage` */
export function interpretedCounter(batch: Batch): (ring: number, oldest: number, inPage: number) => number {
  const { geometry, rowsAt, state, operation, nr_segments, indirect_op, wordCount, segStart, certainty } = batch
  const { nr_ents } = geometry
  const ids = new RoundTable(nr_ents)
  const grefs = new RoundTable(nr_ents * BLKIF_MAX_SEGMENTS_PER_REQUEST)

  return (ring, oldest, inPage) => {
    ids.next()
    grefs.next()
    const start = rowsAt[ring]!
    const end = rowsAt[ring + 1]!
    let count = 0
    // In the order of the indices: which of two requests is the later decides who has the finding.
    for (let row = oldest; row < end; row++) count += ofRow(row, inPage)
    for (let row = start; row < oldest; row++) count += ofRow(row, inPage)
    return count
  }

  function ofRow(row: number, inPage: number): number {
    const op = operation[row]!
    if (state[row] !== REQUEST) return state[row] === RESPONSE ? IS_UNKNOWN[op]! : 0
    const kind = KIND_OF[op]
    let count = IS_UNKNOWN[op]!
    if (kind === RW) count += ofDirect(row, inPage)
    else if (kind === INDIRECT) {
      if (!hasIndirectForm(indirect_op[row])) count++
      if (nr_segments[row]! > MAX_INDIRECT_SEGMENTS) count++
      count += wordCount[row]!
    }
    const low = batch.id_halves[2 * row + LOW]!
    if (OWNS_ID[certainty[row]!] && ids.add(low, batch.id_halves[2 * row + HIGH]!, row) >= 0) count++
    return count
  }

  function ofDirect(row: number, inPage: number): number {
    const start = segStart[row]!
    const end = start + batch.segCount[row]!
    const holds = OWNS_GRANTS[certainty[row]!]
    const { gref, first_sect, last_sect } = batch
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
