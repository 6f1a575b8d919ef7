// Writes one request: reserves its references, takes slots and ids, and grants every chunk (Linux: blkif_queue_request).
import { advance } from '../codec/ring/ring-idx.ts'
import {
  BLKIF_DISCARD_SECURE,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_DISCARD,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  SECTORS_PER_SLOT,
  SEGS_PER_INDIRECT_PAGE,
} from '../codec/xen/blkif.ts'
import { lay } from './before.ts'
import type { BlockRequest } from './block-request.ts'
import { chunksPerPage } from './driver-model.ts'
import { CONNECTED, type Queue } from './driver-state.ts'
import { DriverDied } from './fatal.ts'
import { NO_GREF } from './grant-table.ts'
import { RequestWriter, writeIndirectSegment } from './request-writer.ts'
import { ChunkList, cutIntoChunks, grantsWanted, type Refusal, refusalOfRequest, refusalOfSegments, shapeOf } from './segments.ts'

export class Submitter {
  readonly #queue: Queue
  readonly #chunks = new ChunkList()
  readonly #perPage: number
  /** A buffer for each id, where the driver builds requests outside the ring. They lie one after another. */
  readonly #buffers: readonly Uint8Array[] | undefined
  /** Ids whose buffers were used, where something is held in the ring. */
  readonly #taken: Set<number> = new Set()
  readonly #first: RequestWriter
  readonly #second: RequestWriter
  /** Head of the references reserved for the request at hand. */
  #reserved = NO_GREF

  constructor(queue: Queue) {
    this.#queue = queue
    const { ring, model, config } = queue
    this.#perPage = chunksPerPage(config.pageSize)
    const { nr_ents, stride } = ring.geometry
    const outside = model.requestBuffer === 'shadow' ? new Uint8Array(nr_ents * stride) : undefined
    this.#buffers = outside && Array.from({ length: nr_ents }, (_, id) => outside.subarray(id * stride, (id + 1) * stride))
    const view = outside ? new DataView(outside.buffer) : ring.view
    this.#first = new RequestWriter(view, ring.wire)
    this.#second = new RequestWriter(view, ring.wire)
  }

