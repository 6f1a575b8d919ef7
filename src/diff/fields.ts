// Level fields: the values of header, requests and responses.
import { type Slot, slotsByIndex } from '../codec/ring/ring.ts'
import { compareRanges } from './compare-ranges.ts'
import { alignedPairs, matchSlots } from './match.ts'
import type { DiffOptions, Hunk, MatchBy, PlacedSlot, SideRing, Unknown } from './model.ts'
import { namedHeader } from './named-bytes.ts'
import { readAlike } from './read-alike.ts'
import { compareSlots } from './slot-fields.ts'
import { tailHunk } from './tail.ts'
import { cannotTell, withoutMissing } from './unknown-slots.ts'

/** Compares two rings. What could not be compared goes to `unknown`. */
export function diffFields(a: SideRing, b: SideRing, by: MatchBy, options: DiffOptions, unknown: Unknown[]): Hunk[] {
  const hunks = headerHunk(a, b, options, unknown)
  const [left, right] = readAlike(a, b)
  const [slotsA, slotsB] = [placedSlots(left, options), placedSlots(right, options)]
  for (const [x, y] of alignedPairs(slotsA, slotsB, matchSlots(slotsA, slotsB, by))) {
    if ((!x || !y) && cannotTell((x ?? y)!, x ? 'a' : 'b', [x ? right : left], by, unknown)) continue
    const differences = x && y ? compareSlots(left, x, right, y, options, unknown) : []
    if (x && y && differences.length === 0) continue
    hunks.push({ part: 'slots', queue: undefined, a: x ? [x] : [], b: y ? [y] : [], differences })
  }
  return options.strict ? [...hunks, ...tailHunk(a, b, options, unknown)] : hunks
}

/** The slots that say something, in index order; under `strict` those that were never used as well. */
function placedSlots({ ring, queue }: SideRing, { strict }: DiffOptions): PlacedSlot[] {
  const isUnused = (slot: Slot) => slot.state === 'unused' || (slot.state === 'unknown' && slot.holds === 'unused')
  return slotsByIndex(ring).flatMap((slot) => (isUnused(slot) && !strict ? [] : [{ queue, slot }]))
}

function headerHunk(a: SideRing, b: SideRing, options: DiffOptions, unknown: Unknown[]): Hunk[] {
  const [left, right] = withoutMissing(a, b, 0, a.ring.geometry.slotsAt, unknown)
  const differences = compareRanges(namedHeader(left), namedHeader(right), options)
  return differences.length > 0 ? [{ part: 'header', queue: a.queue ?? b.queue, a: [], b: [], differences }] : []
}
