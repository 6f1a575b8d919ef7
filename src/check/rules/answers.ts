// What two snapshots of one ring show of its responses.

import { sameBytes } from '../../codec/ring/changed-in-flight.ts'
import { slotOffset } from '../../codec/ring/geometry.ts'
import { idText } from '../../codec/ring/id-text.ts'
import { distance, inWindow, isFirstLap } from '../../codec/ring/ring-idx.ts'
import { layoutOf } from '../../codec/struct/layout.ts'
import { blkifResponse } from '../../codec/xen/blkif.ts'
import type { Found } from '../rule.ts'
import type { RingSubject } from '../subject.ts'
import { survivorsOf } from '../surviving-id.ts'
import { atResponse } from './responses.ts'

/**
 * Which ids are outstanding is certain where none is, and on a first lap where no response carries an id of the window. From there
 * on every new request is seen as long as no response can lie over one: each new response must be the answer to one of
 * all these.
 */
export function unasked(after: RingSubject, before: RingSubject): Found[] {
  const { sring, geometry, outstanding, evidence } = before.ring
  const fromStart = isFirstLap(sring, geometry.nr_ents)
  const certain = outstanding === 0 || (fromStart && evidence === 'no-such-response')
  const answers = distance(sring.rsp_prod, after.ring.sring.rsp_prod)
  if (!certain || before.torn.length + after.torn.length > 0 || answers > outstanding) return []
  const newer = after.requests.filter(({ index }) => inWindow(index, sring.req_prod, after.ring.sring.req_prod))
  const asked = [...before.requests, ...newer].map(({ request }) => request.id)
  const left = new Map<bigint, number>()
  for (const id of asked) left.set(id, (left.get(id) ?? 0) + 1)
  return after.responses.flatMap((slot) => {
    if (!inWindow(slot.index, sring.rsp_prod, after.ring.sring.rsp_prod)) return []
    const { id } = slot.response
    const still = left.get(id) ?? 0
    left.set(id, still - 1)
    if (still > 0) return []
    const message = asked.includes(id)
      ? `id ${idText(id)} is answered more often than it was asked`
      : `nobody asked under id ${idText(id)}`
    return [{ message, ...atResponse(after, slot, 'id') }]
  })
}

/** Beneath a response of the second snapshot lies the request that the first shows in flight at its index. */
export function leaksOfTwo(after: RingSubject, before: RingSubject): Found[] {
  const { geometry } = after.ring
  const { offsets } = survivorsOf(geometry.abi)
  const { size } = layoutOf(blkifResponse, geometry.abi)
  const indices = new Map(before.requests.map(({ slot, index }) => [slot, index]))
  return after.responses.flatMap(({ slot, index }) => {
    if (indices.get(slot) !== index) return []
    const from = slotOffset(geometry, slot)
    // A ring dumped while it moved may have the next request in the slot.
    const [asked, left] = [before, after].map(({ bytes }) => bytes.subarray(from + size, from + geometry.stride))
    if (!sameBytes(asked!, left!)) return []
    const offset = offsets.find((offset) => after.bytes[from + offset] !== before.bytes[from + offset])
    if (offset === undefined) return []
    const [then, now] = [before, after].map(({ bytes }) => `0x${bytes[from + offset]!.toString(16).padStart(2, '0')}`)
    return [
      {
        message: `byte ${offset} of the slot was ${then} in the request and is ${now} around the response`,
        slot,
        offset: from + offset,
      },
    ]
  })
}
