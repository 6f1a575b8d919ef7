// One ring of the page, and what is looked at of it.
import { slotOffset } from '../codec/ring/geometry.ts'
import { distance } from '../codec/ring/ring-idx.ts'
import { pageView, type RingView } from '../inspect/index.ts'
import { count } from '../print/text.ts'
import { h } from '../report/markup.ts'
import type { ReportRing, ReportRule } from '../report/model.ts'
import { RingMoments } from '../report/moments.ts'
import { areaNamed, type ByteSheet, sheetMarkup, sheetOfArea, sheetOfPage } from '../report/render/bytes.ts'
import { findingsMarkup } from '../report/render/findings.ts'
import { pictureMarkup } from '../report/render/picture.ts'
import { placeHash, type ReportPlace } from '../report/render/place.ts'
import { factsMarkup } from '../report/render/ring.ts'
import { slotsShown, type TableChoice, tableMarkup } from '../report/render/table.ts'
import { type Where, whereOf } from '../rows/where/where.ts'
import { WhereError } from '../rows/where/where-error.ts'
import { fill, part } from './dom.ts'
import { SeriesPlayer } from './player.ts'
import { SheetLinks } from './sheet-links.ts'

export class RingPage {
  readonly #root: HTMLElement
  readonly #ring: ReportRing
  readonly #rules: Readonly<Record<string, ReportRule>>
  readonly #number: number
  readonly #moments: RingMoments
  readonly #player: SeriesPlayer | undefined
  readonly #last: number
  #moment = -1
  #view!: RingView
  /** The bytes of the moment before; undefined of the first. */
  #before: Uint8Array | undefined
  #where: Where | undefined
  #sort: TableChoice['sort']
  #place: ReportPlace

