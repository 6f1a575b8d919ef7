// The keys of a scenario file. Validation, the JSON schema and docs/scenario.md are made from this table.
import { DEFAULT_MAX_SECTORS, GREFS_PER_FRAME } from '../../blkfront/index.ts'
import { MAX_RING_PAGES, RING_PAGE_COUNTS } from '../../codec/ring/geometry.ts'
import { MAX_INDIRECT_SEGMENTS, SECTOR_SIZE } from '../../codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import {
  boolean,
  choice,
  hexBytes,
  listOf,
  oneNumberOf,
  record,
  type SpecValue,
  tuple,
  wholeNumber,
  withDefault,
  withoutDefault,
} from './spec.ts'
import { MAX_QUEUES, step } from './step-table.ts'

/** Grant frames that a file may ask for: more than any Xen allows. */
const MAX_FRAMES = 4096
/** No block layer takes less: a page of the largest kind. */
const MIN_SECTORS_KB = 64
const MAX_GREFS = MAX_FRAMES * GREFS_PER_FRAME

/** Slots of the largest ring. */
const MAX_SLOTS = 512

const held = record({
  page: withoutDefault(
    wholeNumber(0, MAX_GREFS - 1),
    'the ring itself',
    'Reference of a page that a request will have its segments in.',
  ),
  at: withDefault(wholeNumber(0, MAX_RING_PAGES * XEN_PAGE_SIZE - 1), 0, 'Bytes from the start of the ring, or of the page.'),
  hex: withDefault(hexBytes(MAX_RING_PAGES * XEN_PAGE_SIZE), '', 'The bytes.'),
})

/** Also what a new backend may offer: there, what is left out stays as it was. */
const features = record({
  persistent: withDefault(
    boolean,
    true,
    'feature-persistent: the backend keeps grants mapped, data is copied through pages of the driver.',
  ),
  max_indirect_segments: withDefault(
    wholeNumber(0, MAX_INDIRECT_SEGMENTS),
    32,
    'feature-max-indirect-segments as negotiated, in 4 KiB grants; 0 turns indirect requests off.',
  ),
  flush: withDefault(boolean, true, 'feature-flush-cache: flushes are BLKIF_OP_FLUSH_DISKCACHE.'),
  barrier: withDefault(boolean, false, 'feature-barrier: without flush, flushes and FUA writes are BLKIF_OP_WRITE_BARRIER.'),
  discard: withDefault(boolean, true, 'feature-discard.'),
  secure_discard: withDefault(boolean, false, 'discard-secure.'),
  bounce: withDefault(
    boolean,
    false,
    'The backend is not trusted: data is copied even without persistent grants (modern driver only).',
  ),
})

export const scenarioFile = record({
  driver: withDefault(
    choice('seed', 'extra-req', 'modern'),
    'modern',
    'The Linux driver: seed (the commit that brought 64 KiB pages), extra-req (4.9), modern (6.1).',
  ),
  abi: withDefault(choice('x86_64', 'x86_32', 'arm'), 'x86_64', "The guest's ABI."),
  page_size: withDefault(
    oneNumberOf([4096, 16384, 65536], { suffix: true }),
    '4K',
    "Bytes of the guest's page. The Xen page is always 4096.",
  ),
  ring_pages: withDefault(oneNumberOf(RING_PAGE_COUNTS), 1, 'Xen pages of the shared ring: 32 slots each.'),
  queues: withDefault(
    wholeNumber(1, MAX_QUEUES),
    1,
    'Queues of the device (multi-queue-num-queues): each has a ring of its own; they share the grant table. The seed driver has one.',
  ),
  features: withDefault(features, {}, 'What frontend and backend agreed on.'),
  start_index: withDefault(
    wholeNumber(0, 2 ** 32 - 1),
    0,
    'RING_IDX of the first request. Every Linux begins at 0; of a ring that has run for a while this is where it stands.',
  ),
  handle: withDefault(wholeNumber(0, 0xffff), 51712, 'blkif_vdev_t in every request; 51712 is xvda.'),
  first_gref: withoutDefault(
    wholeNumber(0, MAX_GREFS - 1),
    '8',
    'The first free grant reference; those behind it follow in order.',
  ),
  free_list: withoutDefault(
    listOf(tuple(['first', wholeNumber(0, MAX_GREFS - 1)], ['count', wholeNumber(1, MAX_GREFS)])),
    'from first_gref to the end of the last frame',
    'The free list of grant references in order, as runs `[[first, count], ...]`, before the ring is granted.',
  ),
  grant_frames: withoutDefault(
    wholeNumber(1, MAX_FRAMES),
    'as many as the free list needs',
    `Grant frames that exist, of ${GREFS_PER_FRAME} references each.`,
  ),
  max_grant_frames: withoutDefault(
    wholeNumber(1, MAX_FRAMES),
    '64, or grant_frames where that is more',
    'Grant frames that there may be.',
  ),
  free_ids: withDefault(
    listOf(wholeNumber(0, MAX_SLOTS - 1), MAX_SLOTS),
    [],
    'Ids that requests take first, in order, before the first request; the others follow, ascending. Of a device with one queue.',
  ),
  held: withDefault(
    listOf(held),
    [],
    'What stood in the ring and in pages of segments before the first request, where it was not zero: what the driver does not write over stays. Of a device with one queue.',
  ),
  alloc_pfn: withDefault(
    wholeNumber(0, 2 ** 40),
    4096,
    'Linux PFN of the first page that the driver allocates; each next page is the next PFN.',
  ),
  data_pfn: withDefault(wholeNumber(0, 2 ** 40), 0x400000, 'Linux PFN of the first page of data.'),
  max_sectors_kb: withDefault(
    wholeNumber(MIN_SECTORS_KB, 2 ** 16),
    (DEFAULT_MAX_SECTORS * SECTOR_SIZE) / 1024,
    "The block layer's own limit of a request in KiB, as /sys/block/DISK/queue/max_sectors_kb sets it.",
  ),
  fill: withDefault(wholeNumber(0, 255), 0, 'The byte that fills pages which the driver does not zero (seed, extra-req).'),
  seed: withDefault(wholeNumber(0, 2 ** 53 - 1), 0, 'Seed of everything that is left to chance.'),
  unchecked: withDefault(
    boolean,
    false,
    'Does as asked even where a driver never would, and allows poke. The same as --unchecked.',
  ),
  final_push: withoutDefault(boolean, 'true if no step publishes requests', 'Publishes, at the end, what is not published yet.'),
  steps: withDefault(listOf(step), [], 'What happens, in order.'),
})

export type ScenarioFile = SpecValue<typeof scenarioFile>
