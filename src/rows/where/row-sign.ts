// How the fields of rows of columns stand to a value.
import type { Batch } from '../../codec/batch/batch.ts'
import { HIGH, LOW } from '../../codec/batch/words.ts'
import { batchColumn } from '../row-table.ts'
import { ROW_KINDS } from '../slot-kind.ts'
import type { RingPlace, WhereField } from './fields.ts'

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
