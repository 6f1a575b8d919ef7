// Figures as a picture for a report. Readable on light and dark grounds: it brings its own, and follows the viewer's wish.

import { amount, bytesText, grouped, percent } from '../../print/quantities.ts'
import { element, escaped, group, label } from '../../print/svg.ts'
import { DIRECTIONS, type Report } from '../../stats/index.ts'
import { operationPanel, type Panel, segmentPanel, sizePanel, statusPanel } from './svg-bars.ts'
import { depthPanel, longestPanel, mapPanel } from './svg-lines.ts'
import { snapshotsText, titleOf } from './text.ts'

/** How every picture begins. */
export const SVG_START = '<svg xmlns='

const WIDTH = 960
const MARGIN = 24
const GAP = 16
const PAD = 16
/** Height of a panel's title. */
const TITLE = 34
const TILES_AT = 92
const TILE = 74
const BODY = WIDTH - 2 * MARGIN
const HALF = (BODY - GAP) / 2
/** Characters of the heading that fit in the width. */
const HEADING = 80

/** Text and ground, lines, and the colours of what goes which way: told apart by the colour-blind as well. */
const STYLE = `
svg{--ground:#ffffff;--card:#f6f8fa;--line:#d0d7de;--text:#1f2328;--soft:#59636e;--read:#1b8a6b;--write:#3b6fd4;--discard:#c77700;--bad:#cf222e;--direct:#7d8aa0;--indirect:#8250df}
@media (prefers-color-scheme:dark){svg{--ground:#0d1117;--card:#161b22;--line:#30363d;--text:#e6edf3;--soft:#9198a1;--read:#3fb68b;--write:#6ea0ff;--discard:#e3a04f;--bad:#ff7b72;--direct:#8b98ad;--indirect:#b392f0}}
text{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:#1f2328;fill:var(--text)}
.h{font-size:22px;font-weight:600}.t{font-size:14px;font-weight:600}.n{font-size:24px;font-weight:600}
.s{fill:#59636e;fill:var(--soft)}.e{text-anchor:end}.m{text-anchor:middle}
.ground{fill:#ffffff;fill:var(--ground)}.card{fill:#f6f8fa;fill:var(--card);stroke:#d0d7de;stroke:var(--line)}
.grid{stroke:#d0d7de;stroke:var(--line);fill:none}
.read{fill:#1b8a6b;fill:var(--read)}.write{fill:#3b6fd4;fill:var(--write)}.discard{fill:#c77700;fill:var(--discard)}
.bad{fill:#cf222e;fill:var(--bad)}.direct,.ok{fill:#7d8aa0;fill:var(--direct)}.indirect,.mean{fill:#8250df;fill:var(--indirect)}
.shade{fill:#8250df;fill:var(--indirect);fill-opacity:.3}.sharp{shape-rendering:crispEdges}
`

export interface StatsSvgOptions {
  readonly findings: number
  /** The expression that chose the slots. */
  readonly where: string | undefined
}

export function statsSvg(report: Report, { findings, where }: StatsSvgOptions): string {
  const title = titleOf(report)
  const rows = rowsOf(report)
  let y = TILES_AT + TILE + GAP
  const drawn = rows.flatMap((row) => {
    const height = Math.max(...row.map((panel) => panel.height)) + TITLE + PAD
    const width = row.length === 1 ? BODY : HALF
    const cards = row.map((panel, i) => card(panel, MARGIN + i * (HALF + GAP), y, width, height))
    y += height + GAP
    return cards
  })
  const height = y - GAP + MARGIN
  const about = [
    `Snapshots: ${snapshotsText(report)}`,
    ...leftOut(report),
    ...(where === undefined ? [] : [`slots where ${where}`]),
  ].join('; ')
  return `${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: 'img' },
    element('title', {}, escaped(`Requests on ${title}`)),
    element('style', {}, STYLE),
    element('rect', { class: 'ground', width: WIDTH, height }),
    label(cut(`Xen block rings: ${title}`, HEADING * 0.85), { class: 'h', x: MARGIN, y: 44 }),
    label(cut(about, HEADING * 1.7), { class: 's', x: MARGIN, y: 68 }),
    ...tiles(report, findings),
    ...drawn,
  )}\n`
}

