/**
 * The row that a slot is printed as: the table of its fields, from which JSON, NDJSON, CSV, Parquet and the names of `--where` are made;
 * the JSON of a ring, of a slot and of a line; the way back, from a ring's JSON to its bytes; and the expressions of `--where` that choose among slots.
 * @module
 */

export { EncodeError } from './encode/canvas.ts'
export { type EncodedRing, type RingUnder, ringOfJson } from './encode/ring-of-json.ts'
export { SLOT_FIELDS, type SlotField } from './fields.ts'
export { type Json, lineJson, ringJson, slotJson } from './ring-json.ts'
export type { RowOrigin } from './row-table.ts'
export { SLOT_FILTERS, type SlotFilter, selectSlots } from './slot-filter.ts'
export { type Where, whereOf } from './where/where.ts'
export { WhereError } from './where/where-error.ts'
