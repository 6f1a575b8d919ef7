// How requests are spread: over time, sizes, segments and the disk.
import { SECTOR_SIZE } from '../../codec/xen/blkif.ts'
import { columnLines, type Height, sparkline, stackedBar } from '../../print/bars.ts'
import { amount, bytesText, grouped } from '../../print/quantities.ts'
import type { Paint, Style } from '../../print/style.ts'
import { DIRECTIONS, type Direction, type Report, type SegmentsReport } from '../../stats/index.ts'

/** Lines of the picture of requests in flight. */
const DEPTH_LINES = 5
const FILLS: Readonly<Record<Direction, string>> = { read: '█', write: '▓', discard: '░' }
/** The most that a bar is long: longer ones say no more. */
const BAR = 60
const MAP = 64
/** Characters that one request is drawn with at the most. */
const LONGEST_STEP = 2
/** Rows of nothing in a row that are shown. */
const GAP = 2
/** Bars with a number of segments each; more segments are grouped by powers of two. */
const EXACT_SEGMENTS = 11

/** Of a chart on a line that has no room for it. */
const MIN_COLUMNS = 8

/** A line a snapshot, or a group of them. */
export function depthLines({ depth, tracks }: Report, style: Style, width: number): string[] {
  const { buckets, most, width: snapshots } = depth
  if (buckets.length < 2 || most === 0) return []
  const label = String(most).length
  const { heights, each } = fitColumns(buckets, Math.max(MIN_COLUMNS, width - label - 4))
  const per = each * snapshots
  const column = per === 1 ? 'a snapshot a column' : `${grouped(per)} snapshots a column`
  const title = `in flight${tracks.length > 1 ? ' in a ring' : ''}, ${column}${per === 1 && tracks.length === 1 ? '' : ': █ mean, ░ most'}`
  const rows = columnLines(heights, most, DEPTH_LINES).map((line, i) => {
    const mark = i === 0 ? String(most) : i === DEPTH_LINES - 1 ? '0' : ''
    return `  ${style.dim(`${mark.padStart(label)} │`)}${style.ops.write(line.trimEnd())}`
  })
  return [style.bold(title), ...rows]
}

/** Neighbours joined until they fit in so many columns. */
export function fitColumns(
  buckets: Report['depth']['buckets'],
  columns: number,
): { heights: (Height | undefined)[]; each: number } {
  const each = Math.ceil(buckets.length / columns)
  const heights = Array.from({ length: Math.ceil(buckets.length / each) }, (_, i): Height | undefined => {
    const own = buckets.slice(i * each, (i + 1) * each).filter((bucket) => bucket !== undefined)
    if (own.length === 0) return undefined
    return { mean: own.reduce((sum, { mean }) => sum + mean, 0) / own.length, most: Math.max(...own.map(({ most }) => most)) }
  })
  return { heights, each }
}

/** A histogram: a title, the names of the parts, and a row each with counts and a bar. */
export interface Chart {
  readonly title: string
  readonly style: Style
  readonly width: number
  readonly parts: readonly { readonly name: string; readonly fill: string; readonly paint: Paint }[]
  readonly rows: readonly { readonly label: string; readonly amounts: readonly number[] }[]
  readonly notes: readonly string[]
}

export function chartLines({ title, style, width, parts, rows, notes }: Chart): string[] {
  if (rows.length === 0 && notes.length === 0) return []
  const shown = parts.map((_, p) => rows.some(({ amounts }) => amounts[p]! > 0))
  const label = Math.max(...rows.map((row) => row.label.length), title.length - 2)
  const columns = parts.map(({ name }, p) => Math.max(name.length + 2, ...rows.map(({ amounts }) => grouped(amounts[p]!).length)))
  const counted = columns.reduce((sum, column, p) => sum + (shown[p] ? column + 2 : 0), 0)
  const largest = Math.max(...rows.map(({ amounts }) => sum(amounts)))
  const bar = Math.min(BAR, width - 2 - label - counted - 2)
  // Few of anything make short bars.
  const most = Math.max(largest, bar / LONGEST_STEP)
  const names = parts.map(({ name, fill, paint }, p) =>
    shown[p] ? `  ${' '.repeat(columns[p]! - name.length - 2)}${paint(fill)} ${style.dim(name)}` : '',
  )
  const lines = rows.map(({ label: text, amounts }, i) => {
    if (isGap(rows, i)) return isGap(rows, i - 1) ? undefined : `  ${style.dim('...'.padStart(label))}`
    const counts = amounts.map((n, p) => (shown[p] ? `  ${grouped(n).padStart(columns[p]!)}` : '')).join('')
    const drawn = stackedBar(
      parts.map(({ fill, paint }, p) => ({ amount: amounts[p]!, fill, paint })),
      most,
      bar,
    )
    return `  ${text.padStart(label)}${counts}  ${drawn}`
  })
  const head = rows.length === 0 ? style.bold(title) : `${style.bold(title.padEnd(label + 2))}${names.join('')}`
  return [head, ...lines.filter((line) => line !== undefined), ...notes.map((note) => `  ${style.dim(note)}`)]
}

