// The steps of a scenario: one key each, with what may stand behind it.

import { ANSWERING } from '../../blkback/blkback.ts'
import { RING_PAGE_COUNTS } from '../../codec/ring/geometry.ts'
import { MAX_INDIRECT_SEGMENTS, SECTOR_SIZE } from '../../codec/xen/blkif.ts'
import {
  boolean,
  choice,
  eitherOf,
  listOf,
  member,
  oneNumberOf,
  oneOf,
  paths,
  record,
  type Spec,
  type SpecValue,
  size,
  tuple,
  uint64,
  wholeNumber,
  withDefault,
  withoutDefault,
} from './spec.ts'

const PFN_MAX = 2 ** 40
const GREF_MAX = 2 ** 32 - 1

/** Queues that a scenario may have; Linux has no more than processors. */
export const MAX_QUEUES = 16

const onQueue = withoutDefault(wholeNumber(0, MAX_QUEUES - 1), '0', 'Queue that it goes to.')
const ofQueue = { queue: withoutDefault(wholeNumber(0, MAX_QUEUES - 1), 'every queue in turn', 'Of this queue alone.') }

const pageOffset = size(0, 65536)
const segment = tuple(['page', wholeNumber(0, PFN_MAX)], ['offset', size(0, 2 ** 32 - 1)], ['length', size(0, 2 ** 32 - 1)])

const where = {
  sector: withoutDefault(uint64, 'the sector after the last read or write', 'First sector of 512 bytes.'),
  bytes: withoutDefault(
    size(0, 2 ** 26),
    '4K',
    'Length. A multiple of 512; what is more than the driver takes becomes several requests.',
  ),
  offset: withoutDefault(
    pageOffset,
    '0',
    'Where the buffer begins in its first Linux page, in bytes; the pages after it are used from 0.',
  ),
  page: withoutDefault(
    wholeNumber(0, PFN_MAX),
    'pages that no request had yet, from data_pfn on',
    'Linux PFN of the first page of the buffer.',
  ),
  vectors: withoutDefault(
    listOf(segment, 65536),
    'one buffer, of bytes and offset',
    'Pieces of memory, `[[page, offset, length], ...]`, one after another on the disk, instead of bytes, offset and page: the block layer joins those that touch within a page, and cuts by the limits. A piece may go on in the pages behind its own.',
  ),
  segments: withoutDefault(
    listOf(segment, 65536),
    'cut from bytes and offset',
    'The scatter-gather list itself, `[[page, offset, length], ...]`, instead of bytes, offset and page.',
  ),
  queue: onQueue,
}

const fua = withDefault(boolean, false, 'Forced unit access: the write becomes a barrier.')

const read = record(where)
const write = record({ ...where, fua })

const flush = record({
  sector: withDefault(uint64, '0xffffffffffffffff', 'What the block layer puts in an empty flush: no sector.'),
  segments: withoutDefault(listOf(segment, 65536), 'none', 'A flush with data.'),
  queue: onQueue,
})

const discard = record({
  sector: withoutDefault(uint64, 'the sector after the last read or write', 'First sector.'),
  sectors: withoutDefault(size(0, 2 ** 53 - 1), 'bytes / 512', 'How many sectors.'),
  bytes: withoutDefault(size(0, 2 ** 53 - 1, { multipleOf: SECTOR_SIZE }), 'sectors * 512', 'Length, instead of sectors.'),
  secure: withDefault(boolean, false, 'BLKIF_DISCARD_SECURE, where the feature was negotiated.'),
  queue: onQueue,
})

/** What the block layer asks for. */
export const REQUESTS = {
  read: member(read, 'Puts a read in the ring, without publishing it.', 'read: {sector: 8, bytes: 4K}'),
  write: member(write, 'Puts a write in the ring, without publishing it.', 'write: {sector: 8, bytes: 64K, offset: 512}'),
  flush: member(flush, 'Puts an empty flush in the ring.', 'flush'),
  discard: member(discard, 'Puts a discard in the ring.', 'discard: {sector: 0, bytes: 1M}'),
}

const status = eitherOf(choice('okay', 'error', 'eopnotsupp'), wholeNumber(-32768, 32767))