/** Slots that are in no figure. */
function leftOut({ slots: { unknown, cleared } }: Report): string[] {
  return [
    ...(unknown === 0 ? [] : [`${amount(unknown, 'slot')} not in the input, and in no figure`]),
    ...(cleared === 0 ? [] : [`${amount(cleared, 'slot')} cleared`]),
  ]
}

type Draw = (report: Report, width: number) => Panel | undefined

/** Panels over the whole width, or two side by side where there is something to say of both. */
const ROWS: readonly (readonly Draw[])[] = [
  [depthPanel],
  [operationPanel, statusPanel],
  [sizePanel, segmentPanel],
  [mapPanel],
  [longestPanel],
]

function rowsOf(report: Report): Panel[][] {
  const drawn = (row: readonly Draw[], width: number) =>
    row.map((draw) => draw(report, width - 2 * PAD)).filter((panel) => panel !== undefined)
  return ROWS.map((row) => {
    const side = drawn(row, HALF)
    return side.length === 1 ? drawn(row, BODY) : side
  }).filter((row) => row.length > 0)
}

function card({ title, legend, body }: Panel, x: number, y: number, width: number, height: number): string {
  let at = width - PAD
  const keys = legend.toReversed().map(({ name, style }) => {
    at -= name.length * 6.6
    const text = label(name, { class: 's', x: at, y: 24 })
    at -= 16
    const key = element('rect', { class: style, x: at, y: 14, width: 11, height: 11, rx: 2 })
    at -= 12
    return key + text
  })
  return group(
    x,
    y,
    element('rect', { class: 'card', width, height, rx: 8 }),
    label(title, { class: 't', x: PAD, y: 25 }),
    ...keys,
    group(PAD, TITLE + 6, body),
  )
}

/** The figures that are asked for first. */
function tiles(report: Report, findings: number): string[] {
  const { requests, responses, errors, direct, depth, bytes, unresolved } = report
  const slots = Math.max(...report.tracks.map((track) => track.nr_ents))
  const unknown = unresolved.requests === 0 ? '' : `${grouped(unresolved.requests)} of unknown size`
  const asked = DIRECTIONS.filter((direction) => direction !== 'discard')
  const entries: (readonly [string, string, string])[] = [
    [grouped(requests), 'requests', requests === 0 ? '' : `${percent(direct, requests)} direct`],
    depth.rings === 0
      ? ['?', 'in flight', 'impossible indices']
      : [`${depth.most} of ${slots}`, 'most in flight', `median ${depth.median}, full in ${grouped(depth.full)}`],
    ...asked.map((way) => [bytesText(bytes[way]), way === 'read' ? 'asked to read' : 'asked to write', unknown] as const),
    [grouped(errors), 'errors', `of ${amount(responses, 'response')}`],
    [grouped(findings), 'findings', findings === 0 ? '' : 'see blkring check'],
  ]
  const width = (BODY - (entries.length - 1) * 10) / entries.length
  return entries.map(([value, name, note], i) =>
    group(
      MARGIN + i * (width + 10),
      TILES_AT,
      element('rect', { class: 'card', width, height: TILE, rx: 8 }),
      label(value, {
        class: name === 'errors' && errors > 0 ? 'n bad' : 'n',
        x: 12,
        y: 32,
        ...(value.length > 9 ? { style: 'font-size:17px' } : {}),
      }),
      label(name, { x: 12, y: 50 }),
      label(note, { class: 's', x: 12, y: 65, style: 'font-size:10.5px' }),
    ),
  )
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`
}
