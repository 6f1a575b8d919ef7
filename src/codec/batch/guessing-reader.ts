// Many rings of which each may be of either stride, as columns.

import { plausibleShare, readsBetter, scoreAt } from '../recognise/score.ts'
import { ringGeometry } from '../ring/geometry.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit } from '../ring/sector-unit.ts'
import { type Abi, x86_32, x86_64 } from '../struct/abi.ts'
import { viewOf } from '../struct/scalar.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { Batch } from './batch.ts'
import { findingCounter } from './count-findings.ts'
import { batchJudge } from './judge-batch.ts'
import { readBatch } from './read-batch.ts'

/**
 * Takes a ring in columns: which requests of it were answered is in them.
 * @param ring its place in the batch
 * @param findings how many things are wrong with it
 */
export type TakeJudged = (batch: Batch, ring: number, findings: number) => void

/** One layout's columns, and what works on them. */
interface GuessedColumns {
  readonly batch: Batch
  readonly judge: ReturnType<typeof batchJudge>
  readonly countFindings: ReturnType<typeof findingCounter>
}

export class GuessingReader {
  readonly #abi: Abi | undefined
  readonly #ring: number
  readonly #capacity: number
  readonly #unit: SectorUnit
  readonly #scratch: number
  readonly #readings = new Map<Abi, GuessedColumns>()

  /**
   * @param abi of all rings; undefined takes for each what reads best, as `guessAbi`
   * @param ring bytes of one
   * @param capacity rings at a time
   * @param unit what their sectors count in
   * @param scratch bytes of room in the memory of the batches, for who takes their rows
   */
  constructor(abi: Abi | undefined, ring: number, capacity: number, unit: SectorUnit = DEFAULT_SECTOR_UNIT, scratch = 0) {
    this.#abi = abi
    this.#ring = ring
    this.#capacity = capacity
    this.#unit = unit
    this.#scratch = scratch
  }

  /** Room for rings: what is put here is read without a copy. */
  get input(): Uint8Array {
    return this.#columns(this.#abi ?? x86_64).batch.input
  }

  /** Gives each ring of these laid end to end, under the layout that is chosen, with its verdicts and findings. */
  read(bytes: Uint8Array, take: TakeJudged): void {
    const first = this.#read(this.#abi ?? x86_64, bytes)
    const [view, narrow] = [viewOf(bytes), ringGeometry(x86_32, this.#ring / XEN_PAGE_SIZE)]
    let other: GuessedColumns | undefined
    for (let ring = 0; ring < first.batch.rings; ring++) {
      let chosen = first
      if (!this.#abi) {
        const score = scoreAt(view, ring * this.#ring, first.batch.geometry)
        // What reads well throughout cannot be bettered.
        if (plausibleShare(score) < 1 && readsBetter(scoreAt(view, ring * this.#ring, narrow), score)) {
          other ??= this.#read(x86_32, bytes)
          chosen = other
        }
      }
      chosen.judge(ring)
      take(chosen.batch, ring, chosen.countFindings(ring, bytes))
    }
  }

  #read(abi: Abi, bytes: Uint8Array): GuessedColumns {
    const reading = this.#columns(abi)
    readBatch(reading.batch, bytes)
    return reading
  }

  #columns(abi: Abi): GuessedColumns {
    let reading = this.#readings.get(abi)
    if (!reading) {
      const batch = new Batch(ringGeometry(abi, this.#ring / XEN_PAGE_SIZE), this.#capacity, { scratch: this.#scratch })
      batch.sectorUnit = this.#unit
      reading = { batch, judge: batchJudge(batch), countFindings: findingCounter(batch) }
      this.#readings.set(abi, reading)
    }
    return reading
  }
}
