// What a row is made of: the one table that the batch reader and the batch writer have, as machine code and interpreted.
import type { Struct } from '../struct/c-types.ts'
import { blkifRequest, blkifRequestDiscard, blkifRequestIndirect, blkifResponse } from '../xen/blkif.ts'
import type { RequestKind } from '../xen/operations.ts'
import type { RowColumnName } from './columns.ts'

/** Fields of a struct that are columns of the same names. */
export interface FieldsPart {
  readonly type: Struct
  readonly columns: readonly RowColumnName[]
}

/** Parts beside fields: `segments` in the slot, `segCount` of them; words, `wordCount` of them; and what a frontend wiped. */
type PoolPart = 'segments' | 'indirect_grefs' | 'whole slot' | 'zeros'

export type RowPart = FieldsPart | PoolPart

/** How many segments and words a row has: so many, or what its `nr_segments` says. */
export interface RowCounts {
  readonly segments: 'none' | 'in use' | 'all' | 'unresolved'
  readonly words: 'none' | 'pages in use' | 'all grefs' | 'whole slot'
}

/** What is read of the wire into a row, and written back in this order: beneath a response the later reading of the same bytes holds. */
export interface RowShape extends RowCounts {
  readonly parts: readonly RowPart[]
}

export type ShapeName = RequestKind | 'response' | 'cleared'

function fields<T extends Struct>(type: T, ...columns: readonly (keyof T['fields'] & RowColumnName)[]): FieldsPart {
  return { type, columns }
}

export const ROW_SHAPES: Readonly<Record<ShapeName, RowShape>> = {
  rw: {
    segments: 'in use',
    words: 'none',
    parts: [fields(blkifRequest, 'operation', 'nr_segments', 'handle', 'id', 'sector_number'), 'segments'],
  },
  discard: {
    segments: 'none',
    words: 'none',
    parts: [fields(blkifRequestDiscard, 'operation', 'flag', 'handle', 'id', 'sector_number', 'nr_sectors')],
  },
  indirect: {
    segments: 'unresolved',
    words: 'pages in use',
    parts: [
      fields(blkifRequestIndirect, 'operation', 'indirect_op', 'nr_segments', 'id', 'sector_number', 'handle'),
      'indirect_grefs',
    ],
  },
  other: {
    segments: 'none',
    words: 'whole slot',
    parts: ['whole slot', fields(blkifRequest, 'operation', 'handle', 'id', 'sector_number')],
  },
  response: {
    segments: 'all',
    words: 'all grefs',
    parts: [
      'segments',
      fields(blkifRequestIndirect, 'handle'),
      'indirect_grefs',
      fields(blkifRequestDiscard, 'nr_sectors'),
      fields(blkifRequest, 'sector_number'),
      fields(blkifResponse, 'id', 'operation', 'status'),
    ],
  },
  cleared: { segments: 'none', words: 'none', parts: ['zeros', fields(blkifRequest, 'id')] },
}
