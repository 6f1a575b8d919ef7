import { mayBe } from '../ring/outstanding.ts'
import { distance, inWindow, isFirstLap } from '../ring/ring-idx.ts'
import { type Batch, CERTAINTIES, HOLDS, REQUEST, RESPONSE, UNKNOWN } from './batch.ts'

const YES = CERTAINTIES.indexOf('yes')
const MAY_BE = CERTAINTIES.map(mayBe)
const HOLDS_REQUEST = HOLDS.indexOf('request')

/**
 * Whether a row's request may be outstanding, as `mayBeOutstanding` says of its slot. `batchJudge` must have filled `certainty`.
 */
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

/**
 * How many rows of a ring are requests of [rsp_prod, req_prod): the slots between the two, but where requests take several slots
 * (`readDecoded`), fewer. A slot that is not there counts as one. Of impossible indices it is their distance.
 */
export function requestsInWindow(batch: Batch, ring: number): number {
  const { nr_ents } = batch.geometry
  const indices = batch.indices(ring)
  const slots = distance(indices.rsp_prod, indices.req_prod)
  const [first, end] = [batch.rowsAt[ring]!, batch.rowsAt[ring + 1]!]
  const used = isFirstLap(indices, nr_ents) ? indices.req_prod : nr_ents
  if (!batch.possible[ring] || end - first === used) return slots
  let requests = 0
  for (let row = first; row < end; row++) if (inWindow(batch.index[row]!, indices.rsp_prod, indices.req_prod)) requests++
  return requests
}
