// The batch reader: the slots of many rings into columns, in one loop over 32-bit words.
import { advance, distance, inWindow, isFirstLap, producersPossible, slotOf } from '../ring/ring-idx.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, indirectPagesFor } from '../xen/blkif.ts'
import { type Batch, CLEARED, REQUEST, RESPONSE, UNRESOLVED } from './batch.ts'
import { basesOf, wholeViews } from './row-bases.ts'
import { DISCARD, INDIRECT, KIND_OF, RW, slotWords } from './slot-words.ts'
import { HIGH, LOW, wordsIn, wordsOf } from './words.ts'

/**
 * Reads rings laid end to end into the batch, over what it held before. Whatever the bytes are, rows come of it, as with
 * `decodeRing`. Little-endian hosts read bytes that begin on a multiple of 4 in place, others a copy.
 * @param bytes whole rings of the batch's geometry, as many as it has room for at the most
 * @throws RangeError for anything else
 */
export function readBatch(batch: Batch, bytes: Uint8Array): void {
  batch.dropGrownPools()
  const { geometry, capacity, gref, first_sect, last_sect, words, rowsAt } = batch
  const rings = bytes.length / geometry.bytes
  if (!Number.isInteger(rings) || rings > capacity)
    throw new RangeError(`a batch holds up to ${capacity} rings of ${geometry.bytes} bytes, not ${bytes.length} bytes`)
  const { nr_ents } = geometry
  const { u32, u16, u8 } = wholeViews(batch)
  const {
    ID,
    SECTOR_NUMBER,
    NR_SECTORS,
    INDEX,
    SEG_START,
    WORD_START,
    RING,
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
  // Numbers of the loop, taken out of objects and other modules once: V8 would look them up again for every slot.
  const { stride, header, id, sector_number, rw, discard, indirect, response, segment } = at
  const kindOf = KIND_OF
  const [lower, upper] = [LOW, HIGH]
  const most = BLKIF_MAX_SEGMENTS_PER_REQUEST
  const { head: headWord, seg: seg0 } = rw
  const [opShift, nrShift, handleShift] = [rw.operation.shift, rw.nr_segments.shift, rw.handle.shift]
  const { stride: segStride, gref: segGref, sects: segSects } = segment
  const [firstShift, lastShift] = [segment.first_sect.shift, segment.last_sect.shift]
  const { word: innerNrWord, shift: innerNrShift } = indirect.nr_segments
  const { word: innerOpWord, shift: innerOpShift } = indirect.indirect_op
  const { word: innerHandleWord, shift: innerHandleShift } = indirect.handle
  const { indirect_grefs: grefWords, grefs } = indirect
  const { word: flagWord, shift: flagShift } = discard.flag
  const { word: discardHandleWord, shift: discardHandleShift } = discard.handle
  const sectorsWord = discard.nr_sectors
  const { id: responseId } = response
  const { word: responseOpWord, shift: responseOpShift } = response.operation
  const { word: statusWord, shift: statusShift } = response.status

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
    rowsAt[ring] = row
    const sring = batch.indices(ring)
    const possible = producersPossible(sring, nr_ents)
    batch.possible[ring] = possible ? 1 : 0
    const oldest = advance(req_prod, -nr_ents)
    const used = isFirstLap(sring, nr_ents) ? req_prod : nr_ents
    let s = base + header
    for (let n = 0; n < used; n++, s += stride, row++) {
      const own = advance(oldest, slotOf(distance(oldest, n), nr_ents))
      const low = 2 * row + lower
      const high = 2 * row + upper
      u16[RING + row] = ring
      u16[SLOT + row] = n
      u32[INDEX + row] = own
      u32[SEG_START + row] = seg
      u32[WORD_START + row] = word
      u32[SECTOR_NUMBER + low] = w[s + sector_number]!
      u32[SECTOR_NUMBER + high] = w[s + sector_number + 1]!
      if (!possible || inWindow(own, rsp_prod, req_prod)) {
        u32[ID + low] = w[s + id]!
        u32[ID + high] = w[s + id + 1]!
        const head = w[s + headWord]!
        const op = (head >>> opShift) & 0xff
        u8[STATE + row] = REQUEST
        u8[OPERATION + row] = op
        const kind = kindOf[op]
        if (kind === RW) {
          const nr = (head >>> nrShift) & 0xff
          const count = nr < most ? nr : most
          u16[NR_SEGMENTS + row] = nr
          u16[HANDLE + row] = head >>> handleShift
          u16[SEG_COUNT + row] = count
          u8[WORD_COUNT + row] = 0
          let sum = 0
          const end = s + seg0 + count * segStride
          for (let g = s + seg0; g < end; g += segStride, seg++) {
            const sects = w[g + segSects]!
            const first = (sects >>> firstShift) & 0xff
            const last = (sects >>> lastShift) & 0xff
            gref[seg] = w[g + segGref]!
            first_sect[seg] = first
            last_sect[seg] = last
            if (last >= first) sum += last - first + 1
          }
          u32[NR_SECTORS + low] = sum
          u32[NR_SECTORS + high] = 0
        } else if (kind === INDIRECT) {
          const nr = (w[s + innerNrWord]! >>> innerNrShift) & 0xffff
          const pages = indirectPagesFor(nr)
          const count = pages < grefs ? pages : grefs
          u16[NR_SEGMENTS + row] = nr
          u8[INDIRECT_OP + row] = w[s + innerOpWord]! >>> innerOpShift
          u16[HANDLE + row] = w[s + innerHandleWord]! >>> innerHandleShift
          u32[NR_SECTORS + low] = 0
          u32[NR_SECTORS + high] = 0
          u8[WORD_COUNT + row] = count
          u16[SEG_COUNT + row] = count === 0 ? 0 : UNRESOLVED
          for (let i = 0; i < count; i++) words[word++] = w[s + grefWords + i]!
        } else if (kind === DISCARD) {
          u8[FLAG + row] = w[s + flagWord]! >>> flagShift
          u16[HANDLE + row] = w[s + discardHandleWord]! >>> discardHandleShift
          u32[NR_SECTORS + low] = w[s + sectorsWord]!
          u32[NR_SECTORS + high] = w[s + sectorsWord + 1]!
          u16[SEG_COUNT + row] = 0
          u8[WORD_COUNT + row] = 0
        } else {
          u16[HANDLE + row] = head >>> handleShift
          u16[SEG_COUNT + row] = 0
          u8[WORD_COUNT + row] = stride
          for (let i = 0; i < stride; i++) words[word++] = w[s + i]!
        }
      } else if ((w[s + sector_number]! | w[s + sector_number + 1]!) === 0 && isCleared(w, s, stride, id, n)) {
        u8[STATE + row] = CLEARED
        u32[ID + low] = w[s + id]!
        u32[ID + high] = 0
        u16[SEG_COUNT + row] = 0
        u8[WORD_COUNT + row] = 0
      } else {
        u8[STATE + row] = RESPONSE
        u8[OPERATION + row] = w[s + responseOpWord]! >>> responseOpShift
        u16[STATUS + row] = w[s + statusWord]! >>> statusShift
        u32[ID + low] = w[s + responseId]!
        u32[ID + high] = w[s + responseId + 1]!
        u32[NR_SECTORS + low] = w[s + sectorsWord]!
        u32[NR_SECTORS + high] = w[s + sectorsWord + 1]!
        u16[HANDLE + row] = w[s + innerHandleWord]! >>> innerHandleShift
        u16[SEG_COUNT + row] = most
        const end = s + seg0 + most * segStride
        for (let g = s + seg0; g < end; g += segStride, seg++) {
          const sects = w[g + segSects]!
          gref[seg] = w[g + segGref]!
          first_sect[seg] = sects >>> firstShift
          last_sect[seg] = sects >>> lastShift
        }
        u8[WORD_COUNT + row] = grefs
        for (let i = 0; i < grefs; i++) words[word++] = w[s + grefWords + i]!
      }
    }
  }
  batch.rings = rings
  batch.segments = seg
  rowsAt[rings] = row
}

/** As `isCleared` of bytes: every word is 0 but, perhaps, the id, which is the slot's number. */
function isCleared(w: Uint32Array, s: number, stride: number, id: number, slot: number): boolean {
  const own = w[s + id]!
  if (own !== 0 && own !== slot) return false
  for (let i = 0; i < stride; i++) if (w[s + i] !== 0 && i !== id) return false
  return true
}
