// Figures of many rings for people: what they say in sum first, then how it is spread.

import { amount, bytesText, grouped, oneDecimal, percent } from '../../print/quantities.ts'
import type { Style } from '../../print/style.ts'
import { beside, count, printable } from '../../print/text.ts'
import type { Report } from '../../stats/index.ts'
import { chartLines, depthLines, mapLines, segmentLines, sizeLines } from './charts.ts'
import { longestLines, operationLines, queueLines, ringLines, statusLines } from './tables.ts'

export interface StatsTextOptions {
  readonly style: Style
  /** Columns that no line passes. */
  readonly width: number
  readonly findings: number
  /** The expression that chose the slots. */
  readonly where: string | undefined
}

/** Statuses that the line of responses names. */
const STATUSES = 4
/** Sources that the title names. */
const TITLES = 3

export function statsText(report: Report, options: StatsTextOptions): string {
  const { style, width } = options
  const sections = [
    summary(report, options),
    depthLines(report, style, width),
    operationLines(report, style),
    chartLines(sizeLines(report, style, width)),
    chartLines(segmentLines(report, style, width)),
    mapLines(report, style, width),
    statusLines(report, style, width),
    longestLines(report, style),
    ringLines(report, style),
    queueLines(report, style),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line.trimEnd()}\n`).join(''))
    .join('\n')
}

function summary(report: Report, { style, width, findings, where }: StatsTextOptions): string[] {
  const rows: (readonly [string, string])[] = [
    ['snapshots', snapshotsText(report)],
    ...(where === undefined ? [] : [['where', printable(where)] as const]),
    ['requests', requestsText(report, where !== undefined)],
    ['responses', responsesText(report)],
    ['cleared', clearedText(report)],
    ['unknown', unknownText(report)],
    ['in flight', inFlightText(report)],
    ['asked for', bytesAsked(report)],
    ['series', seriesText(report)],
    ['findings', `${findings === 0 ? 'none' : grouped(findings)} of blkring decode; blkring check looks further`],
  ]
  const name = Math.max(...rows.map(([name]) => name.length))
  const lines = rows
    .filter(([, text]) => text !== '')
    .flatMap(([label, text]) => {
      const { first, below } = beside(name + 4, text, name + 4, width)
      return [`  ${style.dim(label.padEnd(name))}  ${first}`, ...below]
    })
  return [style.bold(titleOf(report)), ...lines]
}

/** The sources, of many the first. */
export function titleOf({ tracks }: Report): string {
  const sources = [...new Set(tracks.map(({ source }) => printable(source)))]
  const more = sources.length - TITLES
  return sources.slice(0, TITLES).join(', ') + (more > 0 ? ` and ${grouped(more)} more` : '')
}

export function snapshotsText({ snapshots, tracks, impossible }: Report): string {
  const sizes = [...new Set(tracks.map((t) => `${count(t.pages, 'page')}, ${t.nr_ents} slots`))]
  const protocols = [...new Set(tracks.flatMap((t) => [...t.protocols]))].sort()
  const of = tracks.length === 1 ? 'one ring' : `${grouped(tracks.length)} rings`
  const shape = sizes.length === 1 ? `${tracks.length === 1 ? '' : 'each '}of ${sizes[0]}` : 'of several sizes'
  const broken = impossible === 0 ? '' : `; in ${grouped(impossible)} the indices are impossible`
  return `${grouped(snapshots)}, of ${of} ${shape}, ${protocols.join(' and ')}${broken}`
}

function requestsText({ requests, slots, direct, indirect, operations }: Report, isChosen: boolean): string {
  if (requests === 0) return isChosen ? 'none chosen' : 'none in flight, so that no sizes and sectors are known'
  const kinds = indirect === 0 ? 'all direct' : `${percent(direct, requests)} direct, ${percent(indirect, requests)} indirect`
  const unknown = operations.find(({ op }) => op === 'unknown')?.direct ?? 0
  const odd = unknown === 0 ? '' : `; ${percent(unknown, requests)} of them with an operation that is not in blkif.h`
  return `${grouped(requests)}${once(requests, slots.request)}${kinds}${odd}`
}

/** How often requests were seen, where snapshots show the same ones again. */
function once(counted: number, slots: number): string {
  return slots === counted ? ': ' : `, each counted once (in ${amount(slots, 'slot')} of all snapshots): `
}

function clearedText({ slots: { cleared } }: Report): string {
  return cleared === 0 ? '' : `${amount(cleared, 'slot')} of all snapshots: the frontend took the response and recycled the slot`
}

function unknownText({ slots: { unknown } }: Report): string {
  return unknown === 0 ? '' : `${amount(unknown, 'slot')} of all snapshots: not in the input, and not in any figure`
}

function responsesText({ responses, slots, statuses }: Report): string {
  if (responses === 0) return 'none seen'
  const named = statuses
    .slice(0, STATUSES)
    .map(({ status, name, responses }) => `${grouped(responses)} ${name ?? `status ${status}`}`)
  const more = statuses.length > STATUSES ? ` and ${amount(statuses.length - STATUSES, 'other status', 'other statuses')}` : ''
  return `${grouped(responses)}${once(responses, slots.response)}${named.join(', ')}${more}`
}

function inFlightText({ depth, tracks }: Report): string {
  const { rings, mean, median, p95, most, empty, full } = depth
  if (rings === 0) return 'nobody can say: the indices are impossible'
  const slots = Math.max(...tracks.map((t) => t.nr_ents))
  const of = tracks.some(({ countsSlots }) => countsSlots)
    ? `in ${slots} slots, of which a request may take several`
    : `of ${slots}`
  if (rings === 1) return `${most} ${of}`
  return `at most ${most} ${of}, on average ${oneDecimal(mean)}, median ${median}, 95% up to ${p95}; empty in ${grouped(empty)} of ${grouped(rings)}, full in ${grouped(full)}`
}

function bytesAsked({ bytes: { read, write, discard }, unresolved, requests }: Report): string {
  if (requests === 0) return ''
  const known = `${bytesText(read)} read, ${bytesText(write)} written, ${bytesText(discard)} discarded`
  if (unresolved.requests === 0) return known
  return `${known}; and by ${amount(unresolved.requests, 'indirect request')} whose pages are not here at most ${bytesText(unresolved.mostBytes)}`
}

/** What the indices say of the time between the snapshots. */
function seriesText({ steps: { followed, published, answered, leapt, back }, tracks }: Report): string {
  const all = followed + leapt + back
  if (all === 0) return ''
  const broken = [
    ...(leapt === 0 ? [] : [`in ${grouped(leapt)} req_prod leaps past a whole ring`]),
    ...(back === 0 ? [] : [`in ${grouped(back)} an index went back or is impossible`]),
  ].join(', ')
  const what = tracks.some(({ countsSlots }) => countsSlots) ? 'slot' : 'request'
  const went = `${amount(published, what)} published and ${grouped(answered)} answered between the snapshots`
  if (broken === '') return `${went}, seen or not`
  const unrelated = followed * 2 < all ? 'the snapshots seem unrelated: ' : ''
  const rest = followed === 0 ? '' : `; in the other ${grouped(followed)}, ${went}`
  return `${unrelated}of ${amount(all, 'step')} from one to the next, ${broken}${rest}`
}
