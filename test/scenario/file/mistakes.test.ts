// Mistakes in scenario files: where, and what, in one line.
import { expect, test } from 'vitest'
import { mistakeIn } from './mistake-in.ts'

const STEPS =
  'read, write, flush, discard, push, queue, workload, consume, respond, push_responses, interrupt, complete, reserve_grefs, release_grefs, backend_unmap, purge, suspend, resume, poke'
const KEYS =
  'driver, abi, page_size, ring_pages, queues, features, start_index, handle, first_gref, free_list, grant_frames, max_grant_frames, free_ids, held, alloc_pfn, data_pfn, max_sectors_kb, fill, seed, unchecked, final_push, steps'

test.each([
  // Places and words.
  ['steps: [push, push, push, {write: {bytes: 1000}}]', 'steps[3].write.bytes: 1000 is not a multiple of 512'],
  ['steps: [push, push, {raed: {}}]', 'steps[2].raed: unknown key; did you mean read?'],
  ['steps: [push, interupt]', 'steps[1].interupt: unknown key; did you mean interrupt?'],
  ['steps: [{read: {byts: 4K}}]', 'steps[0].read.byts: unknown key; did you mean bytes?'],
  ['drvier: modern', 'drvier: unknown key; did you mean driver?'],
  ['persistent: true', 'persistent: unknown key; did you mean features.persistent?'],
  ['driver: moder', 'driver: the text "moder" is not one of seed, extra-req, modern; did you mean modern?'],
  ['colour: red', `colour: unknown key; there are ${KEYS}`],
  [
    'steps: [{respond: {status: okey}}]',
    'steps[0].respond.status: the text "okey" is not one of okay, error, eopnotsupp; did you mean okay?',
  ],
  ['steps: 4', 'steps: 4 is not a list'],
  ['steps: [4]', 'steps[0]: 4 is not a step: a map of one key, such as read: {sector: 8, bytes: 4K}'],
  ['steps: [{}]', `steps[0]: an empty map is no step; there are ${STEPS}`],
  ['steps: [{read: {}, write: {}}]', 'steps[0]: a step has one key, not 2 (read, write)'],
  ['features: {persistent: yes}', 'features.persistent: the text "yes" is neither true nor false'],
  ['[]', 'a list is not a map of keys such as driver'],
  ['42', '42 is not a map of keys such as driver'],
  ['null', 'the scenario is empty'],
  ['', 'the scenario is empty'],
  // Numbers.
  ['free_ids: [32]', 'free_ids[0]: id 32: a ring of 32 slots has ids 0 to 31'],
  ['free_ids: [3, 3]', 'free_ids[1]: id 3 stands there twice'],
  ['held: [{at: 64, hex: 0xzz}]', 'held[0].hex: the text "0xzz" is not text of hexadecimal digits, two a byte'],
  ['held: [{at: 0, hex: "01"}]', 'held[0]: the producers are what start_index and the steps make them'],
  ['held: [{at: 4095, hex: "0102"}]', 'held[0]: 2 bytes at 4095 leave the ring of 4096 bytes'],
  ['queues: 2\nfree_ids: [1]', 'free_ids: the device has 2 queues; it says nothing of which'],
  ['ring_pages: 3', 'ring_pages: 3 is not one of 1, 2, 4, 8, 16'],
  ['page_size: 8K', 'page_size: 8K is not one of 4096, 16384, 65536'],
  ['handle: 70000', 'handle: 70000 is more than 65535'],
  ['handle: -1', 'handle: -1 is negative'],
  ['handle: 1.5', 'handle: 1.5 is not a whole number'],
  ['handle: "1.5"', 'handle: 1.5 is not a whole number'],
  ['handle: .nan', 'handle: NaN is not a whole number'],
  ['handle: -.inf', 'handle: -Infinity is not a whole number'],
  ['handle: 4K4', 'handle: "4K4" is not a number'],
  ['handle: 1K', 'handle: 1K: no suffix is possible here'],
  ['handle: true', 'handle: true is not a number'],
  ['steps: [{read: {sector: 9007199254740993}}]', 'steps[0].read.sector: a bare number above 2^53 is not exact: quote it'],
  ['{"steps": [{"read": {"sector": 9007199254740993}}]}', 'steps[0].read.sector: a bare number above 2^53 is not exact: quote it'],
  ['{"handle": 4.00000000000000000001}', 'line 1: 4.00000000000000000001 is not exact as a bare number: quote it'],
  ['handle: 4.00000000000000000001', 'line 1: 4.00000000000000000001 is not exact as a bare number: quote it'],
  ['steps: [{read: {sector: "18446744073709551616"}}]', 'steps[0].read.sector: 18446744073709551616 is beyond 2^64'],
  ['steps: [{read: {sector: 16E}}]', 'steps[0].read.sector: 18446744073709551616 is beyond 2^64'],
  ['steps: [{read: {sector: "0xffffffffffffffff"}}]', 'steps[0].read.sector: sector 18446744073709551615 + 8 lies beyond 2^64'],
  ['steps: [{respond: {status: 40000}}]', 'steps[0].respond.status: 40000 is more than 32767'],
  // What text could do to its reader.
  ['{"__proto__": {"driver": "seed"}}', `__proto__: unknown key; there are ${KEYS}`],
  ['__proto__: {driver: seed}', `__proto__: unknown key; there are ${KEYS}`],
  ['constructor: 1', `constructor: unknown key; there are ${KEYS}`],
  ['steps: [constructor]', `steps[0].constructor: unknown key; there are ${STEPS}`],
  ['steps: [{toString: {}}]', `steps[0].toString: unknown key; there are ${STEPS}`],
  ['a: &a [1, 1]\nb: [*a, *a]', 'line 1: YAML anchors are not read: write the value out'],
  ['driver: !!js/function x', 'line 1: unresolved tag: tag:yaml.org,2002:js/function'],
  ['fill: !!int "3"', 'line 1: the YAML tag tag:yaml.org,2002:int is not read'],
  ['{"fill": 1, "fill": 2}', 'line 1: the key "fill" twice in one map'],
  ['fill: 1\nfill: 2', 'line 2: map keys must be unique'],
  ['fill: 1\n---\nfill: 2', 'line 2: another document begins: a file is one scenario'],
  ['? {a: 1}\n: 2', 'line 1: a key that is not a plain word'],
  ['['.repeat(100_000), 'line 1: nested deeper than 32 levels'],
  ['{"a":'.repeat(100), 'line 1: nested deeper than 32 levels'],
  [`${'- '.repeat(100)}1`, 'line 1: nested deeper than 32 levels'],
  [`fill: 1${' '.repeat(2 ** 20)}`, '1048583 characters of YAML; at most 524288 are read (JSON may have 67108864)'],
  // What the driver would never be given.
  ['steps: [{read: {bytes: 0}}]', 'steps[0].read.bytes: 0 bytes: the block layer sends no empty read or write'],
  ['steps: [{read: {offset: 100}}]', 'steps[0].read.offset: 100 is not a multiple of 512'],
  ['steps: [{read: {offset: 4096}}]', 'steps[0].read.offset: 4096 is not within a page of 4096 bytes'],
  ['steps: [{read: {segments: [[1, 0, 4608]]}}]', 'steps[0].read.segments[0]: 4608 bytes at 0 leave their page of 4096 bytes'],
  ['steps: [{read: {segments: [[1, 0]]}}]', 'steps[0].read.segments[0]: a list is not [page, offset, length]'],
  ['steps: [{read: {vectors: [[1, 0, 512]], bytes: 4K}}]', 'steps[0].read.bytes: vectors stands beside it, which says it all'],
  ['steps: [{read: {vectors: []}}]', 'steps[0].read.vectors: a request without memory moves no data'],
  ['steps: [{read: {vectors: [[1, 0, 100]]}}]', 'steps[0].read.vectors[0].length: 100 is not a multiple of 512'],
  ['steps: [{read: {segments: [[1, 0, 512]], bytes: 4K}}]', 'steps[0].read.bytes: segments stands beside it, which says it all'],
  [
    `features: {max_indirect_segments: 0}\nsteps: [{write: {segments: [${Array.from({ length: 12 }, (_, i) => `[${i}, 0, 4096]`).join()}]}}]`,
    'steps[0].write.segments: the driver dies of it: 12 chunks need an indirect request, which is off, and a page of 4096 bytes is never split in two: an assertion halts the kernel',
  ],
  [
    'driver: seed\npage_size: 16K\nfeatures: {max_indirect_segments: 0}\nsteps: [{write: {segments: [[0, 0, 16384], [1, 0, 16384], [2, 0, 16384]]}}]',
    'steps[0].write.segments: the driver dies of it: 3 segments count as 12 chunks, above the 11 that the seed driver takes: its assertion halts the kernel',
  ],
  [
    'steps: [{write: {fua: true}}]',
    'steps[0].write.fua: the driver refuses FUA unless the backend has barriers alone (features.barrier without features.flush)',
  ],
  [
    'features: {flush: false}\nsteps: [flush]',
    'steps[0].flush: the driver refuses a flush where the backend has neither features.flush nor features.barrier',
  ],
  [
    'features: {discard: false}\nsteps: [{discard: {sectors: 8}}]',
    'steps[0].discard: no discard is sent to a backend without features.discard',
  ],
  ['steps: [{discard: {}}]', 'steps[0].discard: needs sectors or bytes'],
  [
    'features: {max_indirect_segments: 8}',
    'features.max_indirect_segments: the modern driver takes 8 for none: write 0, or 12 and more',
  ],
  [
    'driver: seed\nfeatures: {persistent: false, bounce: true}',
    'features.bounce: the seed driver copies data for persistent grants only',
  ],
  ['free_list: [[8, 10], [12, 3]]', 'free_list[1]: reference 12 is in free_list[0] already'],
  ['free_list: [[8, 10]]\nfirst_gref: 8', 'free_list: first_gref stands beside it; one of the two says which references are free'],
  ['first_gref: 600\ngrant_frames: 1', 'grant_frames: 1 frame has 512 references, too few for reference 600'],
  ['grant_frames: 4\nmax_grant_frames: 1', 'max_grant_frames: 1 is less than the 4 frames that exist'],
  [
    'steps: [{poke: {sring.req_prod: 9}}]',
    'steps[0].poke: no driver writes that: it needs --unchecked, or unchecked: true in the file',
  ],
  ['steps: [{workload: {bs: 1000}}]', 'steps[0].workload.bs: 1000 is not a multiple of 512'],
  ['steps: [{workload: {bs: 64K, range: 4K}}]', 'steps[0].workload.range: 4K is less than one request of 64K'],
  ['steps: [{respond: {raw: true}}]', 'steps[0].respond.raw: says nothing without id'],
])('%s', async (text, message) => {
  expect(await mistakeIn(text)).toBe(message)
})

test.each([
  'driver: modern\nsteps:\n  - write: {sector: 0, bytes: 64K}\n',
  '{driver: modern, steps: [{read: {sector: 0x10}}]}',
  '{"driver": "seed"}',
  'steps: [{read: {sector: "18446744073709551607"}}, {read: {sector: 8E}}]',
  'unchecked: true\nfeatures: {flush: false}\nsteps: [flush, {read: {bytes: 1000, offset: 100}}]',
])('%s: no mistake', async (text) => {
  expect(await mistakeIn(text)).toBeUndefined()
})
