// Panels of the picture over the whole width: requests in flight over time, and where on the disk they begin.
import { shortId } from '../../codec/ring/id-text.ts'
import { NO_SECTOR, SECTOR_SIZE } from '../../codec/xen/blkif.ts'
import { opName } from '../../codec/xen/operations.ts'
import { bytesText, grouped } from '../../print/quantities.ts'
import { bar, element, label } from '../../print/svg.ts'
import { DIRECTIONS, type Report } from '../../stats/index.ts'
import { fitColumns } from './charts.ts'
import type { Panel } from './svg-bars.ts'

const DEPTH = 140
const STRIP = 44
const NAMES = 64
const SCALE = 40
const COLUMNS = 160
/** A line of the requests in flight longest, and room for what they are. */
const FLIGHT = 22
const FLIGHT_NAMES = 250
/** The palest and the darkest cell of the map. */
const [PALE, DARK] = [0.18, 1]

/** The panel of requests in flight; none where there is one snapshot. */
export function depthPanel({ depth, tracks }: Report, width: number): Panel | undefined {
  const { buckets, width: snapshots, most } = depth
  if (buckets.length < 2) return undefined
  const { heights, each } = fitColumns(buckets, COLUMNS)
  const [top, room] = [Math.max(most, 1), width - SCALE]
  const step = room / heights.length
  const columns = heights.flatMap((height, i) => {
    if (!height) return []
    const part = (style: string, value: number) => {
      const length = (DEPTH * value) / top
      return length === 0
        ? ''
        : bar({
            class: style,
            x: SCALE + i * step,
            y: DEPTH - length,
            width: step - (step > 8 ? 1 : 0),
            height: length,
          })
    }
    return [part('shade', height.most), part('mean', height.mean)]
  })
  const grid = [0, 0.5, 1].flatMap((share) => {
    const y = DEPTH * (1 - share)
    const line = element('path', { class: 'grid', d: `M${SCALE} ${y}H${width}` })
    return Number.isInteger(top * share) ? [line, label(String(top * share), { class: 's e', x: SCALE - 8, y: y + 4 })] : [line]
  })
  const last = Math.max(...tracks.map((track) => track.last))
  const axis = [
    label('snapshot 0', { class: 's', x: SCALE, y: DEPTH + 18 }),
    label(each * snapshots === 1 ? 'a column a snapshot' : `a column is ${grouped(each * snapshots)} snapshots`, {
      class: 's m',
      x: SCALE + room / 2,
      y: DEPTH + 18,
    }),
    label(grouped(last), { class: 's e', x: width, y: DEPTH + 18 }),
  ]
  const legend = [
    { name: 'mean', style: 'mean' },
    { name: 'most', style: 'shade' },
  ]
  const single = each * snapshots === 1 && tracks.length === 1
  return {
    title: `Requests in flight${tracks.length > 1 ? ' in a ring' : ''}`,
    legend: single ? [] : legend,
    height: DEPTH + 26,
    body: [...grid, ...columns, ...axis].join(''),
  }
}

export function mapPanel({ sectors }: Report, width: number): Panel | undefined {
  const map = sectors(COLUMNS)
  if (!map) return undefined
  const { from, end, isWhole, width: each, columns, beyond } = map
  const most = Math.max(...columns.flat())
  const ways = DIRECTIONS.map((name, d) => ({ name, values: columns.map((column) => column[d]!) })).filter(
    ({ values }) => sum(values) > 0,
  )
  const step = (width - NAMES) / columns.length
  const strips = ways.map(({ name, values }, s) => {
    const y = s * (STRIP + 8)
    const cells = values.map((n, i) => {
      if (n === 0) return ''
      const start = from + each * BigInt(i)
      return bar(
        {
          class: name,
          x: NAMES + i * step,
          y,
          width: step,
          height: STRIP,
          'fill-opacity': PALE + (DARK - PALE) * Math.sqrt(n / most),
        },
        `${name}: ${grouped(n)} from sector ${grouped(start)} on`,
      )
    })
    const frame = element('rect', { class: 'grid', x: NAMES, y, width: width - NAMES, height: STRIP })
    const names = [label(name, { x: 0, y: y + 19 }), label(grouped(sum(values)), { class: 's', x: 0, y: y + 35 })]
    return [...cells, frame, ...names].join('')
  })
  const y = ways.length * (STRIP + 8) + 10
  const far = beyond === 0 ? '' : `; ${grouped(beyond)} further on`
  const axis = [
    label(grouped(from), { class: 's', x: NAMES, y }),
    label(`sectors, ${bytesText(each * BigInt(SECTOR_SIZE))} a column, stronger for more requests${far}`, {
      class: 's m',
      x: NAMES + (width - NAMES) / 2,
      y,
    }),
    label(grouped(end), { class: 's e', x: width, y }),
  ]
  return {
    title: `Where on the disk${isWhole ? ` of ${bytesText(end * BigInt(SECTOR_SIZE))}` : ''} requests begin`,
    legend: [],
    height: y + 4,
    body: [...strips, ...axis].join(''),
  }
}

/** Requests that several snapshots in a row show, from the first to the last of them. */
export function longestPanel({ longest, tracks }: Report, width: number): Panel | undefined {
  if (longest.length === 0) return undefined
  const places = Math.max(...tracks.map((track) => track.last)) + 1
  const step = (width - FLIGHT_NAMES) / places
  const rows = longest.map(({ id, operation, sector_number, first, last, queue }, i) => {
    const y = i * FLIGHT
    const where = sector_number === NO_SECTOR ? '' : ` at sector ${sector_number}`
    const name = `${queue === undefined ? '' : `queue ${queue}, `}${opName(operation)}${where}`
    const length = Math.max(2, (last - first + 1) * step)
    const x = FLIGHT_NAMES + Math.min(first * step, width - FLIGHT_NAMES - length)
    const count = `${grouped(last - first + 1)}`
    const isLate = x + length > width - FLIGHT_NAMES / 4
    const note = label(count, isLate ? { class: 's e', x: x - 6, y: y + 11 } : { class: 's', x: x + length + 6, y: y + 11 })
    return (
      label(name, { x: 0, y: y + 11 }) +
      bar({ class: 'mean', x, y, width: length, height: FLIGHT - 8, rx: 2 }, `id ${shortId(id)}`) +
      note
    )
  })
  const y = rows.length * FLIGHT + 12
  const axis = [
    label('snapshot 0', { class: 's', x: FLIGHT_NAMES, y }),
    label('snapshots in a row', { class: 's m', x: FLIGHT_NAMES + (width - FLIGHT_NAMES) / 2, y }),
    label(grouped(places - 1), { class: 's e', x: width, y }),
  ]
  return { title: 'In flight longest', legend: [], height: y + 4, body: [...rows, ...axis].join('') }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, n) => total + n, 0)
}
