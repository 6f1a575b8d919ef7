// The batch reader: the slots of many rings into columns.
import { memo } from '../struct/memo.ts'
import type { Batch } from './batch.ts'
import { interpretedReader } from './interpreted/read.ts'
import { type BatchLoop, kernelOf } from './kernel/kernel.ts'
import { addReader } from './kernel/read.ts'

const readers = /*#__PURE__*/ memo(new WeakMap<Batch, (rings: number) => BatchLoop<number>>(), (batch) =>
  kernelOf(batch, { name: 'read', add: addReader, interpret: interpretedReader }),
)

/**
 * Reads rings laid end to end into the batch, over what it held before. Whatever the bytes are, rows come of it, as with
 * `decodeRing`. Bytes of `batch.input` are read where they are, others are copied there.
 * @param bytes whole rings of the batch's geometry, as many as it has room for at the most
 * @throws RangeError for anything else
 */
export function readBatch(batch: Batch, bytes: Uint8Array): void {
  const { geometry, capacity } = batch
  const rings = bytes.length / geometry.bytes
  if (!Number.isInteger(rings) || rings > capacity)
    throw new RangeError(`a batch holds up to ${capacity} rings of ${geometry.bytes} bytes, not ${bytes.length} bytes`)
  batch.dropGrownPools()
  batch.segments = readers(batch)(rings)(batch.placeInput(bytes), rings)
  batch.rings = rings
}
