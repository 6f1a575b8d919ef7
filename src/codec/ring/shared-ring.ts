// The pages that both sides see.
import type { Abi } from '../struct/abi.ts'
import { type Wire, wireOf } from './field-offsets.ts'
import { type RingGeometry, ringGeometry, slotOffset } from './geometry.ts'
import { advance, slotOf } from './ring-idx.ts'

/** The pages that both sides see, read and written field by field. */
export class SharedRing {
  readonly geometry: RingGeometry
  readonly wire: Wire
  /** All pages of the ring, contiguous. */
  readonly bytes: Uint8Array
  readonly view: DataView

  /** @param bytes a ring to work on in place; without it a ring of zeros */
  constructor(abi: Abi, pages: number, bytes?: Uint8Array) {
    this.geometry = ringGeometry(abi, pages)
    this.wire = wireOf(abi)
    this.bytes = bytes ?? new Uint8Array(this.geometry.bytes)
    if (this.bytes.length !== this.geometry.bytes)
      throw new RangeError(`a ring of ${pages} pages has ${this.geometry.bytes} bytes, not ${this.bytes.length}`)
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength)
  }

  /** SHARED_RING_INIT of ring.h: empty, both sides asking for an event at the first entry, padding zeroed; slots stay as they are. */
  init(startIndex: number): void {
    this.bytes.fill(0, 0, this.geometry.slotsAt)
    this.req_prod = startIndex
    this.rsp_prod = startIndex
    this.req_event = advance(startIndex, 1)
    this.rsp_event = advance(startIndex, 1)
  }

  /** Byte offset of the slot that an index falls on. */
  offsetOf(index: number): number {
    return slotOffset(this.geometry, slotOf(index, this.geometry.nr_ents))
  }

  slotOf(index: number): number {
    return slotOf(index, this.geometry.nr_ents)
  }

  get req_prod(): number {
    return this.view.getUint32(this.wire.sring.req_prod, true)
  }

  set req_prod(index: number) {
    this.view.setUint32(this.wire.sring.req_prod, index, true)
  }

  get req_event(): number {
    return this.view.getUint32(this.wire.sring.req_event, true)
  }

  set req_event(index: number) {
    this.view.setUint32(this.wire.sring.req_event, index, true)
  }

  get rsp_prod(): number {
    return this.view.getUint32(this.wire.sring.rsp_prod, true)
  }

  set rsp_prod(index: number) {
    this.view.setUint32(this.wire.sring.rsp_prod, index, true)
  }

  get rsp_event(): number {
    return this.view.getUint32(this.wire.sring.rsp_event, true)
  }

  set rsp_event(index: number) {
    this.view.setUint32(this.wire.sring.rsp_event, index, true)
  }
}
