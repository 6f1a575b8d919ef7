// Findings for people: a line each below the ring that they are in, and a line that counts them.

import {
  type BackendName,
  type BackendVerdict,
  type CheckFinding,
  type DecodedRing,
  type GrantCondition,
  SEVERITIES,
  type Severity,
} from '../../check/index.ts'
import { shortId } from '../../codec/ring/id-text.ts'
import type { RequestSlot } from '../../codec/ring/ring.ts'
import type { Sheet } from '../../print/style.ts'
import { type Cell, type Column, tableOf } from '../../print/table.ts'
import { count, hanging, hexNumber, printable, titleLines, wrap } from '../../print/text.ts'

/** What a backend would do with the requests of a ring. */
export interface Verdicts {
  readonly backend: BackendName
  /** What is to be said of the layout in which the backend reads the ring (`BackendReading.note`). */
  readonly note: string | undefined
  readonly verdicts: readonly BackendVerdict[]
}

/** How many findings of each severity. */
export type Counts = Record<Severity, number>

const COLUMNS: readonly Column[] = [
  { title: 'severity', align: 'left' },
  { title: 'rule', align: 'left' },
  { title: 'where', align: 'left' },
  { title: 'message', align: 'left', words: true },
]

/** Behind what a backend would do with a request that it did it with already. */
const ANSWERED: Readonly<Record<RequestSlot['answered'], string>> = {
  yes: '; answered already',
  maybe: '; may be answered already',
  unlikely: '',
  no: '',
}

/** The ring's name and its findings. */
export function findingsText(decoded: DecodedRing, findings: readonly CheckFinding[], sheet: Sheet): string {
  const { style } = sheet
  const paint = { error: style.bad, warning: style.unsure, note: style.dim }
  const rows = findings.map(({ rule, slot, offset, message }) => [
    { text: rule.severity, paint: paint[rule.severity] },
    { text: rule.id },
    {
      text: [slot === undefined ? '' : `slot ${slot}`, offset === undefined ? '' : `at ${hexNumber(offset)}`]
        .filter(Boolean)
        .join(' '),
    },
    { text: printable(message) },
  ])
  return lines(decoded, tableBelow(COLUMNS, rows, sheet).rows.flat(), sheet)
}

/** What a backend would do with each request of a ring. */
export function verdictsText(decoded: DecodedRing, { backend, note, verdicts }: Verdicts, sheet: Sheet): string {
  const { style } = sheet
  const columns: Column[] = [
    { title: 'slot', align: 'right' },
    { title: 'index', align: 'right' },
    { title: 'op', align: 'left' },
    { title: 'id', align: 'right' },
    { title: backend, align: 'left' },
    { title: 'by which test', align: 'left', words: true },
  ]
  const rows = verdicts.map(({ slot: { slot, index, request, answered }, outcome, test, reading, condition }) => [
    { text: String(slot) },
    { text: String(index) },
    { text: request.op },
    { text: shortId(request.id) },
    { text: outcome, paint: outcome === 'accept' ? undefined : outcome === 'unknown' ? style.unsure : style.bad },
    {
      text: `${test}${outcome === 'accept' ? conditionText(condition) : ''}${reading ? ' (a reading of its source)' : ''}${ANSWERED[answered]}`,
    },
  ])
  const table = tableBelow(columns, rows, sheet)
  const said = note === undefined ? [] : wrap(printable(note), sheet.width - INDENT).map((line) => style.unsure(line))
  const body = [...said, ...(rows.length === 0 ? ['no request in flight'] : [...table.titles, ...table.rows.flat()])]
  return lines(decoded, body, sheet)
}

/** What an acceptance depends on, or that a grant table has decided it. */
function conditionText(condition: GrantCondition | undefined): string {
  if (!condition) return ''
  if (condition.met) return '; the grant table has its references'
  const { maps, writable } = condition
  const mustWrite = new Set(writable)
  const only = maps.filter((gref) => !mustWrite.has(gref))
  const parts = [
    ...(only.length === 0 ? [] : [`${runsOf(only)} ${only.length === 1 ? 'maps' : 'map'}`]),
    ...(writable.length === 0 ? [] : [`${runsOf(writable)} ${writable.length === 1 ? 'maps' : 'map'} writable`]),
  ]
  return `, if gref ${parts.join(' and ')}`
}

/** Runs that a line has room for. */
const MAX_RUNS = 4

/** `9-19, 27`, in the order in which the request has them. */
function runsOf(grefs: readonly number[]): string {
  const runs: [number, number][] = []
  for (const gref of grefs) {
    const last = runs.at(-1)
    if (last && gref === last[1] + 1) last[1] = gref
    else runs.push([gref, gref])
  }
  const shown = runs.slice(0, MAX_RUNS).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
  const rest = runs.slice(MAX_RUNS).reduce((sum, [from, to]) => sum + to - from + 1, 0)
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

/** `2 rings: 1 error, 3 warnings (12 notes not shown)`. @param shown the least severity that is printed */
export function countsText(rings: number, counts: Counts, shown: Severity, { style, width }: Sheet): string {
  const least = SEVERITIES.indexOf(shown)
  const parts = (severities: readonly Severity[]) =>
    severities.flatMap((severity) => (counts[severity] > 0 ? [count(counts[severity], severity)] : [])).join(', ')
  const found = parts(SEVERITIES.slice(0, least + 1)) || 'no findings'
  const hidden = parts(SEVERITIES.slice(least + 1))
  const [text, more] = [`${count(rings, 'ring')}: ${found}`, hidden && `(and ${hidden}: --severity ${SEVERITIES.at(-1)})`]
  if (text.length + 1 + more.length <= width) return `${text}${more && style.dim(` ${more}`)}\n`
  const below = hanging(`  ${more}`, 2, width).map((line) => style.dim(line))
  return [...hanging(text, 2, width), ...below].map((line) => `${line}\n`).join('')
}

const INDENT = 2

/** A table below the name of its ring. */
function tableBelow(columns: readonly Column[], rows: readonly (readonly Cell[])[], { style, width }: Sheet) {
  return tableOf(columns, rows, style.dim, width - INDENT)
}

/** The ring's name, and what is said of it. */
function lines({ capture }: DecodedRing, body: readonly string[], { style, width }: Sheet): string {
  const title = printable(capture.source) + (capture.queue === undefined ? '' : ` (queue ${capture.queue})`)
  const head = titleLines(title, width).map((line) => style.bold(line))
  return [...head, ...body.map((line) => ' '.repeat(INDENT) + line), ''].map((line) => `${line}\n`).join('')
}
