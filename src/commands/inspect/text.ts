// What `inspect` prints: the title, then the picture and the bytes, or one part of them.

import type { DecodedCapture } from '../../capture/decode-capture.ts'
import type { Ring } from '../../codec/ring/ring.ts'
import { slotOf } from '../../codec/ring/ring-idx.ts'
import {
  type Area,
  areasOf,
  type DataPageView,
  type Location,
  type PageView,
  pictureOf,
  placeOfIndex,
  type RingView,
  slotArea,
  treeOf,
  treeOfPage,
} from '../../inspect/index.ts'
import { KIND_MARKS } from '../../print/hex-rows.ts'
import { pictureLines } from '../../print/ring-picture.ts'
import { slotText } from '../../print/slot-headline.ts'
import { unitFacts } from '../../print/slot-words.ts'
import { count, flow, printable, wrap } from '../../print/text.ts'
import { locationLines } from './at.ts'
import { dataLines } from './data.ts'
import { findingLines, type HexdumpOptions, hexdumpLines, holderOf } from './hexdump.ts'
import { pageHead, pageLines } from './page.ts'
import { type TreeRoot, treeLines } from './tree.ts'

/** What the bytes of a decoded dump are seen through. */
export function ringViewOf({ capture, ring, findings }: DecodedCapture): RingView {
  return { ring, bytes: capture.bytes, indirectPages: capture.indirectPages, dataPages: capture.dataPages, findings }
}

/** Which ring it is, and what is wrong with it as a whole. @param more rings of the same input, and how they are asked for */
function titleLines(decoded: DecodedCapture, more: string | undefined, options: HexdumpOptions): string[] {
  const { capture, protocol, ring, findings } = decoded
  const { pages, nr_ents, stride } = ring.geometry
  const { style, width } = options
  const name = printable(capture.source) + (capture.queue === undefined ? '' : ` (queue ${capture.queue})`)
  const facts = [
    `${protocol.protocol}, ${protocol.why}`,
    count(pages, 'page'),
    `${nr_ents} slots of ${stride} bytes`,
    ...unitFacts(ring.sectorUnit),
  ]
  return [
    style.bold(name),
    ...flow([...facts, ...(more === undefined ? [] : [more])], width - 2, '; ').map((line) => `  ${line}`),
    ...findings.filter((f) => f.offset === undefined).flatMap((f) => findingLines(f, options)),
  ]
}

/** The part of a ring that is shown. */
export type Target =
  | { readonly kind: 'ring' }
  /** `index`: the free-running index that was asked for, if it was. */
  | { readonly kind: 'slot'; readonly slot: number; readonly index: number | undefined }
  | { readonly kind: 'page'; readonly page: PageView }
  | { readonly kind: 'data'; readonly data: DataPageView }
  | { readonly kind: 'location'; readonly location: Location }

/** `bytes`: of a whole ring the picture and the hexdump. */
export type Form = 'bytes' | 'picture' | 'tree'

/** Lines of a view. @param more see `titleLines` */
export function* inspectLines(
  decoded: DecodedCapture,
  target: Target,
  form: Form,
  more: string | undefined,
  options: HexdumpOptions,
): Generator<string> {
  const view = ringViewOf(decoded)
  yield* titleLines(decoded, more, options)
  yield ''
  switch (target.kind) {
    case 'location':
      yield* locationLines(view, target.location, options)
      break
    case 'data':
      yield* dataLines(view, target.data, options)
      break
    case 'page':
      if (form === 'tree') {
        yield* pageHead(view, target.page, options)
        yield* pageTree(view, target.page, options)
        break
      }
      yield* kindLegend(options)
      yield ''
      yield* pageLines(view, target.page, options)
      break
    case 'slot':
      if (form === 'tree') {
        yield* indexNotes(view.ring, target.index, options)
        yield* ringTree(view, [areaOfSlot(view.ring, target.slot)], options)
      } else yield* slotLines(view, target.slot, target.index, options)
      break
    case 'ring':
      if (form === 'tree') {
        yield* ringTree(view, areasOf(view.ring), options)
        break
      }
      yield* pictureLines(pictureOf(view), options)
      if (form === 'picture') break
      yield ''
      yield* ringLines(view, options)
  }
}

/** Every byte of the ring. */
function ringLines(view: RingView, options: HexdumpOptions): string[] {
  return [...kindLegend(options), ...hexdumpLines(view, areasOf(view.ring), options)]
}

/** The lines of one slot. */
function slotLines(view: RingView, slot: number, index: number | undefined, options: HexdumpOptions): string[] {
  const lines = hexdumpLines(view, [areaOfSlot(view.ring, slot)], options)
  return [...indexNotes(view.ring, index, options), ...kindLegend(options), ...lines]
}

function areaOfSlot({ geometry, slots }: Ring, slot: number): Area {
  return slotArea(geometry, slots[slot]!)
}

function indexNotes(ring: Ring, index: number | undefined, { style, width }: HexdumpOptions): string[] {
  const note = index === undefined ? undefined : indexNote(ring, index)
  return note === undefined ? [] : [...wrap(note, width).map((line) => style.unsure(line)), '']
}

function ringTree(view: RingView, areas: readonly Area[], options: HexdumpOptions): Iterable<string> {
  const roots = areas.map((area): TreeRoot => {
    return { node: treeOf(view, area), holder: holderOf(area), text: area.slot ? slotText(area.slot) : '' }
  })
  return treeLines(view, roots, options)
}

function pageTree(view: RingView, page: PageView, options: HexdumpOptions): Iterable<string> {
  const node = treeOfPage(page)
  return node ? treeLines(view, [{ node, holder: 'request', text: '' }], options) : []
}

/** Says it when an index is not on the ring; undefined when it is. */
function indexNote(ring: Ring, index: number): string | undefined {
  const where = placeOfIndex(ring, index)
  if (where === 'here') return undefined
  const slot = ring.slots[slotOf(index, ring.geometry.nr_ents)]!
  const holds = slot.state === 'unused' ? 'was not used yet' : `holds index ${slot.index}`
  return `index ${index} is not on the ring${where === 'next' ? ' yet' : ''}: its slot, ${slot.slot}, ${holds}`
}

/** The signs of the first column. */
function kindLegend({ style, width }: HexdumpOptions): string[] {
  const signs = [
    `${KIND_MARKS.stale} stale: read by no one`,
    `${KIND_MARKS.padding} padding`,
    `${KIND_MARKS.beneath} of a request, beneath a response`,
    '! finding',
    '* repeats',
    'a..b first_sect..last_sect',
  ]
  return flow(signs, width, '  ').map((line) => style.dim(line))
}