/** Whether a row lies in a long run of rows of nothing. */
export function isGap(rows: readonly { readonly amounts: readonly number[] }[], i: number): boolean {
  const isEmpty = (k: number) => rows[k] !== undefined && sum(rows[k].amounts) === 0
  if (!isEmpty(i)) return false
  let [from, to] = [i, i]
  while (isEmpty(from - 1)) from--
  while (isEmpty(to + 1)) to++
  return to - from + 1 > GAP
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, n) => total + n, 0)
}

export function sizeLines({ sizes, unresolved }: Report, style: Style, width: number): Chart {
  const notes =
    unresolved.requests === 0
      ? []
      : [`and ${amount(unresolved.requests, 'indirect request')} of unknown size, whose pages are not here`]
  return {
    title: 'bytes of a request',
    style,
    width,
    parts: directionParts(style),
    rows: sizes.map((size) => ({ label: sizeLabel(size.upTo), amounts: DIRECTIONS.map((direction) => size[direction]) })),
    notes,
  }
}

export function sizeLabel(upTo: bigint): string {
  return upTo === 0n ? 'none' : `up to ${bytesText(upTo)}`
}

function directionParts(style: Style): Chart['parts'] {
  return DIRECTIONS.map((name) => ({ name, fill: FILLS[name], paint: style.ops[name] }))
}

export function segmentLines({ segments }: Report, style: Style, width: number): Chart {
  return {
    title: 'segments of a request',
    style,
    width,
    parts: [
      { name: 'direct', fill: '█', paint: style.ops.read },
      { name: 'indirect', fill: '▓', paint: style.ops.discard },
    ],
    rows: groupedSegments(segments).map(({ from, to, direct, indirect }) => ({
      label: from === to ? String(from) : `${from} to ${to}`,
      amounts: [direct, indirect],
    })),
    notes: [],
  }
}

/** Up to 11 one by one, then 12 to 16, 17 to 32 and so on; from the first row that has any to the last. */
export function groupedSegments(segments: readonly SegmentsReport[]): SegmentsReport[] {
  const last = segments.at(-1)?.to ?? -1
  const groups: SegmentsReport[] = []
  for (let from = segments[0] ? groupOf(segments[0].from).from : 0; from <= last; ) {
    const group = groupOf(from)
    const own = segments.filter((s) => s.from >= group.from && s.from <= group.to)
    groups.push({ ...group, direct: sum(own.map((s) => s.direct)), indirect: sum(own.map((s) => s.indirect)) })
    from = group.to + 1
  }
  return groups
}

function groupOf(n: number): { from: number; to: number } {
  if (n <= EXACT_SEGMENTS) return { from: n, to: n }
  const to = 2 ** Math.ceil(Math.log2(n))
  return { from: Math.max(EXACT_SEGMENTS, to / 2) + 1, to }
}

/** The places on the disk at which requests begin: a line for each direction. */
export function mapLines({ sectors }: Report, style: Style, width: number): string[] {
  const name = Math.max(...DIRECTIONS.map((direction) => direction.length))
  const map = sectors(Math.max(MIN_COLUMNS, Math.min(MAP, width - name - 20)))
  if (!map) return []
  const { from, end: behind, isWhole, width: sectorsEach, columns, beyond } = map
  const most = Math.max(...columns.flat())
  const title = `where on the disk${isWhole ? ` of ${bytesText(behind * BigInt(SECTOR_SIZE))}` : ''}, ${grouped(sectorsEach)} ${sectorsEach === 1n ? 'sector' : 'sectors'} (${bytesText(sectorsEach * BigInt(SECTOR_SIZE))}) a column`
  const rows = DIRECTIONS.flatMap((direction, d) => {
    const values = columns.map((column) => column[d]!)
    const total = sum(values)
    if (total === 0) return []
    return [
      `  ${direction.padEnd(name)}  ${style.dim('│')}${style.ops[direction](sparkline(values, most))}${style.dim('│')}  ${grouped(total)}`,
    ]
  })
  const [start, end] = [grouped(from), grouped(behind)]
  const axis = `${start}${' '.repeat(Math.max(1, columns.length + 2 - start.length - end.length))}${end}`
  const far = beyond === 0 ? [] : [`  ${style.dim(`and ${amount(beyond, 'request')} beyond`)}`]
  return [style.bold(title), ...rows, `  ${' '.repeat(name)}  ${style.dim(axis)}`, ...far]
}
