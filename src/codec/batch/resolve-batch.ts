// The segments of indirect requests, from pages that lie outside the ring.
import type { IndirectPages } from '../ring/indirect-pages.ts'
import { SharedPages } from '../ring/shared-pages.ts'
import { offsetsOf, sizeOf } from '../struct/layout.ts'
import { blkifRequestSegment, MAX_INDIRECT_SEGMENTS, segmentsInPage } from '../xen/blkif.ts'
import { type Batch, REQUEST } from './batch.ts'
import { INDIRECT, KIND_OF } from './kinds.ts'
import { oldestRow } from './oldest-row.ts'

/**
 * Appends the segments of one ring's indirect requests, oldest first, to the pools, and sets `segStart`, `segCount` and `nr_sectors` of
 * those of which every page is at hand, whole as far as it is needed. The others stay UNRESOLVED.
 */
export function resolveIndirect(batch: Batch, ring: number, pages: IndirectPages): void {
  const shared = new SharedPages(pages, batch.geometry)
  const [start, end] = [batch.rowsAt[ring]!, batch.rowsAt[ring + 1]!]
  const oldest = oldestRow(batch, ring)
  for (let row = oldest; row < end; row++) if (isIndirect(batch, row)) resolveRow(batch, row, pages, shared)
  for (let row = start; row < oldest; row++) if (isIndirect(batch, row)) resolveRow(batch, row, pages, shared)
}

function isIndirect({ state, operation }: Batch, row: number): boolean {
  return state[row] === REQUEST && KIND_OF[operation[row]!] === INDIRECT
}

function resolveRow(batch: Batch, row: number, pages: IndirectPages, shared: SharedPages): void {
  const { abi } = batch.geometry
  const stride = sizeOf(blkifRequestSegment, abi)
  const at = offsetsOf(blkifRequestSegment, abi)
  const nr = Math.min(batch.nr_segments[row]!, MAX_INDIRECT_SEGMENTS)
  const start = batch.segments
  batch.growSegments(nr)
  let to = start
  let sum = 0
  let whole = true
  for (let k = 0; k < batch.wordCount[row]!; k++) {
    const gref = batch.words[batch.wordStart[row]! + k]!
    const page = pages.get(gref)
    const needed = segmentsInPage(nr, k)
    if (!page || page.length < needed * stride) whole = false
    else if (!shared.allows(gref, needed)) return
    else {
      const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
      for (let i = 0; i < needed; i++, to++) {
        const first = view.getUint8(i * stride + at.first_sect)
        const last = view.getUint8(i * stride + at.last_sect)
        batch.gref[to] = view.getUint32(i * stride + at.gref, true)
        batch.first_sect[to] = first
        batch.last_sect[to] = last
        sum += Math.max(0, last - first + 1)
      }
    }
  }
  if (!whole) return
  batch.segments = to
  batch.segStart[row] = start
  batch.segCount[row] = to - start
  batch.nr_sectors[row] = BigInt(sum)
}
