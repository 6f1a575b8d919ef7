// Rings to lines by way of columns: the same lines that `DecodeRun` prints of objects, at a fraction of the time.
import { type Batch, RESPONSE } from '../../codec/batch/batch.ts'
import { GuessingReader } from '../../codec/batch/guessing-reader.ts'
import { mayBeOutstandingRow } from '../../codec/batch/outstanding-row.ts'
import type { SectorUnit } from '../../codec/ring/sector-unit.ts'
import type { DecodeOptions } from './printers.ts'

/** Takes the rows from one up to another, and the number of their ring: undefined where there is one only. */
export type TakeRows = (from: number, end: number, ring: number | undefined) => void

/** Takes rows of batches. */
export interface RowTaker {
  /** Bytes of scratch that a batch should have for it; none without it. */
  readonly scratch?: number
  readonly rowsOf: (batch: Batch) => TakeRows
}

export class ColumnDecoder {
  readonly #options: RowOptions
  readonly #taker: RowTaker
  readonly #takeOf = new Map<Batch, TakeRows>()
  readonly #reader: GuessingReader

  /**
   * @param taker what rows are given to
   * @param bytes of one ring
   * @param capacity rings at a time
   */
  constructor(options: RowOptions, taker: RowTaker, bytes: number, capacity: number) {
    this.#options = options
    this.#taker = taker
    this.#reader = new GuessingReader(options.abi, bytes, capacity, options.sectorUnit, taker.scratch)
  }

  /** Room for rings, which are read from there without a copy. */
  get input(): Uint8Array {
    return this.#reader.input
  }

  /**
   * Passes on the used slots of rings laid end to end.
   * @param number of the first ring, undefined where there is one only
   * @returns how many findings there are
   */
  print(bytes: Uint8Array, number: number | undefined): number {
    let findings = 0
    this.#reader.read(bytes, (batch, ring, found) => {
      findings += found
      const own = number === undefined ? undefined : number + ring
      takeRows(batch, ring, this.#options, { number: own }, this.#take(batch))
    })
    return findings
  }

  #take(batch: Batch): TakeRows {
    let take = this.#takeOf.get(batch)
    if (!take) {
      take = this.#taker.rowsOf(batch)
      this.#takeOf.set(batch, take)
    }
    return take
  }
}

type RowOptions = Pick<DecodeOptions, 'abi' | 'filter' | 'where'> & {
  /** What sectors count in; undefined is 512 bytes. */
  readonly sectorUnit?: SectorUnit | undefined
}

/** Of one ring of a batch, the rows that are asked for. */
export function takeRows(
  batch: Batch,
  ring: number,
  { filter, where }: Pick<RowOptions, 'filter' | 'where'>,
  { number, queue }: { readonly number: number | undefined; readonly queue?: number | undefined },
  take: TakeRows,
): void {
  const [start, end] = [batch.rowsAt[ring]!, batch.rowsAt[ring + 1]!]
  if (filter === 'all' && !where) {
    if (start < end) take(start, end, number)
    return
  }
  const place = { snapshot: number ?? 0, queue }
  const isAsked = (row: number) => {
    if (filter === 'in-flight' ? !mayBeOutstandingRow(batch, row) : filter === 'responses' && batch.state[row] !== RESPONSE)
      return false
    return !where || where.row(batch, row, place)
  }
  let from = start
  for (let row = start; row < end; row++) {
    if (isAsked(row)) continue
    if (from < row) take(from, row, number)
    from = row + 1
  }
  if (from < end) take(from, end, number)
}
