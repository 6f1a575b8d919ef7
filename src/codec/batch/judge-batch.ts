// Which requests may have been answered, for a whole batch: what `CompletionJudge` says, which is asked only of rings in which
// an id appears twice.
import { CompletionJudge } from '../ring/answered.ts'
import { isFirstLap } from '../ring/ring-idx.ts'
import { RoundTable } from '../ring/round-table.ts'
import type { SeenSlots } from '../ring/seen.ts'
import { type Batch, CLEARED, HOLDS, NO_SLOT, REQUEST, RESPONSE, UNKNOWN } from './batch.ts'
import { INDIRECT, KIND_OF } from './kinds.ts'
import { oldestRow } from './oldest-row.ts'
import { HIGH, LOW } from './words.ts'

/** Fills the columns `certainty` and `answeredBy` of a batch, again and again: of one of its rings, or of all. */
export function batchJudge(batch: Batch): (ring?: number) => void {
  const { nr_ents } = batch.geometry
  const { rowsAt, certainty, answeredBy, state, operation, indirect_op, slot, holds } = batch
  const [ids, sectors] = [batch.id_halves, batch.sector_number_halves]
  const table = new RoundTable(nr_ents)
  const judge = new CompletionJudge(nr_ents)
  /** Row of each place of what the judge sees. */
  const rowOf = new Int32Array(nr_ents)

  return (ring) => {
    if (ring !== undefined) judgeRing(ring)
    else for (let each = 0; each < batch.rings; each++) judgeRing(each)
  }

  function judgeRing(ring: number): void {
    const [start, end] = [rowsAt[ring]!, rowsAt[ring + 1]!]
    certainty.fill(0, start, end)
    answeredBy.fill(NO_SLOT, start, end)
    if (!isInDoubt(start, end)) return
    const seen = judge.next()
    const oldest = oldestRow(batch, ring)
    for (let row = oldest; row < end; row++) see(seen, row)
    for (let row = start; row < oldest; row++) see(seen, row)
    judge.judge(isFirstLap(batch.indices(ring), nr_ents))
    for (let k = 0; k < seen.count; k++) certainty[rowOf[k]!] = judge.certainty[k]!
    for (let k = seen.responses; k < seen.count; k++) answeredBy[rowOf[k]!] = judge.answeredBy[k]!
  }

  /** A response carries the id of a request in flight, or two of these share one; or there are rows whose ids are not known, and may count. */
  function isInDoubt(start: number, end: number): boolean {
    table.next()
    for (let row = start; row < end; row++)
      if (state[row] === REQUEST && table.add(ids[2 * row + LOW]!, ids[2 * row + HIGH]!, row) >= 0) return true
    let answers = false
    let clears = false
    for (let row = start; row < end; row++) {
      if (state[row] === RESPONSE) {
        answers = true
        if (table.has(ids[2 * row + LOW]!, ids[2 * row + HIGH]!)) return true
      } else if (state[row] === CLEARED) clears = true
      else if (state[row] === UNKNOWN) return true
    }
    return answers && clears
  }

  function see(seen: SeenSlots, row: number): void {
    const op = operation[row]!
    rowOf[seen.count] = row
    if (state[row] === RESPONSE) seen.addResponse(slot[row]!, op)
    else if (state[row] === REQUEST) seen.addRequest(KIND_OF[op] === INDIRECT ? indirect_op[row]! : op)
    else {
      if (state[row] === CLEARED) seen.addCleared()
      else seen.addUnknown(HOLDS[holds[row]!]!)
      return
    }
    const low = 2 * row + LOW
    const high = 2 * row + HIGH
    seen.identify(ids[low]!, ids[high]!, sectors[low]!, sectors[high]!)
  }
}
