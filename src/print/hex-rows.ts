// Rows of an annotated hexdump: offset, bytes, the field's name, its value and what that means.
import type { RingRange } from '../codec/ring/annotate-ring.ts'
import { type ByteRow, ROW_BYTES, type Spot, segmentText } from '../inspect/index.ts'
import type { ByteKind, Paint, Style } from './style.ts'
import { beside } from './text.ts'

export interface HexOptions {
  readonly style: Style
  /** Characters of a line. */
  readonly width: number
}

/** What a row's bytes are part of; says what the fields among them are. */
export type Holder = Exclude<ByteKind, 'beneath' | 'unread'>

/** Columns: mark, offset, bytes, name. */
const OFFSET_DIGITS = 4
const HEX_WIDTH = 3 * ROW_BYTES - 1
const NAME_WIDTH = 13
const NAME_AT = 2 + OFFSET_DIGITS + 2 + HEX_WIDTH + 2
/** Where words stand that have no room beside their row. */
const BELOW_AT = 12

/** What stands in the first column, so that kinds differ without colour. */
export const KIND_MARKS: Readonly<Record<RingRange['kind'], string>> = {
  field: ' ',
  reserved: '.',
  padding: '.',
  stale: '~',
  beneath: ':',
  unknown: '?',
}

/** The lines of one row: a text that is too long goes on below itself. */
export function rowLines(row: ByteRow, bytes: Uint8Array, holder: Holder, { style, width }: HexOptions): string[] {
  const paint = paintOf(row.spots[0].kind, holder, style)
  const offset = offsetText(row.offset)
  const at = NAME_AT + offset.length - OFFSET_DIGITS + Math.max(NAME_WIDTH, row.name.length) + 2
  const { first, below } = beside(at, rowText(row), BELOW_AT, width)
  const head = `${KIND_MARKS[row.spots[0].kind]} ${offset}  ${paint(hexText(row, bytes))}`
  const named = first === '' ? paint(row.name) : `${paint(row.name.padEnd(NAME_WIDTH))}  ${dimmed(row, style)(first)}`
  return [`${head}  ${named}`, ...below.map((line) => dimmed(row, style)(line))]
}

/** Of a row that no one reads the text is no louder than the bytes. */
function dimmed({ spots: [{ kind }] }: ByteRow, style: Style): Paint {
  return kind === 'field' || kind === 'beneath' ? (text) => text : style.dim
}

export function paintOf(kind: RingRange['kind'], holder: Holder, style: Style): Paint {
  if (kind === 'field') return style.bytes[holder]
  return kind === 'beneath' ? style.bytes.beneath : style.bytes.unread
}

/** At least as many digits as the offsets of the largest ring have. */
export function offsetText(offset: number): string {
  return offset.toString(16).padStart(OFFSET_DIGITS, '0')
}

export function byteText(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

/** The bytes of a row at their places, a bar between two fields. */
function hexText({ offset, size, column, spots }: ByteRow, bytes: Uint8Array): string {
  const starts = new Set(spots.slice(1).map((spot) => spot.offset))
  let text = '   '.repeat(column)
  for (let at = offset; at < offset + size; at++) {
    if (at > offset) text += starts.has(at) ? '|' : ' '
    text += byteText(bytes[at]!)
  }
  return text.padEnd(HEX_WIDTH)
}

/** Value and meaning. */
export function rowText(row: ByteRow): string {
  const [first] = row.spots
  if (row.spots.length > 1 && first.segment) return `gref ${first.value}, ${segmentText(first.segment)}`
  return spotText(first)
}

/** A value and what it means: `6  BLKIF_OP_INDIRECT`. */
export function spotText({ value, meaning }: Spot): string {
  return [value === undefined ? '' : String(value), meaning ?? ''].filter(Boolean).join('  ')
}
