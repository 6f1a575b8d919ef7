// Two moments of one ring: what happened in between.

import { askedAgain, type Redone } from '../codec/ring/asked-again.ts'
import { type ChangedRange, changedInFlight, type UnseenPage, unseenPages } from '../codec/ring/changed-in-flight.ts'
import { continuityOf, contradicts } from '../codec/ring/continuity.ts'
import { countsSlots } from '../codec/ring/multi-slot.ts'
import { type Replacement, type RingLook, replacedBy } from '../codec/ring/replaced.ts'
import { type RequestSlot, type ResponseSlot, slotsByIndex } from '../codec/ring/ring.ts'
import { advance, distance, inWindow, passed } from '../codec/ring/ring-idx.ts'
import type { SringHeader } from '../codec/ring/wire.ts'
import { sameLayout } from '../codec/struct/abi.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import { offeredSegments } from '../xenstore/segments.ts'
import type { SideRing } from './model.ts'

/** The indices from `from` up to, not including, `to`. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** Up to the event index less one; `back` where the event was set to an earlier index, which no side does. */
export interface EventStretch extends Stretch {
  readonly back: boolean
}

/** An id that one request had at the first moment and another has at the second. */
export interface ReusedId {
  readonly id: bigint
  /** Index of the request that had it at the first moment, and of the one that has it at the second. */
  readonly before: number
  readonly after: number
}

/**
 * `later`: the second moment comes after the first. `earlier`: the other way round, or the device was connected anew.
 * `replaced`: the second shows a new ring of the same device. `unrelated`: these are no moments of one ring.
 */
export type Order = 'later' | 'earlier' | 'replaced' | 'unrelated'

/** What shows that a ring came in the place of another, and what the new one asks for of what was in flight. */
export interface Replaced extends Replacement, Redone {}

/** What happened to one ring between two moments. */
export interface Transition {
  readonly queue: number | undefined
  readonly order: Order
  /** Requests and responses may take several slots: the stretches count slots. */
  readonly countsSlots: boolean
  readonly published: Stretch
  /** The published requests that can still be seen as requests. */
  readonly requests: readonly RequestSlot[]
  readonly answered: Stretch
  /** The published responses that can still be seen. */
  readonly responses: readonly ResponseSlot[]
  /**
   * How far the backend had taken requests, and the frontend responses, when each last went to sleep: the event index less
   * one. They may be further; their own indices are private.
   */
  readonly consumed: { readonly requests: EventStretch; readonly responses: EventStretch }
  readonly reused: readonly ReusedId[]
  /** In requests that were published and unanswered at both moments; those of slots that are being answered apart. */
  readonly changed: readonly ChangedRange[]
  readonly beingAnswered: readonly ChangedRange[]
  /** Indirect pages of requests in flight at both moments that one moment lacks: whether they changed is not known. */
  readonly unseen: readonly UnseenPage[]
  /** Of order `replaced`: what shows it, and what the new ring asks for of what was in flight. */
  readonly replaced: Replaced | undefined
}

/**
 * What shows that the second moment has new rings, in the first pair of a queue's rings that does: a device is connected anew with all its
 * queues. To be asked where something else than the rings says that they are of one device, and that the second is the later.
 */
export function replacementIn(pairs: readonly (readonly [SideRing, SideRing])[]): Replacement | undefined {
  for (const [before, after] of pairs) {
    const replacement = replacedBy(lookOf(before), lookOf(after))
    if (replacement) return replacement
  }
  return undefined
}

/** What is known of two moments beside their rings. */
export interface TransitionOptions {
  /** What shows that the second is a new ring of the same device (`replacementIn`). */
  readonly replacement?: Replacement | undefined
  /** The rings of all queues at the second moment; without them the one. */
  readonly newRings?: readonly SideRing[]
  /** XenStore's nodes at the second moment. */
  readonly xenstore?: XenstoreNodes | undefined
}

/** SHARED_RING_INIT of ring.h. */
const NEW_RING: SringHeader = { req_prod: 0, req_event: 1, rsp_prod: 0, rsp_event: 1 }

