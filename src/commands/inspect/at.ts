// `inspect --at`: one byte, and everything that is known of it.
import type { RingRange } from '../../codec/ring/annotate-ring.ts'
import type { Ring } from '../../codec/ring/ring.ts'
import type { Location, RingView, Spot } from '../../inspect/index.ts'
import { byteText } from '../../print/hex-rows.ts'
import { slotHeadline } from '../../print/slot-headline.ts'
import { hexNumber, wrap } from '../../print/text.ts'
import { findingLines, type HexdumpOptions } from './hexdump.ts'

const LABEL_WIDTH = 9

/** What the kinds of bytes are called. */
export const KIND_WORDS: Readonly<Record<RingRange['kind'], string>> = {
  field: 'a field',
  reserved: 'reserved: padding that the header names',
  padding: 'padding: part of no field',
  stale: 'stale: left from earlier, read by no one',
  beneath: 'what survives of a request beneath a response',
  unknown: 'unknown: of a slot that is not all in the input',
}

export function locationLines(view: RingView, location: Location, options: HexdumpOptions): string[] {
  const { offset, spot } = location
  const { style, width } = options
  const rows: (readonly [string, string | undefined])[] = [
    ['bytes', bytesText(location, view)],
    ['type', typeText(spot)],
    ['value', spot.value === undefined ? undefined : valueText(spot.value)],
    ['meaning', spot.meaning],
    ['kind', KIND_WORDS[spot.kind]],
    ['in', holderText(location)],
    ['page', pageText(location, view.ring)],
  ]
  const lines = rows.flatMap(([label, text]) => (text === undefined ? [] : labelled(label, text)))
  const here = location.indirect ? [] : view.findings.filter((f) => f.offset !== undefined && inside(f.offset, spot))
  return [`${hexNumber(offset)}  ${style.bold(spotName(spot))}`, ...lines, ...here.flatMap((f) => findingLines(f, options))]

  function labelled(label: string, text: string): string[] {
    const [first = '', ...more] = wrap(text, Math.max(16, width - 4 - LABEL_WIDTH))
    return [`  ${style.dim(label.padEnd(LABEL_WIDTH))}  ${first}`, ...more.map((line) => ' '.repeat(4 + LABEL_WIDTH) + line)]
  }
}

/** A path names a field; of bytes that are none it names the struct that they are in. */
export function spotName({ path, kind, scalar }: Spot): string {
  return scalar !== undefined || kind === 'reserved' ? path : `${path} (${kind})`
}

/** `u32, little-endian`; undefined for bytes that are no field. */
function typeText({ scalar, size }: Spot): string | undefined {
  if (scalar === undefined) return undefined
  return size === 1 ? scalar : `${scalar}, little-endian`
}

/** Decimal, and hex where it is longer than a digit. */
export function valueText(value: number | bigint): string {
  return value >= 10 ? `${value} (0x${value.toString(16)})` : String(value)
}

/** The bytes of the range, the one that was asked for in brackets; of a long range those around it. */
function bytesText({ offset, spot, indirect }: Location, { bytes }: RingView): string {
  const from = Math.max(spot.offset, offset - (offset % 8))
  const to = Math.min(spot.offset + spot.size, spot.size > 8 ? from + 8 : Number.POSITIVE_INFINITY)
  const source = indirect?.bytes ?? bytes
  const first = spot.size > 8 ? from : spot.offset
  const shown = Array.from(source.subarray(first, to), (byte, i) => (first + i === offset ? `[${byteText(byte)}]` : byteText(byte)))
  const whole = shown.length === spot.size ? '' : ` of ${spot.size}`
  return `${shown.join(' ')}${whole}${spot.size > 1 ? `; byte ${offset - spot.offset} of ${spot.size}` : ''}`
}

function holderText({ area, indirect }: Location): string {
  if (indirect) {
    const { owner, gref } = indirect
    return owner ? `the indirect page ${gref} of ${slotHeadline(owner.slot)}` : `the page ${gref}, which no request in flight names`
  }
  if (area?.slot) return slotHeadline(area.slot)
  return area?.name === 'tail' ? 'the tail, behind the last slot' : 'the header'
}

/** Which page an offset lies in: only a ring of several pages has more to say. */
export function pageText({ indirect, page, pageOffset }: Location, { geometry }: Ring): string | undefined {
  return indirect || geometry.pages === 1
    ? undefined
    : `${page} of ${geometry.pages} (counted from 0), offset ${hexNumber(pageOffset)} in it`
}

function inside(offset: number, { offset: from, size }: Spot): boolean {
  return offset >= from && offset < from + size
}
