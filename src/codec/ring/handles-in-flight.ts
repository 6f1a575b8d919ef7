import type { Abi } from '../struct/abi.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { ringGeometry } from './geometry.ts'
import { type ByteSpan, missingOf, slotsNotThere } from './missing.ts'
import { advance, distance, slotOf } from './ring-idx.ts'
import { decodeWireRing } from './wire.ts'

/**
 * The handles (`blkif_vdev_t`) of the requests in [rsp_prod, req_prod), as they stand in the slots that are there: all requests of one
 * ring carry one.
 * @param bytes pages of the ring, end to end
 * @param missing bytes that the input does not have
 */
export function handlesInFlight(bytes: Uint8Array, abi: Abi, missing: readonly ByteSpan[] = []): Set<number> {
  const geometry = ringGeometry(abi, bytes.length / XEN_PAGE_SIZE)
  if (missingOf(geometry, missing).producers) return new Set()
  const { sring, ring } = decodeWireRing(bytes, geometry)
  const { req_prod, rsp_prod } = sring
  const inFlight = Math.min(distance(rsp_prod, req_prod), geometry.nr_ents)
  const slots = Array.from({ length: inFlight }, (_, k) => slotOf(advance(req_prod, -1 - k), geometry.nr_ents))
  const notThere = new Set(slotsNotThere(geometry, missing))
  return new Set(slots.filter((slot) => !notThere.has(slot)).map((slot) => ring[slot]!.req.handle))
}
