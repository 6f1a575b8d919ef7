// How surely some pages are a blkif ring, from 0 to 100, and what speaks for it.
import { MAX_RING_PAGES, type RingGeometry, ringGeometry, slotOffset } from '../codec/ring/geometry.ts'
import { advance, distance, inWindow, isFirstLap, slotOf } from '../codec/ring/ring-idx.ts'
import type { SringHeader } from '../codec/ring/wire.ts'
import { type Abi, x86_32, x86_64 } from '../codec/struct/abi.ts'
import { decode } from '../codec/struct/parser.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { isNear } from './signature.ts'
import { readsAsBeneath, readsAsRequest, readsAsResponse, slotShape } from './slot-shape.ts'

export interface RingScore {
  readonly abi: Abi
  readonly pages: number
  readonly sring: SringHeader
  /** 0 to 100. */
  readonly score: number
  /** Slots that the indices say were used. */
  readonly used: number
  /** Of two things in each used slot: how many read well. */
  readonly good: number
  /** The backend's and the frontend's event lie near the producer that each waits for. */
  readonly nearEvents: readonly [boolean, boolean]
  /** Every byte that nobody has written yet is zero: slots that were not used, and the tail. */
  readonly quiet: boolean
  /** Both strides read as well. */
  readonly anyAbi: boolean
}

/** What each kind of evidence is worth; together 100. */
const POINTS = { event: 15, quiet: 10, slots: 60 } as const
/** A ring that nobody has used yet is two words in a page of zeros: rings of other protocols begin the same. */
const VIRGIN = 50
/** Slots of which fewer read well are those of something else. */
const LEAST_SHARE = 0.6

/** A page is called a ring from this score on. */
export const RING_SCORE = 50

/** As many as a ring can have, fewest first: the first that reads best is taken. */
const PAGES = Array.from({ length: Math.log2(MAX_RING_PAGES) + 1 }, (_, order) => 2 ** order)

/**
 * The best reading of a ring that starts at the first byte, or undefined where the indices allow none.
 * @param bytes the page and those that follow it, whole pages
 */
export function scoreRing(bytes: Uint8Array): RingScore | undefined {
  let best: RingScore | undefined
  for (const pages of PAGES) {
    if (pages * XEN_PAGE_SIZE > bytes.length) break
    const [wide, narrow] = [scoreAs(bytes, x86_64, pages), scoreAs(bytes, x86_32, pages)]
    if (!wide || !narrow) continue
    const better = narrow.score > wide.score ? narrow : wide
    if (better.score > (best?.score ?? -1)) best = { ...better, anyAbi: narrow.score === wide.score }
    // More pages can only read better where something speaks against these.
    if (best && best.good === 2 * best.used && best.quiet) break
  }
  return best
}

/**
 * The score of pages that something else says are a ring: the best reading of just so many, 0 where the indices allow none.
 * @param abi undefined tries both strides
 */
export function scoreNamed(bytes: Uint8Array, abi: Abi | undefined): RingScore {
  const pages = bytes.length / XEN_PAGE_SIZE
  const scores = (abi ? [abi] : [x86_64, x86_32]).flatMap((a) => scoreAs(bytes, a, pages) ?? [])
  const [first, second] = scores.sort((a, b) => b.score - a.score)
  if (first) return { ...first, anyAbi: first.score === second?.score }
  const sring = decode(sringHeader, abi ?? x86_64, bytes)
  return {
    abi: abi ?? x86_64,
    pages,
    sring,
    score: 0,
    used: 0,
    good: 0,
    nearEvents: [false, false],
    quiet: false,
    anyAbi: abi === undefined,
  }
}

/** One reading: undefined where more requests are outstanding than so many pages hold. */
export function scoreAs(bytes: Uint8Array, abi: Abi, pages: number): RingScore | undefined {
  const geometry = ringGeometry(abi, pages)
  const { nr_ents } = geometry
  const sring = decode(sringHeader, abi, bytes)
  const { req_prod, req_event, rsp_prod, rsp_event } = sring
  const outstanding = distance(rsp_prod, req_prod)
  if (outstanding > nr_ents) return undefined
  const used = isFirstLap(req_prod, rsp_prod, nr_ents) ? req_prod : nr_ents
  const nearEvents = [
    isNear(req_event, req_prod, 1, nr_ents),
    isNear(rsp_event, rsp_prod, Math.max(outstanding, 1), nr_ents),
  ] as const
  const good = countGood(bytes, geometry, sring, used)
  const quiet = isQuiet(bytes, geometry, used)
  const read = { abi, pages, sring, used, good, nearEvents, quiet, anyAbi: false }
  if (used === 0) return { ...read, score: quiet && req_event === 1 && rsp_event === 1 ? VIRGIN : 0 }
  const share = good / (2 * used)
  if (share < LEAST_SHARE) return { ...read, score: 0 }
  const events = nearEvents.filter((near) => near).length * POINTS.event
  // Few slots say little, however well they read.
  const slots = POINTS.slots * ((share - LEAST_SHARE) / (1 - LEAST_SHARE)) * (used / (used + 1))
  return { ...read, score: Math.round(events + (quiet ? POINTS.quiet : 0) + slots) }
}

function countGood(bytes: Uint8Array, geometry: RingGeometry, { req_prod, rsp_prod }: SringHeader, used: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = slotShape(geometry.abi)
  let good = 0
  for (let back = 1; back <= used; back++) {
    const index = advance(req_prod, -back)
    const at = slotOffset(geometry, slotOf(index, geometry.nr_ents))
    if (inWindow(index, rsp_prod, req_prod)) good += readsAsRequest(view, at, shape) ? 2 : 0
    else if (readsAsBeneath(view, at, shape)) good += readsAsResponse(view, at, shape) ? 2 : 1
  }
  return good
}

function isQuiet(bytes: Uint8Array, geometry: RingGeometry, used: number): boolean {
  const from = used < geometry.nr_ents ? slotOffset(geometry, used) : geometry.tailAt
  for (let at = from; at < geometry.bytes; at++) if (bytes[at] !== 0) return false
  return true
}
