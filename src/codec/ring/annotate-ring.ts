import type { Abi } from '../struct/abi.ts'
import { annotate, type ByteRange } from '../struct/annotate.ts'
import { layoutOf } from '../struct/layout.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST, blkifIndirectPage, blkifRequest, blkifResponse, blkifSegmentBlock } from '../xen/blkif.ts'
import { REQUEST_STRUCTS } from '../xen/operations.ts'
import { sringHeader } from '../xen/ring.ts'
import { type RingGeometry, slotOffset } from './geometry.ts'
import type { Request } from './request.ts'
import type { Ring, Slot } from './ring.ts'

/** A run of bytes of a ring, and what they are now. */
export interface RingRange extends Omit<ByteRange, 'kind'> {
  /**
   * `stale`: left from earlier, and read by no one: segments and references that are not in use, what lies behind the
   * request's struct, slots that were not used yet or that the frontend cleared. `beneath`: what survives of a request under a
   * response. `unknown`: a slot whose bytes are not all there.
   */
  readonly kind: ByteRange['kind'] | 'stale' | 'beneath' | 'unknown'
}

/** Every byte of a ring exactly once, in order: header, each slot by its state, the tail. Paths begin with `ring[SLOT]`. */
export function annotateRing({ geometry, slots }: Ring): RingRange[] {
  const { tailAt, bytes } = geometry
  const ranges: RingRange[] = [...annotateHeader(geometry), ...slots.flatMap((slot) => annotateSlot(geometry, slot))]
  if (tailAt < bytes) ranges.push({ offset: tailAt, size: bytes - tailAt, path: 'tail', kind: 'padding', scalar: undefined })
  return ranges
}

/** The byte ranges of the ring's header, in order, padding included. */
export function annotateHeader({ abi }: RingGeometry): RingRange[] {
  return annotate(sringHeader, abi)
}

/** Every byte of one slot exactly once; offsets are those in the ring. */
export function annotateSlot(geometry: RingGeometry, slot: Slot): RingRange[] {
  const at = slotOffset(geometry, slot.slot)
  const name = `ring[${slot.slot}]`
  return rangesInSlot(geometry, slot).map((range) => ({
    ...range,
    offset: at + range.offset,
    path: range.path === '' ? name : `${name}.${range.path}`,
  }))
}

const templates = new Map<string, readonly RingRange[]>()

/**
 * The byte ranges of a slot, with offsets from the slot's start and paths below it (`req.seg[2].gref`); bytes of no struct have an
 * empty path. Slots of one state and kind have the same ranges.
 */
export function rangesInSlot(geometry: RingGeometry, slot: Slot): readonly RingRange[] {
  const key = `${geometry.abi.name} ${slot.state} ${stateKey(slot)}`
  let ranges = templates.get(key)
  if (!ranges) {
    ranges = makeRanges(geometry, slot)
    templates.set(key, ranges)
  }
  return ranges
}

function stateKey(slot: Slot): string {
  if (slot.state === 'continuation') return String(slot.nr_segments)
  return slot.state === 'request' ? `${slot.request.kind} ${partsInUse(slot.request)}` : ''
}

function makeRanges({ abi, stride }: RingGeometry, slot: Slot): RingRange[] {
  const behind = (size: number): RingRange[] => {
    return size < stride ? [{ offset: size, size: stride - size, path: '', kind: 'stale', scalar: undefined }] : []
  }
  switch (slot.state) {
    case 'unused':
    case 'cleared':
      return behind(0)
    case 'unknown':
      return [{ offset: 0, size: stride, path: '', kind: 'unknown', scalar: undefined }]
    case 'continuation': {
      // Of a response, nobody reads what lies there; under x86_32 the last segment does not lie in the slot as a whole.
      const own = annotate(blkifSegmentBlock, abi, 0, 'block').filter(({ offset, size }) => offset + size <= stride)
      return own.map((range) => staleFrom(range, 'block.seg[', slot.nr_segments))
    }
    case 'request': {
      const { request } = slot
      const type = REQUEST_STRUCTS[request.kind]
      const list = request.kind === 'indirect' ? 'req.indirect_grefs[' : 'req.seg['
      const own = annotate(type, abi, 0, 'req').map((range) => staleFrom(range, list, partsInUse(request)))
      return [...own, ...behind(layoutOf(type, abi).size)]
    }
    case 'response': {
      const { size } = layoutOf(blkifResponse, abi)
      const beneath = annotate(blkifRequest, abi, 0, 'beneath').filter((range) => range.offset >= size)
      return [
        ...annotate(blkifResponse, abi, 0, 'rsp'),
        ...beneath.map((range): RingRange => (range.kind === 'field' ? { ...range, kind: 'beneath' } : range)),
      ]
    }
  }
}

/** Segments or references of the slot that the request uses; of an operation without a struct, nobody knows. */
function partsInUse(request: Request): number {
  switch (request.kind) {
    case 'rw':
      return Math.min(request.segments.length, BLKIF_MAX_SEGMENTS_PER_REQUEST)
    case 'indirect':
      return request.indirect_grefs.length
    default:
      return BLKIF_MAX_SEGMENTS_PER_REQUEST
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

/** An element of the array named by the prefix is stale from the first that is not used. */
function staleFrom(range: ByteRange, prefix: string, used: number): RingRange {
  const stale = range.path.startsWith(prefix) && Number.parseInt(range.path.slice(prefix.length), 10) >= used
  return stale ? { ...range, kind: 'stale' } : range
}
