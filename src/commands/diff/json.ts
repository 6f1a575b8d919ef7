// The JSON of a difference: names as in Xen's headers, u64 as decimal strings, bytes as hex.
import type { Coverage, DeviceDiff, Difference, Hunk, PlacedSlot, SideValue, Unknown, Value } from '../../diff/index.ts'
import { changeOf } from '../../diff/index.ts'
import type { JsonOf } from '../../print/shape.ts'
import type { COMPARED, PLACE, SIDE, VALUE } from './shape.ts'

/** A side as `diff --json` names it, such as `{source, protocol, pages}`. */
export type SideJson = JsonOf<typeof SIDE>
type ComparedJson = JsonOf<typeof COMPARED>
type HunkJson = ComparedJson['hunks'][number]
type DifferenceJson = HunkJson['differences'][number]

/** One comparison of `diff --json`. */
export function diffJson(a: SideJson, b: SideJson, diff: DeviceDiff): ComparedJson {
  const { level, by, hunks, renames, coverage, unknown } = diff
  return {
    a,
    b,
    level,
    by,
    equal: hunks.length === 0,
    hunks: hunks.map(hunkJson),
    ...(renames ? { renames: { gref: renames.gref, id: renames.id } } : {}),
    ...(coverage ? { coverage: { a: coverageJson(coverage.a), b: coverageJson(coverage.b) } } : {}),
    unknown: unknown.map(unknownJson),
  }
}

function hunkJson(hunk: Hunk): HunkJson {
  const { part, queue, a, b, differences } = hunk
  const slots = part === 'slots' ? { a: a.map(placeJson), b: b.map(placeJson) } : {}
  return {
    part,
    change: changeOf(hunk),
    ...(queue === undefined ? {} : { queue }),
    ...slots,
    differences: differences.map(differenceJson),
  }
}

function placeJson({ queue, slot }: PlacedSlot): JsonOf<typeof PLACE> {
  return { ...(queue === undefined ? {} : { queue }), slot: slot.slot, index: slot.index, state: slot.state }
}

function differenceJson({ field, kind, a, b, note }: Difference): DifferenceJson {
  const path = (a ?? b)!.path
  return { path, field, kind, a: readingJson(a, path), b: readingJson(b, path), ...(note === undefined ? {} : { note }) }
}

/** The path is left out where it is the same as that of the difference. */
function readingJson(reading: SideValue | undefined, same: string): DifferenceJson['a'] {
  if (!reading) return null
  const { path, offset, page, value } = reading
  return { ...(path === same ? {} : { path }), offset, ...(page === undefined ? {} : { page }), value: valueJson(value) }
}

export function valueJson(value: Value): JsonOf<typeof VALUE> {
  if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return typeof value === 'bigint' ? String(value) : value
}

function coverageJson({ requests, sectors, faults }: Coverage): NonNullable<ComparedJson['coverage']>['a'] {
  return {
    requests,
    sectors: String(sectors),
    faults: faults.map(({ kind, slots, from, to, message }) => ({
      kind,
      slots: slots.map(placeJson),
      from: String(from),
      to: String(to),
      message,
    })),
  }
}

function unknownJson(unknown: Unknown): ComparedJson['unknown'][number] {
  const { side, what } = unknown
  if (what === 'indices' || what === 'bytes') {
    const queue = unknown.queue === undefined ? {} : { queue: unknown.queue }
    return what === 'indices' ? { side, what, ...queue } : { side, what, ...queue, from: unknown.from, to: unknown.to }
  }
  if (what === 'slot') return { side, what, ...placeJson(unknown.slot) }
  return { side, what, ...placeJson(unknown.slot), gref: unknown.gref }
}
