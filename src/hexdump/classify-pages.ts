// What pages are when nothing says it: how many are the ring's, whether one begins another ring, and which request's segments
// one holds.

import { guessAbi, shareWithCleared } from '../codec/recognise/score.ts'
import { readsAsSegment, slotCriteria } from '../codec/recognise/slot/reads-as.ts'
import { KNOWN_RING } from '../codec/recognise/slot/strictness.ts'
import { decodeRing } from '../codec/ring/decode-ring.ts'
import { MAX_RING_PAGES, RING_PAGE_COUNTS } from '../codec/ring/geometry.ts'
import { type ByteSpan, joinSpans } from '../codec/ring/missing.ts'
import type { IndirectRequest } from '../codec/ring/request.ts'
import { slotsByIndex } from '../codec/ring/ring.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { viewOf } from '../codec/struct/scalar.ts'
import { SEGS_PER_INDIRECT_PAGE, segmentsInPage } from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'

/**
 * How many pages a ring has, of which these are the first: the number with which its slots read best. Where several read as well,
 * those with the most slots in use, and of these the smallest that leaves nothing but pages of segments. It may be more than there
 * are, of pages that lie together.
 * @param together pages that lie together at the beginning
 */
export function ringPages(given: readonly GivenPage[], together: number): number {
  const pages = given.map(({ bytes }) => bytes)
  const sizes: readonly number[] = RING_PAGE_COUNTS.filter((n) => n <= pages.length)
  const scores = sizes.map((n) => guessAbi(joined(pages.slice(0, n)), missingIn(given.slice(0, n))).scores)
  const shares = scores.map((both) => Math.max(...both.map(shareWithCleared)))
  const asWell = sizes.filter((_, i) => shares[i] === Math.max(...shares))
  const used = (n: number) => scores[sizes.indexOf(n)]![0].used
  const best = asWell.filter((n) => used(n) === Math.max(...asWell.map(used)))
  const leavesSegments = (n: number) => pages.slice(n).every((page) => segmentsFit(page, 1))
  const whole = best.includes(together) ? together : undefined
  if (whole !== undefined && leavesSegments(whole)) return whole
  // Of a dump that leaves out lines, what is left of the slots may read better with fewer pages: that they lie together says more,
  // unless the pages behind are those that requests name.
  if (together > 1) {
    const named = best.find((n) => n < together && leavesSegments(n) && namesAsMany(given.slice(0, n), pages.length - n))
    return named ?? RING_PAGE_COUNTS.find((n) => n >= together) ?? MAX_RING_PAGES
  }
  return best.find(leavesSegments) ?? whole ?? best[0] ?? 1
}

/** Whether requests on a ring of these pages name as many pages of segments, or more. */
function namesAsMany(ring: readonly GivenPage[], pages: number): boolean {
  return namedPages(joined(ring.map(({ bytes }) => bytes)), missingIn(ring)).length >= pages
}

/** A page, and what of it was given. */
export interface GivenPage {
  readonly bytes: Uint8Array
  /** Bytes that were not given. */
  readonly holes: readonly ByteSpan[]
}

/** Bytes of pages laid end to end that were not given. */
export function missingIn(pages: readonly Pick<GivenPage, 'holes'>[]): ByteSpan[] {
  const at = (i: number) => i * XEN_PAGE_SIZE
  return joinSpans(pages.flatMap(({ holes }, i) => holes.map(({ from, to }) => ({ from: at(i) + from, to: at(i) + to }))))
}

export function joined(pages: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pages.length * XEN_PAGE_SIZE)
  for (const [i, page] of pages.entries()) bytes.set(page, i * XEN_PAGE_SIZE)
  return bytes
}

/** A page that a request in flight names. */
export interface NamedPage {
  readonly gref: number
  /** The number of its segments that are in use. */
  readonly segments: number
}

/** The indirect pages that the ring's requests in flight name, in the order of the indices; each once. Reference 0 names none. */
export function namedPages(bytes: Uint8Array, missing: readonly ByteSpan[]): NamedPage[] {
  const named = new Map<number, number>()
  for (const slot of slotsByIndex(decodeRing(bytes, guessAbi(bytes, missing).abi, { missing }))) {
    if (slot.state !== 'request' || slot.request.kind !== 'indirect') continue
    const { indirect_grefs, nr_segments }: IndirectRequest = slot.request
    for (const [i, gref] of indirect_grefs.entries())
      if (gref !== 0 && !named.has(gref)) named.set(gref, segmentsInPage(nr_segments, i))
  }
  return [...named].map(([gref, segments]) => ({ gref, segments }))
}

/** How many of the segments that a page has room for can be. */
export function fittingSegments(page: Uint8Array): number {
  const fits = segmentTest(page)
  let fitting = 0
  for (let i = 0; i < SEGS_PER_INDIRECT_PAGE; i++) if (fits(i)) fitting++
  return fitting
}

/** How many segments at the beginning of the page can be, one behind the other. */
export function soundSegments(page: Uint8Array): number {
  const fits = segmentTest(page)
  let sound = 0
  while (sound < SEGS_PER_INDIRECT_PAGE && fits(sound)) sound++
  return sound
}

/** Whether the page begins with so many segments that can be. */
export function segmentsFit(page: Uint8Array, segments: number): boolean {
  return soundSegments(page) >= segments
}

function segmentTest(page: Uint8Array): (i: number) => boolean {
  const [view, criteria] = [viewOf(page), slotCriteria(KNOWN_RING, x86_64)]
  return (i) => readsAsSegment(criteria, view, i * criteria.segmentSize)
}
