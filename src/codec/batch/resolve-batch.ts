// The segments of indirect requests, from pages that lie outside the ring.
import type { IndirectPages } from '../ring/request.ts'
import { SharedPages } from '../ring/shared-pages.ts'
import { sizeOf } from '../struct/layout.ts'
import { decode } from '../struct/parser.ts'
import { blkifIndirectPage, blkifRequestSegment, MAX_INDIRECT_SEGMENTS, segmentsInPage } from '../xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../xen/ring.ts'
import { type Batch, REQUEST } from './batch.ts'
import { INDIRECT, KIND_OF } from './slot-words.ts'

/**
 * Appends the segments of one ring's indirect requests to the pools, and sets `segStart`, `segCount` and `nr_sectors` of
 * those of which every page is at hand, whole as far as it is needed. The others stay UNRESOLVED.
 */
export function resolveIndirect(batch: Batch, ring: number, pages: IndirectPages): void {
  const shared = new SharedPages()
  for (let row = batch.rowsAt[ring]!; row < batch.rowsAt[ring + 1]!; row++)
    if (batch.state[row] === REQUEST && KIND_OF[batch.operation[row]!] === INDIRECT) resolveRow(batch, row, pages, shared)
}

function resolveRow(batch: Batch, row: number, pages: IndirectPages, shared: SharedPages): void {
  const { abi } = batch.geometry
  const stride = sizeOf(blkifRequestSegment, abi)
  const nr = Math.min(batch.nr_segments[row]!, MAX_INDIRECT_SEGMENTS)
  const start = batch.segments
  batch.growSegments(nr)
  let at = start
  let sum = 0
  for (let k = 0; k < batch.wordCount[row]!; k++) {
    const gref = batch.words[batch.wordStart[row]! + k]!
    const page = pages.get(gref)
    const needed = segmentsInPage(nr, k)
    if (!page || page.length < needed * stride || !shared.allows(gref, needed)) return
    const padded = new Uint8Array(XEN_PAGE_SIZE)
    padded.set(page.subarray(0, XEN_PAGE_SIZE))
    for (const { gref, first_sect, last_sect } of decode(blkifIndirectPage, abi, padded).seg.slice(0, needed)) {
      batch.gref[at] = gref
      batch.first_sect[at] = first_sect
      batch.last_sect[at] = last_sect
      at++
      sum += Math.max(0, last_sect - first_sect + 1)
    }
  }
  batch.segments = at
  batch.segStart[row] = start
  batch.segCount[row] = at - start
  batch.nr_sectors[row] = BigInt(sum)
}
