// What a side does not have: it may be anything, so that no difference rests on it.
import type { UnknownSlot } from '../codec/ring/ring.ts'
import type { MatchBy, PlacedSlot, SideRing, Unknown } from './model.ts'

/** A slot that one side does not have cannot be compared. One that neither has is not spoken of. */
export function isUnknown(x: PlacedSlot, y: PlacedSlot, unknown: Unknown[]): boolean {
  const [a, b] = [x, y].map(({ slot }) => slot.state === 'unknown')
  if (a && !b) unknown.push({ what: 'slot', side: 'a', slot: x })
  if (b && !a) unknown.push({ what: 'slot', side: 'b', slot: y })
  return a === true || b === true
}

/**
 * Whether a slot that stands alone is no difference: it is not in the input, or the other side has a slot that is not, and that
 * may be it. By slot and index the indices say which that would be.
 * @param others rings of the other side
 */
export function cannotTell(
  placed: PlacedSlot,
  side: 'a' | 'b',
  others: readonly SideRing[],
  by: MatchBy,
  unknown: Unknown[],
): boolean {
  const { slot } = placed
  if (slot.state === 'unknown') {
    if (slot.holds !== 'unused') unknown.push({ what: 'slot', side, slot: placed })
    return true
  }
  const holds = slot.state === 'continuation' ? slot.holds : slot.state === 'cleared' ? 'response' : slot.state
  const inPlace = by === 'slot' || by === 'index'
  const [hidden] = unknownSlots(others, (s) => s.holds === 'unknown' || (!inPlace && s.holds === holds))
  if (hidden) unknown.push({ what: 'slot', side: side === 'a' ? 'b' : 'a', slot: hidden })
  return hidden !== undefined
}

/** Slots of one side that are not in the input and may hold what is compared, but for those that neither side has. */
export function noteUnknownSlots(
  a: readonly SideRing[],
  b: readonly SideRing[],
  holds: ReadonlySet<UnknownSlot['holds']>,
  unknown: Unknown[],
): void {
  const nameOf = ({ queue, slot }: PlacedSlot) => `${queue} ${slot.index}`
  const [left, right] = [a, b].map((rings) => unknownSlots(rings, (slot) => holds.has(slot.holds)))
  const [inA, inB] = [left!, right!].map((slots) => new Set(slots.map(nameOf)))
  for (const slot of left!) if (!inB!.has(nameOf(slot))) unknown.push({ what: 'slot', side: 'a', slot })
  for (const slot of right!) if (!inA!.has(nameOf(slot))) unknown.push({ what: 'slot', side: 'b', slot })
}

export function lacksSlots(rings: readonly SideRing[]): boolean {
  return rings.some(({ ring }) => ring.missing.spans.length > 0)
}

function unknownSlots(rings: readonly SideRing[], wanted: (slot: UnknownSlot) => boolean): PlacedSlot[] {
  return rings.flatMap(({ ring, queue }) =>
    ring.slots.flatMap((slot) => (slot.state === 'unknown' && wanted(slot) ? [{ queue, slot }] : [])),
  )
}

/** Both sides with 0 where one of them lacks a byte of a stretch, so that it differs in nothing. Indices count as a whole. */
export function withoutMissing(
  a: SideRing,
  b: SideRing,
  from: number,
  to: number,
  unknown: Unknown[],
): readonly [SideRing, SideRing] {
  const [left, right] = [spansIn(a, from, to), spansIn(b, from, to)]
  if (left.length + right.length === 0) return [a, b]
  if (right.length === 0) unknown.push({ what: 'bytes', side: 'a', queue: a.queue, ...left[0]! })
  if (left.length === 0) unknown.push({ what: 'bytes', side: 'b', queue: b.queue, ...right[0]! })
  const blank = (side: SideRing): SideRing => {
    const bytes = side.bytes.slice()
    for (const span of [...left, ...right]) bytes.fill(0, span.from, span.to)
    return { ...side, bytes }
  }
  return [blank(a), blank(b)]
}

function spansIn({ ring }: SideRing, from: number, to: number): { readonly from: number; readonly to: number }[] {
  const word = Uint32Array.BYTES_PER_ELEMENT
  return ring.missing.spans
    .map((span) => ({
      from: Math.max(from, Math.floor(span.from / word) * word),
      to: Math.min(to, Math.ceil(span.to / word) * word),
    }))
    .filter((span) => span.from < span.to)
}
