// Panels of the picture that count something in bars.

import { bytesText, grouped } from '../../print/quantities.ts'
import { bar, element, label } from '../../print/svg.ts'
import { DIRECTIONS, type Report } from '../../stats/index.ts'
import { groupedSegments, isGap } from './charts.ts'

/** A part of the picture, drawn from 0, 0. */
export interface Panel {
  readonly title: string
  readonly legend: readonly { readonly name: string; readonly style: string }[]
  readonly height: number
  readonly body: string
}

interface Row {
  readonly name: string
  /** A number for each entry of the legend. */
  readonly amounts: readonly number[]
  readonly note: string
}

const ROW = 24
const THICK = 14
/** The least width of a part that is not 0. */
const MIN_LENGTH = 1.5
/** Height of the bars that stand. */
const STAND = 150
/** Names of bars side by side; of more bars only some are named. */
const MAX_NAMES = 24
const MAX_STATUSES = 8

export function operationPanel({ operations }: Report, width: number): Panel | undefined {
  const rows = operations
    .filter((o) => o.direct + o.indirect > 0)
    .map(
      ({ op, direct, indirect, bytes }): Row => ({
        name: op,
        amounts: [direct, indirect],
        note: `${grouped(direct + indirect)}${bytes > 0n ? `, ${bytesText(bytes)}` : ''}`,
      }),
    )
  const legend = [
    { name: 'direct', style: 'direct' },
    { name: 'indirect', style: 'indirect' },
  ]
  return rows.length === 0 ? undefined : lying('Requests by operation', legend, rows, width)
}

export function statusPanel({ statuses }: Report, width: number): Panel | undefined {
  if (statuses.length === 0) return undefined
  const rows = statuses.slice(0, MAX_STATUSES).map(
    ({ status, name, responses }): Row => ({
      name: name ?? `status ${status}`,
      amounts: status === 0 ? [responses, 0] : [0, responses],
      note: grouped(responses),
    }),
  )
  const others = statuses.slice(MAX_STATUSES).reduce((sum, { responses }) => sum + responses, 0)
  if (others > 0) rows.push({ name: 'others', amounts: [0, others], note: grouped(others) })
  const legend = [
    { name: 'okay', style: 'ok' },
    { name: 'error', style: 'bad' },
  ]
  return lying('Responses by status', legend, rows, width)
}

/** Bars from the left, names before and numbers behind them. */
function lying(title: string, legend: Panel['legend'], rows: readonly Row[], width: number): Panel {
  const [names, notes] = [88, 112]
  const room = width - names - notes
  const most = Math.max(...rows.map(({ amounts }) => sum(amounts)))
  const body = rows.map(({ name, amounts, note }, i) => {
    const y = i * ROW
    let x = names
    const lengths = lengthsOf(amounts, most, room)
    const parts = amounts.map((n, p) => {
      const length = lengths[p]!
      const part =
        length === 0
          ? ''
          : bar({ class: legend[p]!.style, x, y, width: length, height: THICK }, `${name}, ${legend[p]!.name}: ${grouped(n)}`)
      x += length
      return part
    })
    return [label(name, { class: 'e', x: names - 8, y: y + 11 }), ...parts, label(note, { class: 's', x: x + 8, y: y + 11 })].join(
      '',
    )
  })
  return { title, legend, height: rows.length * ROW + 6, body: body.join('') }
}

export function sizePanel({ sizes, unresolved }: Report, width: number): Panel | undefined {
  const all = sizes.map(({ upTo, ...counts }): Row => {
    return { name: upTo === 0n ? '0' : bytesText(upTo), amounts: DIRECTIONS.map((direction) => counts[direction]), note: '' }
  })
  const unknown = unresolved.requests === 0 ? '' : `; ${grouped(unresolved.requests)} more of unknown size`
  const legend = DIRECTIONS.map((name) => ({ name, style: name }))
  return standing('Requests by size', `up to so many bytes${unknown}`, legend, all, width)
}

export function segmentPanel({ segments }: Report, width: number): Panel | undefined {
  const rows = groupedSegments(segments).map(({ from, to, direct, indirect }): Row => {
    return { name: from === to ? String(from) : `${from}-${to}`, amounts: [direct, indirect], note: '' }
  })
  const legend = [
    { name: 'direct', style: 'direct' },
    { name: 'indirect', style: 'indirect' },
  ]
  return standing('Requests by segments', 'nr_segments', legend, rows, width)
}

/** In pixels: what is not 0 can be seen, and the largest part gives what that takes. */
function lengthsOf(amounts: readonly number[], most: number, room: number): number[] {
  const lengths = amounts.map((n) => (n === 0 ? 0 : Math.max(MIN_LENGTH, (room * n) / most)))
  const excess = Math.max(0, sum(lengths) - room)
  const largest = lengths.indexOf(Math.max(...lengths))
  return lengths.map((length, p) => (p === largest ? length - excess : length))
}

/** Bars from the ground, names below them, a scale at the left. */
function standing(title: string, axis: string, legend: Panel['legend'], all: readonly Row[], width: number): Panel | undefined {
  if (all.length === 0) return undefined
  const rows = all.flatMap((row, i) => {
    if (!isGap(all, i)) return [row]
    return isGap(all, i - 1) ? [] : [{ ...row, name: '...' }]
  })
  const named = Math.ceil(rows.length / MAX_NAMES)
  const most = Math.max(...rows.map(({ amounts }) => sum(amounts)), 1)
  const scale = 14 + 6.6 * grouped(most).length
  const step = Math.min(56, (width - scale) / rows.length)
  const thick = Math.min(34, step * 0.74)
  const grid = [0, 0.5, 1].flatMap((share) => {
    const y = STAND * (1 - share)
    const value = most * share
    const line = element('path', { class: 'grid', d: `M${scale} ${y}H${width}` })
    return Number.isInteger(value) ? [line, label(grouped(value), { class: 's e', x: scale - 8, y: y + 4 })] : [line]
  })
  const body = rows.map(({ name, amounts }, i) => {
    const x = scale + i * step + (step - thick) / 2
    let y = STAND
    const lengths = lengthsOf(amounts, most, STAND)
    const parts = amounts.map((n, p) => {
      const length = lengths[p]!
      y -= length
      return length === 0
        ? ''
        : bar({ class: legend[p]!.style, x, y, width: thick, height: length }, `${name}, ${legend[p]!.name}: ${grouped(n)}`)
    })
    const below = i % named === 0 ? [label(name, nameAttributes(x + thick / 2, rows.length))] : []
    return [...parts, ...below].join('')
  })
  const below = label(axis, { class: 's m', x: scale + (width - scale) / 2, y: STAND + 66 })
  const used = legend.filter((_, p) => all.some(({ amounts }) => amounts[p]! > 0))
  return { title, legend: used, height: STAND + 72, body: [...grid, ...body, below].join('') }
}

/** Aslant where many stand side by side. */
function nameAttributes(x: number, names: number) {
  if (names <= 6) return { class: 's m', x, y: STAND + 18 }
  return { class: 's e', transform: `translate(${x + 4} ${STAND + 14}) rotate(-40)`, style: 'font-size:10.5px' }
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, n) => total + n, 0)
}
