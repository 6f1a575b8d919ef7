// The table of a ring's requests and responses.
import { type Ring, type Slot, slotsByIndex } from '../../codec/ring/ring.ts'
import { pictureSlot, type RingView } from '../../inspect/index.ts'
import { count } from '../../print/text.ts'
import { h, type Markup } from '../markup.ts'
import { SLOT_COLUMNS, sortedSlots } from './columns.ts'
import { placeHash } from './place.ts'

export interface TableChoice {
  /** Of which slots there are rows; without it all that are in use. */
  readonly test?: ((slot: Slot) => boolean) | undefined
  readonly sort?: { readonly column: string; readonly descending: boolean } | undefined
  readonly moment?: number | undefined
  /** Heads are buttons that sort. */
  readonly sortable?: boolean
}

/** Slots that have something to show, oldest first. */
export function slotsShown(ring: Ring): Slot[] {
  return slotsByIndex(ring).filter((slot) => slot.state !== 'unused' && !(slot.state === 'unknown' && slot.holds === 'unused'))
}

export function tableMarkup({ ring, findings }: RingView, number: number, choice: TableChoice = {}): Markup {
  const all = slotsShown(ring)
  const chosen = choice.test ? all.filter(choice.test) : all
  const by = SLOT_COLUMNS.find(({ name }) => name === choice.sort?.column)
  const slots = by ? sortedSlots(chosen, ring, by, choice.sort!.descending) : chosen
  const bad = new Set(findings.map(({ slot }) => slot))
  const hidden = ring.slots.length - all.length
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': `slots of ring ${number}` },
    h(
      'table',
      { class: 'requests' },
      h(
        'caption',
        {},
        choice.test && `${slots.length} of `,
        count(all.length, 'slot'),
        ring.missing.producers ? '; which of them are in use is not known' : ' in use',
        hidden > 0 && `, ${hidden} not used yet`,
        '; a sector in brackets is of the request beneath the response',
      ),
      h('thead', {}, h('tr', {}, headsMarkup(choice))),
      h(
        'tbody',
        {},
        slots.map((slot) => row(slot, ring, { ring: number, moment: choice.moment, slot: slot.slot }, bad.has(slot.slot))),
      ),
    ),
  )
}

/** The cells of its head. */
export function headsMarkup(choice: TableChoice): Markup[] {
  return SLOT_COLUMNS.map((column) => head(column, choice))
}

function head({ name, number }: (typeof SLOT_COLUMNS)[number], { sort, sortable }: TableChoice): Markup {
  const own = sort?.column === name ? sort : undefined
  const order = own ? (own.descending ? 'descending' : 'ascending') : undefined
  const sign = own ? (own.descending ? ' ▼' : ' ▲') : ''
  return h(
    'th',
    { scope: 'col', class: number && 'number', 'aria-sort': order },
    sortable ? h('button', { type: 'button', 'data-sort': name }, `${name}${sign}`) : name,
  )
}

function row(slot: Slot, ring: Ring, place: { ring: number; moment: number | undefined; slot: number }, bad: boolean): Markup {
  const { mark } = pictureSlot(slot, bad)
  return h(
    'tr',
    { class: `${mark}${bad ? ' bad' : ''}`, 'data-slot': slot.slot },
    SLOT_COLUMNS.map(({ name, number, text }) => {
      const words = text(slot, ring)
      if (name === 'slot')
        return h(
          'th',
          { scope: 'row', class: 'number' },
          h('a', { href: placeHash(place) }, words),
          bad && h('b', { class: 'flag', title: 'a finding' }, '!'),
        )
      return h('td', { class: [number && 'number', name === 'why' && 'words'].filter(Boolean).join(' ') || undefined }, words)
    }),
  )
}
