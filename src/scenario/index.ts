/**
 * Scenario files, traces of the block layer and recorded vectors to scripts, the `Player` that runs them on the emulated driver, and
 * the files of the dump folder that it leaves.
 * @module
 */

export * from './file/index.ts'
export * from './player/index.ts'
export * from './trace/index.ts'
export { scenarioOf, type Vector, VectorError, vectorOf } from './vector.ts'
