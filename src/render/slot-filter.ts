import type { Slot } from '../codec/ring/ring.ts'

export const SLOT_FILTERS = ['in-flight', 'responses', 'all'] as const

export type SlotFilter = (typeof SLOT_FILTERS)[number]

/** `in-flight`: the requests of [rsp_prod, req_prod). */
export function selectSlots(slots: readonly Slot[], filter: SlotFilter): readonly Slot[] {
  if (filter === 'all') return slots
  return slots.filter((s) => s.state === (filter === 'in-flight' ? 'request' : 'response'))
}
