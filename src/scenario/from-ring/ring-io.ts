// What a ring asks of the disk, request by request, with the names that its driver chose: grant references and ids.
import { ownsId, segmentFault } from '../../codec/ring/faults.ts'
import { isUndescribed, type Request } from '../../codec/ring/request.ts'
import { type RequestSlot, type Ring, slotsByIndex } from '../../codec/ring/ring.ts'
import { advance } from '../../codec/ring/ring-idx.ts'
import { type SectorUnit, smallSectors } from '../../codec/ring/sector-unit.ts'
import { splitPair } from '../../codec/ring/split-pair.ts'
import { slotReadsAsResponse } from '../../codec/ring/torn.ts'
import { count } from '../../codec/struct/count.ts'
import {
  BLKIF_DISCARD_SECURE,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  type BlkifRequestSegment,
  NO_SECTOR,
} from '../../codec/xen/blkif.ts'

/** A piece of a request's memory that lies in one grant. Sectors are of 512 bytes. */
export interface GrantedPiece {
  readonly gref: number
  readonly first_sect: number
  readonly sectors: number
}

/** How a ring carries a request. */
export type CarriedAs = 'direct' | 'indirect' | 'two-slots' | 'several-slots' | 'discard'

/** One request of a ring as the I/O that it is. */
export interface RingIo {
  /** Slots and indices that it takes, in order. */
  readonly slots: readonly number[]
  readonly indices: readonly number[]
  readonly op: 'read' | 'write' | 'flush' | 'barrier' | 'discard' | 'secure discard'
  /** The first sector, of 512 bytes. */
  readonly sector: bigint
  /** Sectors of 512 bytes. */
  readonly sectors: bigint
  /** Memory in the order of the disk; empty where no data moves. */
  readonly pieces: readonly GrantedPiece[]
  /** Segments on the wire: more than pieces where some touch. */
  readonly nr_segments: number
  readonly carriedAs: CarriedAs
  readonly ids: readonly bigint[]
  readonly indirectGrefs: readonly number[]
  readonly handle: number | undefined
  /** The request itself; of two halves the first. */
  readonly request: Request
  /** It may be answered already, so that a later request may have its names. */
  readonly answered: boolean
}

/** A slot whose request is not among the I/O, and why. */
export interface LeftOut {
  readonly slot: number
  readonly reason: string
}

export interface IoOfRing {
  /** In the order of the ring's indices. */
  readonly io: readonly RingIo[]
  readonly leftOut: readonly LeftOut[]
  /** Requests beneath responses: of what they asked for, the operation and the length are lost. */
  readonly answered: number
}

/** Why segments are unknown, by the finding that the slot has for it. */
const UNREAD: Readonly<Record<string, string>> = {
  'indirect-page-missing': 'a page of its segments is not in the input',
  'indirect-page-size': 'a page of its segments is not whole in the input',
}
/** Of many such requests the first alone has a finding. */
const NOT_READ_AGAIN = 'its segments are not read: too many requests name the same pages'

/** Reads the I/O of the published requests out of a ring whose indices can be. @param bytes all of the ring's */
export function ioOfRing(ring: Ring, bytes: Uint8Array): IoOfRing {
  const io: RingIo[] = []
  const leftOut: LeftOut[] = []
  const unread = new Map(ring.findings.flatMap(({ code, slot }) => (UNREAD[code] ? [[slot, UNREAD[code]]] : [])))
  let answered = 0
  for (const slot of slotsByIndex(ring)) {
    if (slot.state === 'response') answered++
    if (slot.state === 'unknown' && slot.holds === 'request')
      leftOut.push({ slot: slot.slot, reason: 'its bytes are not all in the input' })
    if (slot.state !== 'request') continue
    const reason = isWrittenOver(slot, ring, bytes)
      ? 'it reads as a response that is not published'
      : reasonToLeaveOut(slot.request, ring.sectorUnit, unread.get(slot.slot))
    if (reason !== undefined) {
      leftOut.push({ slot: slot.slot, reason })
      continue
    }
    io.push(ioOf(slot, ring.sectorUnit))
  }
  return { io, leftOut, answered }
}

/** Joins halves that stand behind one another into the requests that they were (`splitPair`), where the driver splits any. */
export function joinHalves(io: readonly RingIo[]): RingIo[] {
  const whole: RingIo[] = []
  for (const each of io) {
    const last = whole.at(-1)
    const isHalf = last?.carriedAs === 'direct' && each.indices[0] === advance(last.indices[0]!, 1)
    if (isHalf && splitPair(last.request, each.request)) whole[whole.length - 1] = joined(last, each)
    else whole.push(each)
  }
  return whole
}

/** A discard of no disk: what was written over had segments there. */
const MIN_STRANGE_DISCARD = 2n ** 32n

