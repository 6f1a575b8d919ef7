// Rows are taken up a run at a time, and a run column by column: which of its rows have the column is asked once for all columns of
// the same kinds of slots.
import type { Batch } from '../../codec/batch/batch.ts'
import { grownTo } from './grown-to.ts'

/** Rows of a batch, of one ring, one behind the other. */
export interface RowRun {
  readonly batch: Batch
  /** Its first row, and the one behind its last. */
  readonly from: number
  readonly end: number
  /** Number of their snapshot. */
  readonly snapshot: number
  /** Of each row its place in `ROW_KINDS`. */
  readonly kinds: Uint8Array
}

/** The rows of a run that have something. */
export class Selection {
  /** Rows of the run. */
  total = 0
  /** Of each of them 1 or 0. */
  here = new Uint8Array()
  /** How many have it. */
  count = 0
  /** These. */
  rows = new Uint32Array()

  /** Those of some kinds. @param has by place in `ROW_KINDS` */
  ofKinds({ from, end, kinds }: RowRun, has: Uint8Array): void {
    const { rows, here } = this.#room(end - from)
    let count = 0
    for (let i = 0; i < end - from; i++) {
      const is = has[kinds[i]!]!
      here[i] = is
      // Written over by the next where it is not one.
      rows[count] = from + i
      count += is
    }
    this.count = count
  }

  /** Those of another selection of the same run whose column has another value than the one that stands for none. */
  with({ from }: RowRun, { total, here, rows, count }: Selection, column: ArrayLike<number | bigint>, none: number): void {
    const own = this.#room(total)
    own.here.set(here.subarray(0, total))
    let left = 0
    for (let i = 0; i < count; i++) {
      const row = rows[i]!
      if (column[row] === none) own.here[row - from] = 0
      else own.rows[left++] = row
    }
    this.count = left
  }

  #room(total: number): this {
    this.total = total
    this.here = grownTo(this.here, total)
    this.rows = grownTo(this.rows, total)
    return this
  }
}
