import type { Abi } from '../struct/abi.ts'
import { annotate, type ByteRange } from '../struct/annotate.ts'
import { layoutOf } from '../struct/layout.ts'
import { blkifIndirectPage, blkifRequest, blkifResponse } from '../xen/blkif.ts'
import { REQUEST_STRUCTS } from '../xen/operations.ts'
import { sringHeader } from '../xen/ring.ts'
import { type RingGeometry, slotOffset } from './geometry.ts'
import type { Request } from './request.ts'
import type { Ring, Slot } from './ring.ts'

/** A run of bytes of a ring, and what they are now. */
export interface RingRange extends Omit<ByteRange, 'kind'> {
  /**
   * `stale`: left from earlier, and read by no one: segments and references that are not in use, what lies behind the
   * request's struct, slots that were not used yet. `beneath`: what survives of a request under a response.
   */
  readonly kind: ByteRange['kind'] | 'stale' | 'beneath'
}

/** Every byte of a ring exactly once, in order: header, each slot by its state, the tail. Paths begin with `ring[SLOT]`. */
export function annotateRing({ geometry, slots }: Ring): RingRange[] {
  const { tailAt, bytes } = geometry
  const ranges: RingRange[] = [...annotateHeader(geometry), ...slots.flatMap((slot) => annotateSlot(geometry, slot))]
  if (tailAt < bytes) ranges.push({ offset: tailAt, size: bytes - tailAt, path: 'tail', kind: 'padding', scalar: undefined })
  return ranges
}

/** The bytes before slot 0. */
export function annotateHeader({ abi }: RingGeometry): RingRange[] {
  return annotate(sringHeader, abi)
}

/** Every byte of one slot exactly once; offsets are those in the ring. */
export function annotateSlot(geometry: RingGeometry, slot: Slot): RingRange[] {
  const { abi, stride } = geometry
  const at = slotOffset(geometry, slot.slot)
  const path = `ring[${slot.slot}]`
  const behind = (size: number): RingRange[] => {
    return size < stride ? [{ offset: at + size, size: stride - size, path, kind: 'stale', scalar: undefined }] : []
  }
  switch (slot.state) {
    case 'unused':
      return behind(0)
    case 'request': {
      const type = REQUEST_STRUCTS[slot.request.kind]
      const own = annotate(type, abi, at, `${path}.req`)
      return [...ownRanges(own, slot.request, `${path}.req`), ...behind(layoutOf(type, abi).size)]
    }
    case 'response': {
      const { size } = layoutOf(blkifResponse, abi)
      const beneath = annotate(blkifRequest, abi, at, `${path}.beneath`).filter((range) => range.offset >= at + size)
      return [
        ...annotate(blkifResponse, abi, at, `${path}.rsp`),
        ...beneath.map((range): RingRange => (range.kind === 'field' ? { ...range, kind: 'beneath' } : range)),
      ]
    }
  }
}

/**
 * Every byte of an indirect page exactly once; offsets are those in the page.
 * @param used segments in use, from the first; what lies behind them is stale
 * @param path of the reference that names the page, such as `ring[3].req.indirect_grefs[0]`
 */
export function annotateIndirectPage(abi: Abi, used: number, path: string): RingRange[] {
  return annotate(blkifIndirectPage, abi, 0, path).map((range) => staleFrom(range, `${path}.seg[`, used))
}

function ownRanges(ranges: readonly ByteRange[], request: Request, path: string): readonly RingRange[] {
  switch (request.kind) {
    case 'rw':
      return ranges.map((range) => staleFrom(range, `${path}.seg[`, request.nr_segments))
    case 'indirect':
      return ranges.map((range) => staleFrom(range, `${path}.indirect_grefs[`, request.indirect_grefs.length))
    default:
      return ranges
  }
}

/** An element of the array named by the prefix is stale from the first that is not used. */
function staleFrom(range: ByteRange, prefix: string, used: number): RingRange {
  const stale = range.path.startsWith(prefix) && Number.parseInt(range.path.slice(prefix.length), 10) >= used
  return stale ? { ...range, kind: 'stale' } : range
}
