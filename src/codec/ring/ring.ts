// The view of a shared ring: its indices, and of every slot what it holds.
import type { BlkifResponse } from '../xen/blkif.ts'
import type { OpName } from '../xen/operations.ts'
import type { Certainty, CompletionEvidence } from './answered.ts'
import type { Beneath } from './beneath.ts'
import type { Finding } from './finding.ts'
import type { RingGeometry } from './geometry.ts'
import type { Missing } from './missing.ts'
import type { Request } from './request.ts'
import { advance, slotOf } from './ring-idx.ts'
import type { SectorUnit } from './sector-unit.ts'
import type { SringHeader } from './wire.ts'

/** A response as the ring has it, with the short name of its operation. */
export interface Response extends BlkifResponse {
  readonly op: OpName
}

/** A slot in [rsp_prod, req_prod): a request that no response was published for at its index. */
export interface RequestSlot {
  readonly state: 'request'
  readonly slot: number
  /** The free-running index in [rsp_prod, req_prod). */
  readonly index: number
  readonly request: Request
  readonly answered: Certainty
  /** Slot of the response that may be its answer. */
  readonly answeredBy: number | undefined
}

/** A slot in [req_prod - nr_ents, rsp_prod): a response, with what survives of the request beneath it. */
export interface ResponseSlot {
  readonly state: 'response'
  readonly slot: number
  /** The free-running index in [req_prod - nr_ents, rsp_prod). */
  readonly index: number
  readonly response: Response
  /** What is left of the request of the same index; the response need not be the answer to it. */
  readonly beneath: Beneath
  /** Whether that request is still outstanding. */
  readonly beneathOutstanding: Certainty
}

/** A slot of the responses that the frontend recycled after taking what was in it: nothing else is known of it. */
export interface ClearedSlot {
  readonly state: 'cleared'
  readonly slot: number
  /** The free-running index in [req_prod - nr_ents, rsp_prod). */
  readonly index: number
}

/** A slot whose bytes are not all in the input. */
export interface UnknownSlot {
  readonly state: 'unknown'
  readonly slot: number
  /** The free-running index; the slot's number where the input has no producers. */
  readonly index: number
  /** What the indices say that it holds; `unknown` where the input has no producers. */
  readonly holds: 'request' | 'response' | 'unused' | 'unknown'
}

/** A slot that was never written, because the ring is on its first lap. */
export interface UnusedSlot {
  readonly state: 'unused'
  readonly slot: number
  /** The index that the slot will carry first. */
  readonly index: number
}

/**
 * A slot that continues the one before it, in a ring whose requests may take several: a block of segments, or what a response
 * over several slots did not write.
 */
export interface ContinuationSlot {
  readonly state: 'continuation'
  readonly slot: number
  readonly index: number
  /** What the indices say: in [rsp_prod, req_prod) a part of a request. */
  readonly holds: 'request' | 'response'
  /** Slot of the request or response; undefined where that is not on the ring any more, or cannot be told. */
  readonly of: number | undefined
  /** Segments of the slot that the request uses; all 14 where the request is not known, and 0 of a response. */
  readonly nr_segments: number
}

/** What a slot holds. `state` tells which of these it is. */
export type Slot = RequestSlot | ResponseSlot | ContinuationSlot | ClearedSlot | UnknownSlot | UnusedSlot

/** A ring as `decodeRing` reads it. */
export interface Ring {
  readonly geometry: RingGeometry
  /** Bytes of the sectors that its requests count in. */
  readonly sectorUnit: SectorUnit
  readonly sring: SringHeader
  /** Whether the producers can be, as `producersPossible` says; `unknown` where one of them is not in the input. */
  readonly indices: 'possible' | 'impossible' | 'unknown'
  /** req_prod - rsp_prod mod 2^32: how many requests no response answers yet. 0 where it is unknown. */
  readonly outstanding: number
  /** Why the requests of the window are taken to be those outstanding, or not. */
  readonly evidence: CompletionEvidence
  /** What each slot holds, by its number. */
  readonly slots: readonly Slot[]
  /** What of it is not in the input. */
  readonly missing: Missing
  readonly findings: readonly Finding[]
}

/** The slots in the order of their indices, oldest first; slots that were not used yet come before all others. */
export function slotsByIndex({ slots, sring, geometry }: Ring): Slot[] {
  const oldest = slotOf(advance(sring.req_prod, -geometry.nr_ents), geometry.nr_ents)
  return [...slots.filter((s) => s.slot >= oldest), ...slots.filter((s) => s.slot < oldest)]
}
