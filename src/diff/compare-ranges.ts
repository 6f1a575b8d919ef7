// Named bytes held against each other, field by field.
import type { RingRange } from '../codec/ring/annotate-ring.ts'
import { namedBy } from './byte-runs.ts'
import { isIgnored } from './field-names.ts'
import type { Difference, DiffOptions } from './model.ts'
import { type NamedBytes, readingOf, sameValue } from './named-bytes.ts'

/** Bytes that no one reads. */
const UNREAD: ReadonlySet<string> = new Set(['padding', 'reserved', 'stale'])
const NOTHING: ReadonlySet<string> = new Set()

/** The fields that differ, in the order of side A; those that only B has behind. */
export function compareRanges(a: NamedBytes, b: NamedBytes, options: DiffOptions): Difference[] {
  return inStep(a.ranges, b.ranges) ? compareInStep(a, b, options) : compareByPath(a, b, options)
}

/** The same struct under the same layout: parts that are in use may differ. */
function inStep(a: readonly RingRange[], b: readonly RingRange[]): boolean {
  if (a === b) return true
  return a.length === b.length && a.every((range, i) => range.path === b[i]!.path && range.offset === b[i]!.offset)
}

function compareInStep(a: NamedBytes, b: NamedBytes, options: DiffOptions): Difference[] {
  const differences: Difference[] = []
  for (let i = 0; i < a.ranges.length; i++) {
    const [range, other] = [a.ranges[i]!, b.ranges[i]!]
    // A value that only one side uses, and that the other has all the same, is nothing beyond the count that says so.
    if (sameValue(a, range, b, other)) continue
    const difference = differenceOf(a, range, b, other, options)
    if (difference) differences.push(difference)
  }
  return differences
}

/** Layouts differ: fields by their names. What lies between them, lies elsewhere. */
function compareByPath(a: NamedBytes, b: NamedBytes, options: DiffOptions): Difference[] {
  const others = new Map(b.ranges.filter(({ scalar }) => scalar).map((range) => [range.path, range]))
  const differences: Difference[] = []
  const add = (difference: Difference | undefined) => {
    if (difference) differences.push(difference)
  }
  for (const range of a.ranges) {
    if (!range.scalar) continue
    const other = others.get(range.path)
    others.delete(range.path)
    if (!other || !sameValue(a, range, b, other)) add(differenceOf(a, range, b, other, options))
  }
  for (const other of others.values()) add(differenceOf(a, undefined, b, other, options))
  return differences
}

function differenceOf(
  a: NamedBytes,
  range: RingRange | undefined,
  b: NamedBytes,
  other: RingRange | undefined,
  options: DiffOptions,
): Difference | undefined {
  const whole = a.undescribed === true || b.undescribed === true
  const left = range && counts(range, options, whole) ? readingOf(a, range) : undefined
  const right = other && counts(other, options, whole) ? readingOf(b, other) : undefined
  if (!left && !right) return undefined
  const { path, kind } = namedBy(left && range, right && other)
  return { field: path, kind, a: left, b: right }
}

/** @param whole of bytes that no struct describes, all count */
function counts({ path, kind }: RingRange, { strict, all, ignore }: DiffOptions, whole: boolean): boolean {
  if (UNREAD.has(kind) && !strict && !whole) return false
  if (kind === 'beneath' && !strict && !all) return false
  return !isIgnored(path, kind, ignore ?? NOTHING)
}
