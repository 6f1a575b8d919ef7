// `inspect --indirect`: a page of segments, and whose it is.
import { type PageView, pageBeneath, pageOwners, type RingView, rowsOf } from '../../inspect/index.ts'
import { slotText } from '../../print/slot-headline.ts'
import { wrap } from '../../print/text.ts'
import { type HexdumpOptions, plainLines } from './hexdump.ts'

export function pageLines(view: RingView, page: PageView, options: HexdumpOptions): string[] {
  return [...pageHead(view, page, options), ...plainLines(rowsOf(page.spots), page.bytes, 'request', options)]
}

/** Which page it is, and who names it. */
export function pageHead(view: RingView, page: PageView, { style, width }: HexdumpOptions): string[] {
  return [style.bold(`indirect page ${page.gref}`), ...ownerTexts(view, page).flatMap((text) => indented(text, width)), '']
}

/** Which requests name the page; there should be one. */
function ownerTexts({ ring }: RingView, { gref, owner }: PageView): string[] {
  if (!owner) {
    const slots = pageBeneath(ring, gref)
    const perhaps =
      slots.length === 0 ? '' : `; the request beneath the response in slot ${slots.join(', ')} may have, if it was indirect`
    return [`no request in flight names it: its segments are shown as they lie${perhaps}`]
  }
  return pageOwners(ring, gref).map(({ slot, place, used }) => {
    const request = `${slotText(slot)}, at sector ${slot.request.sector_number}`
    return `${path(slot.slot, place)} names it: ${request}; ${used} of its segments ${used === 1 ? 'is' : 'are'} in use`
  })
}

function path(slot: number, place: number): string {
  return `ring[${slot}].req.indirect_grefs[${place}]`
}

function indented(text: string, width: number): string[] {
  return wrap(text, width - 2).map((line) => `  ${line}`)
}
