// The batch writer: columns to the slots of many rings, the inverse of the batch reader.
import { type Batch, REQUEST } from './batch.ts'
import { DISCARD, INDIRECT, KIND_OF, OTHER, RW, slotWords } from './slot-words.ts'
import { HIGH, LOW, putWords, wordsIn, wordsOf } from './words.ts'

/** Beside the kinds of requests: a response. */
const ANSWER = -1

/**
 * Lays the batch's rings over existing bytes. What no column holds stays as it is: padding, unused slots, the tail, and of a
 * slot the fields that its row does not use, such as segments past nr_segments. Beneath a response segments are written
 * first, then handle and indirect_grefs, then nr_sectors: readings of the same bytes.
 * @param bytes as many rings of the batch's geometry as the batch holds
 * @throws RangeError for another length
 */
export function writeBatch(batch: Batch, bytes: Uint8Array): void {
  const { geometry, rings, rowsAt, slot, state, operation, nr_segments, handle, indirect_op, flag, status } = batch
  const { segStart, segCount, wordStart, wordCount, gref, first_sect, last_sect, words } = batch
  if (bytes.length !== rings * geometry.bytes)
    throw new RangeError(`${rings} rings of ${geometry.bytes} bytes do not fill ${bytes.length} bytes`)
  const id = batch.id_halves
  const sector_number = batch.sector_number_halves
  const nr_sectors = batch.nr_sectors_halves
  const w = wordsOf(bytes)
  const at = slotWords(geometry.abi)
  const { rw, discard, indirect, response, segment } = at
  const ringWords = wordsIn(geometry.bytes)
  const segKeep = ~((0xff << segment.first_sect.shift) | (0xff << segment.last_sect.shift))

  for (let ring = 0; ring < rings; ring++) {
    const base = ring * ringWords
    w[base + at.req_prod] = batch.req_prod[ring]!
    w[base + at.req_event] = batch.req_event[ring]!
    w[base + at.rsp_prod] = batch.rsp_prod[ring]!
    w[base + at.rsp_event] = batch.rsp_event[ring]!
    const end = rowsAt[ring + 1]!
    for (let row = rowsAt[ring]!; row < end; row++) {
      const s = base + at.header + slot[row]! * at.stride
      const low = 2 * row + LOW
      const high = 2 * row + HIGH
      const op = operation[row]!
      const kind = state[row] === REQUEST ? KIND_OF[op]! : ANSWER
      if (kind === RW) {
        const nr = nr_segments[row]!
        w[s + rw.head] = (op << rw.operation.shift) | (nr << rw.nr_segments.shift) | (handle[row]! << rw.handle.shift)
      } else if (kind === DISCARD) {
        w[s + discard.head] =
          (op << discard.operation.shift) | (flag[row]! << discard.flag.shift) | (handle[row]! << discard.handle.shift)
      } else if (kind === INDIRECT) {
        const nr = nr_segments[row]!
        w[s + indirect.head] =
          (op << indirect.operation.shift) | (indirect_op[row]! << indirect.indirect_op.shift) | (nr << indirect.nr_segments.shift)
      } else if (kind === OTHER) {
        const from = wordStart[row]!
        for (let i = 0; i < at.stride; i++) w[s + i] = words[from + i]!
        put(w, s, rw.operation, 0xff, op)
        put(w, s, rw.handle, 0xffff, handle[row]!)
      }
      if (kind === RW || kind === ANSWER) {
        const from = segStart[row]!
        const end = from + segCount[row]!
        for (let i = from, g = s + rw.seg; i < end; i++, g += segment.stride) {
          w[g + segment.gref] = gref[i]!
          const sects = (first_sect[i]! << segment.first_sect.shift) | (last_sect[i]! << segment.last_sect.shift)
          w[g + segment.sects] = (w[g + segment.sects]! & segKeep) | sects
        }
      }
      if (kind === INDIRECT || kind === ANSWER) {
        put(w, s, indirect.handle, 0xffff, handle[row]!)
        const from = wordStart[row]!
        const count = wordCount[row]!
        for (let i = 0; i < count; i++) w[s + indirect.indirect_grefs + i] = words[from + i]!
      }
      if (kind === DISCARD || kind === ANSWER) {
        w[s + discard.nr_sectors] = nr_sectors[low]!
        w[s + discard.nr_sectors + 1] = nr_sectors[high]!
      }
      w[s + rw.sector_number] = sector_number[low]!
      w[s + rw.sector_number + 1] = sector_number[high]!
      const idAt = s + (kind === ANSWER ? response.id : rw.id)
      w[idAt] = id[low]!
      w[idAt + 1] = id[high]!
      if (kind === ANSWER) {
        put(w, s, response.operation, 0xff, op)
        put(w, s, response.status, 0xffff, status[row]!)
      }
    }
  }
  putWords(w, bytes)
}

function put(
  w: Uint32Array,
  s: number,
  field: { readonly word: number; readonly shift: number },
  mask: number,
  value: number,
): void {
  const at = s + field.word
  w[at] = (w[at]! & ~(mask << field.shift)) | ((value & mask) << field.shift)
}
