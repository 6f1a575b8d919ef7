// The batch reader without machine code.

import { indicesOf } from '../../recognise/header.ts'
import { readsAsCleared, slotCriteria } from '../../recognise/slot/reads-as.ts'
import { KNOWN_RING } from '../../recognise/slot/strictness.ts'
import { advance, distance, inWindow, isFirstLap, producersPossible, slotOf } from '../../ring/ring-idx.ts'
import { offsetsOf } from '../../struct/layout.ts'
import {
  BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  blkifRequest,
  blkifRequestIndirect,
  indirectPagesFor,
} from '../../xen/blkif.ts'
import { type Batch, CLEARED, REQUEST, RESPONSE, UNRESOLVED } from '../batch.ts'
import { KIND_OF, KINDS } from '../kinds.ts'
import { WORD } from '../words.ts'
import { type BoundShape, bindShapes, poolOffsets } from './parts.ts'

/** What reads so many rings at an address of the batch's memory into its columns, and returns how many segments they have. */
export function interpretedReader(batch: Batch): (at: number, rings: number) => number {
  const { geometry, rowsAt, state, words } = batch
  const { nr_ents, stride, abi } = geometry
  const view = new DataView(batch.memory.buffer)
  const shapes = bindShapes(batch)
  const offsets = poolOffsets(geometry)
  const criteria = slotCriteria(KNOWN_RING, abi)
  const operationAt = offsetsOf(blkifRequest, abi).operation
  const directAt = offsetsOf(blkifRequest, abi).nr_segments
  const indirectAt = offsetsOf(blkifRequestIndirect, abi).nr_segments
  let [row, seg, word] = [0, 0, 0]

  return (at, rings) => {
    ;[row, seg, word] = [0, 0, 0]
    for (let ring = 0; ring < rings; ring++) readRing(ring, at + ring * geometry.bytes)
    rowsAt[rings] = row
    return seg
  }

  function readRing(ring: number, at: number): void {
    const sring = indicesOf(view, at)
    const { req_prod, req_event, rsp_prod, rsp_event } = sring
    batch.req_prod[ring] = req_prod
    batch.req_event[ring] = req_event
    batch.rsp_prod[ring] = rsp_prod
    batch.rsp_event[ring] = rsp_event
    rowsAt[ring] = row
    const possible = producersPossible(sring, nr_ents)
    batch.possible[ring] = possible ? 1 : 0
    const oldest = advance(req_prod, -nr_ents)
    const used = isFirstLap(sring, nr_ents) ? req_prod : nr_ents
    for (let n = 0; n < used; n++, row++) {
      const slot = at + geometry.slotsAt + n * stride
      const own = advance(oldest, slotOf(distance(oldest, n), nr_ents))
      batch.ring[row] = ring
      batch.slot[row] = n
      batch.index[row] = own
      batch.segStart[row] = seg
      batch.wordStart[row] = word
      if (!possible || inWindow(own, rsp_prod, req_prod)) {
        state[row] = REQUEST
        readRow(shapes[KINDS[KIND_OF[view.getUint8(slot + operationAt)]!]!], slot)
      } else {
        const isCleared = readsAsCleared(criteria, view, slot, n)
        state[row] = isCleared ? CLEARED : RESPONSE
        readRow(isCleared ? shapes.cleared : shapes.response, slot)
      }
    }
  }

  function readRow(shape: BoundShape, slot: number): void {
    counts(shape, slot)
    for (const part of shape.parts) {
      if (part === 'segments') readSegments(shape, slot)
      else if (part === 'indirect_grefs') copyWords(slot + offsets.grefs)
      else if (part === 'whole slot') copyWords(slot)
      else if (part !== 'zeros') for (const move of part) move.toColumn(view, slot, row)
    }
    if (shape.segments === 'unresolved') batch.nr_sectors[row] = 0n
  }

  function counts({ segments, words }: BoundShape, slot: number): void {
    const pages =
      words === 'pages in use'
        ? Math.min(indirectPagesFor(view.getUint16(slot + indirectAt, true)), BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST)
        : 0
    const segCount = {
      none: 0,
      all: BLKIF_MAX_SEGMENTS_PER_REQUEST,
      'in use': Math.min(view.getUint8(slot + directAt), BLKIF_MAX_SEGMENTS_PER_REQUEST),
      unresolved: pages > 0 ? UNRESOLVED : 0,
    }
    const wordCount = {
      none: 0,
      'pages in use': pages,
      'all grefs': BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST,
      'whole slot': stride / WORD,
    }
    batch.segCount[row] = segCount[segments]
    batch.wordCount[row] = wordCount[words]
  }

  function readSegments(shape: BoundShape, slot: number): void {
    let sum = 0
    const end = seg + batch.segCount[row]!
    for (let at = slot + offsets.segments; seg < end; seg++, at += offsets.segmentSize) {
      const [first, last] = [view.getUint8(at + offsets.first_sect), view.getUint8(at + offsets.last_sect)]
      batch.gref[seg] = view.getUint32(at + offsets.gref, true)
      batch.first_sect[seg] = first
      batch.last_sect[seg] = last
      sum += Math.max(0, last - first + 1)
    }
    if (shape.segments === 'in use') batch.nr_sectors[row] = BigInt(sum)
  }

  function copyWords(from: number): void {
    for (let i = 0; i < batch.wordCount[row]!; i++) words[word++] = view.getUint32(from + i * WORD, true)
  }
}
