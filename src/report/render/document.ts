// The whole document. It opens from a disk, loads nothing, and says so itself.
import { type Child, dataOf, h, htmlOf, type Markup, scriptElement, styleOf } from '../markup.ts'
import type { RingReport } from '../model.ts'
import { deviceMarkup, listMarkup } from './device.ts'
import { ringMarkup } from './ring.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
/** What a file of this kind begins with. */
export const HTML_START = '<!doctype html><!-- blkring'

/** What of this program goes into reports: files of the build (scripts/page.mjs). */
export const REPORT_PARTS = ['report-page.js', 'report-series.js', 'report-page-style.css', 'report-cuts-style.css'] as const

/** The text of a part. */
export type BuiltPart<Name = (typeof REPORT_PARTS)[number]> = (name: Name) => string

/** A report as a file; into it go the parts that it needs. */
export function documentHtml(report: RingReport, built: BuiltPart, version: string): string {
  const { devices, rings, rules, cuts } = report
  const isSeries = rings.some(({ moments }) => moments.length > 1)
  const css = built('report-page-style.css') + (cuts.some((own) => own) ? built('report-cuts-style.css') : '')
  const body = [
    h('a', { class: 'skip', href: '#main' }, 'to the report'),
    h('header', { class: 'top' }, h('p', {}, h('b', {}, 'blkring'), ` report ${version}`), listMarkup(devices)),
    h('main', { id: 'main' }, devicesMarkup(report)),
    statusMarkup(),
    dataOf({ rings, rules }, 'data'),
    scriptElement(built(isSeries ? 'report-series.js' : 'report-page.js')),
  ]
  return htmlFile(body, { title: reportTitle(report), styles: [styleOf(css)], version })
}

/** All that a report says, device by device. */
export function devicesMarkup(report: RingReport): readonly Child[] {
  const { devices, rings, notes } = report
  return [
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
  ]
}

export function reportTitle({ devices: [first] }: RingReport): string {
  return first ? `${first.verdict.title}: ${first.title}` : 'blkring'
}

/** What is said of a byte that is looked at. */
export function statusMarkup(): Markup {
  return h('p', { id: 'status', class: 'status', role: 'status', 'aria-live': 'polite' })
}

interface FileParts {
  readonly title: string
  readonly styles: readonly Markup[]
  readonly version: string
}

/** A file of its own. */
export function htmlFile(body: Child, { title, styles, version }: FileParts): string {
  const head = h(
    'head',
    {},
    h('meta', { charset: 'utf-8' }),
    h('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'color-scheme', content: 'light dark' }),
    h('title', {}, title),
    styles,
  )
  return `${HTML_START} ${version} -->\n${htmlOf(h('html', { lang: 'en' }, head, h('body', {}, body)))}\n`
}
