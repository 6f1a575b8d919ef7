// Whether a ring was replaced by a new one between two moments of one device: a guest that resumes or is restored, a backend that
// restarts and a frontend that is loaded again each connect anew, and a new ring counts from 0 (SHARED_RING_INIT of ring.h).
import { sameLayout } from '../struct/abi.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { sameBytes } from './changed-in-flight.ts'
import { continuityOf, type RingBytes } from './continuity.ts'
import { slotOffset } from './geometry.ts'
import { distance, isFirstLap, passed, producersPossible } from './ring-idx.ts'
import type { SringHeader } from './wire.ts'

/** A ring at one moment, or no more than its indices. */
export interface RingLook {
  readonly sring: SringHeader
  readonly nr_ents: number
  readonly shown: RingBytes | undefined
}

/** What shows that the ring of the later moment is another one. */
export interface Replacement {
  readonly evidence: 'size' | 'indices' | 'slots'
  /** What shows it, in one phrase. */
  readonly why: string
}

/** What may have happened; nothing on a ring tells these apart. */
export const CONNECTED_ANEW =
  'the device was connected anew (the guest resumed or was restored, the backend restarted, or the frontend was reloaded)'

/** More requests than a disk answers between two looks at it: an index this far ahead has gone back. */
const MAX_AHEAD = 2 ** 28

/**
 * What shows that `after` is a new ring, on its first lap, in the place of that of `before`; undefined where nothing does. To be
 * asked of moments that something else says to be of one device, in the order of their making: two rings that have nothing to do
 * with each other look the same.
 */
export function replacedBy(before: RingLook, after: RingLook): Replacement | undefined {
  if (![before, after].every(({ sring, nr_ents }) => producersPossible(sring, nr_ents)) || !isYoung(after)) return undefined
  const [then, now] = [before.shown, after.shown]
  if (then && now && !sameLayout(then.ring.geometry.abi, now.ring.geometry.abi)) return undefined
  if (before.nr_ents !== after.nr_ents)
    return { evidence: 'size', why: `it has ${after.nr_ents} slots, where there were ${before.nr_ents}` }
  const slots = then && now ? continuityOf(then, now) : undefined
  if (slots && slots.alike > slots.changed) return undefined
  const back = (['req_prod', 'rsp_prod'] as const).filter((key) => isBack(before.sring[key], after.sring[key]))
  if (back.length > 0 && !(then && now && isSamePage(then, now)))
    return {
      evidence: 'indices',
      why: back.map((key) => `${key} went from ${before.sring[key]} to ${after.sring[key]}`).join(', '),
    }
  // One request alone may have been rewritten where it stands, but by nobody who sets an event to an earlier index as well.
  const events = (['req_event', 'rsp_event'] as const).some((key) => isBack(before.sring[key], after.sring[key]))
  if (slots && slots.changed >= (events ? 1 : MIN_CHANGED) && slots.others > 0 && back.length === 0)
    return {
      evidence: 'slots',
      why:
        slots.alike + slots.changed === 1
          ? 'the one slot that cannot have changed holds something else, and an event index went back'
          : `${slots.changed} of the ${slots.alike + slots.changed} slots that cannot have changed hold something else`,
    }
  return undefined
}

const MIN_CHANGED = 2

/** Each slot was used once at the most: a ring that is full for the first time is on its first lap yet. */
function isYoung({ sring, nr_ents }: RingLook): boolean {
  return isFirstLap(sring, nr_ents) || (sring.req_prod === nr_ents && sring.rsp_prod <= nr_ents)
}

function isBack(then: number, now: number): boolean {
  return !passed(now, then) || distance(then, now) > MAX_AHEAD
}

/** Most slots hold the same bytes at the same place: the page is the old one, whatever its indices say now. */
function isSamePage(then: RingBytes, now: RingBytes): boolean {
  const { geometry } = then.ring
  if (now.bytes.length !== then.bytes.length || then.bytes.length < XEN_PAGE_SIZE) return false
  let [used, same] = [0, 0]
  for (let slot = 0; slot < geometry.nr_ents; slot++) {
    const at = slotOffset(geometry, slot)
    const [was, is] = [then, now].map(({ bytes }) => bytes.subarray(at, at + geometry.stride)) as [Uint8Array, Uint8Array]
    // A page may come filled with one byte.
    if (was.every((byte) => byte === was[0])) continue
    used++
    if (sameBytes(was, is)) same++
  }
  return 2 * same > used
}
