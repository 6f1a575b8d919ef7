// Which slots hold a request that is outstanding, or may.
import type { Certainty } from './answered.ts'
import type { Slot } from './ring.ts'

/** That it is unlikely says that the simplest course of events, which the ids bear out, is another. */
export function mayBe(certainty: Certainty): boolean {
  return certainty === 'maybe' || certainty === 'yes'
}

/**
 * Whether the slot holds a request that is, or may be, outstanding: one of the window that was not surely answered, also one that
 * is not in the input; or one beneath a response that may lie over it.
 */
export function mayBeOutstanding(slot: Slot): boolean {
  switch (slot.state) {
    case 'request':
      return slot.answered !== 'yes'
    case 'response':
      return mayBe(slot.beneathOutstanding)
    case 'unknown':
      return slot.holds === 'request'
    default:
      return false
  }
}
