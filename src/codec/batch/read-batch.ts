// The batch reader: the slots of many rings into columns, in one loop over 32-bit words.
import { advance, distance, inWindow, isFirstLap, slotOf } from '../ring/ring-idx.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, indirectPagesFor } from '../xen/blkif.ts'
import { type Batch, REQUEST, RESPONSE, UNRESOLVED } from './batch.ts'
import { DISCARD, INDIRECT, KIND_OF, RW, slotWords } from './slot-words.ts'
import { HIGH, LOW, wordsIn, wordsOf } from './words.ts'

/**
 * Reads rings laid end to end into the batch, over what it held before. Whatever the bytes are, rows come of it, as with
 * `decodeRing`. Little-endian hosts read bytes that begin on a multiple of 4 in place, others a copy.
 * @param bytes whole rings of the batch's geometry, as many as it has room for at the most
 * @throws RangeError for anything else
 */
export function readBatch(batch: Batch, bytes: Uint8Array): void {
  const { geometry, capacity, index, state, slot, operation, nr_segments, handle, indirect_op, flag, status } = batch
  const { segStart, segCount, wordStart, wordCount, gref, first_sect, last_sect, words, rowsAt } = batch
  const rings = bytes.length / geometry.bytes
  if (!Number.isInteger(rings) || rings > capacity)
    throw new RangeError(`a batch holds up to ${capacity} rings of ${geometry.bytes} bytes, not ${bytes.length} bytes`)
  const { nr_ents } = geometry
  const id = batch.id_halves
  const sector_number = batch.sector_number_halves
  const nr_sectors = batch.nr_sectors_halves
  const w = wordsOf(bytes)
  const at = slotWords(geometry.abi)
  const { rw, discard, indirect, response, segment, stride } = at
  const ringWords = wordsIn(geometry.bytes)
  const segEnd = BLKIF_MAX_SEGMENTS_PER_REQUEST * segment.stride

  let row = 0
  let seg = 0
  let word = 0
  for (let ring = 0; ring < rings; ring++) {
    const base = ring * ringWords
    const req_prod = w[base + at.req_prod]!
    const rsp_prod = w[base + at.rsp_prod]!
    batch.req_prod[ring] = req_prod
    batch.req_event[ring] = w[base + at.req_event]!
    batch.rsp_prod[ring] = rsp_prod
    batch.rsp_event[ring] = w[base + at.rsp_event]!
    batch.slots[ring] = nr_ents
    rowsAt[ring] = row
    const impossible = distance(rsp_prod, req_prod) > nr_ents
    const oldest = advance(req_prod, -nr_ents)
    const used = isFirstLap(req_prod, rsp_prod, nr_ents) ? req_prod : nr_ents
    let s = base + at.header
    for (let n = 0; n < used; n++, s += stride, row++) {
      const own = advance(oldest, slotOf(distance(oldest, n), nr_ents))
      batch.ring[row] = ring
      slot[row] = n
      index[row] = own
      const low = 2 * row + LOW
      const high = 2 * row + HIGH
      segStart[row] = seg
      wordStart[row] = word
      if (impossible || inWindow(own, rsp_prod, req_prod)) {
        state[row] = REQUEST
        const head = w[s + rw.head]!
        const op = (head >>> rw.operation.shift) & 0xff
        operation[row] = op
        const kind = KIND_OF[op]
        if (kind === RW) {
          const nr = (head >>> rw.nr_segments.shift) & 0xff
          nr_segments[row] = nr
          handle[row] = head >>> rw.handle.shift
          id[low] = w[s + rw.id]!
          id[high] = w[s + rw.id + 1]!
          sector_number[low] = w[s + rw.sector_number]!
          sector_number[high] = w[s + rw.sector_number + 1]!
          const count = nr < BLKIF_MAX_SEGMENTS_PER_REQUEST ? nr : BLKIF_MAX_SEGMENTS_PER_REQUEST
          segCount[row] = count
          wordCount[row] = 0
          let sum = 0
          const end = s + rw.seg + count * segment.stride
          for (let g = s + rw.seg; g < end; g += segment.stride, seg++) {
            const sects = w[g + segment.sects]!
            const first = (sects >>> segment.first_sect.shift) & 0xff
            const last = (sects >>> segment.last_sect.shift) & 0xff
            gref[seg] = w[g + segment.gref]!
            first_sect[seg] = first
            last_sect[seg] = last
            if (last >= first) sum += last - first + 1
          }
          nr_sectors[low] = sum
          nr_sectors[high] = 0
        } else if (kind === INDIRECT) {
          const nr = (w[s + indirect.nr_segments.word]! >>> indirect.nr_segments.shift) & 0xffff
          nr_segments[row] = nr
          indirect_op[row] = w[s + indirect.indirect_op.word]! >>> indirect.indirect_op.shift
          handle[row] = w[s + indirect.handle.word]! >>> indirect.handle.shift
          id[low] = w[s + indirect.id]!
          id[high] = w[s + indirect.id + 1]!
          sector_number[low] = w[s + indirect.sector_number]!
          sector_number[high] = w[s + indirect.sector_number + 1]!
          nr_sectors[low] = 0
          nr_sectors[high] = 0
          const pages = indirectPagesFor(nr)
          const count = pages < indirect.grefs ? pages : indirect.grefs
          wordCount[row] = count
          segCount[row] = count === 0 ? 0 : UNRESOLVED
          for (let i = 0; i < count; i++) words[word++] = w[s + indirect.indirect_grefs + i]!
        } else if (kind === DISCARD) {
          flag[row] = w[s + discard.flag.word]! >>> discard.flag.shift
          handle[row] = w[s + discard.handle.word]! >>> discard.handle.shift
          id[low] = w[s + discard.id]!
          id[high] = w[s + discard.id + 1]!
          sector_number[low] = w[s + discard.sector_number]!
          sector_number[high] = w[s + discard.sector_number + 1]!
          nr_sectors[low] = w[s + discard.nr_sectors]!
          nr_sectors[high] = w[s + discard.nr_sectors + 1]!
          segCount[row] = 0
          wordCount[row] = 0
        } else {
          handle[row] = head >>> rw.handle.shift
          id[low] = w[s + rw.id]!
          id[high] = w[s + rw.id + 1]!
          sector_number[low] = w[s + rw.sector_number]!
          sector_number[high] = w[s + rw.sector_number + 1]!
          segCount[row] = 0
          wordCount[row] = stride
          for (let i = 0; i < stride; i++) words[word++] = w[s + i]!
        }
      } else {
        state[row] = RESPONSE
        operation[row] = w[s + response.operation.word]! >>> response.operation.shift
        status[row] = w[s + response.status.word]! >>> response.status.shift
        id[low] = w[s + response.id]!
        id[high] = w[s + response.id + 1]!
        sector_number[low] = w[s + rw.sector_number]!
        sector_number[high] = w[s + rw.sector_number + 1]!
        nr_sectors[low] = w[s + discard.nr_sectors]!
        nr_sectors[high] = w[s + discard.nr_sectors + 1]!
        handle[row] = w[s + indirect.handle.word]! >>> indirect.handle.shift
        segCount[row] = BLKIF_MAX_SEGMENTS_PER_REQUEST
        const end = s + rw.seg + segEnd
        for (let g = s + rw.seg; g < end; g += segment.stride, seg++) {
          const sects = w[g + segment.sects]!
          gref[seg] = w[g + segment.gref]!
          first_sect[seg] = sects >>> segment.first_sect.shift
          last_sect[seg] = sects >>> segment.last_sect.shift
        }
        wordCount[row] = indirect.grefs
        for (let i = 0; i < indirect.grefs; i++) words[word++] = w[s + indirect.indirect_grefs + i]!
      }
    }
  }
  batch.rings = rings
  batch.segments = seg
  rowsAt[rings] = row
}