  /** @returns false if nothing was written: no references, or the device is disabled */
  submit(request: BlockRequest): boolean {
    if (this.#queue.device.connected !== CONNECTED) return false
    if (request.op === 'discard' || request.op === 'secdiscard') {
      this.#discard(request)
      return true
    }
    const wanted = grantsWanted(request.segments.length, this.#perPage)
    if (!this.#reserve(wanted)) return false
    this.#readWrite(request)
    this.#queue.guest.grantTable.release(this.#reserved)
    return true
  }

  #reserve(wanted: number): boolean {
    const { model, pool, guest } = this.#queue
    const missing = Math.max(0, wanted - pool.persistent_gnts_c)
    const count = model.reserves === 'all' ? wanted : missing
    this.#reserved = NO_GREF
    if (count === 0) return true
    const head = guest.grantTable.reserve(count)
    if (head === undefined) {
      guest.grantTable.requestCallback(this.#queue, model.restartWaitsFor === 'all' ? wanted : missing)
      return false
    }
    this.#reserved = head
    return true
  }

  #discard(request: BlockRequest): void {
    const { shadow } = this.#queue
    const index = this.#queue.req_prod_pvt
    const id = this.#takeSlot(request, this.#first)
    const secure = request.op === 'secdiscard' && this.#queue.device.featureSecdiscard
    this.#first.id(id)
    this.#first.discard(secure ? BLKIF_DISCARD_SECURE : 0, request.sector, BigInt(request.nrSectors))
    shadow.dataOp[id] = BLKIF_OP_DISCARD
    // Where the driver looks for a request's segments, a discard has its flag.
    shadow.nr_segments[id] = secure ? BLKIF_DISCARD_SECURE : 0
    this.#finish(id, index)
  }

  #readWrite(request: BlockRequest): void {
    const { config, model, shadow } = this.#queue
    const { segments } = request
    const index = this.#queue.req_prod_pvt
    const id = this.#takeSlot(request, this.#first)
    if (model.limitsSegments) dieIf(refusalOfSegments(model, config, segments.length))
    this.#first.id(id)
    const chunks = this.#chunks
    cutIntoChunks(segments, chunks)
    const nr = chunks.count
    dieIf(refusalOfRequest(model, config, segments, nr, request.fua || request.op === 'flush'))

    const op = this.#operation(request)
    shadow.dataOp[id] = op
    shadow.nr_segments[id] = nr
    const shape = shapeOf(model, config, nr)
    if (shape === 'indirect') {
      shadow.indirect[id] = 1
      this.#first.indirect(op, nr, config.handle, request.sector)
      this.#grantIndirect(id, request.op === 'write')
    } else if (shape === 'direct') {
      this.#first.rw(op, nr, config.handle, request.sector)
      this.#grantDirect(id, this.#first, 0, nr, request.op === 'write')
    } else {
      this.#split(request, id, op, nr)
    }
    this.#finish(id, index)
    if (shape === 'two-slots') this.#finish(shadow.pair[id]!, advance(index, 1))
  }

  #split(request: BlockRequest, id: number, op: number, nr: number): void {
    const { config, shadow } = this.#queue
    const max = BLKIF_MAX_SEGMENTS_PER_REQUEST
    this.#first.rw(op, max, config.handle, request.sector)
    shadow.nr_segments[id] = max
    const second = this.#takeSlot(request, this.#second)
    this.#second.id(second)
    this.#second.rw(op, nr - max, config.handle, BigInt.asUintN(64, request.sector + BigInt(SECTORS_PER_SLOT)))
    shadow.dataOp[second] = op
    shadow.nr_segments[second] = nr - max
    shadow.join(id, second)
    const write = request.op === 'write'
    this.#grantDirect(id, this.#first, 0, max, write)
    this.#grantDirect(id, this.#second, max, nr, write)
  }

