// The full-screen view as lines: a list of slots, the bytes of one, and what is known of the byte under the cursor.
import type { Finding } from '../../codec/ring/finding.ts'
import { BINDINGS, type Browsing, locate, locateInPage, type Rings, type Sight, sightAt } from '../../inspect/index.ts'
import { byteText, KIND_MARKS, offsetText, paintOf, rowText } from '../../print/hex-rows.ts'
import { slotSpan } from '../../print/ring-picture.ts'
import { slotHeadline } from '../../print/slot-headline.ts'
import { cut, filled, type Span } from '../../print/spans.ts'
import type { Style } from '../../print/style.ts'
import { hexNumber, printable } from '../../print/text.ts'
import { KIND_WORDS, pageText, spotName, valueText } from './at.ts'
import { holderOf } from './hexdump.ts'

export interface ScreenSize {
  /** The width in characters. */
  readonly width: number
  readonly height: number
}

/** Columns of the list of slots; a narrow terminal has none. */
const LIST_WIDTH = 16
const LIST_FROM = 64
/** The bytes come first: on a small screen they have this many lines, and what is known of one byte has the rest. */
const MIN_BODY = 3
const ROOMY = 14

/** As many lines as the screen is high, none longer than it is wide. @param title of the ring that is shown */
export function screenLines(state: Browsing, rings: Rings, title: string, size: ScreenSize, style: Style): string[] {
  const { width, height } = size
  const sight = sightAt(state.place, rings)
  if (!sight) return blank([], height)
  if (state.help) return blank([cut([{ text: 'keys', paint: style.bold }], width), ...helpLines(width, style)], height)
  const head = cut([{ text: printable(title), paint: style.bold }, { text: `  ${indices(sight)}` }], width)
  const foot = cut([{ text: footText(state), paint: style.dim }], width)
  const details = detailLines(state, sight, style).slice(0, Math.max(0, height - 2 - MIN_BODY))
  const below = [...(height >= ROOMY ? [''] : []), ...details.map((spans) => cut(spans, width)), foot]
  const room = Math.max(1, height - 1 - below.length)
  const lines = [head, ...body(sight, width, room, style), ...below]
  return blank(lines, height)
}

/** Lines, no more and no less. */
function blank(lines: readonly string[], height: number): string[] {
  return Array.from({ length: height }, (_, i) => lines[i] ?? '')
}

function indices({ view: { ring } }: Sight): string {
  const { req_prod, req_event, rsp_prod, rsp_event } = ring.sring
  return `req_prod ${req_prod} req_event ${req_event} rsp_prod ${rsp_prod} rsp_event ${rsp_event}`
}

function footText({ place, note }: Browsing): string {
  if (note !== undefined) return note
  return place.page === undefined
    ? 'arrows move  Tab slot  n request  Enter follow  ] [ ring  ? keys  q leave'
    : 'arrows move  Backspace back to the slot  ? keys  q leave'
}

function helpLines(width: number, style: Style): string[] {
  const entries = BINDINGS.flatMap(({ help }) => (help ? [help] : []))
  const widest = Math.max(...entries.map(([keys]) => keys.length))
  return entries.map(([keys, text]) => cut([{ text: `${keys.padEnd(widest)}  `, paint: style.bold }, { text }], width))
}

function body(sight: Sight, width: number, height: number, style: Style): string[] {
  const { rows, row, areas, area } = sight
  const shown = around(rows, row, height).map((r) => rowSpans(r, sight, style))
  if (width < LIST_FROM)
    return filledLines(
      shown.map((spans) => cut(spans, width)),
      height,
    )
  const list = around(areas, area, height).map((a) => listSpans(a, sight, style))
  return Array.from({ length: height }, (_, i) => {
    const right = shown[i]
    return `${filled(list[i] ?? [], LIST_WIDTH - 1)} ${right ? cut(right, width - LIST_WIDTH) : ''}`
  })
}

