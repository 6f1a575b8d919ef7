// The slots of a ring as a picture: a cell each, in order, with the signs that the terminal's picture has, and the indices below.
import { type Picture, type PictureSlot, type Position, pictureOf, type RingView } from '../../inspect/index.ts'
import { SLOT_LETTERS, SLOT_MARKS } from '../../print/ring-picture.ts'
import { slotText } from '../../print/slot-headline.ts'
import { h, type Markup } from '../markup.ts'
import { placeHash } from './place.ts'

/** More slots than this are drawn small. */
const MANY = 64
/** Cells between two carets whose names do not run into each other. */
const APART = 3

/** @param ring its number @param changed slots that are not as at the moment before */
export function pictureMarkup(view: RingView, ring: number, moment: number | undefined, changed?: ReadonlySet<number>): Markup {
  const picture = pictureOf(view)
  const carets = caretsOf(picture)
  const cells = picture.slots.map((slot) => cell(slot, { ring, moment }, carets.get(slot.slot.slot), changed?.has(slot.slot.slot)))
  return h(
    'div',
    { class: 'picture' },
    h('ol', { class: cells.length > MANY ? 'slots many' : 'slots' }, cells),
    legend(picture, view.ring.missing.producers, changed),
  )
}

interface Caret {
  readonly names: readonly Position[]
  /** Lines that it is lower than others, to stand clear of their names. */
  readonly level: number
}

function caretsOf({ positions }: Picture): ReadonlyMap<number, Caret> {
  const carets = new Map<number, Caret>()
  let before: { readonly slot: number; readonly below: number } | undefined
  for (const { slot } of positions) {
    if (carets.has(slot)) continue
    const names = positions.filter((p) => p.slot === slot)
    const level = before && slot - before.slot <= APART ? before.below : 0
    carets.set(slot, { names, level })
    before = { slot, below: level + names.length }
  }
  return carets
}

function cell(
  slot: PictureSlot,
  of: { ring: number; moment: number | undefined },
  caret: Caret | undefined,
  changed = false,
): Markup {
  const { mark, op, indirect, finding } = slot
  const letter = op === undefined ? '' : SLOT_LETTERS[op]
  const sign = SLOT_MARKS[mark].char + (indirect ? letter.toUpperCase() : letter)
  const number = slot.slot.slot
  const label = `slot ${number}: ${slotText(slot.slot)}${finding ? '; a finding' : ''}${changed ? '; changed' : ''}`
  return h(
    'li',
    {},
    h(
      'a',
      {
        class: `slot ${mark}${finding ? ' bad' : ''}${changed ? ' changed' : ''}`,
        href: placeHash({ ...of, slot: number }),
        'data-slot': number,
        title: label,
      },
      h('span', { class: 'unseen' }, 'slot '),
      h('span', { class: 'number' }, number),
      h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
      finding && h('span', { class: 'flag', 'aria-hidden': 'true' }, '!'),
    ),
    caret &&
      h(
        'span',
        { class: 'caret', style: caret.level > 0 && `--level:${caret.level}` },
        caret.names.map(({ name, index, where }) =>
          h('span', {}, h('b', {}, name), ` ${index}`, where === 'off' && ' (off the ring)'),
        ),
      ),
  )
}

/** What of the signs is in this picture. @param withoutProducers nothing says what any slot holds */
function legend({ slots }: Picture, withoutProducers: boolean, changed: ReadonlySet<number> | undefined): Markup {
  const signs = Object.entries(SLOT_MARKS).flatMap(([mark, { char, means }]) => {
    const count = slots.filter((slot) => slot.mark === mark).length
    return count > 0 ? [item(`slot ${mark}`, char, `${withoutProducers ? 'nobody can say what it holds' : means}: ${count}`)] : []
  })
  const letters = Object.entries(SLOT_LETTERS).flatMap(([op, letter]) =>
    [false, true].flatMap((indirect) =>
      slots.some((slot) => slot.op === op && slot.indirect === indirect)
        ? [item('letter', indirect ? letter.toUpperCase() : letter, indirect ? `indirect ${op}` : op)]
        : [],
    ),
  )
  const findings = slots.filter(({ finding }) => finding).length
  return h(
    'ul',
    { class: 'legend' },
    signs,
    letters,
    findings > 0 && item('slot bad', '!', `finding: ${findings}`),
    changed && changed.size > 0 && item('slot changed', '·', `changed: ${changed.size}`),
  )
}

function item(kind: string, sign: string, means: string): Markup {
  return h('li', {}, h('span', { class: kind, 'aria-hidden': 'true' }, h('span', { class: 'sign' }, sign)), ` ${means}`)
}