/** A response stands over the request already. Many a flush or discard has the bytes of one: they count where little else speaks for them. */
function isWrittenOver({ slot, request }: RequestSlot, { geometry }: Ring, bytes: Uint8Array): boolean {
  const { kind, sector_number } = request
  if (kind === 'indirect' || (kind === 'rw' && request.segments.length > 0)) return false
  if (kind === 'discard' && request.nr_sectors < MIN_STRANGE_DISCARD) return false
  if (kind === 'rw' && (sector_number === 0n || sector_number === NO_SECTOR)) return false
  return slotReadsAsResponse(bytes, geometry, slot)
}

/** Why nobody can say what a request asks for; undefined where it is plain. */
function reasonToLeaveOut(request: Request, unit: SectorUnit, unread = NOT_READ_AGAIN): string | undefined {
  if (isUndescribed(request)) {
    if (request.kind === 'indirect')
      return `${count(request.nr_segments, 'segment')} and operation ${request.indirect_op} are no indirect request`
    return request.kind === 'rw'
      ? `${request.nr_segments} segments do not fit in a slot`
      : `operation ${request.operation} is none of blkif.h`
  }
  if (request.kind === 'discard') return request.nr_sectors === 0n ? 'a discard of no sectors' : undefined
  if (request.kind !== 'rw' && request.kind !== 'indirect') return `operation ${request.operation} is none of blkif.h`
  if (request.segments === null) return unread
  for (const [i, segment] of request.segments.entries()) {
    const fault = segmentFault(segment, unit)
    if (fault !== undefined) return `segment ${i}: ${fault}`
  }
  const needsData = request.kind === 'indirect' || request.operation === BLKIF_OP_READ || request.operation === BLKIF_OP_WRITE
  return needsData && request.segments.length === 0 ? 'it has no segments' : undefined
}

function ioOf({ slot, index, request, answered }: RequestSlot, unit: SectorUnit): RingIo {
  const small = smallSectors(unit)
  const segments = request.kind === 'rw' || request.kind === 'indirect' ? (request.segments ?? []) : []
  const pieces = piecesOf(segments, small)
  const inSlots = request.kind === 'rw' ? (request.continuedIn ?? []) : []
  const asked =
    request.kind === 'discard' ? request.nr_sectors * BigInt(small) : BigInt(pieces.reduce((sum, p) => sum + p.sectors, 0))
  return {
    slots: [slot, ...inSlots],
    indices: [index, ...inSlots.map((_, i) => advance(index, i + 1))],
    op: opOf(request),
    sector: BigInt.asUintN(64, request.sector_number * BigInt(small)),
    sectors: asked,
    pieces,
    nr_segments: segments.length,
    carriedAs: carriedAs(request),
    ids: [request.id],
    indirectGrefs: request.kind === 'indirect' ? request.indirect_grefs : [],
    handle: request.kind === 'discard' ? undefined : request.handle,
    request,
    answered: !ownsId(answered),
  }
}

function carriedAs(request: Request): CarriedAs {
  if (request.kind === 'rw') return request.continuedIn ? 'several-slots' : 'direct'
  return request.kind === 'indirect' ? 'indirect' : 'discard'
}

function opOf(request: Request): RingIo['op'] {
  if (request.kind === 'discard') return request.flag & BLKIF_DISCARD_SECURE ? 'secure discard' : 'discard'
  const operation = request.kind === 'indirect' ? request.indirect_op : request.operation
  if (operation === BLKIF_OP_READ) return 'read'
  if (operation === BLKIF_OP_WRITE) return 'write'
  return operation === BLKIF_OP_WRITE_BARRIER ? 'barrier' : 'flush'
}

/** Segments that touch in one grant are one piece of memory. @param small sectors of 512 bytes in one of the ring's */
function piecesOf(segments: readonly BlkifRequestSegment[], small: number): GrantedPiece[] {
  const pieces: GrantedPiece[] = []
  for (const { gref, first_sect: first, last_sect } of segments) {
    const first_sect = first * small
    const sectors = (last_sect - first + 1) * small
    const last = pieces.at(-1)
    if (last?.gref === gref && last.first_sect + last.sectors === first_sect)
      pieces[pieces.length - 1] = { ...last, sectors: last.sectors + sectors }
    else pieces.push({ gref, first_sect, sectors })
  }
  return pieces
}

/** The request that two halves were. */
function joined(first: RingIo, second: RingIo): RingIo {
  return {
    ...first,
    slots: [...first.slots, ...second.slots],
    indices: [...first.indices, ...second.indices],
    sectors: first.sectors + second.sectors,
    pieces: [...first.pieces, ...second.pieces],
    nr_segments: first.nr_segments + second.nr_segments,
    carriedAs: 'two-slots',
    ids: [...first.ids, ...second.ids],
  }
}
