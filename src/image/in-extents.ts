// From frames to byte offsets, where extents say their frames.
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { Extent } from './image-map.ts'

/** Byte offsets of the pages of frames, of the first extent that holds each; those that none holds are left out. */
export function offsetsInExtents(extents: readonly Extent[], frames: ReadonlySet<number>): Map<number, number> {
  const offsets = new Map<number, number>()
  if (frames.size === 0) return offsets
  const sorted = extents
    .flatMap(({ frame, ...e }) => (frame === undefined ? [] : [{ ...e, frame }]))
    .sort((a, b) => a.frame - b.frame)
  for (const frame of frames) {
    const extent = lastAtMost(sorted, frame, (e) => e.frame)
    if (extent && frame < extent.frame + extent.pages) offsets.set(frame, extent.offset + (frame - extent.frame) * XEN_PAGE_SIZE)
  }
  return offsets
}

/** The extent that a byte of the image lies in, or the last before it; extents are in the order of their offsets. */
export function extentAt(extents: readonly Extent[], offset: number): Extent | undefined {
  return lastAtMost(extents, offset, (e) => e.offset)
}

/** The last of a sorted list that begins at a place or before it. */
function lastAtMost<T>(sorted: readonly T[], place: number, startOf: (one: T) => number): T | undefined {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (startOf(sorted[middle]!) <= place) low = middle + 1
    else high = middle
  }
  return sorted[low - 1]
}
