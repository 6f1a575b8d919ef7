// How surely some pages are a blkif ring, from 0 to 100, and what speaks for it.

import { indicesOf, isNear } from '../codec/recognise/header.ts'
import {
  readsAsBeneath,
  readsAsCleared,
  readsAsRequest,
  readsAsResponse,
  type SlotCriteria,
  slotCriteria,
} from '../codec/recognise/slot/reads-as.ts'
import { ANY_PAGE } from '../codec/recognise/slot/strictness.ts'
import { RING_PAGE_COUNTS, type RingGeometry, ringGeometry, slotOffset } from '../codec/ring/geometry.ts'
import { type ByteSpan, slotsNotThere } from '../codec/ring/missing.ts'
import { advance, distance, inWindow, isFirstLap, producersPossible, slotOf } from '../codec/ring/ring-idx.ts'
import type { SringHeader } from '../codec/ring/wire.ts'
import { type Abi, x86_32, x86_64 } from '../codec/struct/abi.ts'
import { viewOf } from '../codec/struct/scalar.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'

/** How surely the bytes of some pages are a ring, and what speaks for it. */
export interface RingScore {
  readonly abi: Abi
  readonly pages: number
  readonly sring: SringHeader
  /** 0 to 100. */
  readonly score: number
  /** Slots that the indices say were used. */
  readonly used: number
  /** Of these, slots that the frontend cleared once it had taken the response: they tell nothing. */
  readonly cleared: number
  /** Of two things in each used slot that is not cleared: how many read well. */
  readonly good: number
  /** The backend's and the frontend's event lie near the producer that each waits for. */
  readonly nearEvents: readonly [boolean, boolean]
  /** Every byte that nobody has written yet is zero: slots that were not used, and the tail. */
  readonly quiet: boolean
  /** Whether both strides read as well. */
  readonly anyAbi: boolean
}

/** What each kind of evidence is worth; together 100. */
const POINTS = { event: 15, quiet: 10, slots: 60 } as const
/**
 * A ring that nobody has used yet is two words in a page of zeros: rings of other protocols begin the same. One whose slots are all
 * cleared tells no more.
 */
const VIRGIN = 50
/**
 * Few slots say little, however well they read, and less among bytes of something else (Linux zeroes the pages of a ring since
 * 2022 only): so many slots count half.
 */
const DOUBT = { quiet: 2, garbage: 9 } as const
/** Cleared slots are zeros; where so many others read well among them, they are those of the ring. */
const MIN_AMONG_CLEARED = 2
/** Slots of which fewer read well are those of something else. */
const MIN_SHARE = 0.6
/** Of one page of several, when the ring was dumped while it moved. */
const MIN_OF_PAGE = 0.25

/** Slots, and what lies behind them, begin and end with a word of so many bytes. */
const WORD = Uint32Array.BYTES_PER_ELEMENT

/** A page is called a ring from this score on. */
export const RING_SCORE = 50

/**
 * The best reading of a ring that starts at the first byte, or undefined where the indices allow none.
 * @param bytes the page and those that follow it, whole pages
 * @param missing of the bytes that are not there: slots with one of them count for nothing
 */
export function scoreRing(bytes: Uint8Array, missing?: readonly ByteSpan[]): RingScore | undefined {
  const view = viewOf(bytes)
  let best: RingScore | undefined
  // Fewest first: the first that reads best is taken.
  for (const pages of RING_PAGE_COUNTS) {
    if (pages * XEN_PAGE_SIZE > bytes.length || (best && reachesNoSlot(best, pages))) break
    const [wide, narrow] = [scoreAs(view, x86_64, pages, missing), scoreAs(view, x86_32, pages, missing)]
    if (!wide || !narrow) continue
    const better = narrow.score > wide.score ? narrow : wide
    if (isBetter(better, best)) best = { ...better, anyAbi: narrow.score === wide.score }
    // More pages can only read better where something speaks against these.
    if (best && best.good === 2 * (best.used - best.cleared) && best.quiet) break
  }
  return best
}

/** More pages are taken for what is on them: zeros behind a page whose tail was never cleared would make it a quiet ring otherwise. */
function isBetter(more: RingScore, best: RingScore | undefined): boolean {
  return !best || (more.score > best.score && (best.score === 0 || more.good > best.good))
}

/** On its first lap a ring has used no slot beyond those of half as many pages: nothing speaks for more. */
function reachesNoSlot({ used, sring }: RingScore, pages: number): boolean {
  const { nr_ents } = ringGeometry(x86_64, pages / 2)
  return used === sring.req_prod && used <= nr_ents
}

/**
 * The score of pages that something else says are a ring: the best reading of just so many, 0 where the indices allow none.
 * @param abi undefined tries both strides
 * @param missing of the bytes that are not there: slots with one of them count for nothing
 */
export function scoreNamed(bytes: Uint8Array, abi: Abi | undefined, missing: readonly ByteSpan[] = []): RingScore {
  const pages = bytes.length / XEN_PAGE_SIZE
  const scores = (abi ? [abi] : [x86_64, x86_32]).flatMap((a) => scoreAs(viewOf(bytes), a, pages, missing) ?? [])
  const [first, second] = scores.sort((a, b) => b.score - a.score)
  if (first) return { ...first, anyAbi: first.score === second?.score }
  const sring = indicesOf(viewOf(bytes))
  return {
    abi: abi ?? x86_64,
    pages,
    sring,
    score: 0,
    used: 0,
    cleared: 0,
    good: 0,
    nearEvents: [false, false],
    quiet: false,
    anyAbi: abi === undefined,
  }
}

