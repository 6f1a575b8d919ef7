// The bytes of a ring to the view of it: what each slot holds is decided, then read.
import type { Abi } from '../struct/abi.ts'
import { requireAbi } from '../struct/require-abi.ts'
import { viewOf } from '../struct/scalar.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../xen/blkif.ts'
import type { Finding } from './finding.ts'
import type { IndirectPages } from './indirect-pages.ts'
import { lookAtSlots } from './look-at-slots.ts'
import { type ByteSpan, slotsNotThere } from './missing.ts'
import { NO_BLOCKS, readBlocks } from './multi-slot.ts'
import { readSlots } from './read-slots.ts'
import type { Ring } from './ring.ts'
import { mayShareGrefs, reportHeader, reportSharedGrefs, reportSharedIds } from './ring-findings.ts'
import { ringHead } from './ring-head.ts'
import { advance, slotOf } from './ring-idx.ts'
import { requirePages } from './ring-pages.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit } from './sector-unit.ts'
import { SharedPages } from './shared-pages.ts'
import { SlotFindings } from './slot-findings.ts'
import { decodeWireRing } from './wire.ts'

/** What `decodeRing` can be told beside the bytes and the ABI. */
export interface DecodeRingOptions {
  readonly indirectPages?: IndirectPages
  /** Bytes that are not in the input, whatever stands there: slots in which one lies are `unknown`. */
  readonly missing?: readonly ByteSpan[] | undefined
  /** The most segments of a direct request (`maxRequestSegments`); above 11 it may take several slots. */
  readonly maxSegments?: number | undefined
  /** What sectors count in; without it 512 bytes. */
  readonly sectorUnit?: SectorUnit | undefined
}

const NO_PAGES: IndirectPages = new Map()

/**
 * Decodes the pages of one ring, laid end to end in ring-ref order. Whatever the bytes are, a ring comes back: what
 * cannot be is in `findings`.
 * @param bytes a whole number of 4096-byte pages
 * @throws RangeError for another number of bytes, TypeError for arguments that are no bytes or no ABI
 */
export function decodeRing(bytes: Uint8Array, abi: Abi, options: DecodeRingOptions = {}): Ring {
  requirePages(bytes, 'decodeRing')
  requireAbi(abi, 'decodeRing')
  const {
    indirectPages: pages = NO_PAGES,
    sectorUnit: unit = DEFAULT_SECTOR_UNIT,
    maxSegments = BLKIF_MAX_SEGMENTS_PER_REQUEST,
  } = options
  const view = viewOf(bytes)
  const head = ringHead(view, abi, options.missing)
  const { geometry, sring, indices, outstanding, missing } = head
  const notThere = new Set(slotsNotThere(geometry, missing.spans))
  const blocks =
    maxSegments > BLKIF_MAX_SEGMENTS_PER_REQUEST
      ? readBlocks({ ...decodeWireRing(bytes, geometry), sring }, bytes, geometry, { max: maxSegments, unit, notThere })
      : NO_BLOCKS
  const known = lookAtSlots(head, { bytes, view, notThere, blocks })
  const findings: Finding[] = []
  if (indices !== 'unknown') reportHeader(head, bytes, findings)
  const shared = new SharedPages(pages, geometry)
  const faults = new SlotFindings(bytes, geometry, findings)
  const slots = readSlots(known, { bytes, geometry, pages, shared, unit, maxSegments, faults })
  faults.reportRefused(shared)
  const byIndex = () => slots.map((_, k) => slots[slotOf(advance(known.oldest, k), slots.length)]!)
  if (mayShareGrefs(slots, geometry)) reportSharedGrefs(byIndex(), geometry, findings)
  if (known.hasTwins) reportSharedIds(byIndex(), geometry, findings)
  if (findings.length > 1) findings.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0))
  return { geometry, sectorUnit: unit, sring, indices, outstanding, evidence: known.evidence, slots, missing, findings }
}
