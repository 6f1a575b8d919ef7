// What an expression can name: the columns of the table of fields that are one value, and how each is read of a slot and of a row.
import type { Batch } from '../../codec/batch/batch.ts'
import { HIGH, LOW } from '../../codec/batch/words.ts'
import { batchColumn, fieldValue, type RowColumn, type RowOrigin, type RowTable } from '../row-table.ts'
import type { UsedSlot } from '../slot-filter.ts'
import { ROW_KINDS, type SlotKind } from '../slot-kind.ts'

/** Where a slot's ring stands in the output. */
export type RingPlace = Pick<RowOrigin, 'snapshot' | 'queue'>

export interface WhereField {
  readonly name: string
  readonly aliases: readonly string[]
  /** Words that stand for numbers. */
  readonly words: ReadonlyMap<string, number>
  /** Only the words, and only == and !=. */
  readonly wordsOnly: boolean
  readonly column: RowColumn
}

export function whereFields({ columns }: RowTable): WhereField[] {
  const isOne = ({ fields: [{ type }] }: RowColumn) => type.is !== 'list' && type.is !== 'bytes' && type.is !== 'text'
  return columns('where')
    .filter(isOne)
    .map((column) => {
      const { name, fields } = column
      const { type } = fields[0]
      const words = type.is === 'enum' ? numbered(type.words) : 'words' in type ? (type.words ?? NO_WORDS) : NO_WORDS
      return { name, aliases: fields.flatMap(({ aliases = [] }) => aliases), words, wordsOnly: type.is === 'enum', column }
    })
}

const NO_WORDS: ReadonlyMap<string, number> = new Map()

function numbered(words: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...new Set(words)].map((word, i) => [word, i]))
}

/** The value, of a word its number; undefined where the slot has no such field. */
export function ofSlot(
  { column, words }: WhereField,
  slot: UsedSlot,
  kind: SlotKind,
  place: RingPlace,
): number | bigint | undefined {
  const field = column.of[kind]
  const value = field && (fieldValue(field, slot, place) as number | bigint | string | null | undefined)
  return typeof value === 'string' ? words.get(value) : (value ?? undefined)
}

/** How the field of a row stands to a value: below 0, 0 or above; NaN where there is none. */
export type RowSign = (row: number, kind: number, place: RingPlace) => number

export function signOfRows({ column, words }: WhereField, value: bigint, batch: Batch): RowSign {
  const [field] = column.fields
  const { part, name, type, none } = field
  // Fields have 32 bits at the most where they are not u64: a number that no double holds is far beyond them.
  const limit = Number(value)
  if (part === 'origin') return (_row, _kind, place) => (place[name as keyof RingPlace] ?? Number.NaN) - limit
  const has = ROW_KINDS.map((kind) => column.of[kind] !== undefined)
  if (type.is === 'u64') return signOfHalves(has, batch[`${batchColumn(field) as 'id'}_halves`], value)
  const values = batch[batchColumn(field)]
  if (type.is === 'enum') {
    const signs = type.words.map((word) => words.get(word)! - limit)
    return (row, kind) => (has[kind] ? signs[values[row] as number]! : Number.NaN)
  }
  return (row, kind) => (has[kind] && values[row] !== none ? (values[row] as number) - limit : Number.NaN)
}

function signOfHalves(has: readonly boolean[], halves: Uint32Array, value: bigint): RowSign {
  if (value < 0n || value >= 2n ** 64n) return (_, kind) => (has[kind] ? (value < 0n ? 1 : -1) : Number.NaN)
  const low = Number(value & 0xffff_ffffn)
  const high = Number(value >> 32n)
  return (row, kind) => {
    if (!has[kind]) return Number.NaN
    const upper = halves[2 * row + HIGH]! - high
    return upper === 0 ? halves[2 * row + LOW]! - low : upper
  }
}
