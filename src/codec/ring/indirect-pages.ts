// The pages that indirect requests name, and the segments in them.
import type { Abi } from '../struct/abi.ts'
import { layoutOf, offsetsOf } from '../struct/layout.ts'
import { type BlkifRequestSegment, blkifRequestSegment } from '../xen/blkif.ts'

/** Contents of the pages that indirect requests name, by grant reference. */
export interface IndirectPages extends Pick<ReadonlyMap<number, Uint8Array>, 'get'> {
  /** Whether a page is also that of other rings of the input, as those of a series' folder are; without it none is. */
  readonly isCommon?: (gref: number) => boolean
}

/** Sectors that segments add up to; a segment that ends before it starts counts for none. */
export function sumSectors(segments: readonly BlkifRequestSegment[]): number {
  let sum = 0
  for (const { first_sect, last_sect } of segments) sum += Math.max(0, last_sect - first_sect + 1)
  return sum
}

/** The first segments of an indirect page. A parser of the whole page reads 512, of which few are in use. */
export function readSegments(page: Uint8Array, abi: Abi, count: number): BlkifRequestSegment[] {
  const { size } = layoutOf(blkifRequestSegment, abi)
  const at = offsetsOf(blkifRequestSegment, abi)
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  return Array.from({ length: count }, (_, i) => ({
    gref: view.getUint32(i * size + at.gref, true),
    first_sect: view.getUint8(i * size + at.first_sect),
    last_sect: view.getUint8(i * size + at.last_sect),
  }))
}
