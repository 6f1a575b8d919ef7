// The whole hexdump: areas with their headlines, findings at the bytes they are about, repetitions drawn together.

import { segmentFault } from '../../codec/ring/faults.ts'
import type { Finding } from '../../codec/ring/finding.ts'
import type { Slot } from '../../codec/ring/ring.ts'
import { type Area, type ByteRow, type RingView, rowsOf, spotsOf } from '../../inspect/index.ts'
import { type HexOptions, type Holder, offsetText, rowLines } from '../../print/hex-rows.ts'
import { slotHeadline } from '../../print/slot-headline.ts'
import { printable, wrap } from '../../print/text.ts'
import { diskName } from '../../xenstore/vdev.ts'

export interface HexdumpOptions extends HexOptions {
  /** Draw rows together that repeat the one before and that nobody reads, as hexdump does with `*`. */
  readonly squeeze: boolean
}

/** A row of bytes and what stands around it. */
interface Piece {
  /** Lines before the row. */
  readonly headline: readonly string[]
  readonly row: ByteRow
  readonly holder: Holder
  readonly findings: readonly Finding[]
}

/** Lines of areas that lie one behind the other. */
export function hexdumpLines(view: RingView, areas: readonly Area[], options: HexdumpOptions): string[] {
  const { bytes } = view
  const pieces = joined(bytes, areas, options.squeeze).flatMap((group) => piecesOf(view, group, options))
  return pieceLines(pieces, bytes, options)
}

/** Lines of rows without headlines: an indirect page. */
export function plainLines(rows: readonly ByteRow[], bytes: Uint8Array, holder: Holder, options: HexdumpOptions): string[] {
  const pieces = rows.map((row): Piece => ({ headline: [], row, holder, findings: [] }))
  return pieceLines(pieces, bytes, options)
}

/** What is wrong, under the row that it is about. */
export function findingLines({ code, message }: Finding, { style, width }: HexOptions): string[] {
  const indent = '        '
  const [first = '', ...more] = wrap(`${code}: ${printable(message)}`, Math.max(16, width - indent.length))
  return [`!${indent.slice(1)}${style.bad(first)}`, ...more.map((text) => indent + style.bad(text))]
}

function pieceLines(pieces: readonly Piece[], bytes: Uint8Array, options: HexdumpOptions): string[] {
  const lines: string[] = []
  let last: ByteRow | undefined
  let starred = false
  for (const { headline, row, holder, findings } of pieces) {
    const repeats = options.squeeze && headline.length === 0 && findings.length === 0 && last && isRepeat(last, row, bytes)
    if (repeats) {
      if (!starred) lines.push('*')
      starred = true
      continue
    }
    lines.push(...headline, ...rowLines(row, bytes, holder, options), ...findings.flatMap((f) => findingLines(f, options)))
    last = row
    starred = false
  }
  const end = pieces.at(-1)?.row
  if (end) lines.push(options.style.dim(`  ${offsetText(end.offset + end.size)}`))
  return lines
}

const ALL_ZERO: Readonly<Partial<Record<Slot['state'], string>>> = {
  unused: 'not used yet, all 0',
  cleared: 'responses taken, cleared, all 0',
  unknown: 'not in the input',
}

/** Neighbouring slots of one state that hold nothing but zeros, and say nothing else, are one area. */
function joined(bytes: Uint8Array, areas: readonly Area[], squeeze: boolean): Area[][] {
  const groups: Area[][] = []
  const blank = ({ slot, offset, size }: Area) =>
    slot && slot.state in ALL_ZERO && bytes.subarray(offset, offset + size).every((b) => b === 0) ? slot.state : undefined
  for (const area of areas) {
    const before = groups.at(-1)?.at(-1)
    if (squeeze && before && blank(before) !== undefined && blank(before) === blank(area)) groups.at(-1)!.push(area)
    else groups.push([area])
  }
  return groups
}

function piecesOf(view: RingView, group: readonly Area[], options: HexOptions): Piece[] {
  const [area] = group as [Area]
  const holder = holderOf(area)
  const rows = group.flatMap((a) => rowsOf(spotsOf(view, a)))
  const findings = view.findings.filter(({ offset }) => offset !== undefined && within(offset, area))
  let beneath = false
  return rows.map((row, i): Piece => {
    const below = !beneath && row.spots[0].kind === 'beneath'
    beneath ||= below
    const headline = i === 0 ? ['', ...headlineLines(headlineOf(group), options)] : below ? beneathHeadline(area, options) : []
    return { headline, row, holder, findings: findings.filter(({ offset }) => within(offset!, row)) }
  })
}

/** What the fields among an area's bytes are. */
export function holderOf({ slot }: Area): Holder {
  if (!slot) return 'sring'
  return slot.state === 'response' ? 'response' : 'request'
}

function headlineOf(group: readonly Area[]): string {
  const { name, slot } = group[0]!
  const last = group.at(-1)!.slot
  if (slot && last && last !== slot) return `ring[${slot.slot}..${last.slot}]  ${ALL_ZERO[slot.state]}`
  if (slot) return slotHeadline(slot)
  return name === 'sring' ? 'sring: the indices that both sides share' : 'tail: no side uses it'
}

/** Goes on indented where it is longer than a line. */
function headlineLines(text: string, { style, width }: HexOptions): string[] {
  const [first = '', ...more] = wrap(text, width)
  const rest = more.length === 0 ? [] : wrap(more.join(' '), width - 4).map((line) => `    ${line}`)
  return [first, ...rest].map((line) => style.bold(line))
}

/** Without its operation a request beneath has several readings: the rows show that of segments in the slot. */
function beneathHeadline({ slot }: Area, options: HexOptions): string[] {
  if (slot?.state !== 'response') return []
  const { handle, indirect_grefs, segments } = slot.beneath
  const disk = diskName(handle)
  const indirect = segmentFault(segments[0]!) !== undefined && disk !== undefined && indirect_grefs[0] !== 0
  const reading = indirect ? ` (it reads better as indirect: handle ${handle} ${disk}, indirect_grefs[0] ${indirect_grefs[0]})` : ''
  const text = `beneath it, what is left of the request of index ${slot.index}${reading}:`
  return wrap(text, Math.max(16, options.width - 8)).map((line) => options.style.dim(`        ${line}`))
}

function within(offset: number, part: { readonly offset: number; readonly size: number }): boolean {
  return offset >= part.offset && offset < part.offset + part.size
}

/** Whether a row has the same bytes again, and none of a field in use. */
function isRepeat(last: ByteRow, row: ByteRow, bytes: Uint8Array): boolean {
  const [before, now] = [last.spots[0].kind, row.spots[0].kind]
  if (now === 'field' || now !== before || row.size !== last.size || row.spots.length !== last.spots.length) return false
  for (let i = 0; i < row.size; i++) if (bytes[row.offset + i] !== bytes[last.offset + i]) return false
  return true
}
