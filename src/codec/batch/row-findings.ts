// What both ways of counting a ring's findings look up.
import { ownsGrants, ownsId } from '../ring/faults.ts'
import { opName } from '../xen/operations.ts'
import { CERTAINTIES } from './batch.ts'

/** Of the rows of a ring, of which the oldest is given, the findings. */
export type RowFindings = (start: number, oldest: number, end: number) => number

/** By certainty. */
export const OWNS_ID: readonly boolean[] = CERTAINTIES.map(ownsId)
export const OWNS_GRANTS: readonly boolean[] = CERTAINTIES.map(ownsGrants)

/** 1 for an operation that is in no header. */
export const IS_UNKNOWN = Uint8Array.from({ length: 256 }, (_, operation) => (opName(operation) === 'unknown' ? 1 : 0))
