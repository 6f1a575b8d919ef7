import { diffIo } from './io.ts'
import { bytesOrFields } from './levels.ts'
import { DEFAULT_BY, type DeviceDiff, type DiffOptions, type SideRing, type Unknown } from './model.ts'

/**
 * What differs between two devices, each at one moment: its rings are its queues. Rings of different layouts, sizes and
 * numbers can be compared. Bytes are never shown as different because a side could not be read: that is in `unknown`.
 */
export function diffDevices(a: readonly SideRing[], b: readonly SideRing[], options: DiffOptions): DeviceDiff {
  const { level } = options
  const by = options.by ?? DEFAULT_BY[level]
  const unknown: Unknown[] = []
  if (level === 'io') return { level, by, ...diffIo(a, b, by, options, unknown), unknown }
  const hunks = bytesOrFields(a, b, level, by, options, unknown)
  return { level, by, hunks, renames: undefined, coverage: undefined, unknown }
}
