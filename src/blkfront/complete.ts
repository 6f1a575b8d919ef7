// Takes responses off the ring: ends or keeps grants, frees ids and reports results (Linux: blkif_interrupt, blkif_completion).
import { advance, distance } from '../codec/ring/ring-idx.ts'
import {
  BLKIF_OP_DISCARD,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  BLKIF_RSP_EOPNOTSUPP,
  BLKIF_RSP_ERROR,
  BLKIF_RSP_OKAY,
  indirectPagesFor,
} from '../codec/xen/blkif.ts'
import type { BlockRequest } from './block-request.ts'
import { CONNECTED, DISABLED, type Queue } from './driver-state.ts'
import { DriverDied } from './fatal.ts'
import { ChunkList, cutIntoChunks } from './segments.ts'
import { DONE, EOPNOTSUPP, ERROR, IDLE, type RequestStatus, UNPAIRED, WAITING } from './shadow.ts'

/** Linux's error numbers, as the block layer gets them. */
const EIO = -5
const ENOTSUP = -95

/** A request that the driver gave back to the block layer. */
export interface Completion {
  readonly serial: number
  /** 0, or a negative Linux error: -5 (EIO), -95 (EOPNOTSUPP, of a discard). */
  readonly error: number
  readonly request: BlockRequest
}

/** What became of one response. */
type Verdict = 'completed' | 'awaits-other-half' | 'disables'

export class Completer {
  readonly #queue: Queue
  readonly #chunks = new ChunkList()
  /** Ids above this bit have no place in the driver's variables, and are not seen. */
  readonly #seesHighId: boolean
  #id = 0
  #status = 0

  constructor(queue: Queue) {
    this.#queue = queue
    // A 32-bit guest keeps a response's id in an unsigned long.
    this.#seesHighId = queue.ring.geometry.abi.longBits === 64
  }

  /** Handles every published response in ring order. What was completed before the driver dies stays completed. */
  interrupt(completed: Completion[]): void {
    const queue = this.#queue
    const { ring, model } = queue
    if (queue.device.connected !== CONNECTED) return
    const rsp_prod = ring.rsp_prod
    if (
      (model.checksResponses && distance(queue.rsp_cons, rsp_prod) > ring.geometry.nr_ents) ||
      !this.#takeAll(rsp_prod, completed)
    ) {
      queue.device.connected = DISABLED
      return
    }
    queue.rsp_cons = rsp_prod
    ring.rsp_event = advance(rsp_prod, 1)
  }

  #takeAll(rsp_prod: number, completed: Completion[]): boolean {
    const { ring, rsp_cons } = this.#queue
    for (let index = rsp_cons; index !== rsp_prod; index = advance(index, 1))
      if (!this.#respondTo(ring.offsetOf(index), completed)) return false
    return true
  }

