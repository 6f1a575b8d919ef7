// Level bytes: every byte, with the name of its field on either side.
import { sameBytes } from '../codec/ring/changed-in-flight.ts'
import { slotsByIndex } from '../codec/ring/ring.ts'
import { differingRuns } from './byte-runs.ts'
import { isIgnored } from './field-names.ts'
import { alignedPairs, matchSlots } from './match.ts'
import type { Difference, DiffOptions, Hunk, MatchBy, PlacedSlot, SideRing, Unknown } from './model.ts'
import { bytesOfSlot, namedHeader, namedSlot } from './named-bytes.ts'
import { pagePairs } from './page-pairs.ts'
import { tailHunk } from './tail.ts'
import { cannotTell, isUnknown, withoutMissing } from './unknown-slots.ts'

/** Compares two rings byte by byte; slots in place unless `by` says otherwise. */
export function diffBytes(a: SideRing, b: SideRing, by: MatchBy, options: DiffOptions, unknown: Unknown[]): Hunk[] {
  const counting = (differences: Difference[]) => {
    return differences.filter(({ field, kind }) => !isIgnored(field, kind, options.ignore ?? new Set()))
  }
  const [headA, headB] = withoutMissing(a, b, 0, a.ring.geometry.slotsAt, unknown)
  const header = counting(differingRuns(namedHeader(headA), namedHeader(headB)))
  const hunks: Hunk[] = header.length > 0 ? [{ part: 'header', queue: a.queue ?? b.queue, a: [], b: [], differences: header }] : []
  const [slotsA, slotsB] = [a, b].map(({ ring, queue }) =>
    (by === 'slot' ? ring.slots : slotsByIndex(ring)).map((slot) => ({ queue, slot })),
  )
  for (const [x, y] of alignedPairs(slotsA!, slotsB!, matchSlots(slotsA!, slotsB!, by))) {
    if (x && y ? isUnknown(x, y, unknown) : cannotTell((x ?? y)!, x ? 'a' : 'b', [x ? b : a], by, unknown)) continue
    const differences = x && y ? counting([...slotRuns(a, x, b, y), ...pageRuns(a, x, b, y, unknown)]) : []
    if (x && y && differences.length === 0) continue
    hunks.push({ part: 'slots', queue: undefined, a: x ? [x] : [], b: y ? [y] : [], differences })
  }
  return [...hunks, ...tailHunk(a, b, options, unknown)]
}

function slotRuns(a: SideRing, x: PlacedSlot, b: SideRing, y: PlacedSlot): Difference[] {
  return sameBytes(bytesOfSlot(a, x), bytesOfSlot(b, y)) ? [] : differingRuns(namedSlot(a, x), namedSlot(b, y))
}

function pageRuns(a: SideRing, x: PlacedSlot, b: SideRing, y: PlacedSlot, unknown: Unknown[]): Difference[] {
  const same = sameBytes(bytesOfSlot(a, x), bytesOfSlot(b, y))
  return pagePairs(a, x, b, y, same, true, unknown).flatMap(([page, other]) =>
    sameBytes(page.bytes, other.bytes) ? [] : differingRuns(page, other),
  )
}
