// What a column of the rows is gathered in, and how it is filled from a batch.
import type { Batch } from '../../codec/batch/batch.ts'
import type { ListType, SlotField } from '../fields.ts'
import { batchColumn, type RowColumn } from '../row-table.ts'
import { Levels } from './levels.ts'
import { isNullable } from './schema.ts'
import { Binaries, LongNumbers, Numbers, ROOM, Texts, type Values } from './values.ts'

/** Where rings come from. */
export interface RingOrigin {
  readonly device: string
  readonly queue: number
  readonly source: string
}

const WIDTHS = { u8: 'UINT_8', u16: 'UINT_16', s16: 'INT_16', u32: 'UINT_32' } as const

/** Takes the value of a row. */
type Put = (row: number, snapshot: number) => void

export class ColumnBuffer {
  readonly column: RowColumn
  /** Its own; undefined where each row has a value, or the struct that it is in says which do. */
  readonly levels: Levels | undefined
  /** By their paths in the schema. */
  readonly leaves: readonly (readonly [string, Values])[]

  /** @param struct levels of the struct that the column is in */
  constructor(column: RowColumn, struct: Levels | undefined) {
    const { name, fields } = column
    const { type } = fields[0]
    this.column = column
    if (type.is === 'list') {
      const levels = new Levels(true, ROOM)
      this.levels = levels
      this.leaves = listLeaves(`${name}.list.element`, type, levels)
    } else {
      this.levels = struct === undefined && isNullable(column) ? new Levels(false, ROOM) : undefined
      this.leaves = [[name, valuesOf(fields[0], this.levels ?? struct)]]
    }
  }

  /** @param origin of the rows, which may change between them */
  bind(batch: Batch, origin: RingOrigin): Put {
    const [field] = this.column.fields
    const put = putOf(
      field,
      this.leaves.map(([, values]) => values),
      batch,
      origin,
    )
    const { levels } = this
    if (levels === undefined) return put
    if (field.type.is === 'list') {
      const counts = batch[field.type.count]
      return (row, snapshot) => {
        levels.list(counts[row]!)
        put(row, snapshot)
      }
    }
    const { none } = field
    const column = none === undefined ? undefined : batch[batchColumn(field)]
    return (row, snapshot) => {
      if (column !== undefined && column[row] === none) levels.skip()
      else {
        levels.value()
        put(row, snapshot)
      }
    }
  }
}

function valuesOf({ type }: SlotField, levels: Levels | undefined): Values {
  switch (type.is) {
    case 'u64':
      return new LongNumbers(levels, ROOM)
    case 'enum':
    case 'text':
      return new Texts(levels, ROOM)
    case 'bytes':
      return new Binaries(levels)
    case 'list':
      throw new TypeError('a list has leaves of its own')
    default:
      return new Numbers(WIDTHS[type.is], levels, ROOM)
  }
}

/** Elements are structs of several fields, or numbers. */
function listLeaves(path: string, { of }: ListType, levels: Levels): (readonly [string, Values])[] {
  if (typeof of === 'string') return [[path, new Numbers(WIDTHS[of], levels, ROOM)]]
  return Object.entries(of).map(([name, is]) => [`${path}.${name}`, new Numbers(WIDTHS[is], levels, ROOM)])
}

function putOf(field: SlotField, leaves: readonly Values[], batch: Batch, origin: RingOrigin): Put {
  const { type, part, name } = field
  const [values] = leaves
  if (part === 'origin') return originPut(name, values!, origin, batch)
  const column = batchColumn(field)
  if (values instanceof LongNumbers) {
    const halves = batch[`${column as 'id'}_halves`]
    return (row) => values.add(halves, row)
  }
  if (values instanceof Binaries) return (row) => values.add(batch.words, batch.wordStart[row]!, batch.wordCount[row]!)
  if (type.is === 'list') return listPut(type, leaves as readonly Numbers[], batch)
  const numbers = batch[column]
  if (values instanceof Texts) {
    const { words } = type as { readonly words: readonly string[] }
    return (row) => values.add(words[numbers[row] as number]!)
  }
  return (row) => (values as Numbers).add(numbers[row] as number)
}

function originPut(name: string, values: Values, origin: RingOrigin, batch: Batch): Put {
  if (name === 'snapshot') return (_, snapshot) => (values as Numbers).add(snapshot)
  if (name === 'sector_unit') return () => (values as Numbers).add(batch.sectorUnit)
  if (name === 'queue') return () => (values as Numbers).add(origin.queue)
  const text = name as 'device' | 'source'
  return () => (values as Texts).add(origin[text])
}

function listPut({ start, count, pools }: ListType, leaves: readonly Numbers[], batch: Batch): Put {
  const [starts, counts] = [batch[start], batch[count]]
  const [word, first, second] = pools
  const [words, firsts, seconds] = leaves
  return (row) => {
    const from = starts[row]!
    const end = from + counts[row]!
    const pool = batch[word]
    for (let i = from; i < end; i++) words!.add(pool[i]!)
    if (first === undefined || second === undefined) return
    const [firstOf, secondOf] = [batch[first], batch[second]]
    for (let i = from; i < end; i++) {
      firsts!.add(firstOf[i]!)
      seconds!.add(secondOf[i]!)
    }
  }
}
