/**
 * The rows that a slot is printed as: JSON, CSV, NDJSON, Parquet, and the expressions that choose among them. Pure.
 * @module
 */

export * from './parquet/index.ts'
export { type Json, ringJson, slotJson } from './ring-json.ts'
export { type Where, whereOf } from './where/where.ts'
export { WhereError } from './where/where-error.ts'
