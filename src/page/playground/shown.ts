// The report in the page, and as the file that the command would write.
import type { RingReport } from '../../report/model.ts'
import { listMarkup } from '../../report/render/device.ts'
import { devicesMarkup, documentHtml, reportTitle } from '../../report/render/document.ts'
import { fill, part } from '../dom.ts'
import { SeriesPage } from '../series-page.ts'
import { walkThrough } from '../start.ts'

/** Ends the report that is shown. */
let ending: AbortController | undefined

export function showReport(report: RingReport): void {
  hideReport()
  const box = part(document, '#report')
  fill(part(document, '#devices'), listMarkup(report.devices))
  fill(box, devicesMarkup(report))
  box.hidden = false
  document.title = reportTitle(report)
  ending = new AbortController()
  walkThrough(report, (...of) => new SeriesPage(...of), ending.signal)
  box.focus({ preventScroll: true })
  scrollTo(0, 0)
}

export function hideReport(): void {
  ending?.abort()
  // A place is one of the report that was shown.
  history.replaceState(null, '', '#')
  document.title = 'blkring'
  const box = part(document, '#report')
  box.hidden = true
  for (const element of [box, part(document, '#devices'), part(document, '#status')]) fill(element, [])
}

/** @returns the file that `blkring report` writes of the same */
export function reportFile(report: RingReport): string {
  const built = (name: string) => document.getElementById(name)?.textContent ?? ''
  return documentHtml(report, built, part(document, 'script[data-version]').dataset['version']!)
}
