// The lines of `decode --ndjson` from columns: byte for byte what `slotJson` gives.
import { type Batch, CERTAINTIES, NO_SLOT, REQUEST, RESPONSE, STATES, UNRESOLVED } from '../codec/batch/batch.ts'
import { DISCARD, INDIRECT, KIND_OF, RW } from '../codec/batch/slot-words.ts'
import { HIGH, LOW } from '../codec/batch/words.ts'
import { opName } from '../codec/xen/operations.ts'
import { type ByteSink, literal } from '../print/byte-sink.ts'
import { unitJson } from './ring-json.ts'

const COMMA = 0x2c
const QUOTE = 0x22
const CLOSE = 0x7d
const BRACKET = 0x5d
const NEWLINE = 0x0a

const RING = literal('{"ring":')
const INDEX = literal(',"index":')
const OF_OPERATION = Array.from({ length: 256 }, (_, operation) =>
  literal(`,"state":"request","request":{"op":"${opName(operation)}","operation":${operation},"id":"`),
)
const SECTOR = literal('","sector_number":"')
const HANDLE = literal('","handle":')
const NR_SEGMENTS = literal(',"nr_segments":')
const SEGMENTS = literal(',"segments":[')
const NULL_SEGMENTS = literal(',"segments":null,"nr_sectors":null}')
const GREF = literal('{"gref":')
const FIRST = literal(',"first_sect":')
const LAST = literal(',"last_sect":')
const NEXT = literal('},{"gref":')
const NR_SECTORS = literal('],"nr_sectors":')
const NR_SECTORS_QUOTED = literal('],"nr_sectors":"')
const INDIRECT_OP = literal(',"indirect_op":')
const INDIRECT_GREFS = literal(',"indirect_grefs":[')
const FLAG = literal(',"flag":')
const DISCARD_SECTORS = literal(',"nr_sectors":"')
const RAW = literal(',"raw":"')
const QUOTE_CLOSE = literal('"}')
const RESPONSE_HEAD = literal(',"state":"response","response":{"id":"')
const RESPONSE_OPERATION = literal('","operation":')
const RESPONSE_OP = Array.from({ length: 256 }, (_, operation) => literal(`,"op":"${opName(operation)}","status":`))
const BENEATH = literal('},"beneath":{"sector_number":"')
const BENEATH_SEGMENTS = literal('","segments":[')
const BENEATH_HANDLE = literal('],"handle":')
/** A state of which a line says nothing more. */
const BARE_OF = STATES.map((state) => literal(`,"state":"${state}"`))
const ANSWERED = CERTAINTIES.map((certainty) => literal(certainty === 'no' ? '' : `,"answered":"${certainty}"`))
const ANSWERED_BY = literal(',"answeredBy":')
const OUTSTANDING = CERTAINTIES.map((certainty) => literal(certainty === 'no' ? '' : `,"beneathOutstanding":"${certainty}"`))

/** More than a line takes up without segments and words, and more than one of either does. */
const LINE = 1024
const EACH = 64

