// The full-screen view without a screen: where one is, and where a key leads. All of it is values, so that tests need no
// terminal.
import { indirectName } from '../capture/dump-names.ts'
import { type Action, actionOf, ESCAPE } from './keys.ts'
import { type ByteRow, rowsOf, spotAt } from './row.ts'
import { type PageView, pageView, type Spot, spotsOf } from './spot.ts'
import { type Area, areasOf, type RingView } from './view.ts'

/** The rings of an input, in the order in which they are stepped through. */
export interface Rings {
  /** The ring of that place, counted from 0; undefined behind the last. */
  ring(n: number): RingView | undefined
}

/** A place in the walk through rings: a byte of an area, or of an indirect page. */
export interface Place {
  /** Which of the rings. */
  readonly ring: number
  /** Which area of the ring: 0 is the header, slot n is n + 1. */
  readonly area: number
  /** The indirect page that was followed from this area, by its reference. */
  readonly page: number | undefined
  /** Which row of the area or page, and which byte of the row. */
  readonly row: number
  readonly byte: number
}

/** The state of a walk through rings. */
export interface Browsing {
  readonly place: Place
  /** The place that the page was entered from. */
  readonly from: Place | undefined
  readonly help: boolean
  /** What is to be said once, such as why a key did nothing. */
  readonly note: string | undefined
  readonly done: boolean
}

/** What there is at a place. */
export interface Sight {
  readonly view: RingView
  readonly areas: readonly Area[]
  readonly area: Area
  readonly page: PageView | undefined
  readonly bytes: Uint8Array
  readonly rows: readonly ByteRow[]
  readonly row: ByteRow
  /** Offset of the byte that is selected, in the ring or in the page. */
  readonly offset: number
  readonly spot: Spot
}

const ROWS_A_PAGE = 10

/** At the start of a ring's slot, or of its header. @param slot undefined is the header */
export function startAt(ring: number, slot: number | undefined): Browsing {
  return { place: at(ring, slot === undefined ? 0 : slot + 1), from: undefined, help: false, note: undefined, done: false }
}

/**
 * Looks up what is at a place. Where the ring there has fewer areas, rows or bytes, it is the last of them; undefined where there
 * is no such ring.
 */
export function sightAt({ ring, area, page, row, byte }: Place, rings: Rings): Sight | undefined {
  const view = rings.ring(ring)
  if (!view) return undefined
  const areas = areasOf(view.ring)
  const here = clamped(areas, area)
  const indirect = page === undefined ? undefined : pageView(view, page)
  const rows = rowsOf(indirect?.spots ?? spotsOf(view, here))
  const on = clamped(rows, row)
  const offset = on.offset + Math.min(byte, on.size - 1)
  const bytes = indirect?.bytes ?? view.bytes
  return { view, areas, area: here, page: indirect, bytes, rows, row: on, offset, spot: spotAt(on, offset) }
}

/**
 * The state that a key leads to.
 * @param key as terminal-kit names it
 */
export function press(state: Browsing, key: string, rings: Rings): Browsing {
  const action = actionOf(key)
  const quiet = { ...state, note: undefined }
  if (state.help && key === ESCAPE) return { ...quiet, help: false }
  if (action === 'quit') return { ...quiet, done: true }
  if (state.help) return { ...quiet, help: false }
  if (action === 'help') return { ...quiet, help: true }
  const sight = sightAt(state.place, rings)
  if (action === undefined || !sight) return quiet
  return { ...quiet, ...moved(action, state, sight, rings) }
}

