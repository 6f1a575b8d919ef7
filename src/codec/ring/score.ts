// Which slot stride a ring was written with, judged from its bytes: under the wrong one, fields fall on other fields.
import type { Abi } from '../struct/abi.ts'
import { x86_32, x86_64 } from '../struct/abi.ts'
import {
  BLKIF_DISCARD_SECURE,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  type BlkifRequest,
  type BlkifRequestDiscard,
  type BlkifRequestIndirect,
  type BlkifResponse,
  NO_SECTOR,
} from '../xen/blkif.ts'
import { requestKind, statusName } from '../xen/operations.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { type Beneath, decodeBeneath } from './beneath.ts'
import { ringGeometry, slotOffset } from './geometry.ts'
import { segmentFault } from './request.ts'
import { advance, distance, inWindow, isFirstLap, slotOf } from './ring-idx.ts'
import { decodeWireRing, type WireRequest } from './wire.ts'

export interface AbiScore {
  readonly abi: Abi
  /** Things that read well: of a request in flight its slot counts twice, of a response itself and what lies beneath it. */
  readonly plausible: number
  /** Things that were looked at: two in each used slot. */
  readonly seen: number
}

export interface AbiGuess {
  readonly abi: Abi
  /** x86_64 first; Arm has the same layout and cannot be told from it. */
  readonly scores: readonly [AbiScore, AbiScore]
  /** Neither stride reads better: x86_64 is assumed. */
  readonly tie: boolean
}

/** Scores both strides over the used slots. */
export function guessAbi(bytes: Uint8Array): AbiGuess {
  const scores = [scoreAbi(bytes, x86_64), scoreAbi(bytes, x86_32)] as const
  const [wide, narrow] = scores
  return {
    abi: plausibleShare(narrow) > plausibleShare(wide) ? x86_32 : x86_64,
    scores,
    tie: plausibleShare(narrow) === plausibleShare(wide),
  }
}

/** The share of what was seen that reads well, 1 of nothing. */
export function plausibleShare(score: AbiScore): number {
  return score.seen === 0 ? 1 : score.plausible / score.seen
}

/**
 * How well the used slots read under one ABI.
 * @param newest look at no more than so many slots, the newest
 */
export function scoreAbi(bytes: Uint8Array, abi: Abi, newest = Number.POSITIVE_INFINITY): AbiScore {
  const geometry = ringGeometry(abi, bytes.length / XEN_PAGE_SIZE)
  const { nr_ents } = geometry
  const { sring, ring } = decodeWireRing(bytes, geometry)
  const { req_prod, rsp_prod } = sring
  const used = Math.min(isFirstLap(req_prod, rsp_prod, nr_ents) ? req_prod : nr_ents, newest)
  const impossible = distance(rsp_prod, req_prod) > nr_ents
  let plausible = 0
  for (let back = 1; back <= used; back++) {
    const index = advance(req_prod, -back)
    const slot = slotOf(index, nr_ents)
    const { req, rsp } = ring[slot]!
    if (impossible || inWindow(index, rsp_prod, req_prod)) {
      if (plausibleRequest(req)) plausible += 2
    } else {
      if (plausibleResponse(rsp)) plausible++
      if (plausibleBeneath(decodeBeneath(bytes, abi, slotOffset(geometry, slot)))) plausible++
    }
  }
  return { abi, plausible, seen: 2 * used }
}

function plausibleResponse({ id, operation, status }: BlkifResponse): boolean {
  return plausibleU64(id) && requestKind(operation) !== 'other' && statusName(status) !== undefined
}

/** Some reading of what survives beneath a response makes sense. */
export function plausibleBeneath({ sector_number, segments, handle, indirect_grefs, nr_sectors }: Beneath): boolean {
  if (sector_number === NO_SECTOR) return true
  if (!plausibleU64(sector_number)) return false
  if (segmentFault(segments[0]!) === undefined && segments[0]!.gref !== 0) return true
  return (handle !== 0 && indirect_grefs[0] !== 0) || (nr_sectors > 0n && plausibleU64(nr_sectors))
}

function plausibleRequest(req: WireRequest): boolean {
  if (!plausibleU64(req.id) || !plausibleU64(req.sector_number)) return false
  switch (requestKind(req.operation)) {
    case 'rw': {
      const { operation, nr_segments, seg } = req as BlkifRequest
      if (nr_segments === 0) return operation === BLKIF_OP_FLUSH_DISKCACHE || operation === BLKIF_OP_WRITE_BARRIER
      if (nr_segments > BLKIF_MAX_SEGMENTS_PER_REQUEST) return false
      return seg.slice(0, nr_segments).every((s) => segmentFault(s) === undefined && s.gref !== 0)
    }
    case 'indirect': {
      const { indirect_op, nr_segments, indirect_grefs } = req as BlkifRequestIndirect
      return indirect_op <= BLKIF_OP_WRITE && nr_segments > 0 && indirect_grefs[0] !== 0
    }
    case 'discard': {
      const { flag, nr_sectors } = req as BlkifRequestDiscard
      return flag <= BLKIF_DISCARD_SECURE && nr_sectors > 0n && plausibleU64(nr_sectors)
    }
    case 'other':
      return false
  }
}

/**
 * Read at an offset that is 4 off, a small number has its bits in the upper half and none in the lower. Pointers, which
 * some frontends use as ids, have bits in both, and so have most sectors beyond 2 TiB.
 */
function plausibleU64(value: bigint): boolean {
  return value < 2n ** 32n || BigInt.asUintN(32, value) !== 0n
}
