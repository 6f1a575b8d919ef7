// The lines of `decode --csv` from columns: byte for byte what `csvLine` gives.
import { type Batch, CERTAINTIES, NO_SLOT, REQUEST, RESPONSE, STATES, UNRESOLVED } from '../codec/batch/batch.ts'
import { DISCARD, INDIRECT, KIND_OF, OTHER, RW } from '../codec/batch/slot-words.ts'
import { HIGH, LOW } from '../codec/batch/words.ts'
import { opName } from '../codec/xen/operations.ts'
import { type ByteSink, literal } from '../print/byte-sink.ts'

const COMMA = 0x2c
const COLON = 0x3a
const SEMICOLON = 0x3b
const DASH = 0x2d

const REQUEST_OF = Array.from({ length: 256 }, (_, operation) => literal(`,request,${opName(operation)},${operation},`))
const RESPONSE_OF = Array.from({ length: 256 }, (_, operation) => literal(`,response,${opName(operation)},${operation},`))
const CERTAINTY = CERTAINTIES.map((certainty) => literal(certainty))
const commas = (count: number) => literal(','.repeat(count))
const [TWO, THREE, ELEVEN] = [commas(2), commas(3), commas(11)]
/** A state of which a line says nothing more. */
const BARE_OF = STATES.map((state) => literal(`,${state}${','.repeat(17)}`))

/** More than a line takes up without segments and words, and more than one of either does. */
const LINE = 512
const EACH = 24

/** @param hasUnit each line ends with the batch's unit of sectors @returns writes the line of a row; `ring` is the number of its snapshot, undefined where there is one only: 0 */
export function csvLines(batch: Batch, sink: ByteSink, hasUnit = false): (row: number, ring: number | undefined) => void {
  const { slot, index, state, operation, segCount, segStart, wordStart, wordCount, words, certainty, answeredBy } = batch
  const end = literal(`${hasUnit ? `,${batch.sectorUnit}` : ''}\n`)

  return (row, ring) => {
    sink.reserve(LINE + EACH * ((segCount[row] === UNRESOLVED ? 0 : segCount[row]!) + wordCount[row]!))
    sink.u32(ring ?? 0)
    sink.literal(TWO)
    sink.u32(slot[row]!)
    sink.byte(COMMA)
    sink.u32(index[row]!)
    if (state[row] === REQUEST) request(row, operation[row]!)
    else if (state[row] === RESPONSE) response(row, operation[row]!)
    else sink.literal(BARE_OF[state[row]!]!)
    sink.literal(end)
  }

  function request(row: number, op: number): void {
    const kind = KIND_OF[op]
    const counts = kind === RW || kind === INDIRECT
    const resolved = segCount[row] !== UNRESOLVED
    sink.literal(REQUEST_OF[op]!)
    u64(batch.id_halves, row)
    u64(batch.sector_number_halves, row)
    sink.u32(batch.handle[row]!)
    sink.byte(COMMA)
    if (counts) sink.u32(batch.nr_segments[row]!)
    sink.byte(COMMA)
    if (kind === DISCARD) u64(batch.nr_sectors_halves, row)
    else {
      if (counts && resolved) sink.u32(batch.nr_sectors_halves[2 * row + LOW]!)
      sink.byte(COMMA)
    }
    if (counts && resolved) segments(row)
    sink.byte(COMMA)
    if (kind === INDIRECT) sink.u32(batch.indirect_op[row]!)
    sink.byte(COMMA)
    if (kind === INDIRECT) grefs(row)
    sink.byte(COMMA)
    if (kind === DISCARD) sink.u32(batch.flag[row]!)
    sink.byte(COMMA)
    if (kind === OTHER) sink.hex(words, wordStart[row]!, wordCount[row]!)
    sink.byte(COMMA)
    sink.literal(CERTAINTY[certainty[row]!]!)
    sink.byte(COMMA)
    if (answeredBy[row] !== NO_SLOT) sink.u32(answeredBy[row]!)
    sink.literal(THREE)
  }

  function response(row: number, op: number): void {
    sink.literal(RESPONSE_OF[op]!)
    u64(batch.id_halves, row)
    sink.literal(ELEVEN)
    sink.s16(batch.status[row]!)
    sink.byte(COMMA)
    u64(batch.sector_number_halves, row)
    sink.literal(CERTAINTY[certainty[row]!]!)
  }

  /** With the comma behind it. */
  function u64(halves: Uint32Array, row: number): void {
    sink.u64(halves[2 * row + LOW]!, halves[2 * row + HIGH]!)
    sink.byte(COMMA)
  }

  function segments(row: number): void {
    const { gref, first_sect, last_sect } = batch
    const start = segStart[row]!
    for (let i = start; i < start + segCount[row]!; i++) {
      if (i > start) sink.byte(SEMICOLON)
      sink.u32(gref[i]!)
      sink.byte(COLON)
      sink.u32(first_sect[i]!)
      sink.byte(DASH)
      sink.u32(last_sect[i]!)
    }
  }

  function grefs(row: number): void {
    const start = wordStart[row]!
    for (let i = start; i < start + wordCount[row]!; i++) {
      if (i > start) sink.byte(SEMICOLON)
      sink.u32(words[i]!)
    }
  }
}
