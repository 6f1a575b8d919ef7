/**
 * The row that a slot is printed as, in JSON as `decode --json` has it, and the expressions of `--where` that choose among slots.
 * @module
 */

export { type Json, ringJson, slotJson } from './ring-json.ts'
export { type Where, whereOf } from './where/where.ts'
export { WhereError } from './where/where-error.ts'
