// The JSON of a decoded ring: names as in Xen's headers, u64 as decimal strings, everything else numbers.

import type { DecodedCapture } from '../capture/decode-capture.ts'
import type { IndexName } from '../codec/ring/missing.ts'
import type { Slot } from '../codec/ring/ring.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit } from '../codec/ring/sector-unit.ts'
import type { SlotField } from './fields.ts'
import { fieldValue, hexText, ROW, type RowOrigin, type RowTable } from './row-table.ts'
import { type SlotFilter, type SlotTest, selectSlots } from './slot-filter.ts'
import { kindOfSlot } from './slot-kind.ts'

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
  return lineJson(slot, {})
}

/** A slot, and what a line of its own says of its ring. */
export function lineJson(slot: Slot, origin: RowOrigin, { groups }: RowTable = ROW): { readonly [key: string]: Json | undefined } {
  const json: { [key: string]: Json | undefined } = {}
  const kind = kindOfSlot(slot)
  for (const { part, fields } of groups(kind)) {
    const members = part === 'origin' || part === 'slot' ? json : {}
    for (const field of fields) {
      const value = fieldValue(field, slot, origin)
      if (value === undefined ? field.maybe === 'null' : value !== field.unsaid) members[field.name] = valueJson(field, value)
    }
    if (members !== json) json[part] = members
  }
  return json
}

function valueJson({ type }: SlotField, value: unknown): Json {
  if (value === undefined || value === null) return null
  if (type.is === 'bytes') return hexText(value as Uint8Array)
  return type.is === 'u64' && !type.sum ? String(value) : (value as Json)
}
