// How large a ring must be of which only the first bytes are there.
import { RING_PAGE_COUNTS, ringGeometry } from '../ring/geometry.ts'
import type { ByteSpan } from '../ring/missing.ts'
import { producersPossible } from '../ring/ring-idx.ts'
import { ABIS, x86_64 } from '../struct/abi.ts'
import { layoutOf } from '../struct/layout.ts'
import { viewOf } from '../struct/scalar.ts'
import { blkifSringEntry } from '../xen/blkif.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../xen/ring.ts'
import { indicesOf } from './header.ts'
import { type AbiScore, guessAbi, shareWithCleared } from './score.ts'

/** Slots of which so few read well are those of a ring of another size: requests are looked for where responses are. */
const BADLY = 0.75
/** So many of them that do, and so many things looked at, are no chance. */
const WELL = 0.95
const MIN_SEEN = 8

/**
 * The fewest pages of a ring that has a slot for everything outstanding, or more where its slots read badly so and well with more;
 * `least` where no ring has. Under both layouts a page has as many slots.
 * @param part its first bytes, with both producers
 * @param least as many pages as these take: 1, 2, 4, 8 or 16
 * @param missing which of `part` are not there
 */
export function fewestPages(part: Uint8Array, least: number, missing: readonly ByteSpan[] = []): number {
  const header = new Uint8Array(layoutOf(sringHeader, x86_64).size)
  header.set(part.subarray(0, header.length))
  const sring = indicesOf(viewOf(header))
  const sizes = RING_PAGE_COUNTS.filter((n) => n >= least && producersPossible(sring, ringGeometry(x86_64, n).nr_ents))
  const [fewest, ...more] = sizes
  if (fewest === undefined) return least
  if (shareWithCleared(bestScore(part, fewest, missing)) >= BADLY) return fewest
  return more.find((n) => isWell(bestScore(part, n, missing))) ?? fewest
}

/**
 * Whether the bytes of a whole ring, with some behind them, read as such and not as the beginning of the next larger ring. What is less
 * than a slot is none of its; for more, the ring must read well without, and the larger one worse.
 * @param pages of the ring: as many as its bytes hold, 1, 2, 4 or 8
 */
export function endsBefore(part: Uint8Array, pages: number): boolean {
  const ring = part.subarray(0, pages * XEN_PAGE_SIZE)
  if (fewestPages(ring, pages) !== pages) return false
  const [here, larger] = [bestScore(ring, pages, []), bestScore(part, 2 * pages, [])]
  const isWorse = shareWithCleared(larger) < shareWithCleared(here)
  const hasNoSlot = ABIS.every((abi) => part.length - ring.length < layoutOf(blkifSringEntry, abi).size)
  if (hasNoSlot) return isWorse || shareWithCleared(larger) === shareWithCleared(here)
  return isWell(here) && shareWithCleared(larger) < WELL && isWorse
}

function isWell(score: AbiScore): boolean {
  return score.seen >= MIN_SEEN && shareWithCleared(score) >= WELL
}

function bestScore(part: Uint8Array, pages: number, missing: readonly ByteSpan[]): AbiScore {
  const bytes = new Uint8Array(pages * XEN_PAGE_SIZE)
  bytes.set(part.subarray(0, bytes.length))
  const rest = part.length < bytes.length ? [{ from: part.length, to: bytes.length }] : []
  const [wide, narrow] = guessAbi(bytes, [...missing, ...rest]).scores
  return shareWithCleared(narrow) > shareWithCleared(wide) ? narrow : wide
}
