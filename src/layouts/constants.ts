// The numbers of blkif.h that fields of its structs take, by their names in the header.
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
} from '../codec/xen/blkif.ts'

export const OPERATIONS: Readonly<Record<string, number>> = {
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_RESERVED_1,
  BLKIF_OP_DISCARD,
  BLKIF_OP_INDIRECT,
}

export const STATUSES: Readonly<Record<string, number>> = { BLKIF_RSP_OKAY, BLKIF_RSP_ERROR, BLKIF_RSP_EOPNOTSUPP }

/** A line for each of them. */
export function constantLines(line: (name: string, value: number, of: 'operation' | 'status') => string): string {
  const operations = Object.entries(OPERATIONS).map(([name, value]) => line(name, value, 'operation'))
  const statuses = Object.entries(STATUSES).map(([name, value]) => line(name, value, 'status'))
  return [...operations, ...statuses].join('\n')
}
