// What differs between two slots, field by field.
import type { RingRange } from '../codec/ring/annotate-ring.ts'
import { sameBytes } from '../codec/ring/changed-in-flight.ts'
import { slotOffset } from '../codec/ring/geometry.ts'
import { sameLayout } from '../codec/struct/abi.ts'
import { compareRanges } from './compare-ranges.ts'
import { isIgnored } from './field-names.ts'
import type { Difference, DiffOptions, PlacedSlot, SideRing, Unknown } from './model.ts'
import { bytesOfSlot, type NamedBytes, namedSlot, pathInRing } from './named-bytes.ts'
import { pagePairs } from './page-pairs.ts'
import { isUnknown } from './unknown-slots.ts'

/** What differs between two slots that were matched; what could not be compared goes to `unknown`. */
export function compareSlots(
  a: SideRing,
  x: PlacedSlot,
  b: SideRing,
  y: PlacedSlot,
  options: DiffOptions,
  unknown: Unknown[],
): Difference[] {
  if (isUnknown(x, y, unknown)) return []
  if (x.slot.state !== y.slot.state) return stateDifference(a, x, b, y, options)
  const same = sameLayout(a.ring.geometry.abi, b.ring.geometry.abi) && sameBytes(bytesOfSlot(a, x), bytesOfSlot(b, y))
  const differences = same ? [] : compareContents(a, x, b, y, options)
  for (const [page, other] of pagePairs(a, x, b, y, same, options.strict === true, unknown))
    if (!sameBytes(page.bytes, other.bytes)) differences.push(...compareRanges(page, other, options))
  return differences
}

function compareContents(a: SideRing, x: PlacedSlot, b: SideRing, y: PlacedSlot, options: DiffOptions): Difference[] {
  const [left, right] = [namedSlot(a, x), namedSlot(b, y)]
  if (x.slot.state !== 'request' || y.slot.state !== 'request' || x.slot.request.kind === y.slot.request.kind)
    return compareRanges(left, right, options)
  return compareKinds(left, right, options)
}

/** Requests of two structs: the fields that both have in one place, and what the operation makes of the rest. */
function compareKinds(a: NamedBytes, b: NamedBytes, options: DiffOptions): Difference[] {
  const common = (side: NamedBytes, other: NamedBytes): NamedBytes => {
    const has = ({ path, offset, size }: RingRange) =>
      other.ranges.some((o) => o.path === path && o.offset === offset && o.size === size && o.kind === 'field')
    return { ...side, ranges: side.ranges.filter((range) => range.kind === 'field' && has(range)) }
  }
  return compareRanges(common(a, b), common(b, a), options).map((difference) =>
    difference.field === 'req.operation' ? { ...difference, note: 'the rest of the slot is another struct' } : difference,
  )
}

function stateDifference(a: SideRing, x: PlacedSlot, b: SideRing, y: PlacedSlot, { ignore }: DiffOptions): Difference[] {
  if (ignore && isIgnored('state', 'asked', ignore)) return []
  const reading = ({ ring }: SideRing, { slot }: PlacedSlot) => ({
    path: pathInRing(slot.slot, 'state'),
    offset: slotOffset(ring.geometry, slot.slot),
    page: undefined,
    value: slot.state,
  })
  return [{ field: 'state', kind: 'asked', a: reading(a, x), b: reading(b, y) }]
}
