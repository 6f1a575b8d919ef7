// Whether one moment comes after another of the same ring: what speaks against it, and what bears it out. Producers only move on;
// what is published and unanswered, and what was answered and not yet overwritten, stays as it is.
import { type Continuity, continuityOf, contradicts } from '../codec/ring/continuity.ts'
import { distance, passed, producersPossible } from '../codec/ring/ring-idx.ts'
import { slotReadsAsResponse } from '../codec/ring/torn.ts'
import { changedNode, sameConnection } from '../xenstore/connection.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'
import type { Moment } from './moment.ts'

/** Why `after` is no later moment of the ring of `before`, in one phrase; undefined where it can be. */
export function breakBetween(before: Moment, after: Moment): string | undefined {
  if (before.nr_ents !== after.nr_ents) return `it has ${after.nr_ents} slots, not ${before.nr_ents}: another ring`
  if (before.device !== undefined && after.device !== undefined && before.device !== after.device)
    return `it is of ${after.device}, not of ${before.device}: another ring`
  const [then, now] = [before.shown?.ring, after.shown?.ring]
  if (then && now && then.geometry.stride !== now.geometry.stride)
    return 'its slots have another size: another ring, or another --abi'
  const renamed = otherDevice(before.xenstore, after.xenstore)
  if (renamed !== undefined) return renamed
  const [disk, other] = [handleOf(before), handleOf(after)]
  if (disk !== undefined && other !== undefined && disk !== other)
    return `its requests carry handle ${other}, not ${disk}: another disk`
  const { req_prod, rsp_prod } = after.sring
  // Impossible indices are no order to go by.
  if (isPossible(before) && isPossible(after)) {
    const backwards = [
      passed(req_prod, before.sring.req_prod) ? '' : `req_prod goes back from ${before.sring.req_prod} to ${req_prod}`,
      passed(rsp_prod, before.sring.rsp_prod) ? '' : `rsp_prod goes back from ${before.sring.rsp_prod} to ${rsp_prod}`,
    ].filter((words) => words !== '')
    if (backwards.length > 0) return `${backwards.join(', ')}: an earlier moment, or another ring`
  }
  const slots = slotsOf(before, after)
  if (!slots || !contradicts(slots)) return undefined
  return `${slots.others} of the ${slots.alike + slots.changed} slots that cannot have changed since differ: another ring`
}

/** So many slots alike are no chance, even on the first lap: the first requests of all guests of one kind are the same. */
const MIN_ALIKE = 4
/** More requests than a disk answers in hours: XenStore alone does not bear that out. */
const MAX_UNSEEN = 2 ** 28
/** Beyond so many laps few rings that have nothing to do with each other are within one lap of each other. */
const MIN_LAPS = 8

/** What bears out that two moments are of one ring. */
export interface Tie {
  /** What it is, in one phrase. */
  readonly why: string
  /** Whether it is borne out by nothing in the slots. */
  readonly unseen: boolean
}

/**
 * What bears out that `after` is a later moment of the ring of `before`, or undefined where nothing does. It is to be asked of
 * moments that `breakBetween` has nothing against.
 */
export function tieBetween(before: Moment, after: Moment): Tie | undefined {
  const seen = (why: string): Tie => ({ why, unseen: false })
  const unseen = (why: string): Tie => ({ why, unseen: true })
  if (!isPossible(before) || !isPossible(after)) return undefined
  const published = distance(before.sring.req_prod, after.sring.req_prod)
  const slots = slotsOf(before, after)
  if (slots) {
    const { alike, changed } = slots
    const least = before.sring.req_prod < before.nr_ents ? MIN_ALIKE : 1
    if (alike >= least && 4 * changed <= alike) return seen(`${alike} slots that both must have are the same`)
    if (changed > 0) return undefined
  }
  if (published <= MAX_UNSEEN && sameConnection(before.xenstore, after.xenstore))
    return unseen('XenStore names the same ring pages, event channel and disk, and no slot says otherwise')
  if (slots) return undefined
  // The text of io_ring: its place is its name, and its indices are all that it has.
  if (before.device !== undefined && before.device === after.device) return seen(`both are of ${after.device}`)
  const near = published <= before.nr_ents && before.sring.req_prod >= MIN_LAPS * before.nr_ents
  return near ? unseen('their indices lie within one lap of each other') : undefined
}

/** What one or two slots read, a ring in motion can have torn. */
const MIN_REQUESTS = 3

/**
 * The handle that all requests in flight carry; undefined where there are few, or they do not agree. A response that is written and not
 * published yet has its id there.
 */
function handleOf({ shown }: Moment): number | undefined {
  if (!shown) return undefined
  const { ring, bytes } = shown
  const handles = ring.slots.flatMap((slot) => {
    return slot.state === 'request' && !slotReadsAsResponse(bytes, ring.geometry, slot.slot) ? [slot.request.handle] : []
  })
  const [handle] = handles
  return handles.length >= MIN_REQUESTS && handles.every((h) => h === handle) ? handle : undefined
}

function slotsOf(before: Moment, after: Moment): Continuity | undefined {
  return before.shown && after.shown ? continuityOf(before.shown, after.shown) : undefined
}

function isPossible({ sring, nr_ents }: Moment): boolean {
  return producersPossible(sring, nr_ents)
}

function otherDevice(before: XenstoreNodes | undefined, after: XenstoreNodes | undefined): string | undefined {
  const node = changedNode(before, after)
  return node && `XenStore has ${node.key} "${node.now}" for it, not "${node.then}": another ring, or the device was connected anew`
}
