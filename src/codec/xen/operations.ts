// What the operation byte of a slot means: its name, and which of blkif.h's structs the rest of the slot is.
import {
  BLKIF_OP_DISCARD,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_INDIRECT,
  BLKIF_OP_READ,
  BLKIF_OP_RESERVED_1,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  BLKIF_RSP_EOPNOTSUPP,
  BLKIF_RSP_ERROR,
  BLKIF_RSP_OKAY,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
} from './blkif.ts'

/** Our short names of the operations, `unknown` for a number that blkif.h does not define. */
export type OpName = 'read' | 'write' | 'barrier' | 'flush' | 'packet' | 'discard' | 'indirect' | 'unknown'

/** `rw`: struct blkif_request; `other`: no public struct, the slot is kept raw. */
export type RequestKind = 'rw' | 'discard' | 'indirect' | 'other'

const OPERATIONS: readonly { readonly code: number; readonly op: OpName; readonly kind: RequestKind }[] = [
  { code: BLKIF_OP_READ, op: 'read', kind: 'rw' },
  { code: BLKIF_OP_WRITE, op: 'write', kind: 'rw' },
  { code: BLKIF_OP_WRITE_BARRIER, op: 'barrier', kind: 'rw' },
  { code: BLKIF_OP_FLUSH_DISKCACHE, op: 'flush', kind: 'rw' },
  { code: BLKIF_OP_RESERVED_1, op: 'packet', kind: 'other' },
  { code: BLKIF_OP_DISCARD, op: 'discard', kind: 'discard' },
  { code: BLKIF_OP_INDIRECT, op: 'indirect', kind: 'indirect' },
]

/** By the operation byte: asked for every slot of every ring. */
const BY_CODE = Array.from({ length: 256 }, (_, code) => OPERATIONS.find((o) => o.code === code))

export function opName(operation: number): OpName {
  return BY_CODE[operation]?.op ?? 'unknown'
}

export function requestKind(operation: number): RequestKind {
  return BY_CODE[operation]?.kind ?? 'other'
}

/** The struct that each kind of slot is read as; for `other` the one that blkif.h gives no other name for. */
export const REQUEST_STRUCTS = {
  rw: blkifRequest,
  discard: blkifRequestDiscard,
  indirect: blkifRequestIndirect,
  other: blkifRequest,
} as const

const STATUSES: ReadonlyMap<number, string> = new Map([
  [BLKIF_RSP_OKAY, 'OKAY'],
  [BLKIF_RSP_ERROR, 'ERROR'],
  [BLKIF_RSP_EOPNOTSUPP, 'EOPNOTSUPP'],
])

/** `OKAY`, `ERROR`, `EOPNOTSUPP` (BLKIF_RSP_*), or undefined for any other number, which Linux treats as an error. */
export function statusName(status: number): string | undefined {
  return STATUSES.get(status)
}
