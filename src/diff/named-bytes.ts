// Named byte ranges with what they hold, under names that do not depend on where the slot lies.
import { annotateHeader, annotateIndirectPage, type RingRange, rangesInSlot } from '../codec/ring/annotate-ring.ts'
import { sameBytes } from '../codec/ring/changed-in-flight.ts'
import { slotOffset } from '../codec/ring/geometry.ts'
import { type IndirectRequest, isUndescribed } from '../codec/ring/request.ts'
import type { Abi } from '../codec/struct/abi.ts'
import { readScalar } from '../codec/struct/scalar.ts'
import { segmentsInPage } from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { PlacedSlot, SideRing, SideValue, Value } from './model.ts'

/** Bytes and the names of their ranges. */
export interface NamedBytes {
  /** Sorted, without gaps; offsets from `at` on. */
  readonly ranges: readonly RingRange[]
  /** The ring, or an indirect page. */
  readonly bytes: Uint8Array
  /** Where the ranges begin in the bytes. */
  readonly at: number
  /** Reference of the indirect page; undefined for the ring. */
  readonly page: number | undefined
  /** Slot of the ring that the paths lie below; undefined for header and tail. */
  readonly slot: number | undefined
  /** No struct says what its bytes are: every one of them counts, whatever the ranges call it. */
  readonly undescribed?: boolean
}

export function bytesOfSlot({ ring: { geometry }, bytes }: SideRing, { slot }: PlacedSlot): Uint8Array {
  const at = slotOffset(geometry, slot.slot)
  return bytes.subarray(at, at + geometry.stride)
}

export function namedHeader({ ring, bytes }: SideRing): NamedBytes {
  return { ranges: annotateHeader(ring.geometry), bytes, at: 0, page: undefined, slot: undefined }
}

export function namedSlot({ ring: { geometry }, bytes }: SideRing, { slot }: PlacedSlot): NamedBytes {
  const at = slotOffset(geometry, slot.slot)
  const undescribed = slot.state === 'request' && isUndescribed(slot.request)
  return { ranges: rangesInSlot(geometry, slot), bytes, at, page: undefined, slot: slot.slot, undescribed }
}

/** Of the pages met last: one has 1500 ranges, and both sides, and many requests, have the same. */
const pages = new Map<string, readonly RingRange[]>()
const MAX_PAGES = 16

function pageRanges(abi: Abi, used: number, k: number): readonly RingRange[] {
  const key = `${abi.name} ${used} ${k}`
  let ranges = pages.get(key)
  if (!ranges) {
    ranges = annotateIndirectPage(abi, used, `req.indirect_grefs[${k}]`)
    if (pages.size >= MAX_PAGES) pages.clear()
    pages.set(key, ranges)
  }
  return ranges
}

/** The page of reference k, as far as it goes. */
export function namedPage(side: SideRing, slot: number, request: IndirectRequest, page: Uint8Array, k: number): NamedBytes {
  const used = segmentsInPage(request.nr_segments, k)
  const ranges = pageRanges(side.ring.geometry.abi, used, k)
  // Of a page that breaks off, what is in use is there.
  const there = page.length < XEN_PAGE_SIZE ? ranges.filter(({ kind }) => kind !== 'stale') : ranges
  return { ranges: there, bytes: page, at: 0, page: request.indirect_grefs[k], slot }
}

export function pathInRing(slot: number, field: string): string {
  return field === '' ? `ring[${slot}]` : `ring[${slot}].${field}`
}

function rangeValue({ bytes, at }: NamedBytes, { scalar, offset, size }: RingRange): Value {
  return scalar ? readScalar(scalar, bytes, at + offset) : bytes.subarray(at + offset, at + offset + size)
}

export function readingOf(named: NamedBytes, range: RingRange): SideValue {
  const path = named.slot === undefined ? range.path : pathInRing(named.slot, range.path)
  return { path, offset: named.at + range.offset, page: named.page, value: rangeValue(named, range) }
}

/** Two ranges hold the same, whatever their layout. */
export function sameValue(a: NamedBytes, range: RingRange, b: NamedBytes, other: RingRange): boolean {
  if (range.size === other.size) {
    const [x, y] = [a.at + range.offset, b.at + other.offset]
    for (let i = 0; i < range.size; i++) if (a.bytes[x + i] !== b.bytes[y + i]) return false
    return true
  }
  const [x, y] = [rangeValue(a, range), rangeValue(b, other)]
  return x instanceof Uint8Array && y instanceof Uint8Array ? sameBytes(x, y) : x === y
}
