/**
 * What differs between two rings, or between two moments of one: byte by byte, field by field, or by what the requests ask of the disk.
 * @module
 */

export { diffDevices } from './device.ts'
export { diff, sideOf } from './diff.ts'
export { FIELD_NAMES, nameOfField } from './field-names.ts'
export {
  type Changed,
  type Coverage,
  type CoverageFault,
  changeOf,
  DEFAULT_BY,
  type DeviceDiff,
  type Difference,
  type DiffOptions,
  type Hunk,
  LEVELS,
  type Level,
  MATCH_BY,
  type MatchBy,
  type PlacedSlot,
  type Renames,
  type SideRing,
  type SideValue,
  type Unknown,
  type Value,
} from './model.ts'
export {
  type EventStretch,
  isStill,
  type Order,
  type Replaced,
  type ReusedId,
  replacementIn,
  type Stretch,
  type Transition,
  type TransitionOptions,
  transitionOf,
} from './transition.ts'