/**
 * What happened to a ring between two moments; of one that was `replaced`, to the new ring since it began. Of `earlier` and
 * `unrelated` the lists are empty.
 */
export function transitionOf(
  before: SideRing,
  after: SideRing,
  { replacement, newRings, xenstore }: TransitionOptions = {},
): Transition {
  const order = replacement ? 'replaced' : orderOf(before, after)
  const [then, now] = [replacement ? NEW_RING : before.ring.sring, after.ring.sring]
  const later = order === 'later'
  const published = stretch(then.req_prod, now.req_prod)
  const answered = stretch(then.rsp_prod, now.rsp_prod)
  const slots = later || replacement ? slotsByIndex(after.ring) : []
  const changes = later ? changedInFlight(before, after) : []
  return {
    queue: after.queue,
    order,
    countsSlots: countsSlots(before.ring) || countsSlots(after.ring),
    published,
    requests: slots.filter((s) => s.state === 'request').filter((s) => inWindow(s.index, then.req_prod, now.req_prod)),
    answered,
    responses: slots.filter((s) => s.state === 'response').filter((s) => inWindow(s.index, then.rsp_prod, now.rsp_prod)),
    consumed: {
      requests: eventStretch(then.req_event, now.req_event),
      responses: eventStretch(then.rsp_event, now.rsp_event),
    },
    reused: later ? reusedIds(before, after) : [],
    changed: changes.filter(({ newer }) => !newer),
    beingAnswered: changes.filter(({ newer }) => newer),
    unseen: later ? unseenPages(before, after) : [],
    replaced: replacement && { ...replacement, ...askedAgain(before.ring, newRings ?? [after], offeredSegments(xenstore)) },
  }
}

/** Whether nothing moved and nothing changed between two moments. */
export function isStill({ order, published, answered, consumed, changed, beingAnswered }: Transition): boolean {
  const moved = [published, answered, consumed.requests, consumed.responses].some(({ count }) => count > 0)
  const back = consumed.requests.back || consumed.responses.back
  return order === 'later' && !moved && !back && changed.length === 0 && beingAnswered.length === 0
}

function lookOf(side: SideRing): RingLook {
  return { sring: side.ring.sring, nr_ents: side.ring.geometry.nr_ents, shown: side }
}

function eventStretch(then: number, now: number): EventStretch {
  const [from, to] = [advance(then, -1), advance(now, -1)]
  const back = !passed(now, then)
  return { from, to, count: back ? 0 : distance(from, to), back }
}

function stretch(from: number, to: number): Stretch {
  return { from, to, count: distance(from, to) }
}

function orderOf(before: SideRing, after: SideRing): Order {
  const [a, b] = [before.ring.geometry, after.ring.geometry]
  if (!sameLayout(a.abi, b.abi) || a.pages !== b.pages) return 'unrelated'
  const [then, now] = [before.ring.sring, after.ring.sring]
  const forward = [passed(now.req_prod, then.req_prod), passed(now.rsp_prod, then.rsp_prod)]
  if (forward.every(Boolean)) return contradicts(continuityOf(before, after)) ? 'unrelated' : 'later'
  const back = [passed(then.req_prod, now.req_prod), passed(then.rsp_prod, now.rsp_prod)]
  return back.every(Boolean) ? 'earlier' : 'unrelated'
}

/** An id in flight at both moments under another index: its request was answered, and it was taken again. */
function reusedIds(before: SideRing, after: SideRing): ReusedId[] {
  const owner = new Map<bigint, number>()
  for (const slot of before.ring.slots) if (slot.state === 'request') owner.set(slot.request.id, slot.index)
  const { req_prod: then } = before.ring.sring
  const { req_prod: now } = after.ring.sring
  return slotsByIndex(after.ring).flatMap((slot) => {
    if (slot.state !== 'request' || !inWindow(slot.index, then, now)) return []
    const index = owner.get(slot.request.id)
    return index === undefined ? [] : [{ id: slot.request.id, before: index, after: slot.index }]
  })
}
