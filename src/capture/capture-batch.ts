// The rings of captures as columns.
import { Batch } from '../codec/batch/batch.ts'
import { joinSlots } from '../codec/batch/join-slots.ts'
import { batchJudge } from '../codec/batch/judge-batch.ts'
import { markMissing } from '../codec/batch/mark-missing.ts'
import { readBatch } from '../codec/batch/read-batch.ts'
import { resolveIndirect } from '../codec/batch/resolve-batch.ts'
import { countsSlots } from '../codec/ring/multi-slot.ts'
import type { Ring } from '../codec/ring/ring.ts'
import type { Capture } from './capture.ts'

/** Reads one capture after another, each over the one before if it has its geometry, with segments of the indirect pages at hand, and judged. */
export class CaptureBatch {
  #batch: Batch | undefined
  #judge = () => {}

  read(
    { bytes, missing, indirectPages }: Capture,
    { geometry, sectorUnit, slots }: Pick<Ring, 'geometry' | 'sectorUnit' | 'slots'>,
  ): Batch {
    if (this.#batch?.geometry.abi !== geometry.abi || this.#batch.geometry.pages !== geometry.pages) {
      this.#batch = new Batch(geometry, 1)
      this.#judge = batchJudge(this.#batch)
    }
    const batch = this.#batch
    batch.sectorUnit = sectorUnit
    readBatch(batch, bytes)
    if (missing) markMissing(batch, missing)
    if (missing || countsSlots({ slots })) joinSlots(batch, { slots })
    resolveIndirect(batch, 0, indirectPages)
    this.#judge()
    return batch
  }
}
