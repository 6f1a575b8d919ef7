// The findings of rows without machine code.
import { hasIndirectForm, isSegmentFaulty } from '../../ring/faults.ts'
import { RoundTable } from '../../ring/round-table.ts'
import { sectorsPerPage } from '../../ring/sector-unit.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, MAX_INDIRECT_SEGMENTS } from '../../xen/blkif.ts'
import { type Batch, REQUEST, RESPONSE } from '../batch.ts'
import { INDIRECT, KIND_OF, RW } from '../kinds.ts'
import { IS_UNKNOWN, OWNS_GRANTS, OWNS_ID, type RowFindings } from '../row-findings.ts'
import { HIGH, LOW } from '../words.ts'

export function interpretedFindings(batch: Batch): RowFindings {
  const { state, operation, nr_segments, indirect_op, wordCount, segStart, segCount, certainty, id_halves } = batch
  const { nr_ents } = batch.geometry
  const ids = new RoundTable(nr_ents)
  const grefs = new RoundTable(nr_ents * BLKIF_MAX_SEGMENTS_PER_REQUEST)

  return (start, oldest, end) => {
    ids.next()
    grefs.next()
    let count = 0
    for (let row = oldest; row < end; row++) count += ofRow(row)
    for (let row = start; row < oldest; row++) count += ofRow(row)
    return count
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
    if (OWNS_ID[certainty[row]!] && ids.add(id_halves[2 * row + LOW]!, id_halves[2 * row + HIGH]!, row) >= 0) count++
    return count
  }

  function ofDirect(row: number): number {
    const { gref, first_sect, last_sect } = batch
    const start = segStart[row]!
    const end = start + segCount[row]!
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
