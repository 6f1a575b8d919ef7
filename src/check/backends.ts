// What a backend would do with a request, and by which test: how Linux's blkback 6.1, QEMU's xen-block and tapdisk3 go about
// it. Where nobody has run it and the source was only read, the row says so.
import { segmentFault } from '../codec/ring/request.ts'
import type { RequestSlot } from '../codec/ring/ring.ts'
import {
  BLKIF_MAX_SEGMENTS_PER_REQUEST,
  BLKIF_OP_DISCARD,
  BLKIF_OP_FLUSH_DISKCACHE,
  BLKIF_OP_READ,
  BLKIF_OP_RESERVED_1,
  BLKIF_OP_WRITE,
  BLKIF_OP_WRITE_BARRIER,
  SECTORS_PER_XEN_PAGE,
} from '../codec/xen/blkif.ts'
import { endsBeyond, misaligned, wraps, writes } from './rules/disk.ts'
import type { DecodedRing } from './subject.ts'
import { operationOf, type RingSubject, segmentsOf, subjectOf } from './subject.ts'

export const BACKENDS = ['linux', 'qemu', 'tapdisk'] as const
export type BackendName = (typeof BACKENDS)[number]

/** `halt`: it serves the ring no more, without an answer. `unknown`: not read, or the layer below decides. */
export type Outcome = 'accept' | 'ERROR' | 'EOPNOTSUPP' | 'halt' | 'unknown'

export interface BackendVerdict {
  readonly slot: RequestSlot
  readonly outcome: Outcome
  /** The test that decides it. */
  readonly test: string
  /** The source was read, and nobody has run it. */
  readonly reading: boolean
}

interface Test {
  readonly test: string
  readonly outcome: Outcome
  readonly reading?: true
  readonly applies: (slot: RequestSlot, subject: RingSubject) => boolean
}

/** blkback's own limit, whatever it publishes (MAX_INDIRECT_SEGMENTS). */
const LINUX_INDIRECT_SEGMENTS = 256
/** What tapdisk's limit is, although the wire has 11. */
const TAPDISK_SEGMENTS = 32

const operation =
  (...operations: readonly number[]) =>
  ({ request }: RequestSlot) =>
    operations.includes(request.operation)

const kind =
  (kind: RequestSlot['request']['kind']) =>
  ({ request }: RequestSlot) =>
    request.kind === kind

const hasNone = ({ request }: RequestSlot) =>
  'nr_segments' in request && request.nr_segments === 0 && [BLKIF_OP_READ, BLKIF_OP_WRITE].includes(operationOf(request))

const direct =
  (from: number, to: number) =>
  ({ request }: RequestSlot) =>
    request.kind === 'rw' && request.nr_segments >= from && request.nr_segments <= to

const MAX_U8 = 255
const tooMany = direct(BLKIF_MAX_SEGMENTS_PER_REQUEST + 1, MAX_U8)
const badInner = ({ request }: RequestSlot) =>
  request.kind === 'indirect' && ![BLKIF_OP_READ, BLKIF_OP_WRITE].includes(request.indirect_op)
const reversed = ({ request }: RequestSlot) => segmentsOf(request).some(({ first_sect, last_sect }) => first_sect > last_sect)
const outside = ({ request }: RequestSlot) => segmentsOf(request).some(({ last_sect }) => last_sect >= SECTORS_PER_XEN_PAGE)
const badSegment = ({ request }: RequestSlot) => segmentsOf(request).some((segment) => segmentFault(segment) !== undefined)
const zeroGref = ({ request }: RequestSlot) =>
  segmentsOf(request).some(({ gref }) => gref === 0) || (request.kind === 'indirect' && request.indirect_grefs.includes(0))
const beyond = ({ request }: RequestSlot, { disk }: RingSubject) => wraps(request) || endsBeyond(request, disk)
const readOnlyWrite = ({ request }: RequestSlot, { disk }: RingSubject) => disk?.readOnly === true && writes(request)
/** An empty one carries no data, and so is no write by itself. */
const readOnlyFlush = (slot: RequestSlot, { disk }: RingSubject) =>
  disk?.readOnly === true && operation(BLKIF_OP_FLUSH_DISKCACHE)(slot)
const readOnlyDiscard = ({ request }: RequestSlot, { disk }: RingSubject) => disk?.readOnly === true && request.kind === 'discard'
const unaligned = ({ request }: RequestSlot, { disk }: RingSubject) => misaligned(request, disk) !== undefined
const undefinedOperation = ({ request }: RequestSlot) => request.op === 'unknown' || request.operation === BLKIF_OP_RESERVED_1
const pageMissing = ({ request }: RequestSlot) => request.kind === 'indirect' && request.segments === null

const NO_PAGE: Test = {
  test: 'its segments are not in the dump, and are not looked at here',
  outcome: 'unknown',
  applies: pageMissing,
}