function filledLines(lines: readonly string[], height: number): string[] {
  return Array.from({ length: height }, (_, i) => lines[i] ?? '')
}

/** As many items as fit, the one that is selected among them. */
function around<T>(items: readonly T[], selected: T, height: number): readonly T[] {
  const at = items.indexOf(selected)
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), items.length - height))
  return items.slice(from, from + height)
}

function listSpans({ slot, name }: Sight['area'], { view, area }: Sight, style: Style): Span[] {
  const here = slot === area.slot && name === area.name
  const cursor = { text: here ? '>' : ' ', paint: style.bold }
  if (!slot) return [cursor, { text: name, paint: here ? style.bold : style.dim }]
  const finding = view.findings.some((f) => f.slot === slot.slot)
  const id = slot.state === 'request' ? slot.request.id : slot.state === 'response' ? slot.response.id : undefined
  const number = { text: String(slot.slot).padStart(3), paint: here ? style.bold : undefined }
  return [cursor, number, { text: ' ' }, slotSpan(slot, finding, style), { text: id === undefined ? '' : ` ${id}` }]
}

function rowSpans(row: Sight['row'], sight: Sight, style: Style): Span[] {
  const here = row === sight.row
  const [{ kind }] = row.spots
  const paint = paintOf(kind, sight.page ? 'request' : holderOf(sight.area), style)
  const wrong = findingsIn(sight, row).length > 0
  return [
    { text: here ? '>' : ' ', paint: style.bold },
    wrong ? { text: '!', paint: style.bad } : { text: KIND_MARKS[kind] },
    { text: ` ${offsetText(row.offset)} ` },
    { text: hexText(row, sight.bytes, here ? sight.offset : undefined), paint },
    { text: ` ${row.name.padEnd(13)}  `, paint },
    { text: rowText(row), paint: kind === 'field' || kind === 'beneath' ? undefined : style.dim },
  ]
}

/** The bytes of a row at their places, a bar between two fields, brackets around the one that is selected. */
function hexText({ offset, size, column, spots }: Sight['row'], bytes: Uint8Array, selected: number | undefined): string {
  const starts = new Set(spots.slice(1).map((spot) => spot.offset))
  let text = '   '.repeat(column)
  for (let at = offset; at <= offset + size; at++) {
    text += at === selected ? '[' : at - 1 === selected ? ']' : starts.has(at) && at < offset + size ? '|' : ' '
    if (at < offset + size) text += byteText(bytes[at]!)
  }
  return text.padEnd(25)
}

function detailLines({ place }: Browsing, sight: Sight, style: Style): Span[][] {
  const { view, area, page, offset, spot } = sight
  const location = page ? locateInPage(page, offset) : locate(view, offset)
  const ringPage = pageText(location, view.ring)
  const where = page ? `in the page ${place.page}` : ringPage === undefined ? '' : `page ${ringPage}`
  const value = spot.value === undefined ? '' : `${spot.scalar} ${valueText(spot.value)}  `
  const [finding] = findingsIn(sight, spot)
  const holder = page?.owner ? slotHeadline(page.owner.slot) : area.slot ? slotHeadline(area.slot) : ''
  return [
    [{ text: `${hexNumber(offset)}  ` }, { text: spotName(spot), paint: style.bold }, { text: where === '' ? '' : `  ${where}` }],
    [{ text: `${value}${spot.meaning ?? ''}` || KIND_WORDS[spot.kind] }],
    [{ text: holder, paint: style.dim }],
    finding ? [{ text: `! ${finding.code}: ${printable(finding.message)}`, paint: style.bad }] : [],
  ]
}

/** Findings about a byte of these. A page has none: they are told at the reference to it. */
function findingsIn({ view, page }: Sight, { offset, size }: { readonly offset: number; readonly size: number }): Finding[] {
  if (page) return []
  return view.findings.filter((f) => f.offset !== undefined && f.offset >= offset && f.offset < offset + size)
}
