// Which slot stride a ring was written with, judged from its bytes: under the wrong one, fields fall on other fields.

import { type RingGeometry, ringGeometry, slotOffset } from '../ring/geometry.ts'
import { type ByteSpan, missingOf, slotsNotThere } from '../ring/missing.ts'
import { advance, inWindow, isFirstLap, producersPossible, slotOf } from '../ring/ring-idx.ts'
import { requirePages } from '../ring/ring-pages.ts'
import { type Abi, x86_32, x86_64 } from '../struct/abi.ts'
import { viewOf } from '../struct/scalar.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { indicesOf } from './header.ts'
import { readsAsBeneath, readsAsCleared, readsAsRequest, readsAsResponse, slotCriteria } from './slot/reads-as.ts'
import { KNOWN_RING } from './slot/strictness.ts'

/** How well the slots of a ring read under one ABI. */
export interface AbiScore {
  readonly abi: Abi
  /** Things that read well: of a request in flight its slot counts twice, of a response itself and what lies beneath it. */
  readonly plausible: number
  /** Slots that are used, and looked at. */
  readonly used: number
  /** Used slots that are cleared. */
  readonly cleared: number
  /** Things that were looked at: two in each used slot that is neither cleared nor unknown. */
  readonly seen: number
}

/** Which ABI the bytes of a ring read as. */
export interface AbiGuess {
  readonly abi: Abi
  /** x86_64 first; Arm has the same layout and cannot be told from it. */
  readonly scores: readonly [AbiScore, AbiScore]
  /** Neither stride reads better: x86_64 is assumed. */
  readonly tie: boolean
}

/**
 * Judges from the slots of a ring which ABI it was written with: under the wrong one, fields fall on other fields. Arm has the
 * layout of x86_64 and cannot be told from it.
 * @param bytes whole pages of one ring
 * @param missing bytes that are not in the input: slots with one of them have no vote
 * @throws TypeError, RangeError for bytes that are none, or no whole pages
 */
export function guessAbi(bytes: Uint8Array, missing?: readonly ByteSpan[]): AbiGuess {
  requirePages(bytes, 'guessAbi')
  const scores = [scoreAbi(bytes, x86_64, { missing }), scoreAbi(bytes, x86_32, { missing })] as const
  const [wide, narrow] = scores
  return {
    abi: readsBetter(narrow, wide) ? x86_32 : x86_64,
    scores,
    tie: plausibleShare(narrow) === plausibleShare(wide),
  }
}

/** The narrow layout must read better than the wide. */
export function readsBetter(narrow: AbiScore, wide: AbiScore): boolean {
  return plausibleShare(narrow) > plausibleShare(wide)
}

/** The share of what was seen that reads well, 1 of nothing. */
export function plausibleShare(score: AbiScore): number {
  return score.seen === 0 ? 1 : score.plausible / score.seen
}

/**
 * The same for readings that differ in more than the layout, such as the number of pages: that slots are cleared, which is to say zeros,
 * speaks half for one. Else the reading would be best that has the most zeros in its slots.
 */
export function shareWithCleared({ plausible, seen, cleared }: AbiScore): number {
  return seen + cleared === 0 ? 1 : (plausible + cleared) / (seen + 2 * cleared)
}

export interface ScoreOptions {
  /** Look at no more than so many slots, the newest. */
  readonly newest?: number
  /** Bytes that are not there. */
  readonly missing?: readonly ByteSpan[] | undefined
}

/** How well the used slots read under one ABI. */
export function scoreAbi(bytes: Uint8Array, abi: Abi, options?: ScoreOptions): AbiScore {
  return scoreAt(viewOf(bytes), 0, ringGeometry(abi, bytes.length / XEN_PAGE_SIZE), options)
}

/** Scores the ring that begins at byte `from`. */
export function scoreAt(view: DataView, from: number, geometry: RingGeometry, { newest, missing }: ScoreOptions = {}): AbiScore {
  const { abi, nr_ents } = geometry
  const { indices: lost, producers, spans } = missingOf(geometry, missing)
  const sring = indicesOf(view, from)
  for (const name of lost) sring[name] = 0
  const { req_prod, rsp_prod } = sring
  const used = Math.min(isFirstLap(sring, nr_ents) ? req_prod : nr_ents, newest ?? nr_ents)
  const score = { abi, plausible: 0, used, cleared: 0, seen: 0 }
  if (producers) return score
  const notThere = spans.length > 0 ? new Set(slotsNotThere(geometry, spans)) : undefined
  const isPossible = producersPossible(sring, nr_ents)
  const criteria = slotCriteria(KNOWN_RING, abi)
  for (let back = 1; back <= used; back++) {
    const index = advance(req_prod, -back)
    const slot = slotOf(index, nr_ents)
    if (notThere?.has(slot)) continue
    const at = from + slotOffset(geometry, slot)
    if (!isPossible || inWindow(index, rsp_prod, req_prod)) {
      score.seen += 2
      if (readsAsRequest(criteria, view, at, nr_ents)) score.plausible += 2
    } else if (readsAsCleared(criteria, view, at, slot)) score.cleared++
    else {
      score.seen += 2
      if (readsAsResponse(criteria, view, at, nr_ents)) score.plausible++
      if (readsAsBeneath(criteria, view, at)) score.plausible++
    }
  }
  return score
}
