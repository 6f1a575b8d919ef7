// The room's surface: what differs between two rings, or two moments of one, and whether it matters.
export { diffDevices } from './device.ts'
export { diff } from './diff.ts'
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
