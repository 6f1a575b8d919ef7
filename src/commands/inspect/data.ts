// `inspect --data`: what the segments that name a page of data carry of it.
import { bytesOfSectors } from '../../codec/ring/sector-unit.ts'
import type { DataOwner, DataPageView, RingView } from '../../inspect/index.ts'
import { byteText, offsetText } from '../../print/hex-rows.ts'
import type { JsonOf } from '../../print/shape.ts'
import { slotText } from '../../print/slot-headline.ts'
import { wrap } from '../../print/text.ts'
import type { HexdumpOptions } from './hexdump.ts'
import type { DATA } from './shape.ts'

const PER_LINE = 16

/** Which page it is, then for each segment whose it is, and the bytes; of a page that no segment names, all of it. */
export function* dataLines(view: RingView, { gref, bytes, owners }: DataPageView, options: HexdumpOptions): Generator<string> {
  const { style, width } = options
  yield style.bold(`data page ${gref}`)
  if (owners.length === 0) {
    yield* wrap('no request in flight names it: the whole page', width - 2).map((line) => `  ${line}`)
    yield ''
    yield* rows(bytes, 0, bytes.length, () => '', options)
  }
  const unit = Number(bytesOfSectors(1, view.ring.sectorUnit))
  for (const owner of owners) {
    const { slot, segment, from, to, sector } = owner
    const text = `ring[${slot.slot}], segment ${segment}, names it: ${slotText(slot)}; ${carried(owner, unit, bytes.length)}`
    yield* wrap(text, width - 2).map((line) => `  ${line}`)
    yield ''
    const sectorAt = (at: number) => ((at - from) % unit === 0 ? `sector ${sector + BigInt((at - from) / unit)}` : '')
    yield* rows(bytes, from, Math.min(to, bytes.length), sectorAt, options)
    yield ''
  }
}

function carried({ from, to, first_sect, last_sect, sector }: DataOwner, unit: number, length: number): string {
  if (to === from) return `${first_sect}..${last_sect} carry nothing`
  const last = sector + BigInt((to - from) / unit - 1)
  const cut = to > length ? `, of which the page has ${Math.max(0, length - from)}` : ''
  return `${first_sect}..${last_sect} carry ${to - from} bytes${cut}, sectors ${sector} to ${last} of the disk`
}

/** Rows that repeat the one before are drawn together, but where a sector begins. */
function* rows(
  bytes: Uint8Array,
  from: number,
  to: number,
  sectorAt: (offset: number) => string,
  { squeeze, style }: HexdumpOptions,
): Generator<string> {
  let [last, starred] = ['', false]
  for (let at = from; at < to; at += PER_LINE) {
    const row = bytes.subarray(at, Math.min(at + PER_LINE, to))
    const hex = Array.from(row, (byte) => byteText(byte)).join(' ')
    const sector = sectorAt(at)
    if (squeeze && sector === '' && hex === last) {
      if (!starred) yield '*'
      starred = true
      continue
    }
    const text = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    yield `  ${style.dim(offsetText(at))}  ${hex.padEnd(PER_LINE * 3 - 1)}  ${text.padEnd(PER_LINE)}  ${style.dim(sector)}`.trimEnd()
    ;[last, starred] = [hex, false]
  }
  if (from < to) yield style.dim(`  ${offsetText(to)}`)
}

/** What each segment carries; of a page that no segment names, all of it. */
export function dataJson({ gref, bytes, owners }: DataPageView): JsonOf<typeof DATA> {
  return {
    gref,
    namedBy: owners.map(({ slot, segment, first_sect, last_sect, sector, from, to }) => ({
      slot: slot.slot,
      index: slot.index,
      segment,
      first_sect,
      last_sect,
      sector: String(sector),
      offset: from,
      bytes: hexOf(bytes.subarray(from, to)),
    })),
    ...(owners.length === 0 ? { bytes: hexOf(bytes) } : {}),
  }
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byteText(byte)).join('')
}
