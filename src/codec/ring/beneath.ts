// What survives of a request when a response has been written over its slot. A backend writes the fields of
// struct blkif_response one by one (Linux, QEMU, tapdisk), so every other byte of the slot stays.
import type { Abi } from '../struct/abi.ts'
import type { Struct } from '../struct/c-types.ts'
import { fieldsReader } from '../struct/decode.ts'
import { type FieldLayout, fieldOf, layoutOf } from '../struct/layout.ts'
import { perAbi } from '../struct/memo.ts'
import { type BlkifRequestSegment, blkifRequest, blkifRequestDiscard, blkifRequestIndirect, blkifResponse } from '../xen/blkif.ts'

/**
 * The fields of a request that a response does not touch. The operation is lost, so each reading of the bytes is given:
 * segments as in struct blkif_request, handle and indirect_grefs as in _indirect, nr_sectors as in _discard. Bytes
 * behind the fields that the request used are stale. The response above need not be the answer to this request.
 */
export interface Beneath {
  readonly sector_number: bigint
  /** All 11 of the slot: how many were in use is lost. */
  readonly segments: readonly BlkifRequestSegment[]
  readonly handle: number
  readonly indirect_grefs: readonly number[]
  readonly nr_sectors: bigint
}

/** Names of the fields of a request struct that lie outside every field of a response. */
export function survivingFields(type: Struct, abi: Abi): string[] {
  const written = layoutOf(blkifResponse, abi).fields
  return layoutOf(type, abi)
    .fields.filter((f) => !f.reserved && written.every((w) => f.offset >= w.offset + w.size || w.offset >= f.offset + f.size))
    .map((f) => f.name)
}

/** The fields of `Beneath`, of three structs, as they lie over each other in a slot. */
export function beneathFields(abi: Abi): FieldLayout[] {
  const field = (type: Struct, name: string, as = name) => ({ ...fieldOf(layoutOf(type, abi), name), name: as })
  return [
    field(blkifRequest, 'sector_number'),
    field(blkifRequest, 'seg', 'segments'),
    field(blkifRequestIndirect, 'handle'),
    field(blkifRequestIndirect, 'indirect_grefs'),
    field(blkifRequestDiscard, 'nr_sectors'),
  ]
}

/** One reader for the readings of the three structs: a call each costs more than the reading. */
const readers = /*#__PURE__*/ perAbi((abi) => fieldsReader(beneathFields(abi), abi) as (bytes: Uint8Array) => Beneath)

/** Reads what is left of the request beneath a response whose slot starts at `at`; the whole slot must be there. */
export function decodeBeneath(bytes: Uint8Array, abi: Abi, at: number): Beneath {
  return readers(abi)(at === 0 ? bytes : bytes.subarray(at))
}
