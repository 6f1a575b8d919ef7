// The pieces of a line of CSV.
import { type Piece, valuePiece } from './pieces.ts'
import { batchColumn, type Column, type RowTable } from './row-table.ts'
import type { SlotKind } from './slot-kind.ts'

export function csvPieces({ columns }: RowTable, kind: SlotKind): Piece[] {
  return [...columns('csv').flatMap((column, i) => [i === 0 ? '' : ',', csvPiece(column, kind)]), '\n']
}

/** Streams have no queue, and one snapshot has number 0. */
function csvPiece({ of }: Column, kind: SlotKind): Piece {
  const field = of[kind]
  if (field === undefined || field.objectsOnly) return ''
  const { part, name, none, type } = field
  if (part === 'origin') return name === 'ring' ? { write: 'ring' } : ''
  if (none !== undefined) return { write: 'optional', column: batchColumn(field), none, key: '' }
  if (type.is === 'list') return { write: 'list', type, marks: { open: '', fields: type.between, close: '', next: ';' } }
  return valuePiece(field)
}
