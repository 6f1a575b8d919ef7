// Whether one moment can come after another of the same ring. Producers only move on; what is published and unanswered, and what
// was answered and not yet overwritten, stays as it is.

import type { Ring, Slot } from '../codec/ring/ring.ts'
import { distance, passed } from '../codec/ring/ring-idx.ts'
import type { XenstoreNodes } from '../codec/xen/xenbus.ts'
import type { Moment } from './moment.ts'

/** Why `after` is no later moment of the ring of `before`, in one phrase; undefined where it can be. */
export function breakBetween(before: Moment, after: Moment): string | undefined {
  if (before.nr_ents !== after.nr_ents) return `it has ${after.nr_ents} slots, not ${before.nr_ents}: another ring`
  const [then, now] = [before.shown?.ring, after.shown?.ring]
  if (then && now && then.geometry.stride !== now.geometry.stride)
    return 'its slots have another size: another ring, or another --abi'
  const renamed = otherDevice(before.xenstore, after.xenstore)
  if (renamed !== undefined) return renamed
  const { req_prod, rsp_prod } = after.sring
  // Impossible indices are no order to go by.
  if (isPossible(before) && isPossible(after)) {
    const backwards = [
      passed(req_prod, before.sring.req_prod) ? '' : `req_prod goes back from ${before.sring.req_prod} to ${req_prod}`,
      passed(rsp_prod, before.sring.rsp_prod) ? '' : `rsp_prod goes back from ${before.sring.rsp_prod} to ${rsp_prod}`,
    ].filter((words) => words !== '')
    if (backwards.length > 0) return `${backwards.join(', ')}: an earlier moment, or another ring`
  }
  return then && now ? otherSlots(then, now) : undefined
}

function isPossible({ sring, nr_ents }: Moment): boolean {
  return distance(sring.rsp_prod, sring.req_prod) <= nr_ents
}

function otherDevice(before: XenstoreNodes | undefined, after: XenstoreNodes | undefined): string | undefined {
  for (const key of ['backend', 'virtual-device', 'event-channel', 'ring-ref', 'ring-ref0']) {
    const [then, now] = [before?.frontend.get(key), after?.frontend.get(key)]
    if (then !== undefined && now !== undefined && then !== now)
      return `XenStore has ${key} "${now}" for it, not "${then}": another ring, or the device was connected anew`
  }
  return undefined
}

/** Slots torn by a dump of a moving ring are few. */
function otherSlots(before: Ring, after: Ring): string | undefined {
  let compared = 0
  let differing = 0
  for (const [slot, then] of before.slots.entries()) {
    const now = after.slots[slot]!
    const same = sameContent(then, now)
    if (same === undefined) continue
    compared++
    if (!same) differing++
  }
  if (2 * differing <= compared) return undefined
  return `${differing} of the ${compared} slots that cannot have changed since differ: another ring`
}

/** Undefined where the slot has had reason to change. */
function sameContent(then: Slot, now: Slot): boolean | undefined {
  if (then.index !== now.index || then.state !== now.state || now.state === 'unused' || then.state === 'unused') return undefined
  if (then.state === 'request' && now.state === 'request') {
    const [a, b] = [then.request, now.request]
    return a.id === b.id && a.operation === b.operation && a.sector_number === b.sector_number
  }
  if (then.state === 'response' && now.state === 'response') {
    const [a, b] = [then, now]
    return a.response.id === b.response.id && a.beneath.sector_number === b.beneath.sector_number
  }
  return undefined
}
