// Byte ranges with what they hold: the value that is read there, and what it means.
import type { RingRange } from '../codec/ring/annotate-ring.ts'
import { firstSegmentOf } from '../codec/ring/multi-slot.ts'
import type { Ring, Slot } from '../codec/ring/ring.ts'
import { readScalar } from '../codec/struct/scalar.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { type PageOwner, pageOwners, pageRanges, pageSectors, sectorStarts } from './indirect.ts'
import { meaningOf, type SegmentPlace } from './meaning.ts'
import { type Area, type RingView, rangesOf } from './view.ts'

/** A run of bytes with a name, and where it is a field its value. */
export interface Spot extends RingRange {
  readonly value: number | bigint | undefined
  /** A few words on the value, or on why nobody reads the bytes; undefined where the number says it all. */
  readonly meaning: string | undefined
  /** The whole segment that the bytes are a part of. */
  readonly segment: SegmentPlace | undefined
}

/** Every byte of an area exactly once, in order. */
export function spotsOf(view: RingView, area: Area): Spot[] {
  const { slot } = area
  return describe(view, view.bytes, rangesOf(view.ring, area), slot, slot ? startsIn(view.ring, slot) : [])
}

/** The disk sectors that the segments in a slot begin at, as far as they are known. */
function startsIn({ slots }: Ring, slot: Slot): readonly bigint[] {
  const head = slot.state === 'continuation' && slot.holds === 'request' && slot.of !== undefined ? slots[slot.of] : slot
  const request = head?.state === 'request' ? head.request : undefined
  if (request?.kind !== 'rw') return []
  const block = head === slot ? 0 : request.continuedIn!.indexOf(slot.slot) + 1
  return sectorStarts(request.sector_number, request.segments).slice(firstSegmentOf(block))
}

/** An indirect page with the names, values and meanings of its bytes. */
export interface PageView {
  readonly gref: number
  /** The first request that names it, undefined where none in flight does. */
  readonly owner: PageOwner | undefined
  /** 4096 at the most; fewer where the page was cut short. */
  readonly bytes: Uint8Array
  /** Every byte that is there exactly once, in order. */
  readonly spots: readonly Spot[]
}

/** The indirect page of a reference, or undefined where it is not at hand. */
export function pageView(view: RingView, gref: number): PageView | undefined {
  const bytes = view.indirectPages.get(gref)?.subarray(0, XEN_PAGE_SIZE)
  if (!bytes) return undefined
  const [owner] = pageOwners(view.ring, gref)
  const ranges = pageRanges(view.ring, owner, gref, bytes.length)
  const starts = owner ? pageSectors(view.ring, owner, bytes) : []
  return { gref, owner, bytes, spots: describe(view, bytes, ranges, owner?.slot, starts) }
}

/** @param starts disk sectors of the segments in use, as far as they are known */
function describe(
  { ring }: RingView,
  bytes: Uint8Array,
  ranges: readonly RingRange[],
  slot: Slot | undefined,
  starts: readonly bigint[],
): Spot[] {
  const segments = segmentPlaces(bytes, ranges, starts)
  return ranges.map(({ offset, size, path, kind, scalar }): Spot => {
    const segment = segments.get(segmentOf(path) ?? '')
    const value = scalar === undefined ? undefined : readScalar(scalar, bytes, offset)
    // What nobody reads has a value, and no meaning.
    let meaning: string | undefined
    if (value === undefined) meaning = kind === 'stale' ? unread(slot) : kind === 'unknown' ? unknownIn(ring) : undefined
    else if (kind !== 'stale') meaning = meaningOf(fieldOf(path), value, { ring, slot, segment })
    return { offset, size, path, kind, scalar, value, meaning, segment }
  })
}

/** Why nobody can say what bytes of a slot are. */
function unknownIn({ missing }: Ring): string {
  return missing.producers ? 'without both producers nobody can say what the slot holds' : 'of a slot that is not all in the input'
}

/** Bytes of no field that nobody reads. */
function unread(slot: Slot | undefined): string {
  if (slot?.state === 'continuation' && slot.holds === 'response') return 'not written by the response'
  if (slot?.state === 'cleared') return 'cleared by the frontend'
  return slot?.state === 'unused' ? 'slot not used yet' : 'behind what the request uses'
}

/** The segments among the ranges, by their paths. */
function segmentPlaces(bytes: Uint8Array, ranges: readonly RingRange[], starts: readonly bigint[]): Map<string, SegmentPlace> {
  const places = new Map<string, SegmentPlace>()
  let first_sect = 0
  for (const { path, scalar, offset } of ranges) {
    const segment = segmentOf(path)
    if (segment === undefined || scalar === undefined) continue
    const field = fieldOf(path)
    if (field === 'first_sect') first_sect = bytes[offset]!
    if (field === 'last_sect') places.set(segment, { first_sect, last_sect: bytes[offset]!, start: starts[segmentNumber(segment)] })
  }
  return places
}

/** Path of the segment that a range belongs to: `ring[3].req.seg[2]`. */
export function segmentOf(path: string): string | undefined {
  const at = path.lastIndexOf('seg[')
  return at < 0 ? undefined : path.slice(0, path.indexOf(']', at) + 1)
}

function segmentNumber(segment: string): number {
  return Number.parseInt(segment.slice(segment.lastIndexOf('[') + 1), 10)
}

/** Name of the field at the end of a path, without its place in an array. */
function fieldOf(path: string): string {
  const name = path.slice(path.lastIndexOf('.') + 1)
  const bracket = name.indexOf('[')
  return bracket < 0 ? name : name.slice(0, bracket)
}
