// What is not there of a ring that was read into a batch.
import { type ByteSpan, missingOf, slotsNotThere } from '../ring/missing.ts'
import { inWindow } from '../ring/ring-idx.ts'
import { type Batch, HOLDS, UNKNOWN } from './batch.ts'

/**
 * Makes the rows of slots unknown of which a byte is not there, as `decodeRing` does. A slot that is not used yet and not
 * there gets a row as well.
 * @param batch holds one ring
 * @throws RangeError for more
 */
export function markMissing(batch: Batch, spans: readonly ByteSpan[]): void {
  if (batch.rings !== 1) throw new RangeError(`bytes are missing of one ring, not of ${batch.rings}`)
  const { geometry, req_prod, rsp_prod, rowsAt } = batch
  const { indices, producers } = missingOf(geometry, spans)
  for (const name of indices) batch[name][0] = 0
  if (producers) {
    for (let slot = 0; slot < geometry.nr_ents; slot++) put(batch, slot, slot, slot, 'unknown')
    rowsAt[1] = geometry.nr_ents
    return
  }
  const used = batch.rows
  let row = used
  for (const slot of slotsNotThere(geometry, spans)) {
    if (slot >= used) put(batch, row++, slot, slot, 'unused')
    else {
      const index = batch.index[slot]!
      const holds = !batch.possible[0] || inWindow(index, rsp_prod[0]!, req_prod[0]!) ? 'request' : 'response'
      put(batch, slot, slot, index, holds)
    }
  }
  rowsAt[1] = row
}

function put(batch: Batch, row: number, slot: number, index: number, holds: (typeof HOLDS)[number]): void {
  batch.ring[row] = 0
  batch.slot[row] = slot
  batch.index[row] = index
  batch.state[row] = UNKNOWN
  batch.holds[row] = HOLDS.indexOf(holds)
  batch.segCount[row] = 0
  batch.wordCount[row] = 0
}
