// What a request asks of the disk, whatever its encoding: an operation, sectors, and where their data lies.

import { segmentFault } from '../codec/ring/faults.ts'
import type { Request } from '../codec/ring/request.ts'
import { slotsByIndex } from '../codec/ring/ring.ts'
import { advance } from '../codec/ring/ring-idx.ts'
import { type SectorUnit, smallSectors } from '../codec/ring/sector-unit.ts'
import { type SplitPair, splitPair } from '../codec/ring/split-pair.ts'
import { count } from '../codec/struct/count.ts'
import {
  BLKIF_DISCARD_SECURE,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  type BlkifRequestSegment,
  NO_SECTOR,
  SEGS_PER_INDIRECT_PAGE,
} from '../codec/xen/blkif.ts'
import { opName } from '../codec/xen/operations.ts'
import type { PlacedSlot, SideRing } from './model.ts'

/** Sectors of 512 bytes, whatever the ring counts in, one after another on the disk whose data lies one after another in one grant. */
export interface DiskExtent {
  readonly sector: bigint
  readonly sectors: number
  readonly gref: number
  readonly first_sect: number
  /** Where it stands: the request, and the number of its first segment. */
  readonly placed: PlacedSlot
  readonly segment: number
}

export interface DiskRequest {
  /** One slot, or the two of a pair. */
  readonly slots: readonly PlacedSlot[]
  /** `read`, `write`, `flush`, `secure discard` … */
  readonly op: string
  /** Of the first slot; undefined beneath a response, where it is lost. */
  readonly id: bigint | undefined
  /** The first sector; undefined of a request that names none, such as a flush without data. */
  readonly sector: bigint | undefined
  /** How many it asks for in all; of 512 bytes, as `sector` is. */
  readonly sectors: bigint
  /** All its segments are known. */
  readonly known: boolean
  /** In the order of its segments; empty where no data moves. Made anew each time: a hostile ring has millions of them. */
  readonly extents: () => DiskExtent[]
  readonly pair: SplitPair | undefined
}

/** The requests in flight of a ring, in index order, each by itself. */
export function diskRequests({ ring, queue }: SideRing): DiskRequest[] {
  return slotsByIndex(ring).flatMap((slot) =>
    slot.state === 'request' ? [single({ queue, slot }, slot.request, ring.sectorUnit)] : [],
  )
}

/** Of the requests beneath responses, the one thing that is sure: the sector where they began. */
export function survivors({ ring, queue }: SideRing): DiskRequest[] {
  return slotsByIndex(ring).flatMap((slot) => {
    if (slot.state !== 'response') return []
    const { sector_number } = slot.beneath
    const sector = sector_number === NO_SECTOR ? undefined : sector_number * BigInt(smallSectors(ring.sectorUnit))
    const slots = [{ queue, slot }]
    return [{ slots, op: 'answered', id: undefined, sector, sectors: 0n, known: true, extents: none, pair: undefined }]
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
    known: first.known && second.known,
    extents: () => [...first.extents(), ...second.extents()],
    pair,
  }
}

function single(placed: PlacedSlot, request: Request, unit: SectorUnit): DiskRequest {
  const { id } = request
  return { slots: [placed], op: opOf(request, unit), id, pair: undefined, ...askedFor(placed, request, unit) }
}

function askedFor(
  placed: PlacedSlot,
  request: Request,
  unit: SectorUnit,
): Pick<DiskRequest, 'sector' | 'sectors' | 'known' | 'extents'> {
  const small = smallSectors(unit)
  const inSmall = (sectors: bigint | number) => BigInt(sectors) * BigInt(small)
  const sector_number = inSmall(request.sector_number)
  switch (request.kind) {
    case 'rw': {
      const { op, nr_segments, nr_sectors, segments } = request
      const sector = nr_segments > 0 || op === 'read' || op === 'write' ? sector_number : undefined
      return { sector, sectors: inSmall(nr_sectors), known: true, extents: () => extentsOf(placed, sector_number, segments, small) }
    }
    case 'indirect': {
      const { segments, nr_sectors } = request
      const extents = () => extentsOf(placed, sector_number, segments ?? [], small)
      return { sector: sector_number, sectors: inSmall(nr_sectors ?? 0), known: segments !== null, extents }
    }
    case 'discard':
      return { sector: sector_number, sectors: inSmall(request.nr_sectors), known: true, extents: none }
    case 'other':
      return { sector: sector_number, sectors: 0n, known: true, extents: none }
  }
}

const none = (): DiskExtent[] => []

/** What no backend carries out is told from what it is meant to be. */
function opOf(request: Request, unit: SectorUnit): string {
  const op = plainOp(request)
  if (request.kind === 'rw' && request.nr_segments > request.segments.length)
    return `${op} of ${count(request.nr_segments, 'segment')}`
  return hasFault(request, unit) ? `${op} with an impossible segment` : op
}

/** Whether a segment cannot be, so that the request as a whole is refused. */
export function hasFault(request: Request, unit: SectorUnit): boolean {
  return 'segments' in request && (request.segments?.some((segment) => segmentFault(segment, unit) !== undefined) ?? false)
}

function plainOp(request: Request): string {
  if (request.kind === 'discard' && request.flag & BLKIF_DISCARD_SECURE) return 'secure discard'
  if (request.kind !== 'indirect') return named(request.operation)
  const { indirect_op } = request
  // Of other operations there is no indirect form.
  return indirect_op === BLKIF_OP_READ || indirect_op === BLKIF_OP_WRITE ? named(indirect_op) : `indirect ${named(indirect_op)}`
}

function named(operation: number): string {
  const name = opName(operation)
  return name === 'unknown' ? `operation ${operation}` : name
}

/** @param small sectors of 512 bytes in one of the ring's; `sector_number` is in those of 512 */
function extentsOf(
  placed: PlacedSlot,
  sector_number: bigint,
  segments: readonly BlkifRequestSegment[],
  small: number,
): DiskExtent[] {
  const extents: DiskExtent[] = []
  let sector = sector_number
  for (const [segment, { gref, first_sect: first, last_sect }] of segments.entries()) {
    const first_sect = first * small
    const sectors = (last_sect - first + 1) * small
    if (sectors < 1) continue
    const last = extents.at(-1)
    if (last && last.gref === gref && last.first_sect + last.sectors === first_sect)
      extents[extents.length - 1] = { ...last, sectors: last.sectors + sectors }
    else extents.push({ sector, sectors, gref, first_sect, placed, segment })
    sector += BigInt(sectors)
  }
  return extents
}

/** Where a segment of a request stands: `req.seg[2]`, or below the reference to its page. */
export function segmentField({ slot }: PlacedSlot, i: number): string {
  if (slot.state !== 'request' || slot.request.kind !== 'indirect') return `req.seg[${i}]`
  return `req.indirect_grefs[${Math.floor(i / SEGS_PER_INDIRECT_PAGE)}].seg[${i % SEGS_PER_INDIRECT_PAGE}]`
}
