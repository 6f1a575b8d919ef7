// The other side of the ring, scripted: it does what it is told, when it is told. It knows the frontend only by the shared ring, the
// grant table and the pages granted in it.
import { advance, distance, needsNotify } from '../codec/ring/ring-idx.ts'
import type { SharedRing } from '../codec/ring/shared-ring.ts'
import {
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_READ,
  BLKIF_RSP_OKAY,
  MAX_INDIRECT_SEGMENTS,
  SECTOR_SIZE,
  SEGS_PER_INDIRECT_PAGE,
} from '../codec/xen/blkif.ts'
import { requestKind } from '../codec/xen/operations.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { Guest } from './driver-state.ts'
import type { RespondStep } from './scenario.ts'

/** A request that the backend took: read once, and its grants mapped. */
export interface TakenRequest {
  readonly slot: number
  readonly id: bigint
  /** The operation byte of its slot. */
  readonly operation: number
  /** What is done with the data: the inner operation of an indirect request. */
  readonly dataOp: number
  readonly sector_number: bigint
  /** The nr_segments of its slot; 0 for a discard, which has none. */
  readonly nr_segments: number
  /** Data bytes of all segments. */
  readonly bytes: number
  /** gref, first_sect and last_sect of each segment. */
  readonly grefs: readonly number[]
  readonly first_sect: readonly number[]
  readonly last_sect: readonly number[]
  readonly indirect_grefs: readonly number[]
  /** What a discard has instead of segments. */
  readonly discard?: { readonly flag: number; readonly nr_sectors: bigint }
}

const NO_GREFS: number[] = []

/** What is read through a reference that grants nothing here. */
const NO_PAGE = new Uint8Array(XEN_PAGE_SIZE)

/** What a backend took in one go. */
export interface Consumed {
  readonly requests: TakenRequest[]
  /** What the final check found: published requests are left. Absent without that check. */
  readonly moreToDo?: boolean
}

/** A response that a script has the backend write. */
export type ScriptedResponse = Omit<RespondStep, 'type'>

/**
 * A scripted backend on the other side of an emulated driver: it takes requests, maps their grants and writes the responses that
 * it is told to.
 */
export class Backend {
  req_cons: number
  rsp_prod_pvt: number
  readonly #ring: SharedRing
  readonly #guest: Guest
  /** Requests taken and not yet answered; undefined once they are, since a map that is deleted from is rebuilt all the time. */
  readonly #outstanding: Map<bigint, TakenRequest | undefined> = new Map()

  /** Attaches to a ring where its indices stand: whatever is published and unanswered is still to be taken. */
  constructor(ring: SharedRing, guest: Guest) {
    this.#ring = ring
    this.#guest = guest
    this.req_cons = ring.rsp_prod
    this.rsp_prod_pvt = ring.rsp_prod
  }

  /** Takes what is published, at most `count` requests, and maps their grants. With finalCheck it asks for an event when nothing is left. */
  consume(finalCheck: boolean, count = Number.POSITIVE_INFINITY): Consumed {
    const ring = this.#ring
    const requests: TakenRequest[] = []
    const req_prod = ring.req_prod
    // No more than a ring of requests can be unanswered, whatever the indices say (RING_REQUEST_CONS_OVERFLOW).
    while (
      requests.length < count &&
      this.req_cons !== req_prod &&
      distance(this.rsp_prod_pvt, this.req_cons) !== ring.geometry.nr_ents
    ) {
      const request = this.#take(this.req_cons)
      this.#outstanding.set(request.id, request)
      requests.push(request)
      this.req_cons = advance(this.req_cons, 1)
    }
    if (!finalCheck) return { requests }
    const moreToDo = this.req_cons !== req_prod
    if (!moreToDo) ring.req_event = advance(this.req_cons, 1)
    return { requests, moreToDo }
  }

  /**
   * Writes a response at the private producer index: id, operation and status, and nothing else of the slot. A good read delivers its
   * data first; grants not listed as still mapped are unmapped.
   */
  respond(response: ScriptedResponse): { readonly slot: number; readonly request: TakenRequest | undefined } {
    const ring = this.#ring
    const request = response.raw ? undefined : this.#outstanding.get(response.id)
    if (request) {
      if (request.dataOp === BLKIF_OP_READ && response.status === BLKIF_RSP_OKAY) this.#deliver(request)
      this.#unmap(request, response.mapped)
      this.#outstanding.set(response.id, undefined)
    }
    const index = this.rsp_prod_pvt
    const at = ring.offsetOf(index)
    const wire = ring.wire.response
    ring.view.setBigUint64(at + wire.id, response.id, true)
    ring.view.setUint8(at + wire.operation, response.operation)
    ring.view.setInt16(at + wire.status, response.status, true)
    this.rsp_prod_pvt = advance(index, 1)
    return { slot: ring.slotOf(index), request }
  }

