// A line of a row in pieces: texts, and what is written of the row between them.

import { memo } from '../codec/struct/memo.ts'
import type { BatchColumn, ListType, SlotField } from './fields.ts'
import { batchColumn } from './row-table.ts'

/** How a list is written: what stands before each element but the first, before, between and behind the fields of an element. */
export interface ListMarks {
  readonly next: string
  readonly open: string
  readonly fields: readonly string[]
  readonly close: string
}

/** What a byte of a column is written as, with all that is the same around it. */
export interface BytePiece {
  readonly write: 'byte'
  readonly column: BatchColumn
  /** How many numbers it has. */
  readonly values: number
  readonly text: (byte: number) => string
}

export type ListPiece = { readonly write: 'list'; readonly type: ListType; readonly marks: ListMarks }

type ValuePiece =
  | { readonly write: 'u16' | 's16' | 'u32' | 'u64' | 'low'; readonly column: BatchColumn }
  /** With its key, or nothing where the column has the value that stands for none. */
  | { readonly write: 'optional'; readonly column: BatchColumn; readonly key: string; readonly none: number }
  | ListPiece
  /** The words of the row in hexadecimal; the number of the snapshot; nothing, behind the last text. */
  | { readonly write: 'hex' | 'snapshot' | 'end' }

export type LinePiece = string | BytePiece | ValuePiece

/** The values of a byte. */
const BYTES = 256

/** The word of a code: one function for each list of them. */
const wordOf = /*#__PURE__*/ memo(new WeakMap<readonly string[], (code: number) => string>(), (words) => (code) => words[code]!)

/** The value of a field that is no list, without quotes. */
export function valuePiece(field: SlotField): LinePiece {
  const { type } = field
  const column = batchColumn(field)
  switch (type.is) {
    case 'enum':
      return { write: 'byte', column, values: type.words.length, text: wordOf(type.words) }
    case 'u8':
      return { write: 'byte', column, values: BYTES, text: String }
    case 'u64':
      return { write: type.sum ? 'low' : 'u64', column }
    case 'bytes':
      return { write: 'hex' }
    case 'u16':
    case 's16':
    case 'u32':
      return { write: type.is, column }
    default:
      throw new TypeError(`${field.name}: no row of a batch has a ${type.is}`)
  }
}

/** The pieces with neighbouring texts, and bytes of one column, joined. */
export function joinedPieces(pieces: readonly LinePiece[]): LinePiece[] {
  return joined(pieces, join)
}

/** The pieces with neighbouring texts joined. */
export function joinedTexts(pieces: readonly LinePiece[]): LinePiece[] {
  return joined(pieces, (a, b) => (typeof a === 'string' && typeof b === 'string' ? a + b : undefined)).filter(
    (piece) => piece !== '',
  )
}

function joined(pieces: readonly LinePiece[], join: (a: LinePiece, b: LinePiece) => LinePiece | undefined): LinePiece[] {
  const out: LinePiece[] = []
  for (const piece of pieces) {
    const last = out.at(-1)
    const both = last === undefined ? undefined : join(last, piece)
    if (both === undefined) out.push(piece)
    else out[out.length - 1] = both
  }
  return out
}

function join(a: LinePiece, b: LinePiece): LinePiece | undefined {
  if (typeof a === 'string') {
    if (typeof b === 'string') return a + b
    return b.write === 'byte' ? { ...b, text: (byte) => a + b.text(byte) } : undefined
  }
  if (a.write !== 'byte') return undefined
  if (typeof b === 'string') return { ...a, text: (byte) => a.text(byte) + b }
  if (b.write !== 'byte' || a.column !== b.column) return undefined
  return { ...a, values: Math.max(a.values, b.values), text: (byte) => a.text(byte) + b.text(byte) }
}
