// The kinds of request as numbers, for columns.
import { type RequestKind, requestKind } from '../xen/operations.ts'

/** Numbers of the kinds of request, for columns. */
export const KINDS = ['rw', 'discard', 'indirect', 'other'] as const satisfies readonly RequestKind[]
export const RW = 0
export const DISCARD = 1
export const INDIRECT = 2
export const OTHER = 3

/** Place in `KINDS` by operation byte. */
export const KIND_OF: Uint8Array = /*#__PURE__*/ Uint8Array.from({ length: 256 }, (_, operation) =>
  KINDS.indexOf(requestKind(operation)),
)
