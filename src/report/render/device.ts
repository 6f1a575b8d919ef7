// The top of a device: the verdict, what it rests on, and what to look at next.
import { h, type Markup } from '../markup.ts'
import type { ReportDevice, ReportList, ReportVerdict } from '../model.ts'
import { placeHash } from './place.ts'

/** How grave it looks, and its sign, which says the same without colour. */
function lookOf({ name, problem, sureness }: ReportVerdict): { readonly look: string; readonly mark: string } {
  if (problem) return { look: sureness, mark: '!' }
  return name === 'not-shown' ? { look: 'open', mark: '?' } : { look: 'healthy', mark: '✓' }
}

const WHERE = { backend: "in the backend's domain", guest: 'in the guest', here: 'here' }

/** @param number counted from 1 */
export function deviceMarkup({ title, verdict, lists, next, links }: ReportDevice, number: number): Markup {
  const { look, mark } = lookOf(verdict)
  return h(
    'section',
    { class: `device ${look}`, 'aria-labelledby': `device-${number} what-${number}` },
    h('p', { class: 'what', id: `what-${number}` }, title),
    h(
      'h1',
      { id: `device-${number}` },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
      ' ',
      verdict.title,
      ' ',
      verdict.name !== 'not-shown' && h('span', { class: 'sureness' }, verdict.sureness),
    ),
    h('p', { class: 'lead' }, verdict.text),
    links.length > 0 &&
      h(
        'nav',
        { class: 'links', 'aria-label': `rings of device ${number}` },
        h(
          'ul',
          {},
          links.map(({ text, ring }) =>
            h('li', {}, ring === undefined ? text : h('a', { href: placeHash({ ring: ring + 1 }) }, text)),
          ),
        ),
      ),
    h(
      'div',
      { class: 'case' },
      h('dl', { class: 'lists' }, lists.map(listOf)),
      next.length > 0 &&
        h(
          'section',
          { class: 'next', 'aria-label': `what to look at next, device ${number}` },
          h('h2', {}, 'Look at next'),
          h(
            'ol',
            {},
            next.map(({ on, command, why }) => h('li', {}, h('code', {}, command), h('span', {}, `${WHERE[on]}: ${why}`))),
          ),
        ),
    ),
  )
}

/** Items that are seen at once; the rest opens. */
const SEEN = 6

function listOf({ label, items }: ReportList): Markup {
  const rest = items.length > SEEN + 1 ? items.slice(SEEN) : []
  const item = (text: string) => h('dd', {}, text)
  return h(
    'div',
    {},
    h('dt', {}, label),
    items.slice(0, items.length - rest.length).map(item),
    rest.length > 0 &&
      h(
        'dd',
        {},
        h(
          'details',
          {},
          h('summary', {}, `${rest.length} more`),
          h(
            'ul',
            {},
            rest.map((text) => h('li', {}, text)),
          ),
        ),
      ),
  )
}

/** All devices, each with a link to its first ring. */
export function listMarkup(devices: readonly ReportDevice[]): Markup | false {
  if (devices.length < 2) return false
  return h(
    'nav',
    { class: 'devices', 'aria-label': 'devices, the worst first' },
    h(
      'ol',
      {},
      devices.map(({ title, verdict, rings }, i) =>
        h(
          'li',
          { class: lookOf(verdict).look },
          h('a', { href: rings.length > 0 ? placeHash({ ring: rings[0]! + 1 }) : `#device-${i + 1}`, 'data-device': i + 1 }, title),
          h(
            'span',
            {},
            `${verdict.problem ? '! ' : ''}${verdict.title}${verdict.name === 'not-shown' ? '' : ` (${verdict.sureness})`}`,
          ),
        ),
      ),
    ),
  )
}
