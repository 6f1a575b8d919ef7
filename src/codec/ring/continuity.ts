// Whether two dumps can be two moments of one ring, by what the slots hold: a slot keeps its bytes until its index is used again,
// but for the response that is laid over the request.
import { sameLayout } from '../struct/abi.ts'
import { layoutOf } from '../struct/layout.ts'
import { blkifResponse } from '../xen/blkif.ts'
import { sameBytes } from './changed-in-flight.ts'
import { slotOffset } from './geometry.ts'
import type { Ring, Slot } from './ring.ts'
import { slotReadsAsResponse } from './torn.ts'

/** A ring and the bytes that it was decoded from. */
export interface RingBytes {
  readonly ring: Ring
  readonly bytes: Uint8Array
}

/** Counts of the slots that hold the same index at both moments, and so must hold the same bytes. */
export interface Continuity {
  /** Slots with the same bytes, not all of them 0, where nobody may have written in between. */
  readonly alike: number
  /** Slots with other bytes there. */
  readonly changed: number
  /** Slots whose requests or responses are others: another id, operation or sector. Among `changed`. */
  readonly others: number
}

const NONE: Continuity = { alike: 0, changed: 0, others: 0 }

/** Slots of `before` whose index `after` still shows, held against each other. Of rings of another layout or size, none. */
export function continuityOf(before: RingBytes, after: RingBytes): Continuity {
  const { geometry } = before.ring
  const other = after.ring.geometry
  if (!sameLayout(geometry.abi, other.abi) || geometry.pages !== other.pages) return NONE
  let [alike, changed, others] = [0, 0, 0]
  const later = new Map(after.ring.slots.map((slot) => [slot.slot, slot]))
  const answer = layoutOf(blkifResponse, geometry.abi).size
  for (const then of before.ring.slots) {
    const now = later.get(then.slot)
    if (!now || then.index !== now.index) continue
    const from = keptFrom(then, now, answer)
    if (from === undefined) continue
    const at = slotOffset(geometry, then.slot)
    const isSame = (from: number) =>
      sameBytes(before.bytes.subarray(at + from, at + geometry.stride), after.bytes.subarray(at + from, at + geometry.stride))
    // A response that is written and not published yet lies in the window.
    const isKept =
      isSame(from) || (now.state === 'request' && isSame(answer) && slotReadsAsResponse(after.bytes, geometry, then.slot))
    if (isKept) alike += after.bytes.subarray(at + from, at + geometry.stride).some((byte) => byte !== 0) ? 1 : 0
    else changed++
    if (!isKept && isOther(then, now)) others++
  }
  return { alike, changed, others }
}

/** So many of the slots that cannot have changed hold other requests that these are two rings. Slots torn by motion are few. */
export function contradicts({ alike, changed, others }: Continuity): boolean {
  return 2 * others > alike + changed
}

/** The byte of the slot from which on both moments must have the same; undefined where the slot has had reason to change. */
function keptFrom(then: Slot, now: Slot, answer: number): number | undefined {
  const [was, is] = [then.state, now.state]
  if (was === is && (is === 'request' || is === 'response')) return 0
  return was === 'request' && is === 'response' ? answer : undefined
}

function isOther(then: Slot, now: Slot): boolean {
  if (then.state === 'request' && now.state === 'request') {
    const [a, b] = [then.request, now.request]
    return a.id !== b.id || a.operation !== b.operation || a.sector_number !== b.sector_number
  }
  if (then.state === 'response' && now.state === 'response')
    return then.response.id !== now.response.id || then.beneath.sector_number !== now.beneath.sector_number
  return then.state === 'request' && now.state === 'response' && then.request.sector_number !== now.beneath.sector_number
}
