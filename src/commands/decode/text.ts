// A decoded ring for people: summary, table of slots, findings.

import type { DecodedCapture } from '../../capture/decode-capture.ts'
import type { Certainty } from '../../codec/ring/answered.ts'
import type { Finding } from '../../codec/ring/finding.ts'
import { shortId } from '../../codec/ring/id-text.ts'
import type { Request } from '../../codec/ring/request.ts'
import {
  type ClearedSlot,
  type RequestSlot,
  type ResponseSlot,
  type Slot,
  slotsByIndex,
  type UnknownSlot,
} from '../../codec/ring/ring.ts'
import type { BlkifRequestSegment } from '../../codec/xen/blkif.ts'
import { BLKIF_RSP_OKAY, NO_SECTOR } from '../../codec/xen/blkif.ts'
import { type OpName, opName, statusName } from '../../codec/xen/operations.ts'
import { SLOT_MARKS } from '../../print/ring-picture.ts'
import { opText, slotPhrase } from '../../print/slot-words.ts'
import type { Style } from '../../print/style.ts'
import { type Cell, type Column, tableOf } from '../../print/table.ts'
import { hanging, hexNumber, printable } from '../../print/text.ts'
import { type SlotFilter, type SlotTest, selectSlots } from '../../rows/slot-filter.ts'
import { summaryLines } from './summary.ts'

export interface RingTextOptions {
  readonly style: Style
  /** Cells of a line; nothing is folded without it. */
  readonly width?: number | undefined
  readonly filter: SlotFilter
  readonly where?: SlotTest | undefined
  /** List the segments below each request. */
  readonly segments: boolean
}

const COLUMNS: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'slot', align: 'right' },
  { title: 'index', align: 'right' },
  { title: 'state', align: 'left' },
  { title: 'op', align: 'left' },
  { title: 'id', align: 'right' },
  { title: 'sector_number', align: 'right' },
  { title: 'sectors', align: 'right' },
  { title: 'segs', align: 'right' },
  { title: 'notes', align: 'left', words: true },
]

export function ringText(
  decoded: DecodedCapture,
  { style, width = Number.POSITIVE_INFINITY, filter, where, segments }: RingTextOptions,
): string {
  const { ring, findings } = decoded
  const used = selectSlots(slotsByIndex(ring), filter, where).filter(hasRow)
  const bad = new Set(findings.map((f) => f.slot))
  const table = tableOf(
    COLUMNS,
    used.map((slot) => row(slot, bad.has(slot.slot), style)),
    style.dim,
    width,
  )
  const lines = [...summaryLines(decoded, style, width), '']
  if (used.length === 0) lines.push(`no slots to show (${filter})`)
  else {
    lines.push(...table.titles)
    for (const [i, slot] of used.entries()) {
      lines.push(...table.rows[i]!)
      if (segments && slot.state === 'request') lines.push(...segmentLines(slot.request, style, width))
    }
  }
  return [...lines, ...findingLines(findings, style, width)].map((line) => `${line}\n`).join('')
}

/** Empty cells in place of those from `op` up to `segs`. */
const CELLS_BEFORE_NOTES: readonly Cell[] = Array.from({ length: 5 }, () => ({ text: '' }))

function row(slot: Slot, bad: boolean, style: Style): Cell[] {
  const place = [String(slot.slot), String(slot.index), slot.state].map((text) => ({ text }))
  if (slot.state === 'unused') return [{ text: '' }, ...place]
  if (slot.state === 'continuation')
    return [{ text: '+', paint: style.dim }, ...place, ...CELLS_BEFORE_NOTES, { text: slotPhrase(slot), paint: style.dim }]
  if (slot.state === 'cleared' || slot.state === 'unknown') return [bareMark(slot, bad, style), ...place, ...bareCells(slot, style)]
  if (slot.state === 'request') return [requestMark(slot, bad, style), ...place, ...requestCells(slot, style)]
  return [responseMark(slot, bad, style), ...place, ...responseCells(slot, style)]
}

const REQUEST_MARKS: Readonly<Record<Certainty, (style: Style) => Cell>> = {
  no: ({ bold }) => ({ text: '>', paint: bold }),
  unlikely: ({ bold }) => ({ text: '>', paint: bold }),
  maybe: ({ unsure }) => ({ text: '?', paint: unsure }),
  yes: ({ dim }) => ({ text: '-', paint: dim }),
}

const BENEATH_NOTES: Readonly<Record<Certainty, string>> = {
  no: '',
  unlikely: '',
  maybe: ', beneath (?)',
  yes: ', beneath (outstanding)',
}

function requestMark({ answered }: RequestSlot, bad: boolean, style: Style): Cell {
  if (bad) return { text: '!', paint: style.bad }
  return REQUEST_MARKS[answered](style)
}

function responseMark({ response }: ResponseSlot, bad: boolean, style: Style): Cell {
  return bad || response.status !== BLKIF_RSP_OKAY ? { text: bad ? '!' : 'x', paint: style.bad } : { text: '<', paint: style.dim }
}

