import { advance, slotOf } from '../ring/ring-idx.ts'
import type { Batch } from './batch.ts'

/** The row of a ring whose index is the oldest of all; indices go on from there to the ring's last row, and then from its first. */
export function oldestRow({ geometry: { nr_ents }, rowsAt, req_prod, slot }: Batch, ring: number): number {
  const [start, end] = [rowsAt[ring]!, rowsAt[ring + 1]!]
  const oldest = slotOf(advance(req_prod[ring]!, -nr_ents), nr_ents)
  if (end - start === nr_ents) return start + oldest
  // Rows are missing on a first lap, and where requests take several slots.
  let row = start
  while (row < end && slot[row]! < oldest) row++
  return row
}