  /** @returns false if the response disables the device */
  #respondTo(at: number, completed: Completion[]): boolean {
    const { ring, model, shadow } = this.#queue
    const { response } = ring.wire
    const { view } = ring
    const id = view.getUint32(at + response.id, true)
    const idHigh = this.#seesHighId ? view.getUint32(at + response.id + 4, true) : 0
    const operation = view.getUint8(at + response.operation)
    this.#status = view.getInt16(at + response.status, true)
    if (idHigh !== 0 || id >= ring.geometry.nr_ents) return !model.checksResponses
    if (model.checksResponses) {
      if (shadow.status[id] !== WAITING) return false
      shadow.status[id] = IDLE
      if (shadow.dataOp[id] !== operation) return false
    }
    this.#id = id
    if (operation !== BLKIF_OP_DISCARD) {
      const verdict = this.#endGrants(operation, at)
      if (verdict !== 'completed') return verdict === 'awaits-other-half'
    }
    const first = this.#id
    const request = shadow.request[first]
    const empty = shadow.nr_segments[first] === 0
    if (!request || !shadow.release(first)) return true
    completed.push({ serial: request.serial, error: this.#resultOf(operation, empty), request })
    return true
  }

  /** Ends or keeps the grants of a request, once all of its responses are in. Leaves the id that holds its request in `#id`. */
  #endGrants(operation: number, at: number): Verdict {
    const { shadow, ring, model } = this.#queue
    let nr = shadow.nr_segments[this.#id]!
    const other = shadow.pair[this.#id]!
    if (other !== UNPAIRED) {
      const status = requestStatusOf(this.#status)
      shadow.status[this.#id] = status
      const otherStatus = shadow.status[other]!
      if (otherStatus < DONE) return 'awaits-other-half'
      this.#status = mergedStatus(status, otherStatus as RequestStatus)
      if (model.mergesStatusInRing) ring.view.setInt16(at + ring.wire.response.status, this.#status, true)
      nr += shadow.nr_segments[other]!
      let second = other
      if (!shadow.holdsGrants[this.#id]) {
        second = this.#id
        this.#id = other
      }
      shadow.release(second)
    }
    const id = this.#id
    if (nr > 0 && !shadow.request[id])
      throw new DriverDied(
        'foreign-response',
        `a response names id ${id}, which no request has: its old grants are ended a second time, and the lists they are on are destroyed`,
      )
    if (operation === BLKIF_OP_READ) this.#copyFromBounce(id)
    return this.#endAll(id, nr) ? 'completed' : 'disables'
  }

  #endAll(id: number, nr: number): boolean {
    const { shadow, pool, config } = this.#queue
    const grants = shadow.grants[id]!
    for (let k = 0; k < nr; k++) if (!this.#end(grants[k]!)) return false
    if (!shadow.indirect[id]) return true
    const indirectGrants = shadow.indirectGrants[id]!
    const pages = indirectPagesFor(nr)
    for (let n = 0; n < pages; n++) {
      const entry = indirectGrants[n]!
      const kept = pool.persistent_gnts_c
      if (!this.#end(entry)) return false
      if (!config.bounce && pool.persistent_gnts_c === kept) pool.returnPage(entry)
    }
    return true
  }

  /** @returns false if the grant is still mapped and the driver takes offence */
  #end(entry: number): boolean {
    const { guest, pool, observer, config, model } = this.#queue
    const gref = pool.grefOf(entry)
    if (guest.grantTable.tryEnd(gref)) {
      observer?.ended(gref)
      pool.drop(entry)
      return true
    }
    observer?.stillMapped(gref)
    // An old driver keeps the grant even if nobody agreed on that, and uses it again for data that it does not grant.
    if (!config.persistent && model.checksResponses) return false
    pool.keep(entry)
    return true
  }

  #copyFromBounce(id: number): void {
    const { config, guest, pool, shadow } = this.#queue
    const { memory } = guest
    const request = shadow.request[id]
    if (!config.bounce || memory.contents !== 'all' || !request) return
    const chunks = this.#chunks
    const grants = shadow.grants[id]!
    cutIntoChunks(request.segments, chunks)
    for (let k = 0; k < chunks.count; k++) {
      const from = memory.frame(memory.gfnOf(pool.pageOf(grants[k]!)!))!
      const to = memory.frame(memory.gfnOf(chunks.page[k]!, chunks.chunkInPage(k)))!
      const at = chunks.offsetInChunk(k)
      to.set(from.subarray(at, at + chunks.length[k]!), at)
    }
  }

  /** The block layer's error, and what the driver learns about its backend. */
  #resultOf(operation: number, empty: boolean): number {
    const { device } = this.#queue
    const status = this.#status
    const error = status === BLKIF_RSP_OKAY ? 0 : EIO
    switch (operation) {
      case BLKIF_OP_DISCARD:
        if (status !== BLKIF_RSP_EOPNOTSUPP) return error
        device.featureDiscard = false
        device.featureSecdiscard = false
        return ENOTSUP
      case BLKIF_OP_FLUSH_DISKCACHE:
      case BLKIF_OP_WRITE_BARRIER:
        if (error === 0) return 0
        device.featureFlush = false
        device.featureFua = false
        return status === BLKIF_RSP_EOPNOTSUPP || (status === BLKIF_RSP_ERROR && empty) ? 0 : error
      case BLKIF_OP_READ:
      case BLKIF_OP_WRITE:
        return error
      default:
        throw new DriverDied(
          'unknown-operation',
          `a response carries operation ${operation}, which the driver never sent: an assertion halts the kernel`,
        )
    }
  }
}

function requestStatusOf(status: number): RequestStatus {
  if (status === BLKIF_RSP_OKAY) return DONE
  return status === BLKIF_RSP_EOPNOTSUPP ? EOPNOTSUPP : ERROR
}

/** The worse of the two halves of a split request. */
function mergedStatus(a: RequestStatus, b: RequestStatus): number {
  if (a === ERROR || b === ERROR) return BLKIF_RSP_ERROR
  return a === EOPNOTSUPP || b === EOPNOTSUPP ? BLKIF_RSP_EOPNOTSUPP : BLKIF_RSP_OKAY
}
