// The batch writer: columns to the slots of many rings, the inverse of the batch reader.
import { memo } from '../struct/memo.ts'
import type { Batch } from './batch.ts'
import { interpretedWriter } from './interpreted/write.ts'
import { type BatchLoop, kernelOf } from './kernel/kernel.ts'
import { addWriter } from './kernel/write.ts'

const writers = /*#__PURE__*/ memo(new WeakMap<Batch, (rings: number) => BatchLoop<void>>(), (batch) =>
  kernelOf(batch, { name: 'write', add: addWriter, interpret: interpretedWriter }),
)

/**
 * Lays the batch's rings over existing bytes. What no column holds stays as it is: padding, unused slots, the tail, and of a
 * slot the fields that its row does not use, such as segments past nr_segments; also a slot that is unknown. Beneath a response segments are written
 * first, then handle and indirect_grefs, then nr_sectors: readings of the same bytes. Bytes of `batch.input` are written where they are; others
 * are copied there and back.
 * @param bytes as many rings of the batch's geometry as the batch holds
 * @throws RangeError for another length
 */
export function writeBatch(batch: Batch, bytes: Uint8Array): void {
  const { geometry, rings } = batch
  if (bytes.length !== rings * geometry.bytes)
    throw new RangeError(`${rings} rings of ${geometry.bytes} bytes do not fill ${bytes.length} bytes`)
  const at = batch.placeInput(bytes)
  writers(batch)(rings)(at, rings)
  if (bytes.buffer !== batch.memory.buffer) bytes.set(batch.input.subarray(0, bytes.length))
}
