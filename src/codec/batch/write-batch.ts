// The batch writer: columns to the slots of many rings, the inverse of the batch reader.
import { type Batch, CLEARED, REQUEST, RESPONSE } from './batch.ts'
import { basesOf, wholeViews } from './row-bases.ts'
import { DISCARD, INDIRECT, KIND_OF, OTHER, RW, slotWords } from './slot-words.ts'
import { HIGH, LOW, putWords, wordsIn, wordsOf } from './words.ts'

/** Beside the kinds of requests: a response. */
const ANSWER = -1

/**
 * Lays the batch's rings over existing bytes. What no column holds stays as it is: padding, unused slots, the tail, and of a
 * slot the fields that its row does not use, such as segments past nr_segments; also a slot that is unknown. Beneath a response segments are written
 * first, then handle and indirect_grefs, then nr_sectors: readings of the same bytes.
 * @param bytes as many rings of the batch's geometry as the batch holds
 * @throws RangeError for another length
 */
export function writeBatch(batch: Batch, bytes: Uint8Array): void {
  const { geometry, rings, rowsAt, gref, first_sect, last_sect, words } = batch
  if (bytes.length !== rings * geometry.bytes)
    throw new RangeError(`${rings} rings of ${geometry.bytes} bytes do not fill ${bytes.length} bytes`)
  const { u32, u16, u8 } = wholeViews(batch)
  const {
    ID,
    SECTOR_NUMBER,
    NR_SECTORS,
    SEG_START,
    WORD_START,
    SLOT,
    NR_SEGMENTS,
    HANDLE,
    STATUS,
    SEG_COUNT,
    STATE,
    OPERATION,
    INDIRECT_OP,
    FLAG,
    WORD_COUNT,
  } = basesOf(batch)
  const w = wordsOf(bytes)
  const ringWords = wordsIn(geometry.bytes)
  const at = slotWords(geometry.abi)
  // Numbers of the loop, taken out of objects and other modules once, as in the reader.
  const { stride, header, id, sector_number, rw, discard, indirect, response, segment } = at
  const kindOf = KIND_OF
  const [lower, upper] = [LOW, HIGH]
  const { head: rwHead, seg: seg0 } = rw
  const [opShift, nrShift, handleShift] = [rw.operation.shift, rw.nr_segments.shift, rw.handle.shift]
  const { stride: segStride, gref: segGref, sects: segSects } = segment
  const [firstShift, lastShift] = [segment.first_sect.shift, segment.last_sect.shift]
  const segKeep = ~((0xff << firstShift) | (0xff << lastShift))
  const { head: discardHead, nr_sectors: sectorsWord } = discard
  const [discardOpShift, flagShift, discardHandleShift] = [discard.operation.shift, discard.flag.shift, discard.handle.shift]
  const { head: indirectHead, indirect_grefs: grefWords } = indirect
  const { operation: outerOp, indirect_op: innerOp, nr_segments: innerNr } = indirect
  const [outerOpShift, innerOpShift, innerNrShift] = [outerOp.shift, innerOp.shift, innerNr.shift]
  const { word: innerHandleWord, shift: innerHandleShift } = indirect.handle
  const innerHandleKeep = ~(0xffff << innerHandleShift)
  const { id: responseId } = response

  for (let ring = 0; ring < rings; ring++) {
    const base = ring * ringWords
    w[base + at.req_prod] = batch.req_prod[ring]!
    w[base + at.req_event] = batch.req_event[ring]!
    w[base + at.rsp_prod] = batch.rsp_prod[ring]!
    w[base + at.rsp_event] = batch.rsp_event[ring]!
    const end = rowsAt[ring + 1]!
    for (let row = rowsAt[ring]!; row < end; row++) {
      const s = base + header + u16[SLOT + row]! * stride
      const state = u8[STATE + row]!
      const low = 2 * row + lower
      const high = 2 * row + upper
      if (state > RESPONSE) {
        if (state === CLEARED) writeCleared(w, s, stride, id, u32[ID + low]!)
        continue
      }
      const op = u8[OPERATION + row]!
      const kind = state === REQUEST ? kindOf[op]! : ANSWER
      if (kind === RW) {
        w[s + rwHead] = (op << opShift) | (u16[NR_SEGMENTS + row]! << nrShift) | (u16[HANDLE + row]! << handleShift)
      } else if (kind === DISCARD) {
        w[s + discardHead] = (op << discardOpShift) | (u8[FLAG + row]! << flagShift) | (u16[HANDLE + row]! << discardHandleShift)
      } else if (kind === INDIRECT) {
        const nr = u16[NR_SEGMENTS + row]!
        w[s + indirectHead] = (op << outerOpShift) | (u8[INDIRECT_OP + row]! << innerOpShift) | (nr << innerNrShift)
      } else if (kind === OTHER) {
        const from = u32[WORD_START + row]!
        for (let i = 0; i < stride; i++) w[s + i] = words[from + i]!
        put(w, s, rw.operation, 0xff, op)
        put(w, s, rw.handle, 0xffff, u16[HANDLE + row]!)
      }
      if (kind === RW || kind === ANSWER) {
        const from = u32[SEG_START + row]!
        const end = from + u16[SEG_COUNT + row]!
        for (let i = from, g = s + seg0; i < end; i++, g += segStride) {
          w[g + segGref] = gref[i]!
          w[g + segSects] = (w[g + segSects]! & segKeep) | (first_sect[i]! << firstShift) | (last_sect[i]! << lastShift)
        }
      }
      if (kind === INDIRECT || kind === ANSWER) {
        const handle = u16[HANDLE + row]! << innerHandleShift
        w[s + innerHandleWord] = (w[s + innerHandleWord]! & innerHandleKeep) | handle
        const from = u32[WORD_START + row]!
        const count = u8[WORD_COUNT + row]!
        for (let i = 0; i < count; i++) w[s + grefWords + i] = words[from + i]!
      }
      if (kind === DISCARD || kind === ANSWER) {
        w[s + sectorsWord] = u32[NR_SECTORS + low]!
        w[s + sectorsWord + 1] = u32[NR_SECTORS + high]!
      }
      w[s + sector_number] = u32[SECTOR_NUMBER + low]!
      w[s + sector_number + 1] = u32[SECTOR_NUMBER + high]!
      const idAt = s + (kind === ANSWER ? responseId : id)
      w[idAt] = u32[ID + low]!
      w[idAt + 1] = u32[ID + high]!
      if (kind === ANSWER) {
        put(w, s, response.operation, 0xff, op)
        put(w, s, response.status, 0xffff, u16[STATUS + row]!)
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

/** All words 0 but the id. */
function writeCleared(w: Uint32Array, s: number, stride: number, id: number, low: number): void {
  for (let i = 0; i < stride; i++) w[s + i] = 0
  w[s + id] = low
}
