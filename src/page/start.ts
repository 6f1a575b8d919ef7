// What the script of a report does: it reads the rings of the page again, and makes of what is there something to walk through.
import type { RingReport } from '../report/model.ts'
import { placeOf, type ReportPlace } from '../report/render/place.ts'
import { part } from './dom.ts'
import { type MakeSeries, RingPage } from './ring-page.ts'

type ShownRings = Pick<RingReport, 'rings' | 'rules'>

/** @param makeSeries shows the moments of a ring; a page none of whose rings has two does without */
export function startPage(makeSeries?: MakeSeries): void {
  walkThrough(JSON.parse(part(document, '#data').textContent ?? ''), makeSeries)
}

/** The markup of the report is in the document. @param signal ends it, when another report takes its place */
export function walkThrough({ rings, rules }: ShownRings, makeSeries?: MakeSeries, signal?: AbortSignal): void {
  const pages = new Map<number, RingPage>()
  const articles = [...document.querySelectorAll<HTMLElement>('article[data-device]')]
  const sections = [...document.querySelectorAll<HTMLElement>('[data-ring]')]

  function pageOf(section: HTMLElement): RingPage {
    const number = Number(section.dataset['ring'])
    const known = pages.get(number) ?? new RingPage(section, rings[number - 1]!, number, rules, makeSeries)
    pages.set(number, known)
    return known
  }

  /** One device at a time, and one queue of it; on paper all. */
  function showOnly(section: HTMLElement | undefined, article: HTMLElement | null | undefined): void {
    for (const one of articles) one.hidden = article ? one !== article : false
    for (const one of sections) one.hidden = section ? one.parentElement === article && one !== section : false
    for (const link of document.querySelectorAll<HTMLElement>('.devices a'))
      link.toggleAttribute('aria-current', link.dataset['device'] === article?.dataset['device'])
  }

  function show(place: ReportPlace | undefined, scrolls: boolean): void {
    const section = sections[(place?.ring ?? 0) - 1] ?? sections[0]
    const device = /^#device-(\d+)$/.exec(location.hash)?.[1]
    if (device !== undefined && articles[Number(device) - 1]) {
      const article = articles[Number(device) - 1]!
      showOnly(article.querySelector<HTMLElement>('[data-ring]') ?? undefined, article)
      return
    }
    if (!section) return
    showOnly(section, section.closest<HTMLElement>('article'))
    pageOf(section).show(place ?? { ring: Number(section.dataset['ring']) }, scrolls)
  }

  document.documentElement.classList.add('scripted')
  const on = (event: string, then: () => void) => addEventListener(event, then, { signal: signal! })
  on('hashchange', () => show(placeOf(location.hash), true))
  on('beforeprint', () => showOnly(undefined, undefined))
  on('afterprint', () => show(placeOf(location.hash), false))
  show(placeOf(location.hash), location.hash !== '')
}
