// Findings for people: a line each below the ring that they are in, and a line that counts them.
import {
  type BackendName,
  type BackendVerdict,
  type CheckFinding,
  type DecodedRing,
  type GrantCondition,
  SEVERITIES,
  type Severity,
} from '../check/index.ts'
import type { RequestSlot } from '../codec/ring/ring.ts'
import type { Style } from './style.ts'
import { type Column, tableLines } from './table.ts'
import { count, hex, printable } from './text.ts'

/** How many findings of each severity. */
export type Counts = Record<Severity, number>

const COLUMNS: readonly Column[] = ['severity', 'rule', 'where', 'message'].map((title) => ({ title, align: 'left' }))

/** Behind what a backend would do with a request that it did it with already. */
const ANSWERED: Readonly<Record<RequestSlot['answered'], string>> = {
  yes: '; answered already',
  maybe: '; may be answered already',
  unlikely: '',
  no: '',
}

/** The ring's name and its findings. */
export function findingsText(decoded: DecodedRing, findings: readonly CheckFinding[], style: Style): string {
  const paint = { error: style.bad, warning: style.unsure, note: style.dim }
  const rows = findings.map(({ rule, slot, offset, message }) => [
    { text: rule.severity, paint: paint[rule.severity] },
    { text: rule.id },
    { text: [slot === undefined ? '' : `slot ${slot}`, offset === undefined ? '' : `at ${hex(offset)}`].filter(Boolean).join(' ') },
    { text: printable(message) },
  ])
  return lines(title(decoded, style), tableLines(COLUMNS, rows, style.dim).slice(1))
}

/** What a backend would do with each request of a ring. */
export function verdictsText(
  decoded: DecodedRing,
  backend: BackendName,
  verdicts: readonly BackendVerdict[],
  style: Style,
): string {
  const columns: Column[] = [
    { title: 'slot', align: 'right' },
    { title: 'index', align: 'right' },
    { title: 'op', align: 'left' },
    { title: 'id', align: 'right' },
    { title: backend, align: 'left' },
    { title: 'by which test', align: 'left' },
  ]
  const rows = verdicts.map(({ slot: { slot, index, request, answered }, outcome, test, reading, condition }) => [
    { text: String(slot) },
    { text: String(index) },
    { text: request.op },
    { text: String(request.id) },
    { text: outcome, paint: outcome === 'accept' ? undefined : outcome === 'unknown' ? style.unsure : style.bad },
    { text: `${test}${conditionText(condition)}${reading ? ' (a reading of its source)' : ''}${ANSWERED[answered]}` },
  ])
  const body = rows.length === 0 ? ['no request in flight'] : tableLines(columns, rows, style.dim)
  return lines(title(decoded, style), body)
}

/** What a verdict depends on; nothing where a grant table has decided it. */
function conditionText(condition: GrantCondition | undefined): string {
  if (!condition || condition.met) return ''
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
const MOST_RUNS = 4

/** `9-19, 27`, in the order in which the request has them. */
function runsOf(grefs: readonly number[]): string {
  const runs: [number, number][] = []
  for (const gref of grefs) {
    const last = runs.at(-1)
    if (last && gref === last[1] + 1) last[1] = gref
    else runs.push([gref, gref])
  }
  const shown = runs.slice(0, MOST_RUNS).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
  const rest = runs.slice(MOST_RUNS).reduce((sum, [from, to]) => sum + to - from + 1, 0)
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

/** `2 rings: 1 error, 3 warnings (12 notes not shown)`. @param shown the least severity that is printed */
export function countsText(rings: number, counts: Counts, shown: Severity, style: Style): string {
  const least = SEVERITIES.indexOf(shown)
  const parts = (severities: readonly Severity[]) =>
    severities.flatMap((severity) => (counts[severity] > 0 ? [count(counts[severity], severity)] : [])).join(', ')
  const found = parts(SEVERITIES.slice(0, least + 1)) || 'no findings'
  const hidden = parts(SEVERITIES.slice(least + 1))
  return `${count(rings, 'ring')}: ${found}${hidden && style.dim(` (and ${hidden}: --severity ${SEVERITIES.at(-1)})`)}\n`
}

function title({ dump }: DecodedRing, style: Style): string {
  return style.bold(printable(dump.source) + (dump.queue === undefined ? '' : ` (queue ${dump.queue})`))
}

function lines(head: string, body: readonly string[]): string {
  return [head, ...body.map((line) => `  ${line}`), ''].map((line) => `${line}\n`).join('')
}
