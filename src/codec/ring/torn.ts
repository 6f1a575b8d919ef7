// A ring that is dumped while it moves has slots that are newer than its header.
import type { BlkifResponse } from '../xen/blkif.ts'
import { opName, statusName } from '../xen/operations.ts'

/**
 * Whether a slot of the window [rsp_prod, req_prod) reads as a response: its fields make sense, and nothing else of the slot
 * tells. A request with a handle or a count of segments does not read so, since those bytes are part of the response's id.
 */
export function readsAsResponse({ id, operation, status }: BlkifResponse, nr_ents: number): boolean {
  return id < BigInt(nr_ents) && opName(operation) !== 'unknown' && statusName(status) !== undefined
}
