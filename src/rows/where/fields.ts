// What an expression can name: the columns of the table of fields that are one value, and how each is read of a slot.
import { fieldValue, type RowColumn, type RowOrigin, type RowTable } from '../row-table.ts'
import type { UsedSlot } from '../slot-filter.ts'
import type { SlotKind } from '../slot-kind.ts'

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
