// The rings of captures as columns.
import { Batch } from '../codec/batch/batch.ts'
import { readDecoded } from '../codec/batch/read-decoded.ts'
import type { Ring } from '../codec/ring/ring.ts'
import type { Capture } from './capture.ts'

/** Reads one capture after another, each over the one before if it has its geometry. */
export class CaptureBatch {
  #batch: Batch | undefined

  read({ bytes }: Pick<Capture, 'bytes'>, ring: Ring): Batch {
    const { abi, pages } = ring.geometry
    if (this.#batch?.geometry.abi !== abi || this.#batch.geometry.pages !== pages) this.#batch = new Batch(ring.geometry, 1)
    readDecoded(this.#batch, bytes, ring)
    return this.#batch
  }
}
