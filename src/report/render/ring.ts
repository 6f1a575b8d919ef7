// The part of a page that is one ring: facts, picture, bytes, table, findings. Read without scripts, it shows the last moment.
import { DEFAULT_SECTOR_UNIT } from '../../codec/ring/sector-unit.ts'
import type { RingView } from '../../inspect/index.ts'
import { count } from '../../print/text.ts'
import { h, type Markup } from '../markup.ts'
import type { ReportRing, RingReport } from '../model.ts'
import { RingMoments } from '../moments.ts'
import { cutsMarkup } from './cuts.ts'
import { depthMarkup } from './depth.ts'
import { findingsMarkup } from './findings.ts'
import { pictureMarkup } from './picture.ts'
import { tableMarkup } from './table.ts'

/** @param number its own, counted from 1 */
export function ringMarkup(report: Pick<RingReport, 'rules' | 'cuts'>, ring: ReportRing, number: number): Markup {
  const last = ring.moments.length - 1
  const view = new RingMoments(ring).view(last)
  const cuts = report.cuts[number - 1]
  const several = ring.moments.length > 1
  const part = (name: string, title: string, ...content: Markup[]) =>
    h(
      'section',
      { class: `part part-${name}`, 'aria-labelledby': `${name}-${number}` },
      h('h3', { id: `${name}-${number}` }, title),
      content,
    )
  const filled = (name: string, content: Markup | false = false) => h('div', { 'data-part': name }, content)
  return h(
    'section',
    { class: 'ring', id: `ring=${number}`, 'data-ring': number, 'aria-labelledby': `title-${number}` },
    h('h2', { id: `title-${number}` }, h('span', { class: 'count' }, `ring ${number}`), ' ', ring.title),
    ring.was !== undefined && h('p', { class: 'was' }, ring.was),
    factsMarkup(ring, view),
    several && h('div', { class: 'time' }, depthMarkup(ring, view.ring.geometry.nr_ents), filled('player')),
    h(
      'div',
      { class: 'columns' },
      h(
        'div',
        { class: 'left' },
        part('picture', 'Slots', filled('picture', pictureMarkup(view, number, undefined))),
        part('table', 'Requests and responses', filled('filter'), filled('table', tableMarkup(view, number))),
      ),
      h(
        'div',
        { class: 'right' },
        part('bytes', 'Bytes', filled('bytes'), h('noscript', {}, h('p', {}, 'The bytes are shown by the script of this page.'))),
      ),
    ),
    cuts && part('cuts', 'How each page was cut', cutsMarkup(cuts, number)),
    part(
      'findings',
      'Findings',
      filled(
        'findings',
        findingsMarkup(ring.findings[ring.moments[last]!.findings]!, report.rules, { ring: number, moment: undefined }),
      ),
    ),
  )
}

/** What the ring is, and its indices at this moment. */
export function factsMarkup(ring: ReportRing, { ring: decoded }: RingView): Markup {
  const { geometry, sring, missing, indices, outstanding, sectorUnit } = decoded
  const index = (name: keyof typeof sring) => (missing.indices.includes(name) ? 'not in the input' : String(sring[name]))
  const inFlight =
    indices === 'possible'
      ? `${outstanding} of ${geometry.nr_ents}`
      : indices === 'impossible'
        ? 'not known: the indices are impossible'
        : 'not known'
  const facts: readonly (readonly [string, string])[] = [
    ['protocol', `${ring.protocol} (${ring.how})`],
    ['size', `${count(geometry.pages, 'page')}, ${count(geometry.nr_ents, 'slot')}`],
    ...(sectorUnit === DEFAULT_SECTOR_UNIT ? [] : [['sectors', `of ${sectorUnit} bytes`] as const]),
    ['req_prod', index('req_prod')],
    ['req_event', index('req_event')],
    ['rsp_prod', index('rsp_prod')],
    ['rsp_event', index('rsp_event')],
    ['in flight', inFlight],
  ]
  return h(
    'dl',
    { class: 'facts', 'data-part': 'facts' },
    facts.map(([label, text]) => h('div', {}, h('dt', {}, label), h('dd', {}, text))),
  )
}
