// The numbers of blkif.h that fields of its structs take, by their names in the header.
import { OPERATIONS, STATUSES } from '../codec/xen/operations.ts'

/** Operations by their names in blkif.h. */
export const OPERATION_NUMBERS: Readonly<Record<string, number>> = Object.fromEntries(
  OPERATIONS.map(({ name, code }) => [name, code]),
)

/** Statuses of responses by their names in blkif.h. */
export const STATUS_NUMBERS: Readonly<Record<string, number>> = Object.fromEntries(
  STATUSES.map(({ name, code }) => [`BLKIF_RSP_${name}`, code]),
)

/** A line for each of them. */
export function constantLines(line: (name: string, value: number, of: 'operation' | 'status') => string): string {
  const operations = Object.entries(OPERATION_NUMBERS).map(([name, value]) => line(name, value, 'operation'))
  const statuses = Object.entries(STATUS_NUMBERS).map(([name, value]) => line(name, value, 'status'))
  return [...operations, ...statuses].join('\n')
}