const backends = choice(...ANSWERING)

const answer = {
  backend: withoutDefault(
    backends,
    'none: all get the status',
    'The backend whose verdict each response is, instead of status: Linux blkback 6.1 or QEMU 7.2, as real ones were seen to answer. A request that it does not answer goes on waiting.',
  ),
  status: withDefault(status, 'okay', 'BLKIF_RSP_OKAY, _ERROR, _EOPNOTSUPP, or any other number.'),
  order: withDefault(
    eitherOf(choice('in-order', 'reverse', 'random'), listOf(wholeNumber(0, 65535))),
    'in-order',
    'In which order the waiting requests are answered: oldest first, newest first, by chance (`seed`), or by their positions among them, 0 being the oldest.',
  ),
  count: withoutDefault(wholeNumber(0, 65535), 'all that wait, or all positions of order', 'How many are answered.'),
  requests: withoutDefault(
    listOf(wholeNumber(0, 2 ** 53 - 1)),
    'those that order names',
    'The requests to answer, by their number in the scenario (the first read, write, flush or discard is 0); both slots of one that was split.',
  ),
  still_mapped: withoutDefault(
    eitherOf(boolean, listOf(wholeNumber(0, GREF_MAX))),
    'true with features.persistent, else false',
    'Whether the backend keeps the grants of the requests mapped, or which of them.',
  ),
  queue: withoutDefault(
    wholeNumber(0, MAX_QUEUES - 1),
    'all queues',
    'Only what waits in this queue; with id, the queue that answers (0).',
  ),
}

const respond = record({
  ...answer,
  id: withoutDefault(uint64, 'the requests that order names', 'Answers this id, whether or not a request has it.'),
  operation: withoutDefault(
    wholeNumber(0, 255),
    "the request's (of an indirect one, indirect_op)",
    'Operation in the response, with id.',
  ),
  raw: withDefault(boolean, false, 'With id: the response ends no request of the backend, as one out of the blue.'),
  push: withoutDefault(boolean, 'true; false with id', 'Publishes the responses.'),
})

const complete = record(answer)

const workload = record({
  op: withDefault(choice('read', 'write', 'mix', 'flush', 'discard'), 'read', 'What is asked for; mix: reads and writes.'),
  read_percent: withDefault(wholeNumber(0, 100), 50, 'Share of reads in a mix.'),
  bs: withDefault(
    size(SECTOR_SIZE, 2 ** 26, { multipleOf: SECTOR_SIZE }),
    4096,
    'Bytes of each I/O; what is more than the driver takes becomes several requests.',
  ),
  offset: withDefault(pageOffset, 0, 'Where each buffer begins in its first Linux page, in bytes.'),
  count: withDefault(size(0, 2 ** 40), 1, 'How many.'),
  sector: withDefault(uint64, 0, 'Where the area begins on the disk.'),
  range: withDefault(
    size(SECTOR_SIZE, 2 ** 53 - 1, { multipleOf: SECTOR_SIZE }),
    '1G',
    'Bytes of the area; sequential requests begin again at its end.',
  ),
  random: withDefault(
    boolean,
    false,
    'Sectors by chance (`seed`), each a multiple of bs within the area; else one after the other.',
  ),
  fua: withDefault(boolean, false, 'Every write is forced unit access.'),
  in_flight: withoutDefault(
    wholeNumber(1, 512),
    'as many as the ring takes',
    'How many requests of a queue wait at most; when that many do, the backend answers some before the next.',
  ),
  batch: withDefault(wholeNumber(1, 512), 1, 'Requests that are published, and answered, at a time.'),
  order: withDefault(choice('in-order', 'reverse', 'random'), 'in-order', 'Which of the waiting requests are answered first.'),
  queue: withoutDefault(wholeNumber(0, MAX_QUEUES - 1), 'all queues in turn', 'Queue that the requests go to.'),
})

const empty = record({})

const asBefore = 'as before'

