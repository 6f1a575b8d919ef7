// The picture of a ring: two characters a slot, rows as long as the terminal is wide, carets where the indices point.

import type { Slot } from '../codec/ring/ring.ts'
import type { OpName } from '../codec/xen/operations.ts'
import { type Picture, type PictureSlot, type Position, pictureSlot, type SlotMark } from '../inspect/index.ts'
import type { HexOptions } from './hex-rows.ts'
import type { Span } from './spans.ts'
import type { Paint, Style } from './style.ts'
import { flow } from './text.ts'

/** The first character of a slot: those of the table that `decode` prints. */
export const SLOT_MARKS: Readonly<Record<SlotMark, { readonly char: string; readonly means: string }>> = {
  'in-flight': { char: '>', means: 'in flight' },
  answered: { char: '-', means: 'answered already' },
  'maybe-answered': { char: '?', means: 'may be answered' },
  response: { char: '<', means: 'response' },
  error: { char: 'x', means: 'error response' },
  continuation: { char: '+', means: 'more of the one before' },
  cleared: { char: '_', means: 'response taken, cleared' },
  unknown: { char: '~', means: 'not in the input' },
  unused: { char: '.', means: 'not used yet' },
}
/** What stands behind an index that no slot can have. */
const OFF = ' (off the ring)'
const FINDING = { char: '!', means: 'finding' }

/** The second character; that of an indirect request is a capital. */
export const SLOT_LETTERS: Readonly<Record<OpName, string>> = {
  read: 'r',
  write: 'w',
  barrier: 'b',
  flush: 'f',
  packet: 'p',
  discard: 'd',
  indirect: 'i',
  unknown: 'u',
}

/** Columns of a slot, with the space behind it. */
const CELL = 3
const LONGEST_ROW = 64

export function pictureLines(picture: Picture, options: HexOptions): string[] {
  return [...slotRows(picture, options), ...legend(picture, options)]
}

/** Rows of a power of two slots, so that a slot's column is easily told. Rows of nothing, one behind the other, are one line. */
function slotRows({ slots, positions }: Picture, { style, width }: HexOptions): string[] {
  const digits = String(slots.length - 1).length
  const margin = digits + 2
  let perRow = 1
  while (perRow < LONGEST_ROW && perRow < slots.length && margin + 2 * perRow * CELL <= width + 1) perRow *= 2
  const lines: string[] = []
  for (const [first, last] of runsOfRows({ slots, positions }, perRow)) {
    if (last > first) {
      const { means } = SLOT_MARKS[slots[first * perRow]!.mark]
      lines.push(`${' '.repeat(margin)}${style.dim(`${first * perRow} to ${(last + 1) * perRow - 1} ${means}`)}`)
      continue
    }
    const from = first * perRow
    const cells = slots.slice(from, from + perRow).map((slot) => span(slot, style))
    const texts = cells.map(({ text, paint }, i) => paint!(i === cells.length - 1 ? text.trimEnd() : text))
    lines.push(`${style.dim(String(from).padStart(digits))}  ${texts.join(' ')}`)
    lines.push(...caretLines(positions, from, perRow, { style, width }, margin))
  }
  return lines
}

/** Marks of slots of which there is nothing to see. */
const BLANK: readonly SlotMark[] = ['unused', 'cleared', 'unknown']

/** First and last row of each run: rows of one blank mark at which nothing points make a run, every other row is its own. */
function runsOfRows({ slots, positions }: Picture, perRow: number): [number, number][] {
  const pointedAt = new Set(positions.map((p) => Math.floor(p.slot / perRow)))
  const runs: [number, number][] = []
  let before: SlotMark | undefined
  for (let row = 0; row * perRow < slots.length; row++) {
    const here = slots.slice(row * perRow, (row + 1) * perRow)
    const blank = !pointedAt.has(row) ? BLANK.find((mark) => here.every((s) => s.mark === mark && !s.finding)) : undefined
    if (blank !== undefined && blank === before) runs.at(-1)![1] = row
    else runs.push([row, row])
    before = blank
  }
  return runs
}

/** The two characters of a slot. */
export function slotSpan(slot: Slot, finding: boolean, style: Style): Span {
  return span(pictureSlot(slot, finding), style)
}

function span({ mark, op, indirect, finding }: PictureSlot, style: Style): Span {
  const char = finding ? FINDING.char : SLOT_MARKS[mark].char
  const letter = op === undefined ? ' ' : SLOT_LETTERS[op]
  return { text: char + (indirect ? letter.toUpperCase() : letter), paint: paintOf(mark, op, finding, style) }
}

function paintOf(mark: SlotMark, op: OpName | undefined, finding: boolean, style: Style): Paint {
  if (finding || mark === 'error') return style.bad
  if (mark === 'maybe-answered') return style.unsure
  return mark === 'in-flight' && op !== undefined ? style.ops[op] : style.dim
}

/** Below a row: a caret for each slot that an index points at, and its name beside it. */
function caretLines(
  positions: readonly Position[],
  from: number,
  perRow: number,
  { style, width }: HexOptions,
  margin: number,
): string[] {
  const here = positions.filter((p) => p.slot >= from && p.slot < from + perRow)
  return [...new Set(here.map((p) => p.slot))].flatMap((slot) => {
    const names = here.filter((p) => p.slot === slot).map((p) => `${p.name} ${p.index}${p.where === 'off' ? OFF : ''}`)
    const at = margin + (slot - from) * CELL
    const all = names.join(', ')
    const roomy = at + 2 + all.length <= width || all.length < at
    return (roomy ? [all] : names).flatMap((text) => caret(at, text, width, style))
  })
}

/** The name stands to the left of its caret where the right has no room, and what is said of it below where neither has. */
function caret(at: number, text: string, width: number, style: Style): string[] {
  if (at + 2 + text.length <= width) return [`${' '.repeat(at)}^ ${style.bold(text)}`]
  if (text.length < at) return [`${' '.repeat(at - text.length - 1)}${style.bold(text)} ^`]
  if (!text.endsWith(OFF)) return [`${' '.repeat(at)}^ ${style.bold(text)}`]
  const off = ' '.repeat(Math.max(0, Math.min(at, width - OFF.trim().length))) + style.bold(OFF.trim())
  return [...caret(at, text.slice(0, -OFF.length), width, style), off]
}

/** What of the signs is in this picture. */
function legend({ slots }: Picture, { style, width }: HexOptions): string[] {
  const marks = new Set(slots.filter((s) => !s.finding).map((s) => s.mark))
  const signs = Object.entries(SLOT_MARKS).flatMap(([mark, { char, means }]) =>
    marks.has(mark as SlotMark) ? [`${char} ${means}`] : [],
  )
  if (slots.some((s) => s.finding)) signs.push(`${FINDING.char} ${FINDING.means}`)
  const letters = Object.entries(SLOT_LETTERS).flatMap(([op, letter]) => {
    const [direct, indirect] = [false, true].map((i) => slots.some((s) => s.op === op && s.indirect === i))
    return [...(direct ? [`${letter} ${op}`] : []), ...(indirect ? [`${letter.toUpperCase()} indirect ${op}`] : [])]
  })
  return flow([...signs, ...letters], width, '  ').map((line) => style.dim(line))
}
