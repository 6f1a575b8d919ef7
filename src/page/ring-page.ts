// One ring of the page, and what is looked at of it.
import { pageView, type RingView } from '../inspect/index.ts'
import { h } from '../report/markup.ts'
import type { ReportRing, ReportRule } from '../report/model.ts'
import { RingMoments } from '../report/moments.ts'
import { areaNamed, type ByteSheet, sheetMarkup, sheetOfArea, sheetOfPage } from '../report/render/bytes.ts'
import { placeHash, type ReportPlace } from '../report/render/place.ts'
import { headsMarkup, slotsShown, type TableChoice, tableMarkup } from '../report/render/table.ts'
import { slotWhereOf, type WhereOfSlot } from '../rows/where/slot-where.ts'
import { WhereError } from '../rows/where/where-error.ts'
import { fill, part } from './dom.ts'
import { SheetLinks } from './sheet-links.ts'

/** A moment of a ring, and the one before; undefined of the first. */
export interface ShownMoment {
  readonly moment: number
  readonly view: RingView
  readonly before: RingView | undefined
  /** What links say of it; undefined of the last moment. */
  readonly inLinks: number | undefined
}

/** What of a ring's moments is shown beside its table and its bytes. */
export interface MomentsShown {
  readonly show: (shown: ShownMoment) => void
}

export type MakeSeries = (
  root: HTMLElement,
  ring: ReportRing,
  number: number,
  rules: Readonly<Record<string, ReportRule>>,
  onMoment: (moment: number) => void,
) => MomentsShown

export class RingPage {
  readonly #root: HTMLElement
  readonly #ring: ReportRing
  readonly #number: number
  readonly #moments: RingMoments
  readonly #series: MomentsShown | undefined
  readonly #last: number
  #moment = -1
  #view!: RingView
  /** The bytes of the moment before, as they compare; undefined of the first. */
  #before: Uint8Array | undefined
  #where: WhereOfSlot | undefined
  #sort: TableChoice['sort']
  #place: ReportPlace

  constructor(
    root: HTMLElement,
    ring: ReportRing,
    number: number,
    rules: Readonly<Record<string, ReportRule>>,
    makeSeries: MakeSeries | undefined,
  ) {
    this.#root = root
    this.#ring = ring
    this.#number = number
    this.#moments = new RingMoments(ring)
    this.#last = ring.moments.length - 1
    this.#place = { ring: number }
    if (this.#last > 0) this.#series = makeSeries?.(root, ring, number, rules, (moment) => this.#go({ ...this.#place, moment }))
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
    const view = this.#moments.view(moment)
    const before = this.#moments.before(moment, view)
    this.#moment = moment
    this.#view = view
    this.#before = before?.bytes
    this.#series?.show({ moment, view, before, inLinks: this.#momentInLinks })
    if (this.#series) this.#showTable()
    else fill(part(this.#root, 'thead tr'), headsMarkup({ sortable: true }))
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
        test: where && ((slot) => where(slot, place)),
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
        this.#where = input.value.trim() === '' ? undefined : slotWhereOf(input.value)
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
