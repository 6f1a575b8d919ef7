// Linux's xen-blkback, as 6.1 was seen to answer (docs/backends.md): units of 512 bytes throughout.

import { operationOf } from '../../codec/ring/request.ts'
import {
  BLKIF_DISCARD_SECURE,
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_DISCARD,
  BLKIF_OP_INDIRECT,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  NO_SECTOR,
  SECTOR_SIZE,
} from '../../codec/xen/blkif.ts'
import { type Applies, always, badSegment, both, leastSectors, readOnly, tooMany, undefinedOperation } from '../asked.ts'
import type { AnsweringModel } from '../model.ts'
import { asReadByLinux } from './protocol.ts'

/** Its own limit, whatever it publishes (MAX_INDIRECT_SEGMENTS). */
const INDIRECT_SEGMENTS = 256

const DISCARDS = [BLKIF_OP_DISCARD]

/** A request of no sectors has no place on the disk, and is let through here. */
const pastEnd: Applies = (asked) => {
  const sectors = leastSectors(asked)
  if (sectors === 0n) return false
  const end = asked.request.sector_number + sectors
  return end > NO_SECTOR || (asked.disk.sectors !== undefined && end > asked.disk.sectors)
}

/** Of the first sector and of each length, as it looks: not of where in its page a segment begins. */
const offBlock: Applies = ({ request, segments, disk }) => {
  const block = (disk.sectorSize ?? BigInt(SECTOR_SIZE)) / BigInt(SECTOR_SIZE)
  const off = (sectors: bigint) => sectors % block !== 0n
  if (request.kind === 'discard') return off(request.sector_number) || off(request.nr_sectors)
  if ('nr_segments' in request && request.nr_segments === 0) return false
  return off(request.sector_number) || segments.some(({ first_sect, last_sect }) => off(BigInt(last_sect - first_sect + 1)))
}

const secureErase: Applies = ({ request, disk }) =>
  request.kind === 'discard' && disk.secure && (request.flag & BLKIF_DISCARD_SECURE) !== 0

const noSectors: Applies = ({ request }) => request.kind === 'discard' && request.nr_sectors === 0n

export const LINUX: AnsweringModel = {
  unit: () => BigInt(SECTOR_SIZE),
  asRead: asReadByLinux,
  persistent: true,
  answers: {
    operation: operationOf,
    req_event: 'all-taken',
    atOnce: [BLKIF_OP_DISCARD],
    drains: [BLKIF_OP_WRITE_BARRIER],
    placeOf: ({ request, unit }) => request.sector_number * unit,
    fillsBeforeRefusing: false,
  },
  rows: [
    { test: 'operation is none it knows', outcome: 'EOPNOTSUPP', applies: undefinedOperation },
    { test: 'a discard on a read-only disk', outcome: 'ERROR', of: DISCARDS, applies: readOnly },
    { test: 'a discard beyond the end of the disk, or beyond 2^64', outcome: 'ERROR', of: DISCARDS, applies: pastEnd },
    {
      test: 'a discard, and the disk has none',
      outcome: 'EOPNOTSUPP',
      reading: true,
      of: DISCARDS,
      applies: ({ disk }) => disk.discards === 'no',
    },
    { test: "a discard off the disk's own sectors", outcome: 'ERROR', of: DISCARDS, applies: offBlock },
    {
      test: 'a secure erase of no sectors: left to the layer below',
      outcome: 'unknown',
      of: DISCARDS,
      applies: both(secureErase, noSectors),
    },
    { test: 'a discard of no sectors', outcome: 'ERROR', of: DISCARDS, applies: noSectors },
    {
      test: 'a discard that discard-enable does not offer, which is not looked at: the device decides',
      outcome: 'unknown',
      of: DISCARDS,
      applies: ({ disk }) => disk.discards === 'hidden',
    },
    {
      test: 'indirect_op is neither read nor write',
      outcome: 'ERROR',
      of: [BLKIF_OP_INDIRECT],
      applies: ({ request }) => ![BLKIF_OP_READ, BLKIF_OP_WRITE].includes(operationOf(request)),
    },
    {
      test: 'nr_segments is 0 without a flush',
      outcome: 'ERROR',
      applies: ({ request }) =>
        'nr_segments' in request && request.nr_segments === 0 && [BLKIF_OP_READ, BLKIF_OP_WRITE].includes(operationOf(request)),
    },
    { test: `nr_segments is above ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`, outcome: 'ERROR', applies: tooMany },
    {
      test: `nr_segments is above ${INDIRECT_SEGMENTS} in an indirect request`,
      outcome: 'ERROR',
      of: [BLKIF_OP_INDIRECT],
      applies: ({ request }) => request.kind === 'indirect' && request.nr_segments > INDIRECT_SEGMENTS,
    },
    { test: 'a segment ends before it starts, or outside its page', outcome: 'ERROR', applies: badSegment },
    {
      test: 'a write to a read-only disk',
      outcome: 'ERROR',
      applies: (asked) => readOnly(asked) && operationOf(asked.request) !== BLKIF_OP_READ && leastSectors(asked) > 0n,
    },
    {
      test: 'no read, and so refused on a read-only disk',
      outcome: 'ERROR',
      applies: (asked) => readOnly(asked) && operationOf(asked.request) !== BLKIF_OP_READ,
    },
    { test: 'beyond the end of the disk, or beyond 2^64', outcome: 'ERROR', applies: pastEnd },
    { test: "not made of the disk's own sectors", outcome: 'ERROR', applies: offBlock },
    {
      test: 'its segments are not in the dump, and are not looked at here',
      outcome: 'unknown',
      of: [BLKIF_OP_INDIRECT],
      applies: ({ request }) => request.kind === 'indirect' && request.segments === null,
    },
    {
      test: 'drained, then a write that flushes, if the device can; else EOPNOTSUPP',
      outcome: 'accept',
      of: [BLKIF_OP_WRITE_BARRIER],
      applies: always,
    },
  ],
  impossible: { outcome: 'halt', test: 'req_prod is impossible: the ring is served no more, also if req_prod is mended' },
}
