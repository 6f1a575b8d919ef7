// Figures in tables: operations, statuses, the requests that were in flight longest, rings.

import { shortId } from '../../codec/ring/id-text.ts'
import { NO_SECTOR } from '../../codec/xen/blkif.ts'
import { opName } from '../../codec/xen/operations.ts'
import { amount, bytesText, grouped, oneDecimal } from '../../print/quantities.ts'
import type { Style } from '../../print/style.ts'
import { type Cell, type Column, tableLines } from '../../print/table.ts'
import { printable } from '../../print/text.ts'
import type { Report, RingTrack } from '../../stats/index.ts'
import { type Chart, chartLines } from './charts.ts'

/** Rows of statuses and of rings. */
const MAX_STATUSES = 12
const MAX_RINGS = 12

const left = (title: string): Column => ({ title, align: 'left' })
const right = (title: string): Column => ({ title, align: 'right' })

export function operationLines({ operations, requests, responses }: Report, style: Style): string[] {
  const used = operations.filter((o) => o.direct + o.indirect + o.responses > 0)
  if (used.length === 0) return []
  const columns = [
    left('operation'),
    ...(requests === 0 ? [] : [right('direct'), right('indirect'), right('bytes')]),
    ...(responses === 0 ? [] : [right('responses'), right('errors')]),
  ]
  const rows = used.map(({ op, direct, indirect, bytes, responses: answers, errors }): Cell[] => [
    { text: op, paint: style.ops[op] },
    ...(requests === 0 ? [] : [grouped(direct), grouped(indirect), bytesText(bytes)].map((text) => ({ text }))),
    ...(responses === 0 ? [] : [{ text: grouped(answers) }, { text: grouped(errors), paint: errors > 0 ? style.bad : undefined }]),
  ])
  const [titles, ...lines] = tableLines(columns, rows, style.bold)
  return [titles!, ...lines]
}

/** The table of statuses; none where no response is an error. */
export function statusLines({ statuses, errors }: Report, style: Style, width: number): string[] {
  if (errors === 0) return []
  const rows = statuses.slice(0, MAX_STATUSES).map(({ status, name, responses }) => ({
    label: name === undefined ? String(status) : `${name} ${status}`,
    amounts: status === 0 ? [responses, 0] : [0, responses],
  }))
  const rest = statuses.slice(MAX_STATUSES)
  const others = rest.reduce((sum, { responses }) => sum + responses, 0)
  const chart: Chart = {
    title: 'status of a response',
    style,
    width,
    parts: [
      { name: 'okay', fill: '█', paint: style.ops.read },
      { name: 'error', fill: '▓', paint: style.bad },
    ],
    rows,
    notes:
      rest.length === 0 ? [] : [`and ${amount(others, 'response')} of ${amount(rest.length, 'other status', 'other statuses')}`],
  }
  return chartLines(chart)
}

export function longestLines({ longest, tracks }: Report, style: Style): string[] {
  if (longest.length === 0) return []
  const several = tracks.length > 1
  const rows = longest.map(({ source, queue, slot, index, id, operation, sector_number, first, last, atEnd }): Cell[] => [
    { text: grouped(last - first + 1) },
    { text: `${first}-${last}` },
    { text: atEnd ? 'yes' : '', paint: style.unsure },
    { text: String(slot) },
    { text: String(index) },
    { text: opName(operation), paint: style.ops[opName(operation)] },
    { text: shortId(id) },
    { text: sector_number === NO_SECTOR ? '-' : String(sector_number) },
    ...(several ? [{ text: String(1 + tracks.findIndex((t) => t.source === source && t.queue === queue)) }] : []),
  ])
  const columns = [
    right('snapshots'),
    right('in flight'),
    left('still'),
    right('slot'),
    right('index'),
    left('op'),
    right('id'),
    right('sector_number'),
    ...(several ? [right('ring')] : []),
  ]
  return [style.bold('in flight longest'), ...tableLines(columns, rows, style.dim).map((line) => `  ${line}`)]
}

/** The table of rings; none where there is one. */
export function ringLines({ tracks }: Report, style: Style): string[] {
  if (tracks.length < 2) return []
  const rows = tracks
    .slice(0, MAX_RINGS)
    .map((track, i): Cell[] => [
      { text: String(i + 1) },
      { text: grouped(track.snapshots) },
      { text: grouped(track.requests) },
      { text: grouped(track.responses) },
      { text: grouped(track.errors), paint: track.errors > 0 ? style.bad : undefined },
      { text: meanText(track) },
      { text: `${track.most} of ${track.nr_ents}` },
      { text: ringName(track) },
    ])
  const columns = [
    right('ring'),
    right('snapshots'),
    right('requests'),
    right('responses'),
    right('errors'),
    right('mean'),
    right('most'),
    left(''),
  ]
  const rest = tracks.length - MAX_RINGS
  const more = rest > 0 ? [`  ${style.dim(`and ${grouped(rest)} more, which --json lists`)}`] : []
  const lines = tableLines(columns, rows, style.dim).map((line) => `  ${line}`)
  return [style.bold('rings'), ...lines, ...more]
}

/** A row for each device of several queues: what they have in flight at a time, all together. */
export function queueLines({ queues }: Report, style: Style): string[] {
  if (queues.length === 0) return []
  const rows = queues
    .slice(0, MAX_RINGS)
    .map(({ source, queues: count, nr_ents, moments, mean, most }): Cell[] => [
      { text: String(count) },
      { text: grouped(moments) },
      { text: oneDecimal(mean) },
      { text: `${most} of ${nr_ents}` },
      { text: printable(source) },
    ])
  const columns = [right('queues'), right('moments'), right('mean'), right('most'), left('')]
  return [style.bold('queues together, in flight'), ...tableLines(columns, rows, style.dim).map((line) => `  ${line}`)]
}

function meanText({ inFlight, snapshots, impossible }: RingTrack): string {
  return snapshots === impossible ? '?' : oneDecimal(inFlight / (snapshots - impossible))
}

function ringName({ source, queue }: { source: string; queue: number | undefined }): string {
  return printable(source) + (queue === undefined ? '' : ` (queue ${queue})`)
}
