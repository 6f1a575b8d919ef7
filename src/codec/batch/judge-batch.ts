// Which requests may have been answered, for a whole batch: what `judgeAnswered` says, which is asked only of rings in which
// an id appears twice.
import { judgeAnswered } from '../ring/answered.ts'
import { isFirstLap } from '../ring/ring-idx.ts'
import { SeenSlots } from '../ring/seen.ts'
import { type Batch, CERTAINTIES, CLEARED, HOLDS, NO_SLOT, REQUEST, RESPONSE, UNKNOWN } from './batch.ts'
import { oldestRow } from './oldest-row.ts'
import { RoundTable } from './round-table.ts'
import { INDIRECT, KIND_OF } from './slot-words.ts'
import { HIGH, LOW } from './words.ts'

/** Fills the columns `certainty` and `answeredBy` of a batch, again and again: of one of its rings, or of all. */
export function batchJudge(batch: Batch): (ring?: number) => void {
  const ids = batch.id_halves
  const table = new RoundTable(batch.geometry.nr_ents)
  const { rowsAt, certainty, answeredBy, state } = batch

  return (ring) => {
    if (ring !== undefined) judge(ring)
    else for (let each = 0; each < batch.rings; each++) judge(each)
  }

  function judge(ring: number): void {
    const [start, end] = [rowsAt[ring]!, rowsAt[ring + 1]!]
    certainty.fill(0, start, end)
    answeredBy.fill(NO_SLOT, start, end)
    if (isInDoubt(start, end)) judgeRing(batch, ring)
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
}

function judgeRing(batch: Batch, ring: number): void {
  const { geometry, rowsAt, state, id, operation, indirect_op, sector_number, slot, holds, certainty, answeredBy } = batch
  const seen = new SeenSlots()
  const requestRows: number[] = []
  const responseRows: number[] = []
  const [start, oldest, end] = [rowsAt[ring]!, oldestRow(batch, ring), rowsAt[ring + 1]!]
  for (let row = oldest; row < end; row++) see(row)
  for (let row = start; row < oldest; row++) see(row)
  const { verdicts, beneath } = judgeAnswered(seen, geometry.nr_ents, isFirstLap(batch.indices(ring), geometry.nr_ents))
  for (const [i, { answered, by }] of verdicts.entries()) {
    certainty[requestRows[i]!] = CERTAINTIES.indexOf(answered)
    answeredBy[requestRows[i]!] = by ?? NO_SLOT
  }
  for (const [i, outstanding] of beneath.entries()) certainty[responseRows[i]!] = CERTAINTIES.indexOf(outstanding)

  function see(row: number): void {
    const fields = { id: id[row]!, operation: operation[row]!, sector_number: sector_number[row]! }
    if (state[row] === REQUEST) {
      seen.requests.push({ ...fields, indirect_op: KIND_OF[fields.operation] === INDIRECT ? indirect_op[row] : undefined })
      requestRows.push(row)
    } else if (state[row] === RESPONSE) {
      seen.responses.push({ ...fields, slot: slot[row]! })
      responseRows.push(row)
    } else if (state[row] === CLEARED) seen.addCleared()
    else seen.addUnknown(HOLDS[holds[row]!]!)
  }
}
