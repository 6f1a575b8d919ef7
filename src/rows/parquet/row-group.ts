// The rows that are gathered before they are written: every used slot of a batch is one.
import { type Batch, UNRESOLVED } from '../../codec/batch/batch.ts'
import { STRUCT_PARTS } from '../fields.ts'
import { ROW, type RowColumn, type RowTable } from '../row-table.ts'
import { kindOfRow, ROW_KINDS } from '../slot-kind.ts'
import { ColumnBuffer, type RingOrigin } from './column-buffer.ts'
import { grownTo } from './grown-to.ts'
import { Levels } from './levels.ts'
import { fileColumns, type Schema, type SchemaLeaf, schemaOf } from './schema.ts'
import { type RowRun, Selection } from './selection.ts'
import { ROOM, type Values } from './values.ts'

/** A group is full with so many rows, or so many segments: an indirect request can have 4096. */
export const GROUP_ROWS = 64 * 1024
const GROUP_SEGMENTS = 1024 * 1024

/** What has values in the rows of the same kinds. */
interface OfKinds {
  readonly has: Uint8Array
  readonly selection: Selection
  readonly structs: Set<Levels>
  readonly buffers: ColumnBuffer[]
}

export class RowGroup {
  readonly schema: Schema
  rows = 0
  /** Of the rows that come next: one object, which the columns read run by run. */
  readonly #origin: { -readonly [K in keyof RingOrigin]: RingOrigin[K] } = { device: '', queue: 0, source: '' }
  readonly #ofKinds: readonly OfKinds[]
  readonly #segments: readonly Levels[]
  readonly #leaves: readonly GroupLeaf[]
  #kinds = new Uint8Array()

  /** @param partitioned without the columns that the folders of a dataset are named by */
  constructor(partitioned: boolean, table: RowTable = ROW) {
    const columns = fileColumns(partitioned, table)
    this.schema = schemaOf(columns)
    const structs = new Map(Object.keys(STRUCT_PARTS).map((part) => [part, new Levels(false, ROOM)]))
    const buffers = columns.map((column) => {
      const struct = structs.get(column.fields[0].part)
      return { struct, buffer: new ColumnBuffer(column, struct, this.#origin) }
    })
    const ofKinds = new Map<string, OfKinds>()
    for (const { struct, buffer } of buffers) {
      const has = kindsOf(buffer.column)
      const own = ofKinds.get(`${has}`) ?? { has, selection: new Selection(), structs: new Set(), buffers: [] }
      ofKinds.set(`${has}`, own)
      own.buffers.push(buffer)
      if (struct) own.structs.add(struct)
    }
    this.#ofKinds = [...ofKinds.values()]
    this.#segments = buffers.flatMap(({ buffer: { leaves, levels } }) => (leaves.length > 1 ? levels! : []))
    const values = new Map(buffers.flatMap(({ buffer }) => buffer.leaves))
    this.#leaves = this.schema.leaves.map((leaf) => ({ leaf, values: values.get(leaf.path.join('.'))! }))
  }

  get isFull(): boolean {
    return this.rows >= GROUP_ROWS || this.#entries >= GROUP_SEGMENTS
  }

  /** Segments, and rows without. */
  get #entries(): number {
    return this.#segments.reduce((sum, { length }) => sum + length, 0)
  }

  /** Of the rows that come next. */
  from(origin: RingOrigin): void {
    Object.assign(this.#origin, origin)
  }

  /**
   * Adds slots of a batch's rows, after `batchJudge`, until it is full.
   * @param from the first of them; `end` is behind the last
   * @param snapshot the number of theirs
   * @returns the first row that was not added: `end`, if all were
   */
  add(batch: Batch, from: number, end: number, snapshot: number): number {
    let row = from
    while (row < end && !this.isFull) {
      const next = this.#withRoom(batch, row, end)
      this.#addRun(batch, row, next, snapshot)
      row = next
    }
    return row
  }

  /** The end of rows that it takes up without being full before the last of them. */
  #withRoom({ segCount }: Batch, from: number, end: number): number {
    const last = Math.min(end, from + GROUP_ROWS - this.rows)
    let entries = this.#entries + this.#segments.length * (last - from)
    for (let row = from; row < last; row++) if (segCount[row] !== UNRESOLVED) entries += segCount[row]!
    return entries < GROUP_SEGMENTS ? last : from + 1
  }

  #addRun(batch: Batch, from: number, end: number, snapshot: number): void {
    const kinds = grownTo(this.#kinds, end - from)
    this.#kinds = kinds
    const kindOf = kindOfRow(batch)
    for (let row = from; row < end; row++) kinds[row - from] = kindOf(row)
    const run: RowRun = { batch, from, end, snapshot, kinds }
    for (const { has, selection, structs, buffers } of this.#ofKinds) {
      selection.ofKinds(run, has)
      for (const levels of structs) levels.rows(selection)
      for (const buffer of buffers) buffer.add(run, selection)
    }
    this.rows += end - from
  }

  /** What each column of the file holds, in the order of the schema. */
  get leaves(): readonly GroupLeaf[] {
    return this.#leaves
  }

  clear(): void {
    this.rows = 0
    for (const { values } of this.#leaves) {
      values.clear()
      values.levels?.clear()
    }
  }
}

export interface GroupLeaf {
  readonly leaf: SchemaLeaf
  readonly values: Values
}

/** 1 for each place in `ROW_KINDS` that has the column. */
function kindsOf({ of }: RowColumn): Uint8Array {
  return Uint8Array.from(ROW_KINDS, (kind) => (of[kind] === undefined ? 0 : 1))
}
