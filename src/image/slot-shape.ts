// Whether a slot's bytes read as a request or a response. Stricter than codec/ring/score.ts, which chooses between two readings
// of what is known to be a ring; and without objects, because an image can have a page of candidates for every page it has.
import type { Abi } from '../codec/struct/abi.ts'
import { fieldOf, layoutOf, offsetsOf } from '../codec/struct/layout.ts'
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
  MAX_INDIRECT_SEGMENTS,
  SECTORS_PER_XEN_PAGE,
} from '../codec/xen/blkif.ts'
import { requestKind, statusName } from '../codec/xen/operations.ts'

/** Grant tables have at most 65536 frames (Xen's gnttab_max_frames is below), of 512 entries each. */
const GREF_LIMIT = 2 ** 25
/** Upper word of a sector number that no disk reaches: 2^55 sectors are 2^64 bytes. */
const SECTOR_HIGH_LIMIT = 2 ** 23
/** No kernel's data lies below. */
const MIN_POINTER = 2 ** 16
const ALL_ONES = 0xffff_ffff

/** Where the fields of a slot lie under one ABI, in bytes from its start. */
export interface SlotShape {
  readonly rw: ReturnType<typeof offsetsOf<typeof blkifRequest.fields>>
  readonly indirect: ReturnType<typeof offsetsOf<typeof blkifRequestIndirect.fields>>
  readonly discard: ReturnType<typeof offsetsOf<typeof blkifRequestDiscard.fields>>
  readonly response: ReturnType<typeof offsetsOf<typeof blkifResponse.fields>>
  readonly segment: ReturnType<typeof offsetsOf<typeof blkifRequestSegment.fields>>
  readonly segmentSize: number
  /** Bytes of a slot. */
  readonly size: number
  /** From the lower word of a u64 to its upper. */
  readonly high: number
}

const shapes = new Map<Abi, SlotShape>()

export function slotShape(abi: Abi): SlotShape {
  let shape = shapes.get(abi)
  if (!shape) {
    shape = {
      rw: offsetsOf(blkifRequest, abi),
      indirect: offsetsOf(blkifRequestIndirect, abi),
      discard: offsetsOf(blkifRequestDiscard, abi),
      response: offsetsOf(blkifResponse, abi),
      segment: offsetsOf(blkifRequestSegment, abi),
      segmentSize: layoutOf(blkifRequestSegment, abi).size,
      size: layoutOf(blkifSringEntry, abi).size,
      high: fieldOf(layoutOf(blkifRequest, abi), 'sector_number').size / 2,
    }
    shapes.set(abi, shape)
  }
  return shape
}

/** The slot reads as a request that a frontend could have written. @param ids how many a counting frontend has */
export function readsAsRequest(view: DataView, at: number, shape: SlotShape, ids: number): boolean {
  const { rw, indirect, discard } = shape
  if (!readsAsId(view, at + rw.id, shape, ids) || !readsAsSector(view, at + rw.sector_number, shape)) return false
  const operation = view.getUint8(at + rw.operation)
  switch (requestKind(operation)) {
    case 'rw': {
      const segments = view.getUint8(at + rw.nr_segments)
      if (segments === 0) return operation === BLKIF_OP_FLUSH_DISKCACHE || operation === BLKIF_OP_WRITE_BARRIER
      if (segments > BLKIF_MAX_SEGMENTS_PER_REQUEST) return false
      for (let i = 0; i < segments; i++) if (!readsAsSegment(view, at + rw.seg + i * shape.segmentSize, shape)) return false
      return true
    }
    case 'indirect': {
      const segments = view.getUint16(at + indirect.nr_segments, true)
      return (
        view.getUint8(at + indirect.indirect_op) <= BLKIF_OP_WRITE &&
        segments > 0 &&
        segments <= MAX_INDIRECT_SEGMENTS &&
        readsAsGref(view, at + indirect.indirect_grefs)
      )
    }
    case 'discard':
      return (
        view.getUint8(at + discard.flag) <= BLKIF_DISCARD_SECURE &&
        !isZero(view, at + discard.nr_sectors, shape) &&
        readsAsSector(view, at + discard.nr_sectors, shape)
      )
    case 'other':
      return false
  }
}

/** The slot reads as a response; what lies beneath is not looked at. @param ids how many a counting frontend has */
export function readsAsResponse(view: DataView, at: number, shape: SlotShape, ids: number): boolean {
  const { id, operation, status } = shape.response
  return (
    requestKind(view.getUint8(at + operation)) !== 'other' &&
    statusName(view.getInt16(at + status, true)) !== undefined &&
    readsAsId(view, at + id, shape, ids)
  )
}

/** What survives of a request beneath a response reads as one: a segment, a page of segments, a discard, an empty flush. */
export function readsAsBeneath(view: DataView, at: number, shape: SlotShape): boolean {
  const { rw, indirect, discard } = shape
  const sector = at + rw.sector_number
  if (view.getUint32(sector, true) === ALL_ONES && view.getUint32(sector + shape.high, true) === ALL_ONES) return true
  if (!readsAsSector(view, sector, shape)) return false
  if (readsAsSegment(view, at + rw.seg, shape)) return true
  if (view.getUint16(at + indirect.handle, true) !== 0 && readsAsGref(view, at + indirect.indirect_grefs)) return true
  return !isZero(view, at + discard.nr_sectors, shape) && view.getUint32(at + discard.nr_sectors + shape.high, true) === 0
}

/** The bytes say that the frontend recycled the slot (codec/ring/cleared.ts): they tell neither for nor against a ring. */
export function readsAsCleared(view: DataView, at: number, { rw, size, high }: SlotShape, slot: number): boolean {
  const own = view.getUint32(at + rw.id, true)
  if ((own !== 0 && own !== slot) || view.getUint32(at + rw.id + high, true) !== 0) return false
  for (let i = 0; i < size; i += high) if (i !== rw.id && view.getUint32(at + i, true) !== 0) return false
  return true
}

export function readsAsSegment(view: DataView, at: number, { segment }: SlotShape): boolean {
  const last = view.getUint8(at + segment.last_sect)
  return readsAsGref(view, at + segment.gref) && last < SECTORS_PER_XEN_PAGE && view.getUint8(at + segment.first_sect) <= last
}

/** Reference 0 is the console's. */
function readsAsGref(view: DataView, at: number): boolean {
  const gref = view.getUint32(at, true)
  return gref > 0 && gref < GREF_LIMIT
}

/**
 * Frontends count their requests from 0 (Linux, the BSDs, Mirage), so that no id is above how many slots were used; or take pointers
 * (Windows, EDK2, U-Boot, mini-os). GRUB's are 0.
 * @param ids as many as there can be
 */
function readsAsId(view: DataView, at: number, { high }: SlotShape, ids: number): boolean {
  const lower = view.getUint32(at, true)
  return view.getUint32(at + high, true) === 0 ? lower < ids || lower >= MIN_POINTER : lower !== 0
}

function readsAsSector(view: DataView, at: number, { high }: SlotShape): boolean {
  const [lower, upper] = [view.getUint32(at, true), view.getUint32(at + high, true)]
  return upper === 0 || (upper < SECTOR_HIGH_LIMIT && lower !== 0) || (upper === ALL_ONES && lower === ALL_ONES)
}

function isZero(view: DataView, at: number, { high }: SlotShape): boolean {
  return view.getUint32(at, true) === 0 && view.getUint32(at + high, true) === 0
}
