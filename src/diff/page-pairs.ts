// The indirect pages that two requests name, page by page.
import { sameBytes } from '../codec/ring/changed-in-flight.ts'
import { SharedPages } from '../codec/ring/shared-pages.ts'
import { sizeOf } from '../codec/struct/layout.ts'
import { blkifRequestSegment, SEGS_PER_INDIRECT_PAGE, segmentsInPage } from '../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { PlacedSlot, SideRing, Unknown } from './model.ts'
import { type NamedBytes, namedPage } from './named-bytes.ts'

/**
 * What both sides have of each page, as far as it is at hand; what is not goes to `unknown`. A page that neither side has is
 * nothing to speak of where the slots are the same.
 * @param whole to the last byte, else the segments in use
 */
export function pagePairs(
  a: SideRing,
  x: PlacedSlot,
  b: SideRing,
  y: PlacedSlot,
  same: boolean,
  whole: boolean,
  unknown: Unknown[],
): (readonly [NamedBytes, NamedBytes])[] {
  const [left, right] = [indirectOf(x), indirectOf(y)]
  if (!left || !right) return []
  const pairs: (readonly [NamedBytes, NamedBytes])[] = []
  for (let k = 0; k < Math.min(left.indirect_grefs.length, right.indirect_grefs.length); k++) {
    const [gref, other] = [left.indirect_grefs[k]!, right.indirect_grefs[k]!]
    const [page, otherPage] = [a.indirectPages.get(gref), b.indirectPages.get(other)]
    if (same && !page && !otherPage) continue
    const enough = ({ ring }: SideRing, nr_segments: number, bytes: Uint8Array | undefined) => {
      const used = segmentsInPage(nr_segments, k) * sizeOf(blkifRequestSegment, ring.geometry.abi)
      return bytes !== undefined && bytes.length >= (whole ? XEN_PAGE_SIZE : used)
    }
    const [here, there] = [enough(a, left.nr_segments, page), enough(b, right.nr_segments, otherPage)]
    if (!here) unknown.push({ what: 'page', side: 'a', slot: x, gref })
    if (!there) unknown.push({ what: 'page', side: 'b', slot: y, gref: other })
    // Pages that are the same have nothing to tell, whatever uses them.
    if (!here || !there || sameBytes(page!, otherPage!)) continue
    const cost = whole ? SEGS_PER_INDIRECT_PAGE : Math.max(segmentsInPage(left.nr_segments, k), MIN_COST)
    if (!sharedOf(a, unknown).allows(gref, cost)) {
      unknown.push({ what: 'repeated', side: 'a', slot: x, gref })
      continue
    }
    pairs.push([namedPage(a, x.slot.slot, left, page!, k), namedPage(b, y.slot.slot, right, otherPage!, k)])
  }
  return pairs
}

/** Segments that walking through a page is worth, however few are in use. */
const MIN_COST = 64

/** Of one comparison: a page that many requests share is held against others for the first of them. */
const shared = new WeakMap<Unknown[], SharedPages>()

function sharedOf({ indirectPages, ring }: SideRing, unknown: Unknown[]): SharedPages {
  const known = shared.get(unknown) ?? new SharedPages(indirectPages, ring.geometry)
  shared.set(unknown, known)
  return known
}

function indirectOf({ slot }: PlacedSlot) {
  return slot.state === 'request' && slot.request.kind === 'indirect' ? slot.request : undefined
}
