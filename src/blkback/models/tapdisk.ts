// tapdisk3, as its source reads. Nobody ran it here.
import {
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_DISCARD,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_READ,
  BLKIF_OP_WRITE,
  NO_SECTOR,
  SECTOR_SIZE,
} from '../../codec/xen/blkif.ts'
import {
  type Applies,
  both,
  direct,
  kind,
  leastSectors,
  MAX_U8,
  noRead,
  operation,
  outside,
  readOnly,
  reversed,
  tooMany,
  undefinedOperation,
} from '../asked.ts'
import type { BackendModel } from '../model.ts'

/** Its limit, although the wire has 11. */
const SEGMENTS = 32

const pastEnd: Applies = (asked) => {
  const sectors = leastSectors(asked)
  const end = asked.request.sector_number + sectors
  return sectors > 0n && (end > NO_SECTOR + 1n || (asked.disk.sectors !== undefined && end > asked.disk.sectors))
}

export const TAPDISK: BackendModel = {
  unit: () => BigInt(SECTOR_SIZE),
  persistent: false,
  rows: [
    {
      test: 'operation is none it knows',
      outcome: 'EOPNOTSUPP',
      applies: (asked) =>
        undefinedOperation(asked) || operation(BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_DISCARD)(asked) || kind('indirect')(asked),
    },
    { test: 'nr_segments is 0', outcome: 'ERROR', of: [BLKIF_OP_READ, BLKIF_OP_WRITE], applies: direct(0, 0) },
    { test: `nr_segments is above ${SEGMENTS}`, outcome: 'ERROR', reading: true, applies: direct(SEGMENTS + 1, MAX_U8) },
    { test: 'a segment ends before it starts', outcome: 'ERROR', applies: reversed },
    { test: 'a segment ends outside its page: the grant copy fails', outcome: 'ERROR', applies: outside },
    {
      test: `nr_segments is within its limit of ${SEGMENTS}, although a slot holds ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`,
      outcome: 'accept',
      reading: true,
      applies: tooMany,
    },
    { test: 'beyond the end of the disk: left to the layer below', outcome: 'unknown', applies: pastEnd },
    { test: 'a write to a read-only disk: not known', outcome: 'unknown', applies: both(noRead, readOnly) },
  ],
  impossible: { beside: 'req_prod is impossible, which it does not check' },
}
