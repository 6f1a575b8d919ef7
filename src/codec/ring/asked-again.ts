// What was in flight in a ring that was replaced, and what the new ring asks for of it. What was not answered is done again by the
// driver: whole requests are sent anew, and the I/O of others comes back in requests that may be cut in another way.
import {
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  MAX_INDIRECT_SEGMENTS,
  NO_SECTOR,
} from '../xen/blkif.ts'
import type { Request } from './request.ts'
import { type RequestSlot, type Ring, slotsByIndex } from './ring.ts'
import { sectorsPerPage, smallSectors } from './sector-unit.ts'

/** Sectors of 512 bytes, from the first up to the last, which is among them. */
export interface SectorRange {
  readonly from: bigint
  readonly to: bigint
}

/**
 * How much of a request the new ring asks for: `unknown` where requests whose length a response hides may cover the rest, or where
 * the request's own sectors are not known.
 */
export const AGAIN = ['whole', 'part', 'none', 'unknown'] as const
/** How much of a request the new ring asks for. */
export type Again = (typeof AGAIN)[number]

/** A request that was in flight in the old ring. */
export interface AskedAgain {
  /** The request's slot in the old ring. */
  readonly slot: RequestSlot
  /** The sectors that it names; a flush without data names none. */
  readonly range: SectorRange | undefined
  readonly again: Again
  /** Requests of the new rings of the same operation that overlap it. */
  readonly by: readonly NewPlace[]
  /** Answered requests of the new rings that begin where they may cover some of it; how long they were is lost. */
  readonly perhaps: readonly NewPlace[]
  /** What no request of the new ring asks for, those in `perhaps` left out of account. */
  readonly missing: readonly SectorRange[]
  /** Of these, what no request of the new ring can have asked for, however long those in `perhaps` were. */
  readonly uncovered: readonly SectorRange[]
}

/** Where a request of a new ring is: what was in flight in one queue may be asked for again in another. */
export interface NewPlace {
  readonly queue: number | undefined
  readonly index: number
}

/** A new ring of the device. */
export interface NewRing {
  readonly ring: Ring
  readonly queue: number | undefined
}

export interface Redone {
  readonly requests: readonly AskedAgain[]
  /** Requests in flight that cannot be told, since responses lie over them. */
  readonly hidden: number
}

type Kind = 'read' | 'write' | 'flush' | 'discard' | 'other'

interface Asked {
  readonly place: NewPlace
  readonly kind: Kind
  readonly range: SectorRange | undefined
  /** No sector outside is among its own; undefined where it has none. */
  readonly within: SectorRange | undefined
}

/** An answered request: where it began. */
interface Begun {
  readonly place: NewPlace
  readonly from: bigint
}

/**
 * Of each request in flight in the old ring what the new one asks for again. The new ring is on its first lap, so that it shows where
 * each of its requests begins.
 * @param after every queue's: a bio that is done again goes to any of them
 * @param maxSegments how many segments a request has at the most, where their backend offers fewer than the protocol allows
 */
export function askedAgain(before: Ring, after: readonly NewRing[], maxSegments = MAX_INDIRECT_SEGMENTS): Redone {
  const shown = shownBy(after, Math.min(maxSegments, MAX_INDIRECT_SEGMENTS))
  const inFlight = slotsByIndex(before).filter((s): s is RequestSlot => s.state === 'request' && s.answered !== 'yes')
  return {
    requests: inFlight.map((slot) => againOf(slot, before, shown)),
    hidden: Math.max(0, before.outstanding - inFlight.length),
  }
}

/** A device has as many queues as its guest has CPUs, each of up to 512 slots. */
function shownBy(after: readonly NewRing[], maxSegments: number): Shown {
  const asked: Asked[] = []
  const begun: Begun[] = []
  let longest = 0n
  let flushed: NewPlace | undefined
  let mayHaveFlushed = false
  for (const { ring, queue } of after) {
    const small = BigInt(smallSectors(ring.sectorUnit))
    const reach = BigInt(maxSegments * sectorsPerPage(ring.sectorUnit)) * small
    if (reach > longest) longest = reach
    for (const slot of slotsByIndex(ring)) {
      const place = { queue, index: slot.index }
      if (slot.state === 'request') asked.push(askedBy(slot, place, ring))
      if (slot.state !== 'response') continue
      const { sector_number } = slot.beneath
      const { operation } = slot.response
      mayHaveFlushed ||= operation === BLKIF_OP_FLUSH_DISKCACHE || operation === BLKIF_OP_WRITE_BARRIER
      if (sector_number === NO_SECTOR) flushed ??= place
      else begun.push({ place, from: sector_number * small })
    }
  }
  return { asked, begun, longest, flushed, mayHaveFlushed }
}

/** What the new ring shows. */
interface Shown {
  readonly asked: readonly Asked[]
  readonly begun: readonly Begun[]
  /** Sectors that a request of its covers at the most, but for discards. */
  readonly longest: bigint
  /** An answered request that named no sector, as Linux's flushes do. */
  readonly flushed: NewPlace | undefined
  /** Whether some response is one to a flush. */
  readonly mayHaveFlushed: boolean
}

