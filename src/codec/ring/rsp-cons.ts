// The frontend's consumer of responses is private to it. But a frontend that clears a slot once it took the response shows it.

import type { Ring } from './ring.ts'
import { advance, distance, slotOf } from './ring-idx.ts'

/**
 * rsp_cons of a frontend that clears slots: the index of the first response that is not cleared, or rsp_prod. Undefined where no slot is
 * cleared, where slots of which nothing is known hide it, and where a response lies before a cleared slot: then they were not cleared in
 * the order in which responses are taken.
 */
export function clearedUpTo({ geometry, sring, slots, indices }: Ring): number | undefined {
  const { nr_ents } = geometry
  if (indices === 'impossible') return undefined
  let last: number | undefined
  let response = false
  const oldest = advance(sring.req_prod, -nr_ents)
  for (let k = 0; k < distance(oldest, sring.rsp_prod); k++) {
    const index = advance(oldest, k)
    const { state } = slots[slotOf(index, nr_ents)]!
    if (state === 'response') response = true
    if (state !== 'cleared') continue
    if (response) return undefined
    last = index
  }
  if (last === undefined) return undefined
  const next = advance(last, 1)
  return next !== sring.rsp_prod && slots[slotOf(next, nr_ents)]!.state === 'unknown' ? undefined : next
}
