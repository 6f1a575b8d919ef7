// What lies at an offset: from a byte to its field, its slot and its page.
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { type PageView, type Spot, spotsOf } from './spot.ts'
import { type Area, areaAt, type RingView } from './view.ts'

/** What lies at a byte. */
export interface Location {
  /** Bytes from the start of the ring, or of the indirect page. */
  readonly offset: number
  readonly spot: Spot
  /** The area of the ring; undefined in an indirect page. */
  readonly area: Area | undefined
  /** The indirect page, undefined in the ring. */
  readonly indirect: PageView | undefined
  /** The ring page that the offset is in, counted from 0, and its place there. */
  readonly page: number
  readonly pageOffset: number
}

/**
 * Finds what lies at a byte of a ring.
 * @param offset in bytes from the start of the ring, inside it
 */
export function locate(view: RingView, offset: number): Location {
  const area = areaAt(view.ring, offset)
  return { offset, spot: spotIn(spotsOf(view, area), offset), area, indirect: undefined, ...inPages(offset) }
}

/**
 * Finds what lies at a byte of an indirect page.
 * @param offset in bytes from the start of the page, inside it
 */
export function locateInPage(indirect: PageView, offset: number): Location {
  return { offset, spot: spotIn(indirect.spots, offset), area: undefined, indirect, ...inPages(offset) }
}

function spotIn(spots: readonly Spot[], offset: number): Spot {
  const spot = spots.find((s) => offset < s.offset + s.size)
  if (!spot) throw new RangeError(`no byte ${offset}`)
  return spot
}

function inPages(offset: number): { page: number; pageOffset: number } {
  const page = Math.floor(offset / XEN_PAGE_SIZE)
  return { page, pageOffset: offset - page * XEN_PAGE_SIZE }
}
