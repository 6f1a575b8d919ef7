// A ring of a batch, seen as `decodeRing` gives it: slots become objects when they are asked for, and no others.
import type { RingGeometry } from '../ring/geometry.ts'
import type { Slot } from '../ring/ring.ts'
import { distance, type SharedIndices } from '../ring/ring-idx.ts'
import type { Batch } from './batch.ts'
import { slotOfRow } from './row.ts'

/**
 * One ring of a batch, for as long as the batch holds it. What it says equals what `decodeRing` says of the same bytes, without findings. Verdicts
 * are those of the last `batchJudge`, segments of indirect requests those of the last `resolveIndirect`.
 */
export class RingOfBatch {
  readonly #batch: Batch
  readonly #ring: number

  /** @param ring its place in the batch @throws RangeError where the batch holds no such ring */
  constructor(batch: Batch, ring: number) {
    if (!Number.isInteger(ring) || ring < 0 || ring >= batch.rings)
      throw new RangeError(`the batch holds rings 0 to ${batch.rings - 1}, and none that is ${ring}`)
    this.#batch = batch
    this.#ring = ring
  }

  get geometry(): RingGeometry {
    return this.#batch.geometry
  }

  /** The indices of its header. */
  get sring(): SharedIndices {
    return this.#batch.indices(this.#ring)
  }

  /** Whether the producers can be (`producersPossible`). */
  get indices(): 'possible' | 'impossible' {
    return this.#batch.possible[this.#ring] === 1 ? 'possible' : 'impossible'
  }

  /** req_prod - rsp_prod mod 2^32: how many requests no response answers yet. */
  get outstanding(): number {
    const { req_prod, rsp_prod } = this.sring
    return distance(rsp_prod, req_prod)
  }

  /** Of a slot its row in the columns; undefined where it is not used yet. */
  rowOf(slot: number): number | undefined {
    const { rowsAt, slot: slots } = this.#batch
    // Rows are in the order of slots: only slots before it can be missing.
    for (let row = Math.min(rowsAt[this.#ring]! + slot, rowsAt[this.#ring + 1]! - 1); row >= rowsAt[this.#ring]!; row--)
      if (slots[row]! <= slot) return slots[row] === slot ? row : undefined
    return undefined
  }

  /** What a slot holds, as a new object. @throws RangeError for a number that no slot of the ring has */
  slot(slot: number): Slot {
    const { nr_ents } = this.geometry
    if (!Number.isInteger(slot) || slot < 0 || slot >= nr_ents)
      throw new RangeError(`a ring of ${nr_ents} slots has none that is ${slot}`)
    const row = this.rowOf(slot)
    return row === undefined ? { state: 'unused', slot, index: slot } : slotOfRow(this.#batch, row)
  }

  /** Its slots by their numbers, each made when it is its turn. */
  *slots(): Generator<Slot, void> {
    for (let slot = 0; slot < this.geometry.nr_ents; slot++) yield this.slot(slot)
  }
}
