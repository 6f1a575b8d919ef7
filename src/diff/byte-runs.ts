// Two stretches of bytes held against each other, cut where either side's fields begin and end.
import type { RingRange } from '../codec/ring/annotate-ring.ts'
import type { Difference, SideValue } from './model.ts'
import { type NamedBytes, pathInRing } from './named-bytes.ts'

/**
 * A difference for every field in which a byte differs: whole fields, and of what is no field the bytes from the first
 * that differs to the last. Bytes that only the longer stretch has differ, too.
 */
export function differingRuns(a: NamedBytes, b: NamedBytes): Difference[] {
  const differences: Difference[] = []
  for (const [from, to, left, right] of pieces(a, b)) {
    const named = namedBy(left, right)
    const cut =
      left && right ? differing(a, b, from, to, left.scalar !== undefined || right.scalar !== undefined) : ([from, to] as const)
    if (!cut) continue
    const read = (side: NamedBytes, range: RingRange | undefined): SideValue | undefined =>
      range && {
        path: side.slot === undefined ? range.path : pathInRing(side.slot, range.path),
        offset: side.at + cut[0],
        page: side.page,
        value: side.bytes.subarray(side.at + cut[0], side.at + cut[1]),
      }
    differences.push({ field: named.path, kind: named.kind, a: read(a, left), b: read(b, right) })
  }
  return differences
}

const RANK: readonly RingRange['kind'][] = ['padding', 'reserved', 'stale', 'beneath', 'field']

/** The range, of two at the same bytes, that says more. */
export function namedBy(a: RingRange | undefined, b: RingRange | undefined): RingRange {
  return a && (!b || RANK.indexOf(a.kind) >= RANK.indexOf(b.kind)) ? a : b!
}

type Piece = readonly [from: number, to: number, a: RingRange | undefined, b: RingRange | undefined]

/** Cut where a range of either side begins or ends. */
function* pieces(a: NamedBytes, b: NamedBytes): Generator<Piece> {
  let [i, j, at] = [0, 0, 0]
  while (i < a.ranges.length || j < b.ranges.length) {
    const [left, right] = [a.ranges[i], b.ranges[j]]
    const [endA, endB] = [endOf(left), endOf(right)]
    const end = Math.min(endA, endB)
    yield [at, end, left, right]
    if (endA === end) i++
    if (endB === end) j++
    at = end
  }
}

function endOf(range: RingRange | undefined): number {
  return range ? range.offset + range.size : Number.POSITIVE_INFINITY
}

/** The bytes to show of a piece; undefined where none differ. */
function differing(a: NamedBytes, b: NamedBytes, from: number, to: number, whole: boolean): readonly [number, number] | undefined {
  const differs = (i: number) => a.bytes[a.at + i] !== b.bytes[b.at + i]
  let first = from
  while (first < to && !differs(first)) first++
  if (first === to) return undefined
  if (whole) return [from, to]
  let last = to - 1
  while (!differs(last)) last--
  return [first, last + 1]
}
