// What the value of a field means, in a few words: blkif.h's name for a code, bytes for sectors, a disk for its number.

import { xTagOf } from '../codec/ring/id-text.ts'
import type { Ring, Slot } from '../codec/ring/ring.ts'
import { distance, passed, slotOf } from '../codec/ring/ring-idx.ts'
import { bytesOfSectors } from '../codec/ring/sector-unit.ts'
import { count } from '../codec/struct/count.ts'
import {
  BLKIF_DISCARD_SECURE,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  indirectPagesFor,
  MAX_INDIRECT_SEGMENTS,
  NO_SECTOR,
} from '../codec/xen/blkif.ts'
import { type OpName, opName, statusName } from '../codec/xen/operations.ts'
import { diskName } from '../xenstore/vdev.ts'

/** What is known around a field. */
export interface FieldSurroundings {
  readonly ring: Ring
  readonly slot: Slot | undefined
  /** The segment that the field is part of, if it is. */
  readonly segment: SegmentPlace | undefined
}

/** The place of a segment: in the grant, and on the disk. */
export interface SegmentPlace {
  readonly first_sect: number
  readonly last_sect: number
  /** Disk sector of its first sector; undefined where that is not known. */
  readonly start: bigint | undefined
}

type Meaning = (value: number | bigint, around: FieldSurroundings) => string | undefined

const OPERATION_NAMES: Readonly<Record<OpName, string | undefined>> = {
  read: 'BLKIF_OP_READ',
  write: 'BLKIF_OP_WRITE',
  barrier: 'BLKIF_OP_WRITE_BARRIER',
  flush: 'BLKIF_OP_FLUSH_DISKCACHE',
  packet: 'BLKIF_OP_RESERVED_1 (packet)',
  discard: 'BLKIF_OP_DISCARD',
  indirect: 'BLKIF_OP_INDIRECT',
  unknown: undefined,
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  req_prod: producer,
  rsp_prod: producer,
  req_event: (value, { ring }) => event('req_prod', ring.sring.req_prod, Number(value), 'the backend has taken all'),
  rsp_event: (value, { ring }) => event('rsp_prod', ring.sring.rsp_prod, Number(value), 'the frontend has seen all'),
  operation,
  indirect_op: operation,
  nr_segments: segmentCount,
  handle: (value) => diskName(Number(value)),
  id,
  sector_number: (value, { ring }) =>
    value === NO_SECTOR ? 'no sector: an empty flush' : `byte ${bytesOfSectors(value, ring.sectorUnit)} of the disk`,
  nr_sectors: (value, { ring }) => `${bytesOfSectors(value, ring.sectorUnit)} bytes`,
  flag: (value) => (Number(value) & BLKIF_DISCARD_SECURE ? 'BLKIF_DISCARD_SECURE' : 'not secure'),
  status: (value) => {
    const name = statusName(Number(value))
    return name === undefined ? 'not in blkif.h: an error to Linux' : `BLKIF_RSP_${name}`
  },
  gref: (_, { segment }) => (segment ? `the page of sectors ${segmentText(segment)}` : undefined),
  indirect_grefs: () => 'a page of segments',
  first_sect: (value, { ring }) => `from byte ${bytesOfSectors(value, ring.sectorUnit)} of the page`,
  last_sect: (value, { ring, segment }) => {
    const to = `to byte ${bytesOfSectors(Number(value) + 1, ring.sectorUnit) - 1n} of the page`
    const disk = segment && diskText(segment)
    return disk === undefined ? to : `${to}: ${disk}`
  },
}

/** A few words, or undefined where the number says it all. @param field name of the field, without path and place in an array */
export function meaningOf(field: string, value: number | bigint, around: FieldSurroundings): string | undefined {
  return MEANINGS[field]?.(value, around)
}

/** `0..7, disk 1000..1007`: first_sect..last_sect, and the sectors of the disk. */
export function segmentText(segment: SegmentPlace): string {
  const disk = diskText(segment)
  return `${segment.first_sect}..${segment.last_sect}${disk === undefined ? '' : `, ${disk}`}`
}

/** `disk 1000..1007`: sectors of the ring's unit; undefined where they are not known, or the segment holds none. */
function diskText({ first_sect, last_sect, start }: SegmentPlace): string | undefined {
  if (start === undefined || last_sect < first_sect) return undefined
  return `disk ${start}..${BigInt.asUintN(64, start + BigInt(last_sect - first_sect))}`
}

function operation(value: number | bigint): string {
  return OPERATION_NAMES[opName(Number(value))] ?? 'not in blkif.h'
}

function producer(value: number | bigint, { ring: { geometry } }: FieldSurroundings): string {
  return `slot ${slotOf(Number(value), geometry.nr_ents)} comes next`
}

/** Where an event lies beside the producer that it waits for: one step on when the consumer has taken everything. */
function event(name: string, producer: number, value: number, taken: string): string {
  const [back, on] = [distance(value, producer), distance(producer, value)]
  if (back === 0) return name
  if (passed(producer, value)) return `${name} - ${back}`
  return on === 1 ? `${name} + 1: ${taken}` : `${name} + ${on}`
}

function segmentCount(value: number | bigint, { slot }: FieldSurroundings): string | undefined {
  const n = Number(value)
  if (slot?.state !== 'request') return undefined
  if (slot.request.kind === 'rw' && slot.request.continuedIn) return `in ${slot.request.continuedIn.length + 1} slots`
  if (slot.request.kind !== 'indirect')
    return n > BLKIF_MAX_SEGMENTS_PER_REQUEST ? `more than the ${BLKIF_MAX_SEGMENTS_PER_REQUEST} that a slot holds` : undefined
  if (n > MAX_INDIRECT_SEGMENTS) return `more than the ${MAX_INDIRECT_SEGMENTS} that 8 pages hold`
  const pages = indirectPagesFor(n)
  return `in ${count(pages, 'page')}`
}

/** Linux's ids are 0 to nr_ents - 1; Windows, EDK2 and others put addresses there. */
function id(value: number | bigint, { ring: { geometry } }: FieldSurroundings): string | undefined {
  if (value < geometry.nr_ents) return undefined
  const tag = xTagOf(BigInt(value))
  return tag === undefined ? `0x${value.toString(16)}: none of Linux's ids` : `XTag ${tag}: an id of Windows of 2014`
}
