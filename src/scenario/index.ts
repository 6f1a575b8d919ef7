/**
 * Scenarios: files, block traces and recorded vectors to something to run, and what the emulated driver makes of it. Pure.
 * @module
 */

export * from './file/index.ts'
export * from './player/index.ts'
export * from './trace/index.ts'
export { scenarioOf, type Vector, VectorError, vectorOf } from './vector.ts'
