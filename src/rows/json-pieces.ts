// The pieces of a line of NDJSON: keys and values of a slot, in the order of its JSON.
import type { Batch } from '../codec/batch/batch.ts'
import { memo } from '../codec/struct/memo.ts'
import type { ListType, SlotField } from './fields.ts'
import { type LinePiece, type ListMarks, valuePiece } from './pieces.ts'
import { batchColumn, type Group, type RowOrigin, type RowTable } from './row-table.ts'
import type { SlotKind } from './slot-kind.ts'

/** @param numbered with the number of the snapshot */
export function jsonPieces({ groups }: RowTable, kind: SlotKind, batch: Batch, numbered: boolean): LinePiece[] {
  const origin = { sector_unit: batch.sectorUnit }
  const pieces = groups(kind).flatMap((group, i) =>
    group.part === 'origin'
      ? group.fields.flatMap((field) => originPieces(field, origin, numbered))
      : groupPieces(group, kind, i < 2),
  )
  return ['{', ...pieces, '}\n']
}

/** What may be absent stands before all that is always there, with its comma behind it. */
function originPieces({ name, unsaid }: SlotField, origin: RowOrigin, numbered: boolean): LinePiece[] {
  if (name === 'snapshot') return numbered ? [`"${name}":`, { write: 'snapshot' }, ','] : []
  const value = origin[name as keyof RowOrigin]
  return value === undefined || value === unsaid ? [] : [`"${name}":${value},`]
}

function groupPieces({ part, fields }: Group, kind: SlotKind, isFirst: boolean): LinePiece[] {
  const isInSlot = part === 'slot'
  const members = fields
    .filter((field) => !field.objectsOnly)
    .flatMap((field, i) => memberPieces(field, kind, i === 0 && (isFirst || !isInSlot) ? '' : ','))
  return isInSlot ? members : [`,"${part}":{`, ...members, '}']
}

function memberPieces(field: SlotField, kind: SlotKind, comma: string): LinePiece[] {
  const { name, type, unsaid, none } = field
  const key = `${comma}"${name}":`
  if (field.nullOf?.includes(kind)) return [`${key}null`]
  if (none !== undefined) return [{ write: 'optional', column: batchColumn(field), none, key }]
  switch (type.is) {
    case 'list':
      return [`${key}[`, { write: 'list', type, marks: marksOf(type) }, ']']
    case 'enum':
      if (unsaid === undefined) return [`${key}"`, valuePiece(field), '"']
      return [
        {
          write: 'byte',
          column: batchColumn(field),
          values: type.words.length,
          text: (code) => (type.words[code] === unsaid ? '' : `${key}"${type.words[code]}"`),
        },
      ]
    case 'bytes':
      return [`${key}"`, valuePiece(field), '"']
    case 'u64':
      return type.sum ? [key, valuePiece(field)] : [`${key}"`, valuePiece(field), '"']
    default:
      return [key, valuePiece(field)]
  }
}

const marksOf = /*#__PURE__*/ memo(new WeakMap<ListType, ListMarks>(), ({ of }) => {
  if (typeof of === 'string') return { open: '', fields: [], close: '', next: ',' }
  const [first, ...others] = Object.keys(of)
  return { open: `{"${first}":`, fields: others.map((name) => `,"${name}":`), close: '}', next: ',' }
})
