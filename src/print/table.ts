import { cellsOf } from './cells.ts'
import type { Paint } from './style.ts'
import { beside, flow } from './text.ts'

export interface Cell {
  readonly text: string
  readonly paint?: Paint | undefined
}

export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  /** The last one: words, which go on below where the width has no room for them. */
  readonly words?: true
}

/** Lines of a table: those of the titles, and those of each row. */
export interface Table {
  readonly titles: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const GAP = 2
/** Words beside other columns have as many cells at the least. */
const MIN_BESIDE = 36
/** Where the lines begin on which a row goes on. */
const BELOW_AT = 6

/** Lines of a table that has no width to keep to, titles first. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly Cell[])[], titlePaint: Paint): string[] {
  const table = tableOf(columns, rows, titlePaint, Number.POSITIVE_INFINITY)
  return [...table.titles, ...table.rows.flat()]
}

/**
 * A table of columns as wide as their widest cell and two spaces apart. No line ends in spaces. Where it does not fit in the
 * width, titles are written on several lines, columns are put below the others, and words go on below their row.
 */
export function tableOf(columns: readonly Column[], rows: readonly (readonly Cell[])[], titlePaint: Paint, width: number): Table {
  const texts = columns.map((_, i) => rows.reduce((most, row) => Math.max(most, cellsOf(row[i]?.text ?? '')), 0))
  const full = columns.map(({ title }, i) => Math.max(title.length, texts[i]!))
  const narrow = columns.map(({ title }, i) => Math.max(texts[i]!, ...titleParts(title).map((part) => part.length)))
  const widths = sum(full) <= width ? full : narrow
  const form = { columns, widths, bands: bandsOf(columns, widths, width), width }
  const titles = titleRows(columns, widths).map((row) => row.map((text) => ({ text, paint: titlePaint })))
  return {
    titles: titles.flatMap((row) => rowLines(row, form)).filter((line) => line !== ''),
    rows: rows.map((row) => rowLines(row, form)),
  }
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0) + GAP * Math.max(0, widths.length - 1)
}

/** The parts that a title may be broken into: `sector_`, `number`. */
function titleParts(title: string): string[] {
  return title.match(/[^_ -]+[_-]?/g) ?? [title]
}

/** The rows of the titles, which end in the same row. */
function titleRows(columns: readonly Column[], widths: readonly number[]): string[][] {
  const titles = columns.map(({ title }, i) => {
    return title.length <= widths[i]! ? [title] : flow(titleParts(title), widths[i]!, '')
  })
  const most = Math.max(...titles.map((parts) => parts.length))
  return Array.from({ length: most }, (_, row) => titles.map((parts) => parts[row - most + parts.length] ?? ''))
}

/** Columns that stand on one line, behind an indent. */
interface Band {
  readonly from: number
  readonly to: number
  readonly indent: number
}

interface Form {
  readonly columns: readonly Column[]
  readonly widths: readonly number[]
  /** The lines that a row takes; the column of words is in none of them. */
  readonly bands: readonly Band[]
  readonly width: number
}

function bandsOf(columns: readonly Column[], widths: readonly number[], width: number): Band[] {
  const end = columns.at(-1)?.words ? columns.length - 1 : columns.length
  const bands: Band[] = []
  let from = 0
  for (let to = 1; to <= end; to++) {
    const indent = from === 0 ? 0 : BELOW_AT
    if (to < end && indent + sum(widths.slice(from, to + 1)) <= width) continue
    bands.push({ from, to, indent })
    from = to
  }
  return bands
}

interface Line {
  readonly text: string
  readonly cells: number
}

function rowLines(row: readonly Cell[], form: Form): string[] {
  const { columns, widths, bands, width } = form
  const lines = bands.map((band) => bandLine(row, band, form))
  const last = lines.findLastIndex(({ cells }) => cells > 0)
  const shown = lines.slice(0, last + 1).filter(({ cells }, i) => i === 0 || cells > 0)
  const above = shown.map(({ text }) => text)
  const { text, paint } = (columns.at(-1)!.words && row[columns.length - 1]) || { text: '', paint: undefined }
  if (text === '') return above
  const paintAll = (part: string) => (paint ? paint(part) : part)
  const { from, to, indent } = bands.at(-1)!
  const column = indent + sum(widths.slice(from, to)) + GAP
  const head = shown.at(-1) ?? { text: '', cells: 0 }
  const nearest = head.cells === 0 ? 0 : head.cells + GAP
  const cells = cellsOf(text)
  // In their column, before it where the cells between are empty, in several lines, or below.
  const inColumn = column + cells <= width || column + MIN_BESIDE <= width
  const at = inColumn && (last === bands.length - 1 || bands.length === 1) ? column : nearest + cells <= width ? nearest : width
  const { first, below } = beside(at, text, BELOW_AT, width)
  const beforeLast = above.slice(0, -1)
  const line = first === '' ? head.text : head.text + ' '.repeat(at - head.cells) + paintAll(first)
  return [...beforeLast, ...(line === '' ? [] : [line]), ...below.map(paintAll)]
}

function bandLine(row: readonly Cell[], { from, to, indent }: Band, { columns, widths }: Form): Line {
  const cells = row.slice(from, to)
  const last = cells.findLastIndex(({ text }) => text !== '')
  if (last < 0) return { text: '', cells: 0 }
  let line = ' '.repeat(indent)
  let taken = indent
  for (const [k, { text, paint }] of cells.slice(0, last + 1).entries()) {
    const [start, own] = [k === 0 ? 0 : GAP, cellsOf(text)]
    const space = ' '.repeat(widths[from + k]! - own)
    const painted = paint ? paint(text) : text
    const isRight = columns[from + k]!.align === 'right'
    line += ' '.repeat(start) + (isRight ? space + painted : k === last ? painted : painted + space)
    taken += start + (k === last && !isRight ? own : widths[from + k]!)
  }
  return { text: line, cells: taken }
}