/** @returns writes the line of a row; `ring` is the number of its snapshot, undefined where there is one only */
export function ndjsonLines(batch: Batch, sink: ByteSink): (row: number, ring: number | undefined) => void {
  const { slot, index, state, operation, nr_segments, handle, indirect_op, flag, status } = batch
  const { segStart, segCount, wordStart, wordCount, words, certainty, answeredBy } = batch
  const id = batch.id_halves
  const sector_number = batch.sector_number_halves
  const nr_sectors = batch.nr_sectors_halves

  const unit = Object.entries(unitJson(batch.sectorUnit)).map(([key, bytes]) => `"${key}":${bytes},`)
  const alone = literal(`{${unit.join('')}"slot":`)
  const behindRing = literal(`,${unit.join('')}"slot":`)

  return (row, ring) => {
    const isResolved = segCount[row] !== UNRESOLVED
    sink.reserve(LINE + EACH * ((isResolved ? segCount[row]! : 0) + wordCount[row]!))
    if (ring === undefined) sink.literal(alone)
    else {
      sink.literal(RING)
      sink.u32(ring)
      sink.literal(behindRing)
    }
    sink.u32(slot[row]!)
    sink.literal(INDEX)
    sink.u32(index[row]!)
    if (state[row] === REQUEST) request(row, isResolved)
    else if (state[row] === RESPONSE) response(row)
    else sink.literal(BARE_OF[state[row]!]!)
    sink.byte(CLOSE)
    sink.byte(NEWLINE)
  }

  function request(row: number, isResolved: boolean): void {
    const op = operation[row]!
    const kind = KIND_OF[op]
    sink.literal(OF_OPERATION[op]!)
    u64(id, row)
    sink.literal(SECTOR)
    u64(sector_number, row)
    sink.literal(HANDLE)
    sink.u32(handle[row]!)
    if (kind === RW) {
      sink.literal(NR_SEGMENTS)
      sink.u32(nr_segments[row]!)
      sink.literal(SEGMENTS)
      segments(row)
      sink.literal(NR_SECTORS)
      sink.u32(nr_sectors[2 * row + LOW]!)
      sink.byte(CLOSE)
    } else if (kind === INDIRECT) {
      sink.literal(INDIRECT_OP)
      sink.u32(indirect_op[row]!)
      sink.literal(NR_SEGMENTS)
      sink.u32(nr_segments[row]!)
      grefs(row)
      if (isResolved) {
        sink.byte(BRACKET)
        sink.literal(SEGMENTS)
        segments(row)
        sink.literal(NR_SECTORS)
        sink.u32(nr_sectors[2 * row + LOW]!)
        sink.byte(CLOSE)
      } else {
        sink.byte(BRACKET)
        sink.literal(NULL_SEGMENTS)
      }
    } else if (kind === DISCARD) {
      sink.literal(FLAG)
      sink.u32(flag[row]!)
      sink.literal(DISCARD_SECTORS)
      u64(nr_sectors, row)
      sink.literal(QUOTE_CLOSE)
    } else {
      sink.literal(RAW)
      sink.hex(words, wordStart[row]!, wordCount[row]!)
      sink.literal(QUOTE_CLOSE)
    }
    sink.literal(ANSWERED[certainty[row]!]!)
    if (answeredBy[row] !== NO_SLOT) {
      sink.literal(ANSWERED_BY)
      sink.u32(answeredBy[row]!)
    }
  }

  function response(row: number): void {
    const op = operation[row]!
    sink.literal(RESPONSE_HEAD)
    u64(id, row)
    sink.literal(RESPONSE_OPERATION)
    sink.u32(op)
    sink.literal(RESPONSE_OP[op]!)
    sink.s16(status[row]!)
    sink.literal(BENEATH)
    u64(sector_number, row)
    sink.literal(BENEATH_SEGMENTS)
    segments(row)
    sink.literal(BENEATH_HANDLE)
    sink.u32(handle[row]!)
    grefs(row)
    sink.literal(NR_SECTORS_QUOTED)
    u64(nr_sectors, row)
    sink.byte(QUOTE)
    sink.byte(CLOSE)
    sink.literal(OUTSTANDING[certainty[row]!]!)
  }

  function u64(column: Uint32Array, row: number): void {
    sink.u64(column[2 * row + LOW]!, column[2 * row + HIGH]!)
  }

  function segments(row: number): void {
    const { gref, first_sect, last_sect } = batch
    const start = segStart[row]!
    const end = start + segCount[row]!
    if (start === end) return
    for (let i = start; i < end; i++) {
      sink.literal(i === start ? GREF : NEXT)
      sink.u32(gref[i]!)
      sink.literal(FIRST)
      sink.u32(first_sect[i]!)
      sink.literal(LAST)
      sink.u32(last_sect[i]!)
    }
    sink.byte(CLOSE)
  }

  /** Without the bracket that ends them. */
  function grefs(row: number): void {
    sink.literal(INDIRECT_GREFS)
    const start = wordStart[row]!
    for (let i = start; i < start + wordCount[row]!; i++) {
      if (i > start) sink.byte(COMMA)
      sink.u32(words[i]!)
    }
  }
}
