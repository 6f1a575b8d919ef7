import type { Abi } from '../struct/abi.ts'
import { layoutOf } from '../struct/layout.ts'
import { perSize } from '../struct/memo.ts'
import { blkifSringEntry } from '../xen/blkif.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../xen/ring.ts'
import { roundDownToPowerOfTwo } from './ring-idx.ts'

/** Where things lie in the bytes of a shared ring, under one ABI and for one number of pages. */
export interface RingGeometry {
  readonly abi: Abi
  /** Xen pages of 4096 bytes. */
  readonly pages: number
  readonly bytes: number
  readonly nr_ents: number
  /** Byte offset of slot 0. */
  readonly slotsAt: number
  /** Bytes from slot to slot. */
  readonly stride: number
  /** Byte offset of the bytes behind the last slot, which no side uses. */
  readonly tailAt: number
}

/** The most pages a ring has: `max-ring-page-order` 4 in Linux and Windows. */
export const MAX_RING_PAGES = 16
/** As many pages as a ring can have: `ring-page-order` is their logarithm. */
export const RING_PAGE_COUNTS = [1, 2, 4, 8, MAX_RING_PAGES] as const

/**
 * `__CONST_RING_SIZE` of ring.h: as many slots as fit behind the header, rounded down to a power of two.
 * @throws RangeError for a part of a page
 */
export function ringGeometry(abi: Abi, pages: number): RingGeometry {
  return geometries(pages, abi)
}

const geometries = /*#__PURE__*/ perSize((pages, abi): RingGeometry => {
  if (!Number.isInteger(pages) || pages < 1) throw new RangeError(`a ring has a whole number of pages, not ${pages}`)
  const bytes = pages * XEN_PAGE_SIZE
  const slotsAt = layoutOf(sringHeader, abi).size
  const stride = layoutOf(blkifSringEntry, abi).size
  const nr_ents = roundDownToPowerOfTwo(Math.floor((bytes - slotsAt) / stride))
  return { abi, pages, bytes, nr_ents, slotsAt, stride, tailAt: slotsAt + nr_ents * stride }
})

/** The byte offset of a slot from the start of the ring. */
export function slotOffset(geometry: RingGeometry, slot: number): number {
  return geometry.slotsAt + slot * geometry.stride
}
