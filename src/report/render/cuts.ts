// How the pages of a guest were cut into grants, as pictures: a row a Linux page, a column a chunk.
import { SECTORS_PER_XEN_PAGE } from '../../codec/xen/blkif.ts'
import type { CutCell, CutPage, ReportCut, ReportCuts } from '../cuts.ts'
import { type Child, h, type Markup } from '../markup.ts'
import { placeHash } from './place.ts'

/** @param ring its number */
export function cutsMarkup({ known, cuts, more }: ReportCuts, ring: number): Markup {
  return h(
    'div',
    { class: 'cuts' },
    h('p', { class: 'words' }, known),
    cuts.map((cut) => cutMarkup(cut, ring)),
    more > 0 && h('p', { class: 'words' }, `${more} more: blkring generate --explain shows all of a scenario.`),
  )
}

/** The slot that is looked at is marked by the page's script, in whichever element names it. */
function cutMarkup(cut: ReportCut, ring: number): Markup {
  const [first, second] = cut.slots
  const inner = [heading(cut, ring), cut.how.map((text) => h('p', { class: 'words' }, text)), tableOfChunks(cut)]
  return h(
    'section',
    { class: 'cut', 'data-slot': first },
    second === undefined ? inner : h('div', { class: 'half', 'data-slot': second }, inner),
  )
}

function heading({ slots, title }: ReportCut, ring: number): Markup {
  const links = slots.map((slot, i) => [i > 0 && ' and ', h('a', { href: placeHash({ ring, slot }) }, `slot ${slot}`)])
  return h('h4', {}, links, `: ${title}`)
}

function tableOfChunks({ slots, title, pages, perPage, from }: ReportCut): Markup {
  const heads = Array.from({ length: perPage }, (_, chunk) =>
    h('th', { scope: 'col' }, h('span', { class: 'unseen' }, 'chunk '), from === 'page' ? chunk : `+${chunk}`),
  )
  const what = `slot ${slots.join(' and ')}, ${title}: its pages, chunk by chunk`
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': what },
    h(
      'table',
      { class: 'chunks' },
      h('caption', { class: 'unseen' }, what),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Linux page'), heads)),
      h(
        'tbody',
        {},
        pages.map((page) => pageRow(page, perPage, slots)),
      ),
    ),
  )
}

function pageRow({ name, place, cells }: CutPage, perPage: number, slots: readonly number[]): Markup {
  const row: Child[] = [h('th', { scope: 'row' }, name, place !== undefined && h('span', {}, place))]
  let at = 0
  for (const cell of cells) {
    if (cell.chunk > at) row.push(h('td', { colspan: cell.chunk - at, class: 'untold' }, '?'))
    row.push(cellMarkup(cell, slots))
    at = cell.lastChunk + 1
  }
  if (at < perPage) row.push(h('td', { colspan: perPage - at, class: 'untold' }, '?'))
  return h('tr', {}, row)
}

function cellMarkup({ chunk, lastChunk, grants }: CutCell, slots: readonly number[]): Markup {
  const colspan = lastChunk - chunk + 1
  if (!grants) return h('td', { colspan, class: 'none' }, 'no grant')
  const { slot, seg, gref, first_sect, last_sect, sectors } = grants
  const end = (colspan - 1) * SECTORS_PER_XEN_PAGE + last_sect + 1
  return h(
    'td',
    { colspan, class: slot === slots[0] ? undefined : 'second' },
    h(
      'svg',
      { viewBox: `0 0 ${colspan * SECTORS_PER_XEN_PAGE} 1`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      h('rect', { x: first_sect, width: end - first_sect, height: 1 }),
    ),
    slots.length > 1 && h('span', {}, `slot ${slot}`),
    h('span', {}, `seg ${seg}`),
    h('span', {}, `gref ${gref}`),
    h('span', {}, `sect ${first_sect}..${last_sect}`),
    h('span', {}, sectors === undefined ? 'no sector' : `at ${sectors}`),
  )
}