/** In the order in which each backend looks. */
const TESTS: Readonly<Record<BackendName, readonly Test[]>> = {
  linux: [
    { test: 'operation is none it knows', outcome: 'EOPNOTSUPP', applies: undefinedOperation },
    { test: 'a discard on a read-only disk', outcome: 'ERROR', applies: readOnlyDiscard },
    { test: 'indirect_op is neither read nor write', outcome: 'ERROR', applies: badInner },
    { test: 'nr_segments is 0 without a flush', outcome: 'ERROR', applies: hasNone },
    { test: `nr_segments is above ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`, outcome: 'ERROR', applies: tooMany },
    {
      test: `nr_segments is above ${LINUX_INDIRECT_SEGMENTS} in an indirect request`,
      outcome: 'ERROR',
      applies: ({ request }) => request.kind === 'indirect' && request.nr_segments > LINUX_INDIRECT_SEGMENTS,
    },
    { test: 'a segment ends before it starts, or outside its page', outcome: 'ERROR', applies: badSegment },
    { test: 'a write to a read-only disk', outcome: 'ERROR', applies: readOnlyWrite },
    { test: 'no read, and so refused on a read-only disk', outcome: 'ERROR', reading: true, applies: readOnlyFlush },
    { test: 'beyond the end of the disk, or beyond 2^64', outcome: 'ERROR', applies: beyond },
    { test: "not made of the disk's own sectors", outcome: 'ERROR', applies: unaligned },
    { test: 'grant reference 0 does not map', outcome: 'ERROR', applies: zeroGref },
    NO_PAGE,
    {
      test: 'drained, then a write that flushes, if the device can; else EOPNOTSUPP',
      outcome: 'accept',
      applies: operation(BLKIF_OP_WRITE_BARRIER),
    },
  ],
  qemu: [
    {
      test: 'operation is none it knows',
      outcome: 'ERROR',
      applies: (slot) => undefinedOperation(slot) || operation(BLKIF_OP_WRITE_BARRIER)(slot) || kind('indirect')(slot),
    },
    { test: 'a discard whose end wraps', outcome: 'ERROR', applies: (slot) => kind('discard')(slot) && wraps(slot.request) },
    { test: 'discards are passed on, wherever they end', outcome: 'accept', applies: operation(BLKIF_OP_DISCARD) },
    { test: 'a write to a read-only disk', outcome: 'ERROR', applies: readOnlyWrite },
    { test: `nr_segments is above ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`, outcome: 'ERROR', applies: tooMany },
    { test: 'a segment ends before it starts', outcome: 'ERROR', applies: reversed },
    { test: 'a segment ends outside its page', outcome: 'ERROR', applies: outside },
    { test: 'beyond the end of the disk, or beyond 2^64', outcome: 'ERROR', applies: beyond },
    { test: 'grant reference 0 does not map', outcome: 'ERROR', applies: zeroGref },
    { test: 'a transfer of nothing', outcome: 'accept', reading: true, applies: hasNone },
  ],
  tapdisk: [
    {
      test: 'operation is none it knows',
      outcome: 'EOPNOTSUPP',
      applies: (slot) =>
        undefinedOperation(slot) || operation(BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_DISCARD)(slot) || kind('indirect')(slot),
    },
    { test: 'nr_segments is 0', outcome: 'ERROR', applies: hasNone },
    {
      test: `nr_segments is above ${TAPDISK_SEGMENTS}`,
      outcome: 'ERROR',
      reading: true,
      applies: direct(TAPDISK_SEGMENTS + 1, MAX_U8),
    },
    { test: 'a segment ends before it starts', outcome: 'ERROR', applies: reversed },
    { test: 'a segment ends outside its page: the grant copy fails', outcome: 'ERROR', applies: outside },
    { test: 'grant reference 0 does not map', outcome: 'ERROR', applies: zeroGref },
    {
      test: `nr_segments is within its limit of ${TAPDISK_SEGMENTS}, although a slot holds ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`,
      outcome: 'accept',
      reading: true,
      applies: tooMany,
    },
    { test: 'beyond the end of the disk: left to the layer below', outcome: 'unknown', applies: beyond },
    { test: 'a write to a read-only disk: not known', outcome: 'unknown', applies: readOnlyWrite },
  ],
}

/** What a backend does where the indices cannot be. */
const IMPOSSIBLE: Readonly<Record<BackendName, Omit<BackendVerdict, 'slot'>>> = {
  linux: { outcome: 'halt', test: 'req_prod is impossible: the ring is served no more', reading: false },
  qemu: { outcome: 'unknown', test: 'req_prod is impossible, which it checks in part', reading: false },
  tapdisk: { outcome: 'accept', test: 'req_prod is impossible, which it does not check', reading: false },
}

/** Of every request between rsp_prod and req_prod what the backend would do, or did with one that was answered, in index order. */
export function backendVerdicts(decoded: DecodedRing, backend: BackendName): BackendVerdict[] {
  const { ring } = decoded
  if (ring.outstanding > ring.geometry.nr_ents)
    return ring.slots.flatMap((slot) => (slot.state === 'request' ? [{ slot, ...IMPOSSIBLE[backend] }] : []))
  const subject = subjectOf(decoded)
  return subject.requests.map((slot) => {
    const found = TESTS[backend].find(({ applies }) => applies(slot, subject))
    if (!found) return { slot, outcome: 'accept', test: 'passes every test', reading: false }
    return { slot, outcome: found.outcome, test: found.test, reading: found.reading === true }
  })
}
