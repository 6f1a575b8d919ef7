// The room's surface: golden vectors as scenarios, and their replay.
export { describeMismatch, type Mismatch, type ReplayOptions, replay } from './replay.ts'
export { scenarioOf, type Vector, VectorError, vectorOf } from './vector.ts'
