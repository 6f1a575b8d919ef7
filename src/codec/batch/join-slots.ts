// Requests over several slots as one row: `decodeRing` says which slots continue which.
import type { Ring } from '../ring/ring.ts'
import { type Batch, HOLDS, REQUEST, UNKNOWN } from './batch.ts'

/**
 * Drops the rows of slots that continue others, and gives requests over several slots all their segments. A request a part of
 * which is not there is unknown.
 * @param batch holds the ring alone, as `readBatch` left it
 */
export function joinSlots(batch: Batch, { slots }: Pick<Ring, 'slots'>): void {
  let to = 0
  for (let row = 0; row < batch.rows; row++) {
    const slot = slots[batch.slot[row]!]
    if (slot?.state === 'continuation') continue
    batch.moveRow(row, to)
    if (slot?.state === 'unknown') {
      batch.state[to] = UNKNOWN
      batch.holds[to] = HOLDS.indexOf(slot.holds)
      batch.segCount[to] = 0
      batch.wordCount[to] = 0
    }
    if (slot?.state === 'request' && slot.request.kind === 'rw' && slot.request.continuedIn && batch.state[to] === REQUEST) {
      const { segments, nr_sectors } = slot.request
      batch.growSegments(segments.length)
      batch.segStart[to] = batch.segments
      batch.segCount[to] = segments.length
      batch.nr_sectors[to] = BigInt(nr_sectors)
      for (const { gref, first_sect, last_sect } of segments) {
        batch.gref[batch.segments] = gref
        batch.first_sect[batch.segments] = first_sect
        batch.last_sect[batch.segments++] = last_sect
      }
    }
    to++
  }
  batch.rowsAt[1] = to
}
