// QEMU's qdisk, as 7.2 was seen to answer (docs/backends.md): every unit is the disk's own sector, and places are bytes of 64 bits.
import {
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_DISCARD,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  NO_SECTOR,
} from '../../codec/xen/blkif.ts'
import { type Applies, type Asked, always, both, leastSectors, noRead, outside, readOnly, reversed, tooMany } from '../asked.ts'
import type { AnsweringModel } from '../model.ts'

const SERVED = [BLKIF_OP_READ, BLKIF_OP_WRITE, BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_DISCARD]
const MAX_INT64 = 2n ** 63n - 1n
const BYTES_OF_U64 = NO_SECTOR + 1n

/** It discards so many bytes at a time (BDRV_REQUEST_MAX_BYTES), each by a request of its own to the layer below. */
export const QEMU_DISCARD_PIECE = 2n ** 31n - 512n

/** Where it goes, in bytes: the product is cut to 64 bits. */
function startOf({ request, unit }: Asked): bigint {
  return (request.sector_number * unit) % BYTES_OF_U64
}

/** The place that is asked for is not the place that is served. */
const wrapped: Applies = ({ request, unit }) => request.sector_number * unit >= BYTES_OF_U64

const pastEnd: Applies = (asked) => {
  const end = startOf(asked) + leastSectors(asked) * asked.unit
  return end > MAX_INT64 || (asked.disk.sectors !== undefined && end > asked.disk.sectors * asked.unit)
}

const DISCARDS = [BLKIF_OP_DISCARD]
const empty: Applies = ({ request }) => request.kind === 'rw' && request.nr_segments === 0

/** In whole numbers here: what a sum of 64 bits would wrap is past the end as well. */
const discardPastEnd: Applies = ({ request, disk, unit }) => {
  if (request.kind !== 'discard') return false
  const end = request.sector_number + request.nr_sectors
  return end > MAX_INT64 / unit || (disk.sectors !== undefined && end > disk.sectors)
}

/** The number of pieces that a discard is served in. */
export function discardPieces(nr_sectors: bigint, unit: bigint): bigint {
  return (nr_sectors * unit + QEMU_DISCARD_PIECE - 1n) / QEMU_DISCARD_PIECE
}

function meanwhile({ request, unit }: Asked): string {
  const pieces = request.kind === 'discard' ? discardPieces(request.nr_sectors, unit) : 0n
  return pieces > 1n ? `; in ${pieces} pieces, during which the other requests of the ring wait` : ''
}

export const QEMU: AnsweringModel = {
  unit: (sectorSize) => sectorSize,
  persistent: false,
  answers: {
    operation: ({ operation }) => operation,
    req_event: 'all-answered',
    atOnce: [],
    drains: [],
    placeOf: startOf,
    fillsBeforeRefusing: true,
  },
  rows: [
    { test: 'operation is none it knows', outcome: 'ERROR', applies: ({ request }) => !SERVED.includes(request.operation) },
    { test: 'a flush without data', outcome: 'accept', of: [BLKIF_OP_FLUSH_DISKCACHE], applies: empty },
    {
      test: (asked) => {
        const whole =
          asked.request.kind === 'discard' && asked.request.sector_number + asked.request.nr_sectors <= MAX_INT64 / asked.unit
        return `a discard beyond the end of the disk, or beyond 2^64${whole ? meanwhile(asked) : ''}`
      },
      outcome: 'ERROR',
      of: DISCARDS,
      applies: discardPastEnd,
    },
    { test: 'a discard on a read-only disk: answered, and the data stays', outcome: 'accept', of: DISCARDS, applies: readOnly },
    { test: (asked) => `discards are passed on${meanwhile(asked)}`, outcome: 'accept', of: DISCARDS, applies: always },
    { test: 'a write to a read-only disk', outcome: 'ERROR', applies: both(noRead, readOnly) },
    { test: 'a segment ends before it starts', outcome: 'ERROR', applies: reversed },
    { test: 'a segment ends outside its page', outcome: 'ERROR', applies: outside },
    { test: `nr_segments is above ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`, outcome: 'ERROR', applies: tooMany },
    { test: 'beyond the end of the disk', outcome: 'ERROR', applies: pastEnd },
    {
      test: (asked) => `sector_number * ${asked.unit} wraps at 2^64: served at sector ${startOf(asked) / asked.unit}`,
      outcome: 'accept',
      applies: wrapped,
    },
    { test: 'a transfer of nothing, within the disk', outcome: 'accept', applies: empty },
  ],
  impossible: { beside: 'req_prod is impossible: every slot is served, stale ones too, round and round' },
}
