// What changes in a ring of several moments from one to another, beside its table and its bytes.
import { slotOffset } from '../codec/ring/geometry.ts'
import { distance } from '../codec/ring/ring-idx.ts'
import type { RingView } from '../inspect/index.ts'
import { count } from '../print/text.ts'
import type { ReportRing, ReportRule } from '../report/model.ts'
import { findingsMarkup } from '../report/render/findings.ts'
import { pictureMarkup } from '../report/render/picture.ts'
import { factsMarkup } from '../report/render/ring.ts'
import { fill, part } from './dom.ts'
import { SeriesPlayer } from './player.ts'
import type { ShownMoment } from './ring-page.ts'

export class SeriesPage {
  readonly #root: HTMLElement
  readonly #ring: ReportRing
  readonly #number: number
  readonly #rules: Readonly<Record<string, ReportRule>>
  readonly #player: SeriesPlayer

  constructor(
    root: HTMLElement,
    ring: ReportRing,
    number: number,
    rules: Readonly<Record<string, ReportRule>>,
    onMoment: (moment: number) => void,
  ) {
    this.#root = root
    this.#ring = ring
    this.#number = number
    this.#rules = rules
    this.#player = new SeriesPlayer(root, ring, number, onMoment)
  }

  show({ moment, view, before, inLinks }: ShownMoment): void {
    const changed = before && changedSlots(before, view)
    const { findings, moments } = this.#ring
    const links = { ring: this.#number, moment: inLinks }
    fill(part(this.#root, '[data-part=picture]'), pictureMarkup(view, this.#number, inLinks, changed))
    part(this.#root, '[data-part=facts]').outerHTML = factsMarkup(this.#ring, view).html
    fill(part(this.#root, '[data-part=findings]'), findingsMarkup(findings[moments[moment]!.findings]!, this.#rules, links))
    this.#player.show(moment, before && changed ? changesText(before, view, changed) : 'the first snapshot')
  }
}

function changedSlots(before: RingView, after: RingView): ReadonlySet<number> {
  const { geometry, slots } = after.ring
  const isChanged = (slot: number) => {
    const from = slotOffset(geometry, slot)
    return after.bytes.subarray(from, from + geometry.stride).some((byte, i) => byte !== before.bytes[from + i])
  }
  return new Set(slots.flatMap(({ slot }) => (isChanged(slot) ? [slot] : [])))
}

function changesText({ ring: before }: RingView, { ring: after }: RingView, changed: ReadonlySet<number>): string {
  const sent = distance(before.sring.req_prod, after.sring.req_prod)
  const answered = distance(before.sring.rsp_prod, after.sring.rsp_prod)
  const possible = before.indices === 'possible' && after.indices === 'possible'
  const indices = possible ? `${count(sent, 'request')} sent, ${answered} answered; ` : ''
  return `since the snapshot before: ${indices}${count(changed.size, 'slot')} changed`
}