  /** Takes an id and points the writer at where its request is built: in the next slot or in its buffer. */
  #takeSlot(request: BlockRequest, writer: RequestWriter): number {
    const queue = this.#queue
    const { ring, model, shadow } = queue
    const index = queue.req_prod_pvt
    if (model.takesSlotFirst) queue.req_prod_pvt = advance(index, 1)
    const id = shadow.take(request)
    if (id === undefined) throw new DriverDied('no-free-id', 'a slot is free but no id is: an assertion halts the kernel')
    writer.at = this.#buffers ? id * ring.geometry.stride : ring.offsetOf(index)
    if (this.#buffers && queue.held && !this.#taken.has(id)) {
      // Of a buffer's earlier request nobody has more than what stands in the slot that it goes to.
      const at = ring.offsetOf(index)
      this.#buffers[id]!.set(ring.bytes.subarray(at, at + ring.geometry.stride))
      this.#taken.add(id)
    }
    return id
  }

  /** Copies what was built outside the ring, and moves the producer where that has not happened yet. */
  #finish(id: number, index: number): void {
    const { model, ring } = this.#queue
    if (this.#buffers) ring.bytes.set(this.#buffers[id]!, ring.offsetOf(index))
    if (!model.takesSlotFirst) this.#queue.req_prod_pvt = advance(index, 1)
  }

  #operation(request: BlockRequest): number {
    if (request.op === 'read') return BLKIF_OP_READ
    if (request.op === 'write' && !request.fua) return BLKIF_OP_WRITE
    return this.#queue.device.featureFua ? BLKIF_OP_WRITE_BARRIER : BLKIF_OP_FLUSH_DISKCACHE
  }

  /** Grants chunks [from, to) into the segments of one slot, the first of them into segment 0. */
  #grantDirect(id: number, writer: RequestWriter, from: number, to: number, write: boolean): void {
    const chunks = this.#chunks
    for (let k = from; k < to; k++)
      writer.segment(k - from, this.#grantChunk(id, k, write), chunks.first_sect(k), chunks.last_sect(k))
  }

  /** Grants every chunk into segments of indirect pages, written in place: behind them and between them a page keeps what it held. */
  #grantIndirect(id: number, write: boolean): void {
    const { ring } = this.#queue
    const chunks = this.#chunks
    let page: DataView | undefined
    for (let k = 0; k < chunks.count; k++) {
      const i = k % SEGS_PER_INDIRECT_PAGE
      if (i === 0 || !page) page = this.#grantIndirectPage(id, Math.floor(k / SEGS_PER_INDIRECT_PAGE))
      writeIndirectSegment(page, ring.wire, i, this.#grantChunk(id, k, write), chunks.first_sect(k), chunks.last_sect(k))
    }
  }

  #grantIndirectPage(id: number, n: number): DataView {
    const { config, guest, held, pool, shadow } = this.#queue
    const entry = this.#takeEntry()
    let gref = pool.grefOf(entry)
    const isNew = gref === NO_GREF
    if (isNew) {
      gref = this.#claim(entry)
      if (!config.bounce && pool.borrowPage(entry) === undefined)
        throw new DriverDied('no-indirect-page', 'no page is left for indirect segments: an assertion halts the kernel')
      this.#grant(gref, guest.memory.gfnOf(pool.pageOf(entry)!))
    }
    const page = pool.pageOf(entry)
    const frame = page === undefined ? undefined : guest.memory.frame(guest.memory.gfnOf(page))
    if (!frame)
      throw new DriverDied(
        'no-indirect-page',
        'a grant kept from data is taken for an indirect page, and has no page to write to: a page fault',
      )
    if (held && isNew) lay(held, gref, frame)
    shadow.indirectGrants[id]![n] = entry
    this.#first.indirectGref(n, gref)
    return new DataView(frame.buffer)
  }

  #grantChunk(id: number, k: number, write: boolean): number {
    const { config, guest, pool, shadow } = this.#queue
    const chunks = this.#chunks
    const entry = this.#takeEntry()
    let gref = pool.grefOf(entry)
    if (gref === NO_GREF) {
      gref = this.#claim(entry)
      const gfn = config.bounce
        ? guest.memory.gfnOf(pool.pageOf(entry)!)
        : guest.memory.gfnOf(chunks.page[k]!, chunks.chunkInPage(k))
      this.#grant(gref, gfn)
    }
    shadow.grants[id]![k] = entry
    if (write) this.#fillChunk(entry, k)
    return gref
  }

  /** Puts the data of a write where the backend will look for it: in the bounce page, or in the data page itself if it is kept. */
  #fillChunk(entry: number, k: number): void {
    const { config, guest, pool } = this.#queue
    const { memory } = guest
    const chunks = this.#chunks
    const page = chunks.page[k]!
    const gfn = config.bounce ? memory.gfnOf(pool.pageOf(entry)!) : memory.gfnOf(page, chunks.chunkInPage(k))
    const at = chunks.offsetInChunk(k)
    memory.put(gfn, at, at + chunks.length[k]!, 'write', page, chunks.offset[k]!)
  }

  #takeEntry(): number {
    const entry = this.#queue.pool.take()
    if (entry === undefined) throw new DriverDied('no-grant-entry', 'no grant entry is left: an assertion halts the kernel')
    return entry
  }

  #claim(entry: number): number {
    const { guest, pool } = this.#queue
    const gref = this.#reserved
    if (gref === NO_GREF)
      throw new DriverDied(
        'no-reserved-gref',
        'the request needs more references than were reserved for it: an assertion halts the kernel',
      )
    this.#reserved = guest.grantTable.after(gref)
    pool.setGref(entry, gref)
    return gref
  }

  #grant(gref: number, gfn: number): void {
    this.#queue.guest.grantTable.grant(gref, gfn)
    this.#queue.observer?.granted(gref, gfn)
  }
}

function dieIf(refusal: Refusal | undefined): void {
  if (refusal) throw new DriverDied(refusal.cause, refusal.reason)
}
