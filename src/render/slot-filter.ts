import type { Slot } from '../codec/ring/ring.ts'

export const SLOT_FILTERS = ['in-flight', 'responses', 'all'] as const

export type SlotFilter = (typeof SLOT_FILTERS)[number]

export type SlotTest = (slot: Slot) => boolean

/** `in-flight`: the requests of [rsp_prod, req_prod). @param where of those, only slots of which it holds */
export function selectSlots(slots: readonly Slot[], filter: SlotFilter, where?: SlotTest): readonly Slot[] {
  const selected = filter === 'all' ? slots : slots.filter((s) => s.state === (filter === 'in-flight' ? 'request' : 'response'))
  return where ? selected.filter(where) : selected
}