/** One reading: undefined where more requests are outstanding than so many pages hold. */
function scoreAs(view: DataView, abi: Abi, pages: number, missing: readonly ByteSpan[] = []): RingScore | undefined {
  const geometry = ringGeometry(abi, pages)
  const { nr_ents } = geometry
  const sring = indicesOf(view)
  const { req_prod, req_event, rsp_prod, rsp_event } = sring
  const outstanding = distance(rsp_prod, req_prod)
  if (!producersPossible(sring, nr_ents)) return undefined
  const begun = isFirstLap(sring, nr_ents) ? req_prod : nr_ents
  const notThere = new Set(slotsNotThere(geometry, missing))
  const used = begun - [...notThere].filter((slot) => slot < begun).length
  const nearEvents = [
    isNear(req_event, req_prod, 1, nr_ents),
    isNear(rsp_event, rsp_prod, Math.max(outstanding, 1), nr_ents),
  ] as const
  const { good, cleared } = countGood(view, geometry, sring, begun, notThere) ?? { good: 0, cleared: 0 }
  const told = used - cleared
  const share = told === 0 ? 1 : good / (2 * told)
  const quiet = share >= MIN_SHARE && isQuiet(view, geometry, begun)
  const read = { abi, pages, sring, used, cleared, good, nearEvents, quiet, anyAbi: false }
  if (told === 0) return quiet && isIdle(sring) ? { ...read, score: VIRGIN } : { ...read, quiet: used === 0 && quiet, score: 0 }
  if (share < MIN_SHARE) return { ...read, score: 0 }
  const events = nearEvents.filter((near) => near).length * POINTS.event
  const counted = told < MIN_AMONG_CLEARED ? told : used
  const certain = counted / (counted + (quiet ? DOUBT.quiet : DOUBT.garbage))
  const slots = POINTS.slots * ((share - MIN_SHARE) / (1 - MIN_SHARE)) * certain
  return { ...read, score: Math.round(events + (quiet ? POINTS.quiet : 0) + slots) }
}

/**
 * Ends where too little reads well for a ring. All pages must read well: a page that only begins like a ring can lie before
 * the pages of one. Undefined where one of them does not.
 */
function countGood(
  view: DataView,
  geometry: RingGeometry,
  { req_prod, rsp_prod }: SringHeader,
  used: number,
  notThere: ReadonlySet<number>,
): { readonly good: number; readonly cleared: number } | undefined {
  const criteria = slotCriteria(ANY_PAGE, geometry.abi)
  const { nr_ents } = geometry
  const [seen, bad] = [new Uint16Array(geometry.pages), new Uint16Array(geometry.pages)]
  let good = 0
  const cleared = new Uint16Array(geometry.pages)
  let mixed = false
  let room = Math.floor(2 * used * (1 - MIN_SHARE))
  for (let back = 1; back <= used; back++) {
    const index = advance(req_prod, -back)
    const slot = slotOf(index, nr_ents)
    if (notThere.has(slot)) continue
    const at = slotOffset(geometry, slot)
    const isRequest = inWindow(index, rsp_prod, req_prod)
    if (!isRequest && readsAsCleared(criteria, view, at, slot)) {
      cleared[Math.floor(at / XEN_PAGE_SIZE)]!++
      continue
    }
    // From the newest back, those that are cleared come last: older than all others. Else they are zeros like any.
    mixed ||= !isRequest && cleared.some((n) => n > 0)
    const reads = isRequest ? requestReads(criteria, view, at, used) : responseReads(criteria, view, at, used)
    const page = Math.floor(at / XEN_PAGE_SIZE)
    good += reads
    room -= 2 - reads
    seen[page]! += 2
    bad[page]! += 2 - reads
    if (room < 0) return undefined
  }
  if (mixed) {
    for (const [page, n] of cleared.entries()) {
      seen[page]! += 2 * n
      bad[page]! += 2 * n
      room -= 2 * n
    }
    cleared.fill(0)
  }
  if (room < 0 || bad.some((n, page) => n > seen[page]! * (1 - MIN_OF_PAGE))) return undefined
  return { good, cleared: cleared.reduce((sum, n) => sum + n) }
}

/** Nothing is outstanding or to be taken, and each side waits for the next. */
function isIdle({ req_prod, req_event, rsp_prod, rsp_event }: SringHeader): boolean {
  return req_prod === rsp_prod && req_event === advance(req_prod, 1) && rsp_event === req_event
}

function isQuiet(view: DataView, geometry: RingGeometry, used: number): boolean {
  const from = used < geometry.nr_ents ? slotOffset(geometry, used) : geometry.tailAt
  for (let at = from; at < geometry.bytes; at += WORD) if (view.getUint32(at, true) !== 0) return false
  return true
}

/** How many of two things read well: a request counts twice. */
function requestReads(criteria: SlotCriteria, view: DataView, at: number, ids: number): number {
  return readsAsRequest(criteria, view, at, ids) ? 2 : 0
}

/** A response, and what lies beneath it. All zeros read as a response: without a request beneath, it counts for nothing. */
function responseReads(criteria: SlotCriteria, view: DataView, at: number, ids: number): number {
  if (!readsAsBeneath(criteria, view, at)) return 0
  return readsAsResponse(criteria, view, at, ids) ? 2 : 1
}