  constructor(root: HTMLElement, ring: ReportRing, number: number, rules: Readonly<Record<string, ReportRule>>) {
    this.#root = root
    this.#ring = ring
    this.#rules = rules
    this.#number = number
    this.#moments = new RingMoments(ring)
    this.#last = ring.moments.length - 1
    this.#place = { ring: number }
    if (this.#last > 0) this.#player = new SeriesPlayer(root, ring, number, (moment) => this.#go({ ...this.#place, moment }))
    this.#makeFilter()
    part(root, '[data-part=table]').onclick = ({ target }) => {
      const column = target instanceof HTMLElement ? target.dataset['sort'] : undefined
      if (column !== undefined) this.#sortBy(column)
    }
  }

  /** Shows a place of this ring. */
  show(place: ReportPlace, scrolls: boolean): void {
    const moment = Math.min(place.moment ?? this.#last, this.#last)
    const moved = moment !== this.#moment
    if (moved) this.#atMoment(moment)
    const chosen = place.slot ?? place.page ?? place.at
    this.#place = chosen === undefined ? { ...place, slot: this.#worthALook() } : place
    this.#showBytes(scrolls && chosen !== undefined)
  }

  /** The first slot with a finding, else the oldest in use. */
  #worthALook(): number | undefined {
    return (
      this.#view.findings.find(({ slot }) => slot !== undefined)?.slot ??
      slotsShown(this.#view.ring).find(({ state }) => state === 'request')?.slot
    )
  }

  get #momentInLinks(): number | undefined {
    return this.#moment === this.#last ? undefined : this.#moment
  }

  #atMoment(moment: number): void {
    const before = moment > 0 ? this.#moments.view(moment - 1) : undefined
    const view = this.#moments.view(moment)
    this.#moment = moment
    this.#view = view
    this.#before = before?.bytes
    const changed = before && changedSlots(before, view)
    const links = { ring: this.#number, moment: this.#momentInLinks }
    fill(part(this.#root, '[data-part=picture]'), pictureMarkup(view, this.#number, links.moment, changed))
    part(this.#root, '[data-part=facts]').outerHTML = factsMarkup(this.#ring, view).html
    const { findings, moments } = this.#ring
    if (this.#last > 0)
      fill(part(this.#root, '[data-part=findings]'), findingsMarkup(findings[moments[moment]!.findings]!, this.#rules, links))
    this.#player?.show(moment, before && changed ? changesText(before, view, changed) : 'the first snapshot')
    this.#showTable()
  }

  #showTable(): void {
    const where = this.#where
    const place = { snapshot: this.#moment, queue: this.#ring.queue }
    const table = part(this.#root, '[data-part=table]')
    const focused =
      document.activeElement instanceof HTMLElement && table.contains(document.activeElement)
        ? document.activeElement.dataset['sort']
        : undefined
    fill(
      table,
      tableMarkup(this.#view, this.#number, {
        test: where && ((slot) => where.slot(slot, place)),
        sort: this.#sort,
        moment: this.#momentInLinks,
        sortable: true,
      }),
    )
    if (focused !== undefined) part(table, `[data-sort="${focused}"]`).focus()
    this.#markCurrent()
  }

  #sortBy(column: string): void {
    const same = this.#sort?.column === column
    this.#sort = same && this.#sort?.descending ? undefined : { column, descending: same }
    this.#showTable()
  }

  #makeFilter(): void {
    const id = `where-${this.#number}`
    const box = part(this.#root, '[data-part=filter]')
    fill(box, [
      h('label', { for: id }, 'where'),
      h('input', {
        id,
        type: 'text',
        spellcheck: 'false',
        autocomplete: 'off',
        placeholder: 'op == write && nr_sectors > 64',
        'aria-describedby': `${id}-problem`,
      }),
      h('p', { id: `${id}-problem`, class: 'problem', role: 'status' }),
    ])
    const input = part(box, 'input') as HTMLInputElement
    input.oninput = () => {
      let problem = ''
      try {
        this.#where = input.value.trim() === '' ? undefined : whereOf(input.value)
      } catch (error) {
        if (!(error instanceof WhereError)) throw error
        problem = error.message.replace(/^--where, /, '')
      }
      input.setAttribute('aria-invalid', String(problem !== ''))
      fill(part(box, '.problem'), problem)
      if (problem === '') this.#showTable()
    }
  }

  #showBytes(scrolls: boolean): void {
    const { slot, page: gref, at } = this.#place
    const page = gref === undefined ? undefined : pageView(this.#view, gref)
    const sheet = page ? sheetOfPage(this.#view, page) : sheetOfArea(this.#view, areaNamed(this.#view, this.#place))
    const box = part(this.#root, '[data-part=bytes]')
    fill(box, [this.#areaNav(sheet), sheetMarkup(sheet, this.#view, { ring: this.#number, moment: this.#momentInLinks })])
    const links = new SheetLinks(part(box, '.sheet'), sheet, {
      onChosen: (byte) => this.#named(sheet, byte),
      say: (text) => fill(part(document, '#status'), text),
    })
    const before = this.#before
    if (before && !page) links.mark((byte) => before[byte] !== this.#view.bytes[byte])
    this.#place = { ...this.#place, slot: sheet.slot ?? slot }
    this.#markCurrent()
    if (at !== undefined) links.choose(at, scrolls)
    if (scrolls) part(this.#root, '.part-bytes').scrollIntoView({ block: 'nearest' })
  }

  /** The header, the slot before and the next one. */
  #areaNav({ slot, page }: ByteSheet) {
    const { nr_ents } = this.#view.ring.geometry
    const of = { ring: this.#number, moment: this.#momentInLinks }
    const link = (text: string, place: Partial<ReportPlace>) => h('a', { href: placeHash({ ...of, ...place }) }, text)
    const at = slot ?? -1
    return h(
      'nav',
      { class: 'areas', 'aria-label': `bytes of ring ${this.#number}` },
      link('header', { at: 0 }),
      at > 0 && link(`◀ slot ${at - 1}`, { slot: at - 1 }),
      page && slot !== undefined && link(`slot ${slot}`, { slot }),
      at < nr_ents - 1 && link(`slot ${at + 1} ▶`, { slot: at + 1 }),
    )
  }

  /** The address names the byte, and the page stays where it is. */
  #named(sheet: ByteSheet, at: number): void {
    this.#place = { ...this.#place, slot: sheet.slot, page: sheet.page?.gref, at }
    history.replaceState(null, '', placeHash({ ...this.#place, moment: this.#momentInLinks }))
  }

  #go(place: ReportPlace): void {
    this.show(place, false)
    history.replaceState(null, '', placeHash({ ...this.#place, moment: this.#momentInLinks }))
  }

  #markCurrent(): void {
    for (const element of this.#root.querySelectorAll<HTMLElement>('[data-slot]')) {
      const isCurrent = Number(element.dataset['slot']) === this.#place.slot
      element.classList.toggle('current', isCurrent)
      if (element.tagName === 'A') element.toggleAttribute('aria-current', isCurrent)
    }
  }
}

function changedSlots(before: RingView, after: RingView): ReadonlySet<number> {
  const { geometry, slots } = after.ring
  const changed = new Set<number>()
  for (const { slot } of slots) {
    const from = slotOffset(geometry, slot)
    for (let at = from; at < from + geometry.stride; at++)
      if (before.bytes[at] !== after.bytes[at]) {
        changed.add(slot)
        break
      }
  }
  return changed
}

function changesText({ ring: before }: RingView, { ring: after }: RingView, changed: ReadonlySet<number>): string {
  const sent = distance(before.sring.req_prod, after.sring.req_prod)
  const answered = distance(before.sring.rsp_prod, after.sring.rsp_prod)
  const possible = before.indices === 'possible' && after.indices === 'possible'
  const indices = possible ? `${count(sent, 'request')} sent, ${answered} answered; ` : ''
  return `since the snapshot before: ${indices}${count(changed.size, 'slot')} changed`
}
