// The bytes of an area (the header, a slot, the tail, an indirect page) as a hexdump, and the fields that they belong to.

import type { ByteSpan } from '../../codec/ring/missing.ts'
import { type Area, areasOf, type PageView, pageOwners, type RingView, type Spot, spotsOf } from '../../inspect/index.ts'
import { byteText } from '../../print/hex-rows.ts'
import { slotHeadline } from '../../print/slot-headline.ts'
import { count, hexNumber } from '../../print/text.ts'
import { type Child, h, type Markup } from '../markup.ts'
import { placeHash, type ReportPlace } from './place.ts'

const PER_ROW = 16

const KINDS: Readonly<Record<Spot['kind'], string>> = {
  field: 'a field',
  reserved: 'reserved',
  padding: 'padding',
  stale: 'stale: read by no one',
  beneath: 'survives beneath the response',
  unknown: 'nobody can say what it is',
}

/** What is shown of a ring: an area of it, or a page that a request names. */
export interface ByteSheet {
  readonly title: string
  /** Offsets are those in the ring, or in the page. */
  readonly offset: number
  readonly bytes: Uint8Array
  readonly spots: readonly Spot[]
  readonly page: PageView | undefined
  readonly slot: number | undefined
  /** Bytes that are not in the input, by offsets as above. */
  readonly missing: readonly ByteSpan[]
}

export function sheetOfArea(view: RingView, area: Area): ByteSheet {
  const { slot, name, offset, size } = area
  const title = slot ? slotHeadline(slot) : name === 'sring' ? 'sring: the indices that both sides share' : 'tail: no side uses it'
  return {
    title,
    offset,
    bytes: view.bytes.subarray(offset, offset + size),
    spots: spotsOf(view, area),
    page: undefined,
    slot: slot?.slot,
    missing: view.ring.missing.spans.filter(({ from, to }) => from < offset + size && to > offset),
  }
}

export function sheetOfPage(view: RingView, page: PageView): ByteSheet {
  const [owner] = pageOwners(view.ring, page.gref)
  const of = owner
    ? `named by ring[${owner.slot.slot}], ${count(owner.used, 'segment')} in use`
    : 'which no request in flight names'
  return {
    title: `indirect page ${page.gref}, ${of}`,
    offset: 0,
    bytes: page.bytes,
    spots: page.spots,
    page,
    slot: owner?.slot.slot,
    missing: [],
  }
}

/** The area of a byte, else of a slot; without either, or where there is none, the header. */
export function areaNamed({ ring }: RingView, { at, slot }: Pick<ReportPlace, 'at' | 'slot'>): Area {
  const areas = areasOf(ring)
  const holding = at === undefined ? undefined : areas.find(({ offset, size }) => at >= offset && at < offset + size)
  return holding ?? areas.find((area) => slot !== undefined && area.slot?.slot === slot) ?? areas[0]!
}

export function sheetMarkup(
  sheet: ByteSheet,
  view: RingView,
  place: { readonly ring: number; readonly moment: number | undefined },
): Markup {
  return h(
    'div',
    { class: 'sheet' },
    h('h4', { id: `sheet-${place.ring}` }, sheet.title),
    hexdump(sheet),
    legend(sheet),
    fields(sheet, view, place),
  )
}

const NOT_THERE = 'not in the input'

function hasGap({ missing }: ByteSheet, offset: number, size: number): boolean {
  return missing.some(({ from, to }) => from < offset + size && to > offset)
}

