// The batch writer without machine code.
import { offsetsOf } from '../../struct/layout.ts'
import { BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST, BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../../xen/blkif.ts'
import { sringHeader } from '../../xen/ring.ts'
import { type Batch, CLEARED, REQUEST, RESPONSE } from '../batch.ts'
import { KIND_OF, KINDS } from '../kinds.ts'
import { WORD } from '../words.ts'
import { type BoundShape, bindShapes, poolOffsets } from './parts.ts'

/** What lays the columns of so many rings over what is at an address of the batch's memory. */
export function interpretedWriter(batch: Batch): (at: number, rings: number) => void {
  const { geometry, rowsAt, state, operation } = batch
  const { stride, slotsAt, bytes } = geometry
  const view = new DataView(batch.memory.buffer)
  const shapes = bindShapes(batch)
  const offsets = poolOffsets(geometry)
  const header = offsetsOf(sringHeader, geometry.abi)

  return (at, rings) => {
    for (let ring = 0; ring < rings; ring++) writeRing(ring, at + ring * bytes)
  }

  function writeRing(ring: number, at: number): void {
    for (const [name, index] of Object.entries(batch.indices(ring)))
      view.setUint32(at + header[name as keyof typeof header], index, true)
    for (let row = rowsAt[ring]!; row < rowsAt[ring + 1]!; row++) {
      const shape = shapeOf(row)
      if (shape) writeRow(shape, row, at + slotsAt + batch.slot[row]! * stride)
    }
  }

  function shapeOf(row: number): BoundShape | undefined {
    switch (state[row]) {
      case REQUEST:
        return shapes[KINDS[KIND_OF[operation[row]!]!]!]
      case RESPONSE:
        return shapes.response
      case CLEARED:
        return shapes.cleared
      default:
        return undefined
    }
  }

  function writeRow(shape: BoundShape, row: number, slot: number): void {
    for (const part of shape.parts) {
      if (part === 'segments') writeSegments(row, slot + offsets.segments)
      else if (part === 'indirect_grefs') writeWords(row, slot + offsets.grefs, BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST)
      else if (part === 'whole slot') writeWords(row, slot, stride / WORD)
      else if (part === 'zeros') for (let i = 0; i < stride; i += WORD) view.setUint32(slot + i, 0)
      else for (const move of part) move.toWire(view, slot, row)
    }
  }

  /** No more than a slot holds: a request over several slots has more, which lie in slots without rows. */
  function writeSegments(row: number, to: number): void {
    const start = batch.segStart[row]!
    const count = Math.min(batch.segCount[row]!, BLKIF_MAX_SEGMENTS_PER_REQUEST)
    for (let i = 0; i < count; i++) {
      const at = to + i * offsets.segmentSize
      view.setUint32(at + offsets.gref, batch.gref[start + i]!, true)
      view.setUint8(at + offsets.first_sect, batch.first_sect[start + i]!)
      view.setUint8(at + offsets.last_sect, batch.last_sect[start + i]!)
    }
  }

  function writeWords(row: number, to: number, most: number): void {
    const start = batch.wordStart[row]!
    const count = Math.min(batch.wordCount[row]!, most)
    for (let i = 0; i < count; i++) view.setUint32(to + i * WORD, batch.words[start + i]!, true)
  }
}
