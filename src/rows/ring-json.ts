// The JSON of a decoded ring: names as in Xen's headers, u64 as decimal strings, everything else numbers.

import type { DecodedCapture } from '../capture/decode-capture.ts'
import type { Beneath } from '../codec/ring/beneath.ts'
import type { IndexName } from '../codec/ring/missing.ts'
import type { Request } from '../codec/ring/request.ts'
import type { Response, Slot } from '../codec/ring/ring.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit } from '../codec/ring/sector-unit.ts'
import type { SlotFilter, SlotTest } from './slot-filter.ts'
import { selectSlots } from './slot-filter.ts'

/** A value that JSON can have; a member that is undefined is left out. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * One ring as `decode --json` prints it.
 * @param filter which slots; without it all
 * @param where a further test of slots
 */
export function ringJson(decoded: DecodedCapture, filter: SlotFilter = 'all', where?: SlotTest): Json {
  const { capture, ring, findings } = decoded
  const { source, ...rest } = headJson(decoded)
  return {
    source,
    ...(capture.queue === undefined ? {} : { queue: capture.queue }),
    ...rest,
    slots: selectSlots(ring.slots, filter, where).map((slot) => slotJson(slot)),
    findings: findings.map((f) => ({ ...f })),
  }
}

/** What the ring is, and its indices; null for those that are not in the input. */
export function headJson({ capture, protocol, ring }: DecodedCapture) {
  const { indices } = ring.missing
  const known = (name: IndexName) => (indices.includes(name) ? null : ring.sring[name])
  return {
    source: capture.source,
    protocol: protocol.protocol,
    pages: ring.geometry.pages,
    nr_ents: ring.geometry.nr_ents,
    ...unitJson(ring.sectorUnit),
    req_prod: known('req_prod'),
    req_event: known('req_event'),
    rsp_prod: known('rsp_prod'),
    rsp_event: known('rsp_event'),
    outstanding: ring.indices === 'unknown' ? null : ring.outstanding,
  }
}

/** The unit of sectors, where it is not that of blkif.h. */
export function unitJson(unit: SectorUnit): { readonly sector_unit?: number } {
  return unit === DEFAULT_SECTOR_UNIT ? {} : { sector_unit: unit }
}

/** One slot as `decode --json` prints it: names as in Xen's headers, u64 as decimal strings. */
export function slotJson(slot: Slot): { readonly [key: string]: Json | undefined } {
  const base = { slot: slot.slot, index: slot.index, state: slot.state }
  switch (slot.state) {
    case 'unused':
    case 'cleared':
    case 'unknown':
      return base
    case 'continuation':
      return { ...base, of: slot.of ?? null }
    case 'request': {
      const doubt = slot.answered === 'no' ? {} : { answered: slot.answered }
      const by = slot.answeredBy === undefined ? {} : { answeredBy: slot.answeredBy }
      return { ...base, request: requestJson(slot.request), ...doubt, ...by }
    }
    case 'response': {
      const doubt = slot.beneathOutstanding === 'no' ? {} : { beneathOutstanding: slot.beneathOutstanding }
      return { ...base, response: responseJson(slot.response), beneath: beneathJson(slot.beneath), ...doubt }
    }
  }
}

function requestJson(r: Request): Json {
  const base = {
    op: r.op,
    operation: r.operation,
    id: String(r.id),
    sector_number: String(r.sector_number),
    handle: r.handle,
  }
  switch (r.kind) {
    case 'rw':
      return {
        ...base,
        nr_segments: r.nr_segments,
        segments: r.segments.map((s) => ({ ...s })),
        nr_sectors: r.nr_sectors,
        ...(r.continuedIn ? { continuedIn: r.continuedIn } : {}),
      }
    case 'indirect':
      return {
        ...base,
        indirect_op: r.indirect_op,
        nr_segments: r.nr_segments,
        indirect_grefs: r.indirect_grefs,
        segments: r.segments?.map((s) => ({ ...s })) ?? null,
        nr_sectors: r.nr_sectors,
      }
    case 'discard':
      return { ...base, flag: r.flag, nr_sectors: String(r.nr_sectors) }
    case 'other':
      return { ...base, raw: Array.from(r.raw, (b) => b.toString(16).padStart(2, '0')).join('') }
  }
}

function responseJson({ id, operation, op, status }: Response): Json {
  return { id: String(id), operation, op, status }
}

function beneathJson(b: Beneath): Json {
  return {
    sector_number: String(b.sector_number),
    segments: b.segments.map((s) => ({ ...s })),
    handle: b.handle,
    indirect_grefs: b.indirect_grefs,
    nr_sectors: String(b.nr_sectors),
  }
}
