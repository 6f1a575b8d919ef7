// What a column of the rows is gathered in, and how a run of rows is added to it.
import type { ListType, SlotField } from '../fields.ts'
import { batchColumn, type RowColumn } from '../row-table.ts'
import { Levels } from './levels.ts'
import { isNullable } from './schema.ts'
import { type RowRun, Selection } from './selection.ts'
import { Binaries, LongNumbers, Numbers, ROOM, Texts, type Values, Words } from './values.ts'

/** Where rings come from. */
export interface RingOrigin {
  readonly device: string
  readonly queue: number
  readonly source: string
}

const WIDTHS = { u8: 'UINT_8', u16: 'UINT_16', s16: 'INT_16', u32: 'UINT_32' } as const

/** Adds what rows of a run have in a column. */
type Add = (run: RowRun, selection: Selection) => void

export class ColumnBuffer {
  readonly column: RowColumn
  /** Its own; undefined where each row has a value, or the struct that it is in says which do. */
  readonly levels: Levels | undefined
  /** By their paths in the schema. */
  readonly leaves: readonly (readonly [string, Values])[]
  readonly #values: Add
  /** Of a column with a value that stands for none. */
  readonly #some = new Selection()

  /**
   * @param struct levels of the struct that the column is in
   * @param origin of the rows, which may change between runs
   */
  constructor(column: RowColumn, struct: Levels | undefined, origin: RingOrigin) {
    const { name, fields } = column
    const [field] = fields
    const { type } = field
    const isList = type.is === 'list'
    this.column = column
    this.levels = isList || (struct === undefined && isNullable(column)) ? new Levels(isList, ROOM) : undefined
    const { leaves, add } = isList
      ? listValues(`${name}.list.element`, type, this.levels)
      : fieldValues(name, field, this.levels ?? struct, origin)
    this.leaves = leaves
    this.#values = add
  }

  /** @param selection the rows whose kinds of slots have the column */
  add(run: RowRun, selection: Selection): void {
    const [field] = this.column.fields
    let own = selection
    if (field.none !== undefined) {
      own = this.#some
      own.with(run, selection, run.batch[batchColumn(field)], field.none)
    }
    if (field.type.is === 'list') this.levels?.lists(run, own, run.batch[field.type.count])
    else this.levels?.rows(own)
    this.#values(run, own)
  }
}

interface ColumnValues {
  readonly leaves: ColumnBuffer['leaves']
  readonly add: Add
}

/** Elements are structs of several fields, or numbers. */
function listValues(path: string, { of, start, count, pools }: ListType, levels: Levels | undefined): ColumnValues {
  const leaves =
    typeof of === 'string'
      ? [[path, new Numbers(WIDTHS[of], levels)] as const]
      : Object.entries(of).map(([name, is]) => [`${path}.${name}`, new Numbers(WIDTHS[is], levels)] as const)
  return {
    leaves,
    add: ({ batch }, selection) => {
      for (const [i, [, values]] of leaves.entries()) values.ofLists(batch[pools[i]!], batch[start], batch[count], selection)
    },
  }
}

function fieldValues(path: string, field: SlotField, levels: Levels | undefined, origin: RingOrigin): ColumnValues {
  const { type, part, name, signed } = field
  const column = batchColumn(field)
  const numbersOf = ({ batch }: RowRun) => batch[column] as Uint8Array
  const of = <V extends Values>(values: V, add: (values: V, ...of: Parameters<Add>) => void): ColumnValues => ({
    leaves: [[path, values]],
    add: (run, selection) => add(values, run, selection),
  })
  if (signed) return of(new LongNumbers(levels), (values, run, rows) => values.repeat(originNumber(name, run, origin), rows))
  switch (type.is) {
    case 'u64':
      return of(new LongNumbers(levels), (values, { batch }, rows) => values.ofRows(batch[`${column as 'id'}_halves`], rows))
    case 'enum':
      return of(new Words(type.words, levels), (values, run, rows) => values.ofRows(numbersOf(run), rows))
    case 'text':
      return of(new Texts(levels), (values, _, rows) => values.repeat(origin[name as 'device' | 'source'], rows))
    case 'bytes':
      return of(new Binaries(levels), (values, { batch }, rows) => values.ofRows(batch, rows))
    case 'list':
      throw new TypeError('a list has leaves of its own')
    default:
      return of(
        new Numbers(WIDTHS[type.is], levels),
        part === 'origin'
          ? (values, run, rows) => values.repeat(originNumber(name, run, origin), rows)
          : (values, run, rows) => values.ofRows(numbersOf(run), rows),
      )
  }
}

function originNumber(name: string, { batch, snapshot }: RowRun, { queue }: RingOrigin): number {
  if (name === 'queue') return queue
  return name === 'snapshot' ? snapshot : batch.sectorUnit
}
