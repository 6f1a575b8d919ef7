// Whether a slot's bytes read as a request, a response, or what a response leaves of a request: without objects, because an image can
// have a page of candidates for every page it has.
import type { Abi } from '../../struct/abi.ts'
import { fieldOf, layoutOf, offsetsOf } from '../../struct/layout.ts'
import { perType } from '../../struct/memo.ts'
import {
  BLKIF_DISCARD_SECURE,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifRequestSegment,
  blkifResponse,
  blkifSringEntry,
  SECTORS_PER_XEN_PAGE,
} from '../../xen/blkif.ts'
import { requestKind, statusName } from '../../xen/operations.ts'
import type { Strictness } from './strictness.ts'

/** Where the fields of a slot lie under one ABI, in bytes from its start, and how strictly they are looked at. */
export type SlotCriteria = ReturnType<typeof makeCriteria>

export const slotCriteria: (strictness: Strictness, abi: Abi) => SlotCriteria = /*#__PURE__*/ perType(makeCriteria)

function makeCriteria(strict: Strictness, abi: Abi) {
  return {
    strict,
    rw: offsetsOf(blkifRequest, abi),
    indirect: offsetsOf(blkifRequestIndirect, abi),
    discard: offsetsOf(blkifRequestDiscard, abi),
    response: offsetsOf(blkifResponse, abi),
    segment: offsetsOf(blkifRequestSegment, abi),
    segmentSize: layoutOf(blkifRequestSegment, abi).size,
    /** Bytes of a slot. */
    size: layoutOf(blkifSringEntry, abi).size,
    /** Bytes from the lower word of a u64 to its upper. */
    high: fieldOf(layoutOf(blkifRequest, abi), 'sector_number').size / 2,
  }
}

/** The slot at `at` reads as a request that a frontend could have written. @param ids how many a counting frontend has */
export function readsAsRequest(criteria: SlotCriteria, view: DataView, at: number, ids: number): boolean {
  const { rw, indirect, discard, strict } = criteria
  if (!readsAsId(criteria, view, at + rw.id, ids) || !readsAsSector(criteria, view, at + rw.sector_number)) return false
  const operation = view.getUint8(at + rw.operation)
  switch (requestKind(operation)) {
    case 'rw': {
      const segments = view.getUint8(at + rw.nr_segments)
      if (segments === 0) return operation === BLKIF_OP_FLUSH_DISKCACHE || operation === BLKIF_OP_WRITE_BARRIER
      if (segments > BLKIF_MAX_SEGMENTS_PER_REQUEST) return false
      const { segmentSize } = criteria
      const end = at + rw.seg + segments * segmentSize
      for (let segment = at + rw.seg; segment < end; segment += segmentSize)
        if (!readsAsSegment(criteria, view, segment)) return false
      return true
    }
    case 'indirect': {
      const segments = view.getUint16(at + indirect.nr_segments, true)
      return (
        view.getUint8(at + indirect.indirect_op) <= BLKIF_OP_WRITE &&
        segments > 0 &&
        segments <= strict.maxIndirectSegments &&
        readsAsGref(criteria, view, at + indirect.indirect_grefs)
      )
    }
    case 'discard':
      return (
        view.getUint8(at + discard.flag) <= BLKIF_DISCARD_SECURE &&
        !isZero(criteria, view, at + discard.nr_sectors) &&
        readsAsSector(criteria, view, at + discard.nr_sectors)
      )
    case 'other':
      return false
  }
}

/** The slot reads as a response; what lies beneath is not looked at. @param ids how many a counting frontend has */
export function readsAsResponse(criteria: SlotCriteria, view: DataView, at: number, ids: number): boolean {
  const { id, operation, status } = criteria.response
  return (
    requestKind(view.getUint8(at + operation)) !== 'other' &&
    statusName(view.getInt16(at + status, true)) !== undefined &&
    readsAsId(criteria, view, at + id, ids)
  )
}

/** What survives of a request beneath a response reads as one: a segment, a page of segments, a discard, an empty flush. */
export function readsAsBeneath(criteria: SlotCriteria, view: DataView, at: number): boolean {
  const { rw, indirect, discard, strict, high } = criteria
  const sector = at + rw.sector_number
  if (view.getUint32(sector, true) === ALL_ONES && view.getUint32(sector + high, true) === ALL_ONES) return true
  if (!readsAsSector(criteria, view, sector)) return false
  if (readsAsSegment(criteria, view, at + rw.seg)) return true
  if (view.getUint16(at + indirect.handle, true) !== 0 && readsAsGref(criteria, view, at + indirect.indirect_grefs)) return true
  const sectors = at + discard.nr_sectors
  return view.getUint32(sectors, true) !== 0 && view.getUint32(sectors + high, true) < strict.beneathHighLimit
}

/** The sector_number of an empty flush. */
const ALL_ONES = 0xffff_ffff

/**
 * The bytes say that the frontend recycled the slot once it had taken the response: all are 0, or all but the id of a request, which is
 * the slot's number. Windows xenvbd zeroes the whole slot, in the loop that moves rsp_cons; OpenBSD xbf zeroes it and sets the id of the
 * request to come. A response over a request reads so only if the request named no sector, no segment and nothing else.
 */
export function readsAsCleared({ rw, size, high }: SlotCriteria, view: DataView, at: number, slot: number): boolean {
  const own = view.getUint32(at + rw.id, true)
  if ((own !== 0 && own !== slot) || view.getUint32(at + rw.id + high, true) !== 0) return false
  for (let i = size - high; i >= 0; i -= high) if (i !== rw.id && view.getUint32(at + i, true) !== 0) return false
  return true
}

export function readsAsSegment(criteria: SlotCriteria, view: DataView, at: number): boolean {
  const { segment } = criteria
  const last = view.getUint8(at + segment.last_sect)
  return (
    readsAsGref(criteria, view, at + segment.gref) && last < SECTORS_PER_XEN_PAGE && view.getUint8(at + segment.first_sect) <= last
  )
}

function readsAsGref({ strict }: SlotCriteria, view: DataView, at: number): boolean {
  const gref = view.getUint32(at, true)
  return gref > 0 && gref < strict.grefLimit
}

function readsAsId({ strict, high }: SlotCriteria, view: DataView, at: number, ids: number): boolean {
  const lower = view.getUint32(at, true)
  const upper = view.getUint32(at + high, true)
  return upper === 0 ? lower < ids || lower >= strict.minPointer : upper < strict.idHighLimit && lower !== 0
}

function readsAsSector({ strict, high }: SlotCriteria, view: DataView, at: number): boolean {
  const upper = view.getUint32(at + high, true)
  if (upper === 0) return true
  const lower = view.getUint32(at, true)
  return (lower !== 0 && upper < strict.sectorHighLimit) || (upper === ALL_ONES && lower === ALL_ONES)
}

function isZero({ high }: SlotCriteria, view: DataView, at: number): boolean {
  return view.getUint32(at, true) === 0 && view.getUint32(at + high, true) === 0
}
