// Rings to lines by way of columns: the same lines that `DecodeRun` prints of objects, at a fraction of the time.
import { Batch, REQUEST } from '../codec/batch/batch.ts'
import { findingCounter } from '../codec/batch/count-findings.ts'
import { batchJudge } from '../codec/batch/judge-batch.ts'
import { readBatch } from '../codec/batch/read-batch.ts'
import { plausibleShare, scoreRing } from '../codec/batch/score.ts'
import { ringGeometry } from '../codec/ring/geometry.ts'
import { type Abi, x86_32, x86_64 } from '../codec/struct/abi.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { ByteSink } from '../render/byte-sink.ts'
import { csvLines } from '../render/csv-bytes.ts'
import { ndjsonLines } from '../render/ndjson-bytes.ts'
import type { DecodeOptions } from './decode-run.ts'

const LINES = { ndjson: ndjsonLines, csv: csvLines } as const

export type LineFormat = keyof typeof LINES

/** Takes a row, and the number of its ring: undefined where there is one only. */
export type TakeRow = (row: number, ring: number | undefined) => void

/** Writes rows as lines. */
export function linesTo(sink: ByteSink, format: LineFormat): (batch: Batch) => TakeRow {
  return (batch) => LINES[format](batch, sink)
}

/** One layout's columns, and what works on them. */
interface Reading {
  readonly batch: Batch
  readonly judge: ReturnType<typeof batchJudge>
  readonly countFindings: ReturnType<typeof findingCounter>
  readonly take: TakeRow
}

export class ColumnDecoder {
  readonly #options: RowOptions
  readonly #takes: (batch: Batch) => TakeRow
  readonly #readings = new Map<Abi, Reading>()
  readonly #ring: number
  readonly #capacity: number

  /**
   * @param takes what rows of a batch are given to
   * @param bytes of one ring
   * @param capacity rings at a time
   */
  constructor(options: RowOptions, takes: (batch: Batch) => TakeRow, bytes: number, capacity: number) {
    this.#options = options
    this.#takes = takes
    this.#ring = bytes
    this.#capacity = capacity
  }

  /**
   * Passes on the used slots of rings laid end to end.
   * @param number of the first ring, undefined where there is one only
   * @returns how many findings there are
   */
  print(bytes: Uint8Array, number: number | undefined): number {
    const { abi } = this.#options
    const first = this.#read(abi ?? x86_64, bytes)
    let other: Reading | undefined
    let findings = 0
    for (let ring = 0; ring < first.batch.rings; ring++) {
      let reading = first
      if (!abi) {
        // As `guessAbi`: the narrow layout must read better. What reads well throughout cannot be bettered.
        const share = plausibleShare(scoreRing(first.batch, ring))
        if (share < 1) {
          other ??= this.#read(x86_32, bytes)
          if (plausibleShare(scoreRing(other.batch, ring)) > share) reading = other
        }
      }
      reading.judge(ring)
      findings += reading.countFindings(ring, bytes)
      takeRows(reading.batch, ring, this.#options, { number: number === undefined ? undefined : number + ring }, reading.take)
    }
    return findings
  }

  #read(abi: Abi, bytes: Uint8Array): Reading {
    let reading = this.#readings.get(abi)
    if (!reading) {
      const batch = new Batch(ringGeometry(abi, this.#ring / XEN_PAGE_SIZE), this.#capacity)
      const take = this.#takes(batch)
      reading = { batch, judge: batchJudge(batch), countFindings: findingCounter(batch), take }
      this.#readings.set(abi, reading)
    }
    readBatch(reading.batch, bytes)
    return reading
  }
}

type RowOptions = Pick<DecodeOptions, 'abi' | 'filter' | 'where'>

/** Of one ring of a batch, the rows that are asked for. */
export function takeRows(
  batch: Batch,
  ring: number,
  { filter, where }: RowOptions,
  { number, queue }: { readonly number: number | undefined; readonly queue?: number | undefined },
  take: TakeRow,
): void {
  const place = { ring: number ?? 0, queue }
  for (let row = batch.rowsAt[ring]!; row < batch.rowsAt[ring + 1]!; row++) {
    if (filter !== 'all' && (filter === 'in-flight') !== (batch.state[row] === REQUEST)) continue
    if (!where || where.row(batch, row, place)) take(row, number)
  }
}
