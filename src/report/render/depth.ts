// Requests in flight, moment by moment, as a small chart.
import { h, type Markup } from '../markup.ts'
import type { ReportRing } from '../model.ts'

const WIDTH = 600
const HEIGHT = 60

/** Where a moment's requests in flight are not known, the line has a gap. */
export function depthMarkup({ moments }: ReportRing, nr_ents: number): Markup {
  const known = moments.flatMap(({ inFlight }) => (inFlight === null ? [] : [inFlight]))
  const most = known.reduce((a, b) => Math.max(a, b), 0)
  const scale = Math.max(1, most)
  const x = (i: number) => ((i * WIDTH) / moments.length).toFixed(1)
  const y = (n: number) => (HEIGHT - (n * (HEIGHT - 4)) / scale).toFixed(1)
  let path = ''
  let drawn = false
  for (const [i, { inFlight }] of moments.entries()) {
    if (inFlight !== null) path += `${drawn ? 'L' : 'M'}${x(i)} ${y(inFlight)}H${x(i + 1)}`
    drawn = inFlight !== null
  }
  const unknown = moments.length - known.length
  const atMost =
    known.length === 0 ? 'not known' : `at most ${most} of ${nr_ents} slots${unknown > 0 ? `, not known of ${unknown}` : ''}`
  const words = `requests in flight over ${moments.length} snapshots: ${atMost}`
  return h(
    'figure',
    { class: 'depth' },
    h(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': words },
      h('path', { d: path, class: 'line' }),
      h('rect', {
        class: 'now',
        x: x(moments.length - 1),
        y: 0,
        width: Math.max(1.5, WIDTH / moments.length).toFixed(2),
        height: HEIGHT,
      }),
    ),
    h('figcaption', {}, words),
  )
}
