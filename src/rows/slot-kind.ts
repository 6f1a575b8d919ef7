// The kinds of slot by which fields are there or not: of a slot as an object, and of a row of a batch.
import { type Batch, REQUEST, UNRESOLVED } from '../codec/batch/batch.ts'
import { INDIRECT, KIND_OF, KINDS } from '../codec/batch/kinds.ts'
import type { Slot } from '../codec/ring/ring.ts'

/** Requests by their struct (`unresolved`: indirect, a page of which is not at hand), and the states of all others. */
export const ROW_KINDS = [...KINDS, 'unresolved', 'response', 'cleared', 'unknown'] as const

export const REQUEST_KINDS = [...KINDS, 'unresolved'] as const

/** Slots that have no row of their own are of the last two. */
export type SlotKind = (typeof ROW_KINDS)[number] | 'continuation' | 'unused'

export function kindOfSlot(slot: Slot): SlotKind {
  if (slot.state !== 'request') return slot.state
  const { request } = slot
  return request.kind === 'indirect' && request.segments === null ? 'unresolved' : request.kind
}

const UNRESOLVED_KIND = KINDS.length

/** @returns the place in `ROW_KINDS` of a row */
export function kindOfRow({ state, operation, segCount }: Batch): (row: number) => number {
  return (row) => {
    // States that are no request follow in the same order.
    if (state[row] !== REQUEST) return UNRESOLVED_KIND + state[row]!
    const kind = KIND_OF[operation[row]!]!
    return kind === INDIRECT && segCount[row] === UNRESOLVED ? UNRESOLVED_KIND : kind
  }
}
