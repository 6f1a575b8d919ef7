// Level fields: the values of header, requests and responses.
import { slotsByIndex } from '../codec/ring/ring.ts'
import { compareRanges } from './compare-ranges.ts'
import { inOrder, matchSlots } from './match.ts'
import type { DiffOptions, Hunk, MatchBy, PlacedSlot, SideRing, Unknown } from './model.ts'
import { namedHeader } from './named-bytes.ts'
import { readAlike } from './read-alike.ts'
import { compareSlots } from './slot-fields.ts'
import { tailHunk } from './tail.ts'

/** Compares two rings. What could not be compared goes to `unknown`. */
export function diffFields(a: SideRing, b: SideRing, by: MatchBy, options: DiffOptions, unknown: Unknown[]): Hunk[] {
  const hunks = headerHunk(a, b, options)
  const [left, right] = readAlike(a, b)
  const [slotsA, slotsB] = [placedSlots(left, options), placedSlots(right, options)]
  for (const [x, y] of inOrder(slotsA, slotsB, matchSlots(slotsA, slotsB, by))) {
    const differences = x && y ? compareSlots(left, x, right, y, options, unknown) : []
    if (x && y && differences.length === 0) continue
    hunks.push({ part: 'slots', queue: undefined, a: x ? [x] : [], b: y ? [y] : [], differences })
  }
  return options.strict ? [...hunks, ...tailHunk(a, b, options)] : hunks
}

/** The slots that say something, in index order; under `strict` those that were never used as well. */
function placedSlots({ ring, queue }: SideRing, { strict }: DiffOptions): PlacedSlot[] {
  return slotsByIndex(ring).flatMap((slot) => (slot.state === 'unused' && !strict ? [] : [{ queue, slot }]))
}

function headerHunk(a: SideRing, b: SideRing, options: DiffOptions): Hunk[] {
  const differences = compareRanges(namedHeader(a), namedHeader(b), options)
  return differences.length > 0 ? [{ part: 'header', queue: a.queue ?? b.queue, a: [], b: [], differences }] : []
}
