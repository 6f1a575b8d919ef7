// A request as a backend takes it: its slot read once, field by field, where the tables say.
import type { Wire } from '../codec/ring/field-offsets.ts'
import { type IndirectPages, readSegments, sumSectors } from '../codec/ring/indirect-pages.ts'
import type { Request } from '../codec/ring/request.ts'
import type { SharedRing } from '../codec/ring/shared-ring.ts'
import {
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  type BlkifRequestSegment,
  indirectPagesFor,
  MAX_INDIRECT_SEGMENTS,
  segmentsInPage,
} from '../codec/xen/blkif.ts'
import { operationInfo } from '../codec/xen/operations.ts'

/** Reads the request of an index. @param pages those of segments; a request of which one is not there has `segments: null` */
export function takeRequest(ring: SharedRing, index: number, pages: IndirectPages): Request {
  const { view, wire } = ring
  const at = ring.offsetOf(index)
  const operation = view.getUint8(at + wire.rw.operation)
  const id = view.getBigUint64(at + wire.rw.id, true)
  const sector_number = view.getBigUint64(at + wire.rw.sector_number, true)
  const info = operationInfo(operation)
  switch (info.kind) {
    case 'rw': {
      const { kind, op } = info
      const handle = view.getUint16(at + wire.rw.handle, true)
      const nr_segments = view.getUint8(at + wire.rw.nr_segments)
      const segments = segmentsAt(view, at + wire.rw.seg, Math.min(nr_segments, BLKIF_MAX_SEGMENTS_PER_REQUEST), wire)
      const nr_sectors = sumSectors(segments)
      return { kind, op, operation, id, sector_number, handle, nr_segments, segments, nr_sectors }
    }
    case 'indirect': {
      const { kind, op } = info
      const handle = view.getUint16(at + wire.indirect.handle, true)
      const indirect_op = view.getUint8(at + wire.indirect.indirect_op)
      const nr_segments = view.getUint16(at + wire.indirect.nr_segments, true)
      const inUse = Math.min(nr_segments, MAX_INDIRECT_SEGMENTS)
      const indirect_grefs = Array.from({ length: indirectPagesFor(inUse) }, (_, k) =>
        view.getUint32(at + wire.indirect.indirect_grefs + k * wire.grefStride, true),
      )
      const segments = segmentsOfPages(ring, pages, indirect_grefs, inUse)
      const nr_sectors = segments && sumSectors(segments)
      return { kind, op, operation, id, sector_number, handle, indirect_op, nr_segments, indirect_grefs, segments, nr_sectors }
    }
    case 'discard': {
      const { kind, op } = info
      const handle = view.getUint16(at + wire.discard.handle, true)
      const flag = view.getUint8(at + wire.discard.flag)
      const nr_sectors = view.getBigUint64(at + wire.discard.nr_sectors, true)
      return { kind, op, operation, id, sector_number, handle, flag, nr_sectors }
    }
    case 'other': {
      const { kind, op } = info
      const handle = view.getUint16(at + wire.rw.handle, true)
      return { kind, op, operation, id, sector_number, handle, raw: ring.bytes.slice(at, at + ring.geometry.stride) }
    }
  }
}

function segmentsAt(view: DataView, at: number, count: number, { segment, segmentStride }: Wire): BlkifRequestSegment[] {
  const segments: BlkifRequestSegment[] = []
  for (let i = 0, from = at; i < count; i++, from += segmentStride)
    segments.push({
      gref: view.getUint32(from + segment.gref, true),
      first_sect: view.getUint8(from + segment.first_sect),
      last_sect: view.getUint8(from + segment.last_sect),
    })
  return segments
}

function segmentsOfPages(ring: SharedRing, pages: IndirectPages, grefs: readonly number[], count: number) {
  const segments: BlkifRequestSegment[] = []
  for (const [k, gref] of grefs.entries()) {
    const page = pages.get(gref)
    const needed = segmentsInPage(count, k)
    if (!page || page.length < needed * ring.wire.segmentStride) return null
    for (const segment of readSegments(page, ring.geometry.abi, needed)) segments.push(segment)
  }
  return segments
}
