// The pieces of a line of CSV.
import type { Batch } from '../codec/batch/batch.ts'
import { memo } from '../codec/struct/memo.ts'
import type { ListType } from './fields.ts'
import { type LinePiece, type ListMarks, valuePiece } from './pieces.ts'
import { batchColumn, type RowColumn } from './row-table.ts'
import type { SlotKind } from './slot-kind.ts'

export function csvPieces(columns: readonly RowColumn[], kind: SlotKind, batch: Batch): LinePiece[] {
  return [...columns.flatMap((column, i) => [i === 0 ? '' : ',', csvPiece(column, kind, batch)]), '\n']
}

/** Streams have no queue, and one snapshot has number 0. */
function csvPiece({ of }: RowColumn, kind: SlotKind, { sectorUnit }: Batch): LinePiece {
  const field = of[kind]
  if (field === undefined || field.objectsOnly) return ''
  const { part, name, none, type } = field
  if (part === 'origin') return name === 'snapshot' ? { write: 'snapshot' } : name === 'sector_unit' ? String(sectorUnit) : ''
  if (none !== undefined) return { write: 'optional', column: batchColumn(field), none, key: '' }
  if (type.is === 'list') return { write: 'list', type, marks: marksOf(type) }
  return valuePiece(field)
}

const marksOf = /*#__PURE__*/ memo(new WeakMap<ListType, ListMarks>(), ({ between }) => ({
  open: '',
  fields: between,
  close: '',
  next: ';',
}))
