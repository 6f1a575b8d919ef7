// Requests against what XenStore says of the disk.

import { segmentFault } from '../../codec/ring/faults.ts'
import type { Request } from '../../codec/ring/request.ts'
import { operationOf, segmentsOf } from '../../codec/ring/request.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit } from '../../codec/ring/sector-unit.ts'
import { count } from '../../codec/struct/count.ts'
import {
  BLKIF_OP_DISCARD,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  type BlkifRequestSegment,
  NO_SECTOR,
} from '../../codec/xen/blkif.ts'
import type { Disk } from '../../xenstore/disk.ts'
import { fittingUnit } from '../fitting-unit.ts'
import { type Found, foundIn, type Rule } from '../rule.ts'
import { atField, atSegment, type RingSubject, sectorsOf } from '../subject.ts'

const BLKIF = 'xen/include/public/io/blkif.h'
const UNITS = `${BLKIF}, sector_number and "sectors", in units of 512 bytes (commit 221f2748e8)`

function each(
  field: string,
  test: (request: Request, disk: Disk | undefined) => string | undefined,
): (subject: RingSubject) => Found[] {
  return (subject) =>
    foundIn(subject.requests, (slot) => {
      const message = test(slot.request, subject.disk)
      return message === undefined ? undefined : { message, ...atField(subject, slot, field) }
    })
}

/** An empty flush has no place on the disk. */
function covers(request: Request): bigint | undefined {
  const sectors = sectorsOf(request)
  return sectors === 0n && (request.kind === 'rw' || request.sector_number === NO_SECTOR) ? undefined : sectors
}

export function wraps(request: Request): boolean {
  const sectors = covers(request)
  return sectors !== undefined && request.sector_number + sectors > NO_SECTOR + 1n
}

export function endsBeyond(request: Request, disk: Disk | undefined): boolean {
  const sectors = covers(request)
  return disk?.sectors !== undefined && sectors !== undefined && request.sector_number + sectors > disk.sectors
}

/** Whether a request writes data, or would. */
export function writes(request: Request): boolean {
  const operation = operationOf(request)
  if (operation === BLKIF_OP_WRITE || operation === BLKIF_OP_WRITE_BARRIER) return true
  return request.kind === 'rw' && operation !== BLKIF_OP_READ && request.nr_segments > 0
}

/** As Linux's blkback looks at it: where the request begins, and how long each of its segments is. */
export function misaligned(
  request: Request,
  disk: Disk | undefined,
  unit: SectorUnit = DEFAULT_SECTOR_UNIT,
): { readonly segment?: number; readonly message: string } | undefined {
  const block = disk?.sectorsPerBlock ?? 1n
  if (block === 1n || covers(request) === undefined || request.kind === 'discard') return undefined
  if (request.sector_number % block !== 0n)
    return { message: `sector ${request.sector_number} is not on the disk's own sectors of ${block} * ${unit} bytes` }
  const segment = segmentsOf(request).findIndex(
    ({ first_sect, last_sect }) => last_sect >= first_sect && BigInt(last_sect - first_sect + 1) % block !== 0n,
  )
  if (segment < 0) return undefined
  const { first_sect, last_sect } = segmentsOf(request)[segment]!
  return {
    segment,
    message: `seg[${segment}] has ${count(last_sect - first_sect + 1, 'sector')}, and the disk's own have ${block} * ${unit} bytes`,
  }
}

function misalignedRequests(subject: RingSubject): Found[] {
  return foundIn(subject.requests, (slot) => {
    const bad = misaligned(slot.request, subject.disk, subject.ring.sectorUnit) ?? outsideItsPage(subject, slot.request)
    if (!bad) return undefined
    const at = bad.segment === undefined ? atField(subject, slot, 'sector_number') : atSegment(subject, slot, bad.segment)
    return { message: bad.message, ...at }
  })
}

/** A segment that crosses its page in the unit in which the requests fit the disk; decoding read it in another, and saw nothing. */
function outsideItsPage({ ring, decoded }: RingSubject, request: Request) {
  if (ring.sectorUnit === decoded.ring.sectorUnit) return undefined
  const segments = segmentsOf(request)
  const faultIn = (segment: BlkifRequestSegment) =>
    segmentFault(segment, decoded.ring.sectorUnit) === undefined ? segmentFault(segment, ring.sectorUnit) : undefined
  const segment = segments.findIndex((s) => faultIn(s) !== undefined)
  return segment < 0 ? undefined : { segment, message: `seg[${segment}]: ${faultIn(segments[segment]!)}` }
}

/** One note for the ring: the unit in which its requests fit, where they were decoded in another. */
function otherUnit(subject: RingSubject): Found[] {
  const fit = fittingUnit(subject)
  const { sectorUnit } = subject.decoded.ring
  if (!fit || fit.unit === sectorUnit) return []
  const which = fit.unit === DEFAULT_SECTOR_UNIT ? '' : ", the disk's own"
  const how = subject.decoded.sectorUnitGiven ? `they are read in sectors of ${sectorUnit}, as asked` : 'they are checked as such'
  const requests = count(fit.requests, 'request fits', 'requests fit')
  return [
    {
      message: `${requests} the disk only in sectors of ${fit.unit} bytes${which}: ${how}`,
      ...atField(subject, subject.requests[0]!, 'sector_number'),
    },
  ]
}

