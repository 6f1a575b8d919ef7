// A request as people speak of it: its kind, the segments in use, the sectors they add up to.

import { BLKIF_OP_INDIRECT, type BlkifRequestSegment, MAX_INDIRECT_SEGMENTS } from '../xen/blkif.ts'
import type { OpOfKind, RequestKind } from '../xen/operations.ts'
import { hasIndirectForm } from './faults.ts'

/** What requests of every kind have. Their kind tells which operations they can be, and the operation tells the kind. */
interface RequestBase<K extends RequestKind> {
  readonly kind: K
  /** The operation's short name. */
  readonly op: OpOfKind<K>
  /** The operation byte. */
  readonly operation: number
  readonly id: bigint
  /** The first sector, in the ring's unit (`Ring.sectorUnit`), as `nr_sectors` is. */
  readonly sector_number: bigint
  readonly handle: number
}

/** Read, write, barrier or flush with its segments in the slot. */
export interface DirectRequest extends RequestBase<'rw'> {
  /** The count of segments as the wire has it; more than 11 cannot be in one slot. */
  readonly nr_segments: number
  /** The segments in use: nr_segments of them, as many as the slots at hand hold at the most. */
  readonly segments: readonly BlkifRequestSegment[]
  /** Sectors that the segments add up to. */
  readonly nr_sectors: number
  /** Slots behind its own that hold the segments from the 12th on; absent where it has one slot. */
  readonly continuedIn?: readonly number[]
}

/** A read or write whose segments lie in indirect pages. */
export interface IndirectRequest extends RequestBase<'indirect'> {
  readonly indirect_op: number
  readonly nr_segments: number
  /** The references in use: ceil(nr_segments / 512), 8 at the most. */
  readonly indirect_grefs: readonly number[]
  /** Resolved from the indirect pages; null where one of them is not at hand, or is shared by too many requests. */
  readonly segments: readonly BlkifRequestSegment[] | null
  readonly nr_sectors: number | null
}

/** A discard: `nr_sectors` from `sector_number` on need not be kept. */
export interface DiscardRequest extends RequestBase<'discard'> {
  readonly flag: number
  readonly nr_sectors: bigint
}

/** An operation that blkif.h has no struct for: id, sector_number and handle read as in `struct blkif_request`. */
export interface OtherRequest extends RequestBase<'other'> {
  /** The whole slot. */
  readonly raw: Uint8Array
}

/** A request. Both `kind` and `op` tell which of these it is. */
export type Request = DirectRequest | IndirectRequest | DiscardRequest | OtherRequest

/**
 * No struct says what all of its bytes are: the operation has none, or the count is more than the struct can hold, so that nobody
 * knows what lies where.
 */
export function isUndescribed(request: Request): boolean {
  switch (request.kind) {
    case 'other':
      return true
    case 'rw':
      return request.nr_segments > request.segments.length
    case 'indirect':
      return request.nr_segments > MAX_INDIRECT_SEGMENTS || !hasIndirectForm(request.indirect_op)
    case 'discard':
      return false
  }
}

/** The segments of a request that are at hand. */
export function segmentsOf(request: Request | undefined): readonly BlkifRequestSegment[] {
  return request?.kind === 'rw' || request?.kind === 'indirect' ? (request.segments ?? NONE) : NONE
}

const NONE: readonly BlkifRequestSegment[] = []

/** What a request asks for: of an indirect one the inner operation. */
export function operationOf(request: Request): number {
  return request.operation === BLKIF_OP_INDIRECT && request.kind === 'indirect' ? request.indirect_op : request.operation
}
