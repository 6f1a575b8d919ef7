// One ring that was decoded, as columns: what only `decodeRing` knows of it is taken from its slots.
import type { RequestSlot, ResponseSlot, Ring, UnknownSlot } from '../ring/ring.ts'
import { encodeOver } from '../struct/encode.ts'
import type { BlkifRequestSegment } from '../xen/blkif.ts'
import { sringHeader } from '../xen/ring.ts'
import { type Batch, CERTAINTIES, HOLDS, NO_SLOT, UNKNOWN } from './batch.ts'
import { readBatch } from './read-batch.ts'

/**
 * Fills a batch with a row for each slot that is neither unused nor the continuation of another, with its verdict. Segments of
 * indirect requests, and of requests over several slots, are those of the slots.
 * @param batch one ring of the geometry, whatever it holds
 * @param bytes what the ring was decoded from
 */
export function readDecoded(batch: Batch, bytes: Uint8Array, ring: Ring): void {
  batch.sectorUnit = ring.sectorUnit
  readBatch(batch, ring.missing.indices.length > 0 ? withIndicesOf(ring, bytes) : bytes)
  let row = 0
  for (const slot of ring.slots) {
    if (slot.state === 'unused' || slot.state === 'continuation') continue
    // A row was read of every used slot: its place is the slot's, and no row goes further back than that.
    if (slot.state === 'unknown') putUnknown(batch, row, slot)
    else batch.moveRow(slot.slot, row)
    putVerdict(batch, row, slot)
    if (slot.state === 'request') {
      const { request } = slot
      const isElsewhere = request.kind === 'indirect' || (request.kind === 'rw' && request.continuedIn)
      if (isElsewhere && request.segments) putSegments(batch, row, request.segments, request.nr_sectors!)
    }
    row++
  }
  batch.rowsAt[1] = row
}

/** Indices that are not in the input are 0, whatever stands there. */
function withIndicesOf({ geometry, sring }: Ring, bytes: Uint8Array): Uint8Array {
  const own = Uint8Array.from(bytes)
  encodeOver(sringHeader, geometry.abi, sring, own)
  return own
}

function putUnknown(batch: Batch, row: number, { slot, index, holds }: UnknownSlot): void {
  batch.ring[row] = 0
  batch.slot[row] = slot
  batch.index[row] = index
  batch.state[row] = UNKNOWN
  batch.holds[row] = HOLDS.indexOf(holds)
  batch.segCount[row] = 0
  batch.wordCount[row] = 0
}

function putVerdict(batch: Batch, row: number, slot: RequestSlot | ResponseSlot | { readonly state: 'cleared' | 'unknown' }): void {
  const judged = slot.state === 'request' ? slot.answered : slot.state === 'response' ? slot.beneathOutstanding : 'no'
  batch.certainty[row] = CERTAINTIES.indexOf(judged)
  batch.answeredBy[row] = (slot.state === 'request' ? slot.answeredBy : undefined) ?? NO_SLOT
}

function putSegments(batch: Batch, row: number, segments: readonly BlkifRequestSegment[], nr_sectors: number): void {
  batch.growSegments(segments.length)
  batch.segStart[row] = batch.segments
  batch.segCount[row] = segments.length
  batch.nr_sectors[row] = BigInt(nr_sectors)
  for (const { gref, first_sect, last_sect } of segments) {
    batch.gref[batch.segments] = gref
    batch.first_sect[batch.segments] = first_sect
    batch.last_sect[batch.segments++] = last_sect
  }
}
