import { mayBe } from '../ring/outstanding.ts'
import { type Batch, CERTAINTIES, HOLDS, REQUEST, RESPONSE, UNKNOWN } from './batch.ts'

const YES = CERTAINTIES.indexOf('yes')
const MAY_BE = CERTAINTIES.map(mayBe)
const HOLDS_REQUEST = HOLDS.indexOf('request')

/** As `mayBeOutstanding` of the row's slot, after `batchJudge`. */
export function mayBeOutstandingRow({ state, certainty, holds }: Batch, row: number): boolean {
  switch (state[row]) {
    case REQUEST:
      return certainty[row] !== YES
    case RESPONSE:
      return MAY_BE[certainty[row]!]!
    case UNKNOWN:
      return holds[row] === HOLDS_REQUEST
    default:
      return false
  }
}