function hexdump(sheet: ByteSheet): Markup {
  const { bytes, spots, offset, page } = sheet
  const rows: Markup[] = []
  let spot = 0
  const digits = Math.max(3, (offset + bytes.length).toString(16).length)
  for (let at = 0; at < bytes.length; at += PER_ROW) {
    const [hex, text]: [Markup[], Markup[]] = [[], []]
    for (let i = at; i < Math.min(at + PER_ROW, bytes.length); i++) {
      const here = offset + i
      while (spot < spots.length - 1 && here >= spots[spot]!.offset + spots[spot]!.size) spot++
      const byte = bytes[i]!
      const known = !hasGap(sheet, here, 1)
      const kind = known ? spots[spot]!.kind : 'missing'
      hex.push(h('i', { class: kind, 'data-at': here }, known ? byteText(byte) : '??'))
      text.push(h('i', { class: kind, 'data-at': here }, known ? characterOf(byte) : '?'))
    }
    rows.push(
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, (offset + at).toString(16).padStart(digits, '0')),
        h('td', { class: 'hex' }, hex),
        h('td', { class: 'text' }, text),
      ),
    )
  }
  const what = page ? `bytes of indirect page ${page.gref}` : 'bytes'
  return h(
    'div',
    {
      class: 'scroll dump',
      tabindex: 0,
      role: 'application',
      'aria-label': `${what}: arrow keys walk through them`,
      'data-dump': true,
    },
    h('table', { class: 'hexdump' }, h('tbody', {}, rows)),
  )
}

function characterOf(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
}

function legend({ spots, missing }: ByteSheet): Markup {
  const kinds = [...new Set(spots.map(({ kind }) => kind))]
  return h(
    'ul',
    { class: 'legend kinds' },
    kinds.map((kind) => h('li', {}, h('i', { class: kind, 'aria-hidden': 'true' }, '00'), ` ${KINDS[kind]}`)),
    missing.length > 0 && h('li', {}, h('i', { class: 'missing', 'aria-hidden': 'true' }, '??'), ` ${NOT_THERE}`),
  )
}

function fields(sheet: ByteSheet, view: RingView, place: { readonly ring: number; readonly moment: number | undefined }): Markup {
  const { spots, slot, page } = sheet
  const findings = page ? [] : view.findings.filter(({ offset }) => offset !== undefined)
  const rows = spots.map((spot, i) => {
    const isThere = spot.kind === 'unknown' || !hasGap(sheet, spot.offset, spot.size)
    const own = findings.filter(({ offset }) => offset! >= spot.offset && offset! < spot.offset + spot.size)
    return h(
      'tr',
      { class: spot.kind, 'data-from': spot.offset, 'data-size': spot.size, tabindex: i === 0 ? 0 : -1 },
      h('td', {}, hexNumber(spot.offset)),
      h('th', { scope: 'row' }, fieldName(spot)),
      h('td', { class: 'number' }, isThere && valueMarkup(spot, view, { ...place, slot })),
      h(
        'td',
        { class: 'words' },
        isThere ? (spot.meaning ?? (spot.kind === 'field' ? '' : KINDS[spot.kind])) : NOT_THERE,
        own.map(({ code, message }) => h('span', { class: 'finding' }, ` ! ${code}: ${message}`)),
      ),
    )
  })
  const heads = ['offset', 'field', 'value', 'meaning'].map((name) => h('th', { scope: 'col' }, name))
  return h(
    'div',
    { class: 'scroll fields', role: 'group', tabindex: 0, 'aria-label': 'fields: up and down walk through them' },
    h('table', {}, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, rows)),
  )
}

/** The path below the slot; of bytes that are none, what they are. */
export function fieldName({ path, kind, scalar, size }: Spot): string {
  const below = path.replace(/^ring\[\d+\]\.?/, '')
  return scalar === undefined && kind !== 'reserved' ? `${below}${below && ' '}(${count(size, 'byte')})` : below
}

function valueMarkup(
  { kind, value, path, scalar }: Spot,
  view: RingView,
  place: { readonly ring: number; readonly slot: number | undefined },
): Child {
  if (value === undefined) return ''
  const text =
    value >= 10 && scalar !== 'u8' ? [String(value), h('span', { class: 'hexadecimal' }, ` ${hexValue(value)}`)] : String(value)
  return kind === 'field' && /\bindirect_grefs\[\d+\]$/.test(path) && view.indirectPages.get(Number(value))
    ? h('a', { href: placeHash({ ...place, page: Number(value) }) }, String(value))
    : text
}

function hexValue(value: number | bigint): string {
  return `0x${value.toString(16)}`
}