/** Of a slot that no request was in, or nobody knows which, the head says enough. */
function hasRow(slot: Slot): boolean {
  return slot.state !== 'unused' && !(slot.state === 'unknown' && (slot.holds === 'unused' || slot.holds === 'unknown'))
}

function bareMark({ state }: ClearedSlot | UnknownSlot, bad: boolean, style: Style): Cell {
  return bad ? { text: '!', paint: style.bad } : { text: SLOT_MARKS[state].char, paint: style.dim }
}

/** The cells of a slot of which nothing but the state is known. */
function bareCells(slot: ClearedSlot | UnknownSlot, style: Style): Cell[] {
  const none = Array.from({ length: COLUMNS.length - 5 }, () => ({ text: '' }))
  return [...none, { text: slotPhrase(slot), paint: style.dim }]
}

function requestCells({ request: r, answered, answeredBy }: RequestSlot, style: Style): Cell[] {
  const notes = [...requestNotes(r), ...answeredNotes(answered, answeredBy)]
  return [
    { text: opText(r), paint: style.ops[colourOf(r)] },
    { text: shortId(r.id) },
    { text: isEmptyFlush(r) ? '-' : String(r.sector_number) },
    { text: r.kind === 'other' ? '' : r.nr_sectors === null ? '?' : String(r.nr_sectors) },
    { text: 'nr_segments' in r ? String(r.nr_segments) : '' },
    { text: notes.join(', '), paint: answered === 'maybe' ? style.unsure : undefined },
  ]
}

function responseCells({ response: r, beneath, beneathOutstanding }: ResponseSlot, style: Style): Cell[] {
  const ok = r.status === BLKIF_RSP_OKAY
  const status = statusName(r.status)
  const unsure = BENEATH_NOTES[beneathOutstanding] !== ''
  return [
    { text: r.op === 'unknown' ? `unknown ${r.operation}` : r.op, paint: ok ? style.dim : style.bad },
    { text: shortId(r.id) },
    { text: beneath.sector_number === NO_SECTOR ? '-' : `over ${beneath.sector_number}`, paint: style.dim },
    { text: '' },
    { text: '' },
    {
      text: `${status ?? 'error'}${ok ? '' : ` (${r.status})`}${BENEATH_NOTES[beneathOutstanding]}`,
      paint: ok ? (unsure ? style.unsure : style.dim) : style.bad,
    },
  ]
}

function isEmptyFlush(r: Request): boolean {
  return r.sector_number === NO_SECTOR && r.kind === 'rw' && r.nr_segments === 0
}

function colourOf(r: Request): OpName {
  return r.kind === 'indirect' ? opName(r.indirect_op) : r.op
}

function requestNotes(r: Request): string[] {
  if (r.kind === 'rw' && r.continuedIn) return [`in ${r.continuedIn.length + 1} slots`]
  if (r.kind !== 'indirect' || r.indirect_grefs.length === 0) return []
  return [`in ${r.indirect_grefs.map((gref) => `gref ${gref}`).join(', ')}`]
}

function answeredNotes(answered: RequestSlot['answered'], by: number | undefined): string[] {
  if (answered === 'no' || answered === 'unlikely') return []
  const where = by === undefined ? '' : `, see slot ${by}`
  return [answered === 'yes' ? `answered${where}` : `may be answered${where}`]
}

function segmentLines(r: Request, style: Style, width: number): string[] {
  if (r.kind !== 'rw' && r.kind !== 'indirect') return []
  if (!r.segments)
    return hanging('         segments unknown: an indirect page is missing or too short', SEGMENT_BELOW_AT, width).map((line) =>
      style.bad(line),
    )
  const digits = String(r.segments.length - 1).length
  let sector = r.sector_number
  return r.segments.flatMap((segment, i) => {
    const line = segmentLine(segment, String(i).padStart(digits), sector)
    sector += BigInt(Math.max(0, segment.last_sect - segment.first_sect + 1))
    return hanging(line, SEGMENT_BELOW_AT, width).map((part) => style.dim(part))
  })
}

/** Column at which the parts of a segment go on. */
const SEGMENT_BELOW_AT = 18

function segmentLine({ gref, first_sect, last_sect }: BlkifRequestSegment, i: string, sector: bigint): string {
  const segment = `         seg[${i}]  gref ${String(gref).padEnd(6)}  first_sect ${first_sect}  last_sect ${last_sect}`
  return last_sect < first_sect ? segment : `${segment}  disk ${sector}..${sector + BigInt(last_sect - first_sect)}`
}

function findingLines(findings: readonly Finding[], style: Style, width: number): string[] {
  if (findings.length === 0) return []
  const lines = findings.flatMap(({ code, message, slot, offset }) => {
    const where = [slot === undefined ? '' : `slot ${slot}`, offset === undefined ? '' : `at ${hexNumber(offset)}`]
      .filter(Boolean)
      .join(' ')
    const [first = '', ...below] = hanging(`  ${code}${where && `  ${where}`}: ${printable(message)}`, 4, width)
    return [first.replace(code, (text) => style.bad(text)), ...below]
  })
  return ['', style.bold('findings'), ...lines]
}
