// What differs between two slots, field by field.
import type { RingRange } from '../codec/ring/annotate-ring.ts'
import { sameBytes } from '../codec/ring/changed-in-flight.ts'
import { slotOffset } from '../codec/ring/geometry.ts'
import type { RequestSlot } from '../codec/ring/ring.ts'
import { sameLayout } from '../codec/struct/abi.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { compareRanges } from './compare-ranges.ts'
import { isIgnored } from './field-names.ts'
import type { Difference, DiffOptions, PlacedSlot, SideRing, Unknown } from './model.ts'
import { bytesOfSlot, type NamedBytes, namedPage, namedSlot, pathInRing } from './named-bytes.ts'

/** What differs between two slots that were matched; what could not be compared goes to `unknown`. */
export function compareSlots(
  a: SideRing,
  x: PlacedSlot,
  b: SideRing,
  y: PlacedSlot,
  options: DiffOptions,
  unknown: Unknown[],
): Difference[] {
  if (x.slot.state !== y.slot.state) return stateDifference(a, x, b, y, options)
  const same = sameLayout(a.ring.geometry.abi, b.ring.geometry.abi) && sameBytes(bytesOfSlot(a, x), bytesOfSlot(b, y))
  const differences = same ? [] : compareContents(a, x, b, y, options)
  if (x.slot.state === 'request' && y.slot.state === 'request')
    differences.push(...comparePages(a, x, x.slot, b, y, y.slot, options, same, unknown))
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

/** Compares the segments in indirect pages, where both sides' pages are at hand. */
function comparePages(
  a: SideRing,
  placedA: PlacedSlot,
  x: RequestSlot,
  b: SideRing,
  placedB: PlacedSlot,
  y: RequestSlot,
  options: DiffOptions,
  same: boolean,
  unknown: Unknown[],
): Difference[] {
  if (x.request.kind !== 'indirect' || y.request.kind !== 'indirect') return []
  const differences: Difference[] = []
  const [left, right] = [x.request, y.request]
  for (let k = 0; k < Math.min(left.indirect_grefs.length, right.indirect_grefs.length); k++) {
    const [gref, other] = [left.indirect_grefs[k]!, right.indirect_grefs[k]!]
    const [page, otherPage] = [a.indirectPages.get(gref), b.indirectPages.get(other)]
    // Where neither side has it, and the slots are the same, there is nothing to say.
    if (same && !page && !otherPage) continue
    if (!isWhole(page)) unknown.push({ what: 'page', side: 'a', slot: placedA, gref })
    if (!isWhole(otherPage)) unknown.push({ what: 'page', side: 'b', slot: placedB, gref: other })
    if (!page || !otherPage || sameBytes(page, otherPage)) continue
    differences.push(...compareRanges(namedPage(a, x.slot, left, page, k), namedPage(b, y.slot, right, otherPage, k), options))
  }
  return differences
}

function isWhole(page: Uint8Array | undefined): boolean {
  return page !== undefined && page.length >= XEN_PAGE_SIZE
}
