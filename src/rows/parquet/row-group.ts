// The rows that are gathered before they are written: every used slot of a batch is one.
import type { Batch } from '../../codec/batch/batch.ts'
import { STRUCT_PARTS } from '../fields.ts'
import { ROW, type RowTable } from '../row-table.ts'
import { kindOfRow, ROW_KINDS, type SlotKind } from '../slot-kind.ts'
import { ColumnBuffer, type RingOrigin } from './column-buffer.ts'
import { Levels } from './levels.ts'
import { type Schema, type SchemaLeaf, schemaOf } from './schema.ts'
import { ROOM, type Values } from './values.ts'

/** A group is full with so many rows, or so many segments: an indirect request can have 4096. */
export const GROUP_ROWS = 64 * 1024
const GROUP_SEGMENTS = 1024 * 1024

type AddRow = (row: number, snapshot: number) => void

/** What each row of a kind gives: values, and the columns that have none. */
interface RowPlan {
  readonly puts: readonly AddRow[]
  readonly skips: readonly Levels[]
}

export class RowGroup {
  readonly schema: Schema
  rows = 0
  /** Of the rows that come next: one object, which what is bound to it reads row by row. */
  readonly #origin: { -readonly [K in keyof RingOrigin]: RingOrigin[K] } = { device: '', queue: 0, source: '' }
  /** What adds rows of the batch that came last: in a series, each file is read over the one before. */
  #adding: { readonly batch: Batch; readonly add: AddRow } | undefined
  /** Of structs. */
  readonly #structs = new Map(Object.keys(STRUCT_PARTS).map((part) => [part, new Levels(false, ROOM)]))
  readonly #buffers: readonly ColumnBuffer[]
  readonly #segments: readonly Levels[]
  readonly #leaves: readonly GroupLeaf[]

  /** @param partitioned without the columns that the folders of a dataset are named by */
  constructor(partitioned: boolean, table: RowTable = ROW) {
    this.schema = schemaOf(partitioned, table)
    this.#buffers = table.columns('parquet').map((column) => new ColumnBuffer(column, this.#structs.get(column.fields[0].part)))
    this.#segments = this.#buffers.filter(({ leaves }) => leaves.length > 1).map(({ levels }) => levels!)
    const values = new Map(this.#buffers.flatMap(({ leaves }) => leaves))
    this.#leaves = this.schema.leaves.map((leaf) => ({ leaf, values: values.get(leaf.path.join('.'))! }))
  }

  get isFull(): boolean {
    if (this.rows >= GROUP_ROWS) return true
    let segments = 0
    for (const levels of this.#segments) segments += levels.length
    return segments >= GROUP_SEGMENTS
  }

  /** Of the rows that come next. */
  from(origin: RingOrigin): void {
    Object.assign(this.#origin, origin)
  }

  /** Adds slots of a batch's rows, after `batchJudge`; `snapshot` is the number of theirs. */
  rowsOf(batch: Batch): AddRow {
    if (this.#adding?.batch !== batch) this.#adding = { batch, add: this.#adder(batch) }
    return this.#adding.add
  }

  #adder(batch: Batch): AddRow {
    const plans: (RowPlan | undefined)[] = ROW_KINDS.map(() => undefined)
    const plan = (kind: number) => {
      const own = this.#plan(ROW_KINDS[kind]!, batch)
      plans[kind] = own
      return own
    }
    const kindOf = kindOfRow(batch)
    return (row, snapshot) => {
      const kind = kindOf(row)
      const { puts, skips } = plans[kind] ?? plan(kind)
      for (let i = 0; i < puts.length; i++) puts[i]!(row, snapshot)
      for (let i = 0; i < skips.length; i++) skips[i]!.skip()
      this.rows++
    }
  }

  #plan(kind: SlotKind, batch: Batch): RowPlan {
    const own = this.#buffers.filter(({ column }) => column.of[kind])
    const structs = [...this.#structs].filter(([part]) => own.some(({ column }) => column.fields[0].part === part))
    const here = new Set([...own.map(({ levels }) => levels), ...structs.map(([, levels]) => levels)])
    const all = new Set([...this.#buffers.map(({ levels }) => levels), ...this.#structs.values()])
    return {
      puts: [
        ...structs.map(
          ([, levels]) =>
            () =>
              levels.value(),
        ),
        ...own.map((buffer) => buffer.bind(batch, this.#origin)),
      ],
      skips: [...all].filter((levels) => levels !== undefined && !here.has(levels)) as Levels[],
    }
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
