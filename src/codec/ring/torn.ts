// A ring that is dumped while it moves has slots that are newer than its header.
import { readsAsResponse, slotCriteria } from '../recognise/slot/reads-as.ts'
import { COUNTED_IDS } from '../recognise/slot/strictness.ts'
import { viewOf } from '../struct/scalar.ts'
import { type RingGeometry, slotOffset } from './geometry.ts'

/**
 * Whether a slot of the window [rsp_prod, req_prod) reads as a response: its fields make sense, and nothing else of the slot
 * tells. A request with a handle or a count of segments does not read so, since those bytes are part of the response's id.
 */
export function slotReadsAsResponse(bytes: Uint8Array, geometry: RingGeometry, slot: number): boolean {
  return readsAsResponse(slotCriteria(COUNTED_IDS, geometry.abi), viewOf(bytes), slotOffset(geometry, slot), geometry.nr_ents)
}
