// What a request asks of the disk, whatever its encoding: an operation, sectors, and where their data lies.
import type { Request } from '../codec/ring/request.ts'
import { slotsByIndex } from '../codec/ring/ring.ts'
import { advance } from '../codec/ring/ring-idx.ts'
import { type SplitPair, splitPair } from '../codec/ring/split-pair.ts'
import { BLKIF_DISCARD_SECURE, type BlkifRequestSegment, NO_SECTOR, SEGS_PER_INDIRECT_PAGE } from '../codec/xen/blkif.ts'
import { opName } from '../codec/xen/operations.ts'
import type { PlacedSlot, SideRing } from './model.ts'
import { pathInRing } from './named-bytes.ts'

/** Sectors one after another on the disk whose data lies one after another in one grant. */
export interface Extent {
  readonly sector: bigint
  readonly sectors: number
  readonly gref: number
  readonly first_sect: number
  /** Of the first segment in it: `ring[12].req.seg[2]`. */
  readonly path: string
}

export interface DiskRequest {
  /** One slot, or the two of a pair. */
  readonly slots: readonly PlacedSlot[]
  /** `read`, `write`, `flush`, `secure discard` … */
  readonly op: string
  /** Of the first slot; undefined beneath a response, where it is lost. */
  readonly id: bigint | undefined
  /** Undefined where the request names no sector: a flush without data. */
  readonly sector: bigint | undefined
  /** How many it asks for in all. */
  readonly sectors: bigint
  /** In the order of its segments; undefined where an indirect page is missing; empty where no data moves. */
  readonly extents: readonly Extent[] | undefined
  readonly pair: SplitPair | undefined
}

/** The requests in flight of a ring, in index order, each by itself. */
export function diskRequests({ ring, queue }: SideRing): DiskRequest[] {
  return slotsByIndex(ring).flatMap((slot) => (slot.state === 'request' ? [single({ queue, slot }, slot.request)] : []))
}

/** Of the requests beneath responses, the one thing that is sure: the sector where they began. */
export function survivors({ ring, queue }: SideRing): DiskRequest[] {
  return slotsByIndex(ring).flatMap((slot) => {
    if (slot.state !== 'response') return []
    const { sector_number } = slot.beneath
    const sector = sector_number === NO_SECTOR ? undefined : sector_number
    return [{ slots: [{ queue, slot }], op: 'answered', id: undefined, sector, sectors: 0n, extents: [], pair: undefined }]
  })
}

/** Joins halves that stand behind one another into the request that they were (`splitPair`). */
export function joinPairs(requests: readonly DiskRequest[]): DiskRequest[] {
  const joined: DiskRequest[] = []
  for (const request of requests) {
    const pair = joined.length > 0 ? pairOf(joined.at(-1)!, request) : undefined
    if (pair) joined.push(joinHalves(joined.pop()!, request, pair))
    else joined.push(request)
  }
  return joined
}

function pairOf(first: DiskRequest, second: DiskRequest): SplitPair | undefined {
  const [x, y] = [first.slots[0]!, second.slots[0]!]
  if (first.pair || x.queue !== y.queue || x.slot.state !== 'request' || y.slot.state !== 'request') return undefined
  return y.slot.index === advance(x.slot.index, 1) ? splitPair(x.slot.request, y.slot.request) : undefined
}

function joinHalves(first: DiskRequest, second: DiskRequest, pair: SplitPair): DiskRequest {
  return {
    ...first,
    slots: [...first.slots, ...second.slots],
    sectors: first.sectors + second.sectors,
    extents: first.extents && second.extents && [...first.extents, ...second.extents],
    pair,
  }
}

function single(placed: PlacedSlot, request: Request): DiskRequest {
  const { id } = request
  return { slots: [placed], op: opOf(request), id, pair: undefined, ...askedFor(placed, request) }
}

function askedFor(placed: PlacedSlot, request: Request): Pick<DiskRequest, 'sector' | 'sectors' | 'extents'> {
  const { sector_number } = request
  switch (request.kind) {
    case 'rw': {
      const { op, nr_segments, nr_sectors, segments } = request
      const sector = nr_segments > 0 || op === 'read' || op === 'write' ? sector_number : undefined
      return { sector, sectors: BigInt(nr_sectors), extents: extentsOf(placed, request, segments) }
    }
    case 'indirect': {
      const { segments, nr_sectors } = request
      const extents = segments ? extentsOf(placed, request, segments) : undefined
      return { sector: sector_number, sectors: BigInt(nr_sectors ?? 0), extents }
    }
    case 'discard':
      return { sector: sector_number, sectors: request.nr_sectors, extents: [] }
    case 'other':
      return { sector: sector_number, sectors: 0n, extents: [] }
  }
}

/** With a count of segments that cannot be, nobody carries it out. */
function opOf(request: Request): string {
  const impossible = request.kind === 'rw' && request.nr_segments > request.segments.length
  return impossible ? `${plainOp(request)} of ${request.nr_segments} segments` : plainOp(request)
}

function plainOp(request: Request): string {
  if (request.kind === 'indirect') return named(request.indirect_op)
  if (request.kind === 'discard' && request.flag & BLKIF_DISCARD_SECURE) return 'secure discard'
  return named(request.operation)
}

function named(operation: number): string {
  const name = opName(operation)
  return name === 'unknown' ? `operation ${operation}` : name
}

function extentsOf({ slot }: PlacedSlot, request: Request, segments: readonly BlkifRequestSegment[]): Extent[] {
  const extents: Extent[] = []
  let sector = request.sector_number
  for (const [i, { gref, first_sect, last_sect }] of segments.entries()) {
    const sectors = last_sect - first_sect + 1
    if (sectors < 1) continue
    const last = extents.at(-1)
    if (last && last.gref === gref && last.first_sect + last.sectors === first_sect)
      extents[extents.length - 1] = { ...last, sectors: last.sectors + sectors }
    else extents.push({ sector, sectors, gref, first_sect, path: pathInRing(slot.slot, segmentField(request, i)) })
    sector += BigInt(sectors)
  }
  return extents
}

/** Where segment i of a request stands. */
function segmentField(request: Request, i: number): string {
  if (request.kind !== 'indirect') return `req.seg[${i}]`
  return `req.indirect_grefs[${Math.floor(i / SEGS_PER_INDIRECT_PAGE)}].seg[${i % SEGS_PER_INDIRECT_PAGE}]`
}