function askedBy({ request }: RequestSlot, place: NewPlace, ring: Ring): Asked {
  return { place, kind: kindOf(request), range: rangeOf(request, ring), within: boundOf(request, ring) }
}

function againOf(slot: RequestSlot, before: Ring, { asked, begun, longest, flushed, mayHaveFlushed }: Shown): AskedAgain {
  const { request } = slot
  const kind = kindOf(request)
  const range = rangeOf(request, before)
  const none = { slot, range, perhaps: [], missing: [], uncovered: [] }
  const alike = asked.filter((other) => other.kind === kind)
  if (kind === 'flush') {
    const by = alike.map(({ place }) => place)
    if (by.length > 0) return { ...none, again: 'whole', by }
    if (flushed !== undefined) return { ...none, again: 'whole', by: [flushed] }
    return { ...none, again: mayHaveFlushed ? 'unknown' : 'none', by }
  }
  const within = boundOf(request, before)
  if (!within || kind === 'other') return { ...none, again: asked.length + begun.length === 0 ? 'none' : 'unknown', by: [] }
  if (!range) {
    const near = alike.some((other) => other.within && overlap(other.within, within))
    const may = near || begun.some(({ from }) => from <= within.to && from + longest > within.from)
    return { ...none, again: may ? 'unknown' : 'none', by: [] }
  }
  const over = alike.filter((other) => other.range && overlap(other.range, range))
  // A discard may be of any length.
  const reach = kind === 'discard' ? undefined : longest
  const near = begun.filter(({ from }) => from <= range.to && (reach === undefined || from + reach > range.from))
  const missing = without(
    range,
    over.map((other) => other.range!),
  )
  const perhaps = near.filter(({ from }) =>
    missing.some((gap) => from <= gap.to && (reach === undefined || from + reach > gap.from)),
  )
  const uncovered = missing.flatMap((gap) =>
    without(
      gap,
      perhaps.map(({ from }) => ({ from, to: reach === undefined ? range.to : from + reach - 1n })),
    ),
  )
  const [by, mayBe] = [over.map(({ place }) => place), perhaps.map(({ place }) => place)]
  // One whose indirect pages are not at hand.
  const blind = alike.some((other) => !other.range && other.within && overlap(other.within, range))
  const again =
    missing.length === 0 ? 'whole' : blind || uncovered.length === 0 ? 'unknown' : by.length + mayBe.length > 0 ? 'part' : 'none'
  return { slot, range, again, by, perhaps: mayBe, missing, uncovered: blind ? [] : uncovered }
}

/** Sectors in all. */
export function sectorsIn(ranges: readonly SectorRange[]): bigint {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1n, 0n)
}

/** What a request does to the disk: a write that flushes is a write, whatever its operation is called. */
function kindOf(request: Request): Kind {
  if (request.kind === 'discard') return 'discard'
  if (request.kind === 'other') return 'other'
  const operation = request.kind === 'indirect' ? request.indirect_op : request.operation
  if (operation === BLKIF_OP_READ) return 'read'
  if (operation === BLKIF_OP_WRITE) return 'write'
  if (operation !== BLKIF_OP_WRITE_BARRIER && operation !== BLKIF_OP_FLUSH_DISKCACHE) return 'other'
  return request.kind === 'rw' && request.nr_segments === 0 ? 'flush' : 'write'
}

/** Undefined where the request names no sectors, or its indirect pages are not at hand. */
function rangeOf(request: Request, { sectorUnit }: Ring): SectorRange | undefined {
  if (request.kind === 'other' || request.nr_sectors === null) return undefined
  const small = BigInt(smallSectors(sectorUnit))
  const sectors = BigInt(request.nr_sectors) * small
  const from = request.sector_number * small
  return sectors > 0n ? { from, to: from + sectors - 1n } : undefined
}

/** As many sectors as its segments can have at the most, where they are not known. */
function boundOf(request: Request, ring: Ring): SectorRange | undefined {
  if (request.kind !== 'indirect' || request.nr_sectors !== null) return rangeOf(request, ring)
  const small = BigInt(smallSectors(ring.sectorUnit))
  const most = BigInt(request.nr_segments * sectorsPerPage(ring.sectorUnit)) * small
  const from = request.sector_number * small
  return most > 0n ? { from, to: from + most - 1n } : undefined
}

function overlap(a: SectorRange, b: SectorRange): boolean {
  return a.from <= b.to && b.from <= a.to
}

/** What is left of a range. */
function without(range: SectorRange, covers: readonly SectorRange[]): SectorRange[] {
  const left: SectorRange[] = []
  let { from } = range
  for (const cover of [...covers].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    if (cover.from > from) left.push({ from, to: cover.from - 1n < range.to ? cover.from - 1n : range.to })
    if (cover.to >= from) from = cover.to + 1n
    if (from > range.to) return left
  }
  return [...left, { from, to: range.to }]
}
