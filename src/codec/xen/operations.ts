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

/** The operations of blkif.h: the number, its name there, ours, and the struct of the slot. */
export const OPERATIONS = [
  { code: BLKIF_OP_READ, name: 'BLKIF_OP_READ', op: 'read', kind: 'rw' },
  { code: BLKIF_OP_WRITE, name: 'BLKIF_OP_WRITE', op: 'write', kind: 'rw' },
  { code: BLKIF_OP_WRITE_BARRIER, name: 'BLKIF_OP_WRITE_BARRIER', op: 'barrier', kind: 'rw' },
  { code: BLKIF_OP_FLUSH_DISKCACHE, name: 'BLKIF_OP_FLUSH_DISKCACHE', op: 'flush', kind: 'rw' },
  { code: BLKIF_OP_RESERVED_1, name: 'BLKIF_OP_RESERVED_1', op: 'packet', kind: 'other' },
  { code: BLKIF_OP_DISCARD, name: 'BLKIF_OP_DISCARD', op: 'discard', kind: 'discard' },
  { code: BLKIF_OP_INDIRECT, name: 'BLKIF_OP_INDIRECT', op: 'indirect', kind: 'indirect' },
] as const
const UNDEFINED = { op: 'unknown', kind: 'other' } as const

/** A row of blkif.h's operations; of a number that it does not define, the last. */
type Operation = (typeof OPERATIONS)[number] | typeof UNDEFINED

/** Our short names of blkif.h's BLKIF_OP_*; `unknown` stands for a number that it does not define. */
export type OpName = Operation['op']

/** Which struct of blkif.h a slot is read as. `rw` is struct blkif_request; of `other` no struct is public, and the slot is kept raw. */
export type RequestKind = Operation['kind']

/** The operations that are read as one kind of slot. */
export type OpOfKind<K extends RequestKind> = Extract<Operation, { readonly kind: K }>['op']

/** The operations by their byte, which every slot of every ring is asked for. */
const BY_CODE: readonly Operation[] = /*#__PURE__*/ Array.from(
  { length: 256 },
  (_, code) => OPERATIONS.find((o) => o.code === code) ?? UNDEFINED,
)

/** Name and kind of an operation byte. */
export function operationInfo(operation: number): Operation {
  return BY_CODE[operation] ?? UNDEFINED
}

/** The short name of an operation byte, as all output has it. */
export function opName(operation: number): OpName {
  return operationInfo(operation).op
}

/** The operation byte of a short name; undefined for a name that blkif.h's operations do not have. */
export function operationCode(name: string): number | undefined {
  return OPERATIONS.find(({ op }) => op === name)?.code
}

/** The kind of slot that an operation byte announces. */
export function requestKind(operation: number): RequestKind {
  return operationInfo(operation).kind
}

/** The struct that each kind of slot is read as; for `other` the one that blkif.h gives no other name for. */
export const REQUEST_STRUCTS = {
  rw: blkifRequest,
  discard: blkifRequestDiscard,
  indirect: blkifRequestIndirect,
  other: blkifRequest,
} as const

/** The statuses of blkif.h, by our short names: BLKIF_RSP_*. */
export const STATUSES = [
  { code: BLKIF_RSP_OKAY, name: 'OKAY' },
  { code: BLKIF_RSP_ERROR, name: 'ERROR' },
  { code: BLKIF_RSP_EOPNOTSUPP, name: 'EOPNOTSUPP' },
] as const

/** `OKAY`, `ERROR`, `EOPNOTSUPP` (BLKIF_RSP_*), or undefined for any other number, which Linux treats as an error. */
export function statusName(status: number): string | undefined {
  return STATUSES.find(({ code }) => code === status)?.name
}
