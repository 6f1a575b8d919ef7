import type { Batch } from './batch.ts'

/** Where the columns of rows begin in the views of `batch.memory`, for the loops of reader and writer. */
export function basesOf(batch: Batch) {
  return {
    ID: baseOf(batch.id_halves),
    SECTOR_NUMBER: baseOf(batch.sector_number_halves),
    NR_SECTORS: baseOf(batch.nr_sectors_halves),
    INDEX: baseOf(batch.index),
    SEG_START: baseOf(batch.segStart),
    WORD_START: baseOf(batch.wordStart),
    RING: baseOf(batch.ring),
    SLOT: baseOf(batch.slot),
    NR_SEGMENTS: baseOf(batch.nr_segments),
    HANDLE: baseOf(batch.handle),
    STATUS: baseOf(batch.status),
    SEG_COUNT: baseOf(batch.segCount),
    STATE: baseOf(batch.state),
    OPERATION: baseOf(batch.operation),
    INDIRECT_OP: baseOf(batch.indirect_op),
    FLAG: baseOf(batch.flag),
    WORD_COUNT: baseOf(batch.wordCount),
  }
}

/** Where in a view with elements as long as the column's it begins. */
function baseOf(column: Uint8Array | Uint16Array | Int16Array | Uint32Array): number {
  return column.byteOffset / column.BYTES_PER_ELEMENT
}

export function wholeViews({ memory: { buffer } }: Batch) {
  return {
    u32: new Uint32Array(buffer, 0, buffer.byteLength >> 2),
    u16: new Uint16Array(buffer, 0, buffer.byteLength >> 1),
    u8: new Uint8Array(buffer),
  }
}
