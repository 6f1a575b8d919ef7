// Writes requests field by field, in a ring slot or in a buffer that is copied to one. What is not written stays as it was.

import type { Wire } from '../codec/ring/field-offsets.ts'
import { BLKIF_OP_DISCARD, BLKIF_OP_INDIRECT } from '../codec/xen/blkif.ts'

/** Bytes of one request being written. */
export class RequestWriter {
  readonly #view: DataView
  readonly #wire: Wire
  /** Byte offset of the request in the view. */
  at = 0

  constructor(view: DataView, wire: Wire) {
    this.#view = view
    this.#wire = wire
  }

  /** The id lies where it does in every kind of request. */
  id(id: number): void {
    const at = this.at + this.#wire.rw.id
    this.#view.setUint32(at, id, true)
    this.#view.setUint32(at + 4, 0, true)
  }

  rw(operation: number, nr_segments: number, handle: number, sector: bigint): void {
    const { rw } = this.#wire
    const view = this.#view
    const at = this.at
    view.setUint8(at + rw.operation, operation)
    view.setUint8(at + rw.nr_segments, nr_segments)
    view.setUint16(at + rw.handle, handle, true)
    view.setBigUint64(at + rw.sector_number, sector, true)
  }

  segment(i: number, gref: number, first_sect: number, last_sect: number): void {
    writeSegment(this.#view, this.at + this.#wire.rw.seg + i * this.#wire.segmentStride, this.#wire, gref, first_sect, last_sect)
  }

  indirect(indirect_op: number, nr_segments: number, handle: number, sector: bigint): void {
    const { indirect } = this.#wire
    const view = this.#view
    const at = this.at
    view.setUint8(at + indirect.operation, BLKIF_OP_INDIRECT)
    view.setUint8(at + indirect.indirect_op, indirect_op)
    view.setUint16(at + indirect.nr_segments, nr_segments, true)
    view.setUint16(at + indirect.handle, handle, true)
    view.setBigUint64(at + indirect.sector_number, sector, true)
  }

  indirectGref(n: number, gref: number): void {
    this.#view.setUint32(this.at + this.#wire.indirect.indirect_grefs + n * this.#wire.grefStride, gref, true)
  }

  discard(flag: number, sector: bigint, nr_sectors: bigint): void {
    const { discard } = this.#wire
    const view = this.#view
    const at = this.at
    view.setUint8(at + discard.operation, BLKIF_OP_DISCARD)
    view.setUint8(at + discard.flag, flag)
    view.setBigUint64(at + discard.sector_number, sector, true)
    view.setBigUint64(at + discard.nr_sectors, nr_sectors, true)
  }
}

/** Writes one segment of an indirect page. */
export function writeIndirectSegment(
  page: DataView,
  wire: Wire,
  i: number,
  gref: number,
  first_sect: number,
  last_sect: number,
): void {
  writeSegment(page, wire.indirectSegments + i * wire.segmentStride, wire, gref, first_sect, last_sect)
}

function writeSegment(view: DataView, at: number, wire: Wire, gref: number, first_sect: number, last_sect: number): void {
  const { segment } = wire
  view.setUint32(at + segment.gref, gref, true)
  view.setUint8(at + segment.first_sect, first_sect)
  view.setUint8(at + segment.last_sect, last_sect)
}
