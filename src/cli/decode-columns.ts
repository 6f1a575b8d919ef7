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

/** One layout's columns, and what works on them. */
interface Reading {
  readonly batch: Batch
  readonly judge: () => void
  readonly countFindings: ReturnType<typeof findingCounter>
  readonly line: ReturnType<typeof ndjsonLines>
}

export class ColumnDecoder {
  readonly #options: DecodeOptions
  readonly #format: LineFormat
  readonly #sink: ByteSink
  readonly #readings = new Map<Abi, Reading>()
  readonly #ring: number
  readonly #capacity: number

  /** @param bytes of one ring @param capacity rings at a time */
  constructor(options: DecodeOptions, format: LineFormat, sink: ByteSink, bytes: number, capacity: number) {
    this.#options = options
    this.#format = format
    this.#sink = sink
    this.#ring = bytes
    this.#capacity = capacity
  }

  /**
   * Prints the used slots of rings laid end to end.
   * @param number of the first ring, undefined where there is one only
   * @returns how many findings there are
   */
  print(bytes: Uint8Array, number: number | undefined): number {
    const { abi, filter, where } = this.#options
    const place = { ring: 0, queue: undefined }
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
      const { batch, line } = reading
      findings += reading.countFindings(ring, bytes)
      const own = number === undefined ? undefined : number + ring
      const end = batch.rowsAt[ring + 1]!
      place.ring = own ?? 0
      for (let row = batch.rowsAt[ring]!; row < end; row++) {
        if (filter !== 'all' && (filter === 'in-flight') !== (batch.state[row] === REQUEST)) continue
        if (!where || where.row(batch, row, place)) line(row, own)
      }
    }
    return findings
  }

  #read(abi: Abi, bytes: Uint8Array): Reading {
    let reading = this.#readings.get(abi)
    if (!reading) {
      const batch = new Batch(ringGeometry(abi, this.#ring / XEN_PAGE_SIZE), this.#capacity)
      const line = LINES[this.#format](batch, this.#sink)
      reading = { batch, judge: batchJudge(batch), countFindings: findingCounter(batch), line }
      this.#readings.set(abi, reading)
    }
    readBatch(reading.batch, bytes)
    reading.judge()
    return reading
  }
}