function discardMisaligned(request: Request, disk: Disk | undefined): string | undefined {
  if (request.kind !== 'discard' || !disk || disk.discardGranularity === 1n) return undefined
  const { discardGranularity: granularity, discardAlignment: alignment } = disk
  const begins = (request.sector_number - alignment) % granularity === 0n
  if (begins && request.nr_sectors % granularity === 0n) return undefined
  return `sectors ${request.sector_number} + ${request.nr_sectors}, and the disk discards ${granularity} sectors from ${alignment} on`
}

export const DISK_RULES: readonly Rule[] = [
  {
    id: 'sector-wrap',
    severity: 'error',
    summary: 'The last sector of a request does not fit in 64 bits.',
    source: `${UNITS}; Linux xen-blkback, xen_vbd_translate`,
    explain: {
      means: 'sector_number + nr_sectors wraps around 2^64.',
      why: 'A backend that adds without looking takes the request for one within the disk. Linux and QEMU answer ERROR.',
      todo: 'Look at who wrote the request: no driver does.',
    },
    ring: each('sector_number', (request) =>
      wraps(request) ? `sector ${request.sector_number} + ${sectorsOf(request)} wraps` : undefined,
    ),
  },
  {
    id: 'sector-past-end',
    severity: 'error',
    summary: 'A request ends beyond the end of the disk.',
    source: UNITS,
    explain: {
      means: 'sector_number + nr_sectors is above the "sectors" node of the backend.',
      why: 'The backend answers ERROR (QEMU not always: sector-bytes-wrap). A partition or file system larger than its disk does so; so does a disk that shrank.',
      todo: 'Compare "sectors" with what the guest believes. Backends that count in units of sector-size disagree with the header.',
    },
    ring: each('sector_number', (request, disk) =>
      !wraps(request) && endsBeyond(request, disk)
        ? `ends at sector ${request.sector_number + sectorsOf(request)!}, and the disk has ${disk!.sectors}`
        : undefined,
    ),
  },
  {
    id: 'io-misaligned',
    severity: 'warning',
    summary: "A request is not made of the disk's own sectors.",
    source: `${BLKIF}, sector-size; Linux xen-blkback, dispatch_rw_block_io`,
    explain: {
      means: 'The disk has sectors of more than 512 bytes, and the request, or a segment of it, begins or ends inside one.',
      why: "Linux's blkback answers ERROR, also where only a segment does so. QEMU counts everything in the disk's own sectors, and refuses most such segments; tapdisk does not look.",
      todo: "Have programs in the guest use buffers aligned to the disk's sectors.",
    },
    ring: misalignedRequests,
  },
  {
    id: 'sector-unit',
    severity: 'note',
    summary: 'Requests count sectors in another unit than 512 bytes, or than the one asked for.',
    source: `${UNITS}, with a table of implementations that differ`,
    explain: {
      means:
        'sector_number, first_sect and last_sect fit the disk when they count its own sectors (sector-size in XenStore), and not when they count 512 bytes; or the other way round.',
      why: "QEMU's backend and the Windows frontend count in the disk's own sectors, Linux's blkback in 512 bytes: where the two ends differ, data is read from and written to wrong places.",
      todo: "Say --sector-unit disk, so that every command reads them so. With Linux's blkback behind such a frontend, give the guest a disk of 512-byte sectors.",
    },
    ring: otherUnit,
  },
  {
    id: 'discard-misaligned',
    severity: 'note',
    summary: 'A discard is not made of what the disk discards.',
    source: `${BLKIF}, discard-granularity and discard-alignment`,
    explain: {
      means: 'Its start or its length is not a multiple of the granularity, counted from the alignment.',
      why: 'The parts at its ends stay allocated. It is legal.',
      todo: 'Nothing, unless space is not given back.',
    },
    ring: each('sector_number', discardMisaligned),
  },
  {
    id: 'write-to-read-only',
    severity: 'error',
    summary: 'A write to a disk that is read-only.',
    source: `${BLKIF}, mode, and VDISK_READONLY of info`,
    explain: {
      means: 'The backend published mode = "r" or the bit of info, and the frontend writes all the same.',
      why: 'The backend must answer ERROR; one that does not lets the guest change what it may not.',
      todo: 'Check the frontend, and that the backend refuses.',
    },
    ring: each('operation', (request, disk) =>
      disk?.readOnly && writes(request) ? `${request.op} to a read-only disk` : undefined,
    ),
  },
  {
    id: 'discard-on-read-only',
    severity: 'error',
    summary: 'A discard on a disk that is read-only.',
    source: 'CVE-2013-2140: Linux xen-blkback before 3.10.5 discarded on read-only disks',
    explain: {
      means: 'A discard destroys data as a write does.',
      why: 'A backend that checks writes only lets the guest erase a disk that it may read. Linux answers ERROR; QEMU answers OKAY and leaves the data.',
      todo: 'Check that the backend refuses, and treat the guest as hostile: drivers do not send this.',
    },
    ring: each('operation', (request, disk) =>
      disk?.readOnly && request.operation === BLKIF_OP_DISCARD ? 'discard on a read-only disk' : undefined,
    ),
  },
]
