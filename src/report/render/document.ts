// The whole document. It opens from a disk, loads nothing, and says so itself.
import { dataOf, h, htmlOf, type Markup, scriptElement, styleOf } from '../markup.ts'
import type { RingReport } from '../model.ts'
import { deviceMarkup, listMarkup } from './device.ts'
import { ringMarkup } from './ring.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
/** What a file of this kind begins with. */
export const HTML_START = '<!doctype html><!-- blkring'

/** What of this program goes into a page. */
export interface PageParts {
  readonly script: string
  readonly css: string
  readonly version: string
}

export function documentHtml(report: RingReport, { script, css, version }: PageParts): string {
  const { devices, rings, rules, notes } = report
  const [first] = devices
  const title = first ? `${first.verdict.title}: ${first.title}` : 'blkring'
  const body = h(
    'body',
    {},
    h('a', { class: 'skip', href: '#main' }, 'to the report'),
    h('header', { class: 'top' }, h('p', {}, h('b', {}, 'blkring'), ` report ${version}`), listMarkup(devices)),
    h(
      'main',
      { id: 'main' },
      devices.map((device, i) =>
        h(
          'article',
          { 'data-device': i + 1, class: 'device-page' },
          deviceMarkup(device, i + 1),
          device.rings.map((place) => ringMarkup(report, rings[place]!, place + 1)),
        ),
      ),
      notes.length > 0 &&
        h(
          'section',
          { class: 'notes', 'aria-label': 'notes' },
          notes.map((note) => h('p', {}, `note: ${note}`)),
        ),
    ),
    h('p', { id: 'status', class: 'status', role: 'status', 'aria-live': 'polite' }),
    dataOf({ rings, rules }, 'data'),
    scriptElement(script),
  )
  const head: Markup = h(
    'head',
    {},
    h('meta', { charset: 'utf-8' }),
    h('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'color-scheme', content: 'light dark' }),
    h('title', {}, title),
    styleOf(css),
  )
  return `${HTML_START} ${version} -->\n${htmlOf(h('html', { lang: 'en' }, head, body))}\n`
}
