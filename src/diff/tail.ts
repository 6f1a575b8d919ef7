// The bytes behind the last slot, which nobody uses.
import type { RingRange } from '../codec/ring/annotate-ring.ts'
import { differingRuns } from './byte-runs.ts'
import { isIgnored } from './field-names.ts'
import type { DiffOptions, Hunk, SideRing, Unknown } from './model.ts'
import { withoutMissing } from './unknown-slots.ts'

/** The tail where both sides have one of the same size; a ring of other size or layout has another. */
export function tailHunk(a: SideRing, b: SideRing, { ignore }: DiffOptions, unknown: Unknown[]): Hunk[] {
  const { tailAt, bytes } = a.ring.geometry
  if (b.ring.geometry.tailAt !== tailAt || b.ring.geometry.bytes !== bytes || tailAt === bytes) return []
  if (isIgnored('tail', 'padding', ignore ?? new Set())) return []
  const range: RingRange = { offset: 0, size: bytes - tailAt, path: 'tail', kind: 'padding', scalar: undefined }
  const side = ({ bytes }: SideRing) => ({ ranges: [range], bytes, at: tailAt, page: undefined, slot: undefined })
  const [left, right] = withoutMissing(a, b, tailAt, bytes, unknown)
  const differences = differingRuns(side(left), side(right))
  return differences.length > 0 ? [{ part: 'tail', queue: a.queue ?? b.queue, a: [], b: [], differences }] : []
}