/** What a new backend offers. */
const resume = record({
  persistent: withoutDefault(boolean, asBefore, 'feature-persistent.'),
  max_indirect_segments: withoutDefault(
    wholeNumber(0, MAX_INDIRECT_SEGMENTS),
    asBefore,
    'feature-max-indirect-segments; 0 for none.',
  ),
  flush: withoutDefault(boolean, asBefore, 'feature-flush-cache.'),
  barrier: withoutDefault(boolean, asBefore, 'feature-barrier.'),
  discard: withoutDefault(boolean, asBefore, 'feature-discard; the driver goes on to send discards also to a backend without it.'),
  secure_discard: withoutDefault(boolean, asBefore, 'discard-secure.'),
  bounce: withoutDefault(boolean, asBefore, 'The new backend is not trusted (modern driver only).'),
  ring_pages: withoutDefault(oneNumberOf(RING_PAGE_COUNTS), asBefore, 'Xen pages of each ring.'),
  queues: withoutDefault(wholeNumber(1, MAX_QUEUES), asBefore, 'Queues that the new backend takes.'),
  redo: withDefault(
    boolean,
    true,
    'The block layer hands to the driver again what was in flight: whole requests first, then bios.',
  ),
})
const requestOf: Spec<SpecValue<ReturnType<typeof oneOf<typeof REQUESTS>>>> = oneOf('request', REQUESTS)

/** Every kind of step. */
export const STEPS = {
  ...REQUESTS,
  push: member(record(ofQueue), 'Publishes the requests put in the ring so far.', 'push'),
  queue: member(
    requestOf,
    'Checks, puts and publishes one request in one: what blk-mq calls.',
    'queue: {read: {sector: 0, bytes: 4K}}',
  ),
  workload: member(workload, 'Many requests, published and answered as they go.', 'workload: {op: write, bs: 64K, count: 20}'),
  consume: member(
    record({
      final_check: withDefault(boolean, true, 'Asks for an event (req_event) when nothing is left.'),
      count: withoutDefault(wholeNumber(0, 65535), 'all that are published', 'How many requests are taken.'),
      ...ofQueue,
    }),
    'The backend takes requests and maps their grants.',
    'consume',
  ),
  respond: member(
    eitherOf(respond, backends),
    'The backend answers requests that it took, and publishes the responses; respond: linux is respond: {backend: linux}.',
    'respond: {status: error, count: 1}',
  ),
  push_responses: member(record(ofQueue), 'The backend publishes the responses written so far.', 'push_responses'),
  interrupt: member(record(ofQueue), 'The driver takes the published responses.', 'interrupt'),
  complete: member(
    eitherOf(complete, backends),
    'push, consume, respond and interrupt in one: the round trip; complete: qemu as with respond.',
    'complete: {order: reverse}',
  ),
  reserve_grefs: member(wholeNumber(0, 2 ** 24), 'Another driver of the guest takes grant references.', 'reserve_grefs: 100'),
  release_grefs: member(empty, 'It gives them back.', 'release_grefs'),
  backend_unmap: member(listOf(wholeNumber(0, GREF_MAX)), 'The backend drops idle persistent mappings.', 'backend_unmap: [9, 10]'),
  purge: member(empty, 'The timer of the modern driver: ends idle persistent grants that are no longer mapped.', 'purge'),
  suspend: member(
    record({
      grant_table: withDefault(
        choice('fresh', 'kept'),
        'fresh',
        'fresh: the guest wakes with a new grant table, in which nothing is mapped; kept: the backend alone restarts, and its mappings stay.',
      ),
    }),
    'The guest is suspended. The driver is not told; the ring as it stands is written as a moment of its own.',
    'suspend',
  ),
  resume: member(
    resume,
    'The guest wakes: the driver tears its rings down, builds new ones, and connects to the new backend; what was in flight is done again.',
    'resume: {max_indirect_segments: 64}',
  ),
  poke: member(
    paths,
    'Only with unchecked: writes fields of the ring or of an indirect page, whatever they are.',
    'poke: {"ring[0].req.nr_segments": 200, sring.req_prod: 99}',
  ),
}

export const step = oneOf('step', STEPS)

export type StepValue = SpecValue<typeof step>
export type RequestValue = SpecValue<typeof requestOf>
export type WorkloadValue = SpecValue<typeof workload>
export type ResumeValue = SpecValue<typeof resume>
export type RespondValue = SpecValue<typeof respond>
