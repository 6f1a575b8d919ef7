// What a request asks for, in numbers for columns: its operation, that of an indirect request being the one inside.
import { BLKIF_OP_READ, BLKIF_OP_WRITE } from '../codec/xen/blkif.ts'
import { type OpName, opName } from '../codec/xen/operations.ts'

/** Rows of the table of operations. An indirect request counts as what its indirect_op says, as `indirect` if that is neither read nor write. */
export const OPS: readonly OpName[] = ['read', 'write', 'barrier', 'flush', 'discard', 'packet', 'indirect', 'unknown']

/** Place in OPS by operation byte. */
export const OP_PLACE: Uint8Array = Uint8Array.from({ length: 256 }, (_, operation) => OPS.indexOf(opName(operation)))

/** Place in OPS by the indirect_op of an indirect request. */
export const INNER_PLACE: Uint8Array = Uint8Array.from({ length: 256 }, (_, inner) =>
  inner === BLKIF_OP_READ || inner === BLKIF_OP_WRITE ? OP_PLACE[inner]! : OPS.indexOf('indirect'),
)

/** Which way data goes. Barriers and flushes that carry data write it. */
export const DIRECTIONS = ['read', 'write', 'discard'] as const
/** Which way the data of a request goes; `discard` has none. */
export type Direction = (typeof DIRECTIONS)[number]

/** The value of `DIRECTION_OF` for operations without a direction. */
export const NOWHERE = 0xff

const WAYS: Readonly<Partial<Record<OpName, Direction>>> = {
  read: 'read',
  write: 'write',
  barrier: 'write',
  flush: 'write',
  discard: 'discard',
}

/** Place in DIRECTIONS by place in OPS, NOWHERE for what moves no data that blkif.h knows of. */
export const DIRECTION_OF: Uint8Array = Uint8Array.from(OPS, (op) => {
  const way = WAYS[op]
  return way === undefined ? NOWHERE : DIRECTIONS.indexOf(way)
})
