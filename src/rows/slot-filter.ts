import { mayBeOutstanding } from '../codec/ring/outstanding.ts'
import type { ContinuationSlot, Slot, UnusedSlot } from '../codec/ring/ring.ts'

/** The choices of `--slots`: what is or may be in flight, the responses, or all slots. */
export const SLOT_FILTERS = ['in-flight', 'responses', 'all'] as const

/** Which slots of a ring are shown. */
export type SlotFilter = (typeof SLOT_FILTERS)[number]

/** A slot that has a line, or a row, of its own. */
export type UsedSlot = Exclude<Slot, UnusedSlot | ContinuationSlot>

export function isUsed(slot: Slot): slot is UsedSlot {
  return slot.state !== 'unused' && slot.state !== 'continuation'
}

export type SlotTest = (slot: Slot) => boolean

/**
 * `in-flight`: what is outstanding, or may be, wherever it lies (`mayBeOutstanding`).
 * @param where of those, only slots of which it holds
 */
export function selectSlots(slots: readonly Slot[], filter: SlotFilter, where?: SlotTest): readonly Slot[] {
  const selected =
    filter === 'all' ? slots : slots.filter(filter === 'in-flight' ? mayBeOutstanding : (s) => s.state === 'response')
  return where ? selected.filter(where) : selected
}
