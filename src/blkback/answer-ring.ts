// A captured ring in the hands of a backend: what each request would touch, what it is answered, and the ring afterwards.
import type { DecodedRing } from '../capture/decoded-ring.ts'
import { operationOf } from '../codec/ring/request.ts'
import type { RequestSlot } from '../codec/ring/ring.ts'
import { SharedRing } from '../codec/ring/shared-ring.ts'
import { BLKIF_OP_READ } from '../codec/xen/blkif.ts'
import { sectorSizeOf } from '../xenstore/disk.ts'
import { type BackendDisk, backendDisk } from './asked.ts'
import {
  ANSWERING_MODELS,
  type AnsweringBackend,
  Blkback,
  type BlockStore,
  type GuestData,
  type TakenByBackend,
} from './blkback.ts'
import { backendDomainOf } from './grants.ts'
import type { DiskSpan } from './transfers.ts'
import { readByBackend, requestsTaken } from './verdicts.ts'

/** What a ring is answered with. */
export interface AnswerOptions {
  readonly backend: AnsweringBackend
  /** Bytes of the disk, where XenStore does not say how large it is. */
  readonly diskBytes: number
  readonly store: BlockStore
  readonly data: GuestData
  /** The request that was taken last is answered first. */
  readonly reversed?: boolean
}

/** What became of a request, other than a status: why it has none. */
export type Unanswered =
  /** A response to it was there already, or may have been. */
  | 'answered-before'
  /** It writes from pages that are not at hand. */
  | 'data-missing'
  /** What the backend does with it is not known. */
  | 'unknown'
  /** The backend serves the ring no more. */
  | 'halted'

/** A request before a backend, and what became of it. */
export interface AnsweredRequest {
  readonly slot: RequestSlot
  /** Of the response; undefined where there is none. */
  readonly status: number | undefined
  readonly unanswered: Unanswered | undefined
  /** What decided, in words. */
  readonly reason: string
  /** The bytes of the disk that it reads, writes or gives up; undefined where it touches none. */
  readonly touches: DiskSpan | undefined
  readonly writes: boolean
  /** References of a write whose pages are not at hand. */
  readonly lacking: readonly number[]
  /** Requests before it that touch some of the same bytes, of which one writes: by their indices. */
  readonly overlaps: readonly number[]
}

/** A ring that a backend has answered. */
export interface AnsweredRing {
  /** As the backend reads it. */
  readonly decoded: DecodedRing
  /** What is to be said of the layout; undefined where the backend reads the ring as it was given. */
  readonly note: string | undefined
  /** Its bytes afterwards. */
  readonly bytes: Uint8Array
  /** In index order. */
  readonly requests: readonly AnsweredRequest[]
  /** Slots that are claimed beyond these, round and round; 0 unless req_prod is impossible. */
  readonly beyond: number
}

/** The disk as the backend knows it, in its unit. */
export function diskOfAnswers({ capture, ring }: DecodedRing, backend: AnsweringBackend, diskBytes: number) {
  const { unit: unitOf, persistent } = ANSWERING_MODELS[backend]
  const nodes = capture.xenstore
  const unit = unitOf((nodes && sectorSizeOf(nodes)) ?? BigInt(ring.sectorUnit))
  const known = backendDisk(nodes, unit)
  const disk: BackendDisk = {
    ...known,
    sectors: known.sectors ?? BigInt(diskBytes) / unit,
    persistent: persistent && known.persistent,
  }
  return { unit, disk }
}

/** Answers the requests in flight of a captured ring. Its bytes stay; the result has its own. */
export function answerRing(given: DecodedRing, options: AnswerOptions): AnsweredRing {
  const { backend, store, data, diskBytes, reversed } = options
  const { decoded, note } = readByBackend(given, backend)
  const { capture, ring } = decoded
  const { geometry } = ring
  const slots = requestsTaken(decoded)
  const before = new Set(slots.filter(({ answered }) => answered === 'yes' || answered === 'maybe').map(({ index }) => index))
  const shared = new SharedRing(geometry.abi, geometry.pages, capture.bytes.slice(0, geometry.bytes))
  const { unit, disk } = diskOfAnswers(decoded, backend, diskBytes)
  const blkback = new Blkback(shared, {
    backend,
    unit,
    disk,
    store,
    data,
    indirect: capture.indirectPages,
    grants: capture.grants?.(),
    domain: backendDomainOf(capture.xenstore),
    passesOver: (index) => before.has(index),
    order: (inFlight) => (reversed ? inFlight.length - 1 : 0),
  })
  const beyond = ring.outstanding - slots.length
  const fates = new Map<number, { readonly taken: TakenByBackend; readonly status: number | undefined }>()
  // Once round: of an impossible req_prod the laps behind it are not served here.
  const answers = blkback.take(slots.length)
  for (let answer = blkback.complete(); answer; answer = blkback.complete()) answers.push(answer)
  for (const { taken, status } of answers) fates.set(taken.index, { taken, status })
  for (const taken of blkback.unanswered) fates.set(taken.index, { taken, status: undefined })
  const requests = slots.map((slot) => answered(slot, fates.get(slot.index), before.has(slot.index)))
  return { decoded, note, bytes: shared.bytes, requests: withOverlaps(requests), beyond: Math.max(0, beyond) }
}

function answered(
  slot: RequestSlot,
  fate: { readonly taken: TakenByBackend; readonly status: number | undefined } | undefined,
  isBefore: boolean,
): AnsweredRequest {
  const { request } = slot
  const writes = operationOf(request) !== BLKIF_OP_READ
  const none = { slot, status: undefined, touches: undefined, writes, lacking: [], overlaps: [] }
  if (isBefore)
    return {
      ...none,
      unanswered: 'answered-before',
      reason: slot.answered === 'yes' ? 'answered already' : 'may be answered already',
    }
  if (!fate) return { ...none, unanswered: 'halted', reason: 'req_prod is impossible: the ring is served no more' }
  const { taken, status } = fate
  const { transfers, discards, lacking } = taken
  const [first] = transfers
  const touches = first ? { at: first.at, length: transfers.reduce((sum, { length }) => sum + length, 0) } : discards
  const unanswered = status !== undefined ? undefined : lacking.length > 0 ? 'data-missing' : 'unknown'
  return { slot, status, unanswered, reason: taken.reason(), touches, writes, lacking, overlaps: [] }
}

/** As many are named of each request. */
const MAX_OVERLAPS = 16

function withOverlaps(requests: readonly AnsweredRequest[]): AnsweredRequest[] {
  return requests.map((request, n) => {
    const { touches } = request
    if (!touches || touches.length === 0) return request
    const overlaps: number[] = []
    for (let i = 0; i < n && overlaps.length < MAX_OVERLAPS; i++) {
      const other = requests[i]!
      if ((request.writes || other.writes) && other.touches && meet(touches, other.touches)) overlaps.push(other.slot.index)
    }
    return overlaps.length === 0 ? request : { ...request, overlaps }
  })
}

function meet(a: DiskSpan, b: DiskSpan): boolean {
  return a.at < b.at + b.length && b.at < a.at + a.length
}