function moved(action: Action, { place, from }: Browsing, sight: Sight, rings: Rings): Partial<Browsing> {
  const { row, byte } = { row: sight.rows.indexOf(sight.row), byte: sight.offset - sight.row.offset }
  const to = (change: Partial<Place>) => ({ place: { ...place, row, byte, ...change } })
  switch (action) {
    case 'row-up':
      return row > 0 ? to({ row: row - 1 }) : neighbour(place, sight, -1, rings)
    case 'row-down':
      return row < sight.rows.length - 1 ? to({ row: row + 1 }) : neighbour(place, sight, 1, rings)
    case 'byte-left':
      if (byte > 0) return to({ byte: byte - 1 })
      return row > 0 ? to({ row: row - 1, byte: sight.rows[row - 1]!.size - 1 }) : neighbour(place, sight, -1, rings)
    case 'byte-right':
      if (byte < sight.row.size - 1) return to({ byte: byte + 1 })
      return row < sight.rows.length - 1 ? to({ row: row + 1, byte: 0 }) : neighbour(place, sight, 1, rings)
    case 'rows-up':
      return to({ row: Math.max(0, row - ROWS_A_PAGE) })
    case 'rows-down':
      return to({ row: Math.min(sight.rows.length - 1, row + ROWS_A_PAGE) })
    case 'first-row':
      return to({ row: 0, byte: 0 })
    case 'last-row':
      return to({ row: sight.rows.length - 1, byte: 0 })
    case 'next-area':
      return leave(at(place.ring, (areaNumber(sight) + 1) % sight.areas.length))
    case 'previous-area':
      return leave(at(place.ring, (areaNumber(sight) + sight.areas.length - 1) % sight.areas.length))
    case 'next-request':
      return nextRequest(place, sight, 1)
    case 'previous-request':
      return nextRequest(place, sight, -1)
    case 'follow':
      return follow(place, sight)
    case 'back':
      return from ? { place: from, from: undefined } : { note: 'not in an indirect page' }
    case 'next-ring':
      return otherRing(place, 1, rings)
    case 'previous-ring':
      return otherRing(place, -1, rings)
    default:
      return {}
  }
}

/** The row before the first of an area is the last of the area before it. A page has no neighbours. */
function neighbour(place: Place, sight: Sight, step: 1 | -1, rings: Rings): Partial<Browsing> {
  const area = areaNumber(sight) + step
  if (sight.page || area < 0 || area >= sight.areas.length) return {}
  const start = at(place.ring, area)
  if (step === 1) return { place: start }
  const there = sightAt(start, rings)!
  return { place: { ...start, row: there.rows.length - 1, byte: there.rows.at(-1)!.size - 1 } }
}

/** To the next slot with a request in flight, around the ring. */
function nextRequest(place: Place, sight: Sight, step: 1 | -1): Partial<Browsing> {
  const { areas } = sight
  const here = areaNumber(sight)
  for (let k = 1; k <= areas.length; k++) {
    const area = (here + step * k + areas.length * 2) % areas.length
    if (areas[area]!.slot?.state === 'request') return leave(at(place.ring, area))
  }
  return { note: 'no request is in flight' }
}

function follow(place: Place, { view, spot }: Sight): Partial<Browsing> {
  if (!/\.indirect_grefs\[\d+\]$/.test(spot.path) || spot.value === undefined)
    return { note: 'Enter follows the reference of an indirect page' }
  const page = Number(spot.value)
  if (!pageView(view, page)?.spots.length) return { note: `no readable ${indirectName(page)} beside the ring` }
  return { place: { ...place, page, row: 0, byte: 0 }, from: place }
}

/** The same place in another ring; an indirect page is left where that ring does not have it. */
function otherRing(place: Place, step: 1 | -1, rings: Rings): Partial<Browsing> {
  const ring = place.ring + step
  const view = ring < 0 ? undefined : rings.ring(ring)
  if (!view) return { note: step === 1 ? 'that was the last ring' : 'that was the first ring' }
  return leave({ ...place, ring, page: undefined, ...(place.page === undefined ? {} : { row: 0, byte: 0 }) })
}

function leave(place: Place): Partial<Browsing> {
  return { place, from: undefined }
}

function at(ring: number, area: number): Place {
  return { ring, area, page: undefined, row: 0, byte: 0 }
}

function areaNumber({ areas, area }: Sight): number {
  return areas.indexOf(area)
}

function clamped<T>(items: readonly T[], n: number): T {
  return items[Math.min(n, items.length - 1)]!
}