  /** Publishes the responses that were written (RING_PUSH_RESPONSES_AND_CHECK_NOTIFY of ring.h). */
  pushResponses(): { readonly notify: boolean; readonly rsp_prod: number } {
    const ring = this.#ring
    const old = ring.rsp_prod
    ring.rsp_prod = this.rsp_prod_pvt
    return { notify: needsNotify(old, this.rsp_prod_pvt, ring.rsp_event), rsp_prod: this.rsp_prod_pvt }
  }

  /** Drops mappings that were kept after their request was answered. */
  unmap(grefs: readonly number[]): void {
    for (const gref of grefs) this.#guest.grantTable.unmap(gref)
  }

  #take(index: number): TakenRequest {
    const { view, wire } = this.#ring
    const at = this.#ring.offsetOf(index)
    const operation = view.getUint8(at + wire.rw.operation)
    const kind = requestKind(operation)
    const rw = kind === 'rw' ? view.getUint8(at + wire.rw.nr_segments) : 0
    const nr_segments = kind === 'indirect' ? view.getUint16(at + wire.indirect.nr_segments, true) : rw
    const readable = Math.min(nr_segments, kind === 'indirect' ? MAX_INDIRECT_SEGMENTS : BLKIF_MAX_SEGMENTS_PER_REQUEST)
    const request = {
      slot: this.#ring.slotOf(index),
      id: view.getBigUint64(at + wire.rw.id, true),
      operation,
      dataOp: kind === 'indirect' ? view.getUint8(at + wire.indirect.indirect_op) : operation,
      sector_number: view.getBigUint64(at + wire.rw.sector_number, true),
      nr_segments,
      bytes: 0,
      grefs: new Array<number>(readable),
      first_sect: new Array<number>(readable),
      last_sect: new Array<number>(readable),
      indirect_grefs: NO_GREFS,
    }
    if (kind === 'rw') this.#readSegments(view, at + wire.rw.seg, 0, readable, request)
    else if (kind === 'indirect') request.indirect_grefs = this.#readIndirect(at, readable, request)
    if (kind !== 'discard') return request
    const flag = view.getUint8(at + wire.discard.flag)
    return { ...request, discard: { flag, nr_sectors: view.getBigUint64(at + wire.discard.nr_sectors, true) } }
  }

  /** @returns the references of the indirect pages that the segments take up */
  #readIndirect(at: number, segments: number, into: Segments): number[] {
    const { view, wire } = this.#ring
    const grefs: number[] = []
    for (let from = 0; from < segments; from += SEGS_PER_INDIRECT_PAGE) {
      const gref = view.getUint32(at + wire.indirect.indirect_grefs + grefs.length * wire.grefStride, true)
      grefs.push(gref)
      this.#guest.grantTable.map(gref)
      const frame = this.#frameOf(gref) ?? NO_PAGE
      const page = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
      this.#readSegments(page, wire.indirectSegments, from, Math.min(segments, from + SEGS_PER_INDIRECT_PAGE), into)
    }
    return grefs
  }

  /** Reads segments [from, to) of a request, of which the first lies at the offset. */
  #readSegments(view: DataView, offset: number, from: number, to: number, into: Segments): void {
    const { segment, segmentStride } = this.#ring.wire
    for (let i = from, at = offset; i < to; i++, at += segmentStride) {
      const gref = view.getUint32(at + segment.gref, true)
      const first = view.getUint8(at + segment.first_sect)
      const last = view.getUint8(at + segment.last_sect)
      into.grefs[i] = gref
      into.first_sect[i] = first
      into.last_sect[i] = last
      into.bytes += (last - first + 1) * SECTOR_SIZE
      this.#guest.grantTable.map(gref)
    }
  }

  #deliver(request: TakenRequest): void {
    const { grantTable, memory } = this.#guest
    const id = Number(BigInt.asUintN(32, request.id))
    for (let i = 0; i < request.grefs.length; i++) {
      const gfn = grantTable.gfnOf(request.grefs[i]!)
      if (gfn === undefined) continue
      memory.put(gfn, request.first_sect[i]! * SECTOR_SIZE, (request.last_sect[i]! + 1) * SECTOR_SIZE, 'read', id, i)
    }
  }

  #unmap(request: TakenRequest, keep: readonly number[]): void {
    const { grantTable } = this.#guest
    for (const gref of request.grefs) grantTable.unmap(gref)
    for (const gref of request.indirect_grefs) grantTable.unmap(gref)
    for (const gref of keep) grantTable.map(gref)
  }

  #frameOf(gref: number): Uint8Array | undefined {
    const gfn = this.#guest.grantTable.gfnOf(gref)
    return gfn === undefined ? undefined : this.#guest.memory.frame(gfn)
  }
}

interface Segments {
  bytes: number
  readonly grefs: number[]
  readonly first_sect: number[]
  readonly last_sect: number[]
}
