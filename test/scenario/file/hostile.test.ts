// Scenario files that were written to hang their reader, to fill its memory, or to slip something past it.
import { expect, test } from 'vitest'
import { ScenarioError, scenarioJsonSchema, scriptOf } from '../../../src/scenario/file/index.ts'
import { parseScenarioText } from '../../../src/scenario/file/parse-text.ts'
import { scanJson } from '../../../src/scenario/file/scan-json.ts'
import { folderOfScenario } from '../../../src/scenario/player/folder-of-text.ts'
import { Player } from '../../../src/scenario/player/index.ts'
import { mistakeIn } from './mistake-in.ts'

const numbered = (count: number, text: (i: number) => string, between: string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(between)

test.each([
  ['20,000 keys of YAML', numbered(20_000, (i) => `${i.toString(36)}: 1`, '\n'), 'line 1: more than 10000 keys in one map'],
  [
    'JSON that is none, and long',
    `{"driver":${'"'.repeat(1_000_000)}`,
    /^not JSON: Expected ',' or '}' after property value in JSON at position 12/,
  ],
  ['brackets without end', `{"steps":[${'[],'.repeat(20_000_000)}`, 'line 1: more than 5000000 maps and lists'],
  ['numbers without end', `[${'1,'.repeat(20_000_000)}`, 'line 1: more than 16000000 values'],
  ['texts without end', `[${'"",'.repeat(20_000_000)}`, 'line 1: more than 16000000 values'],
  ['keys without end', `{${numbered(20_000, (i) => `"k${i}":1`, ',')}}`, 'line 1: more than 10000 keys in one map'],
  ['maps of a key each', `[${numbered(100_001, (i) => `{"k${i}":1}`, ',\n')}]`, 'line 100001: more than 100000 different keys'],
  [
    'a long text',
    `{"driver":"${'a'.repeat(60_000_000)}"}`,
    `driver: the text "${'a'.repeat(37)}..." is not one of seed, extra-req, modern`,
  ],
  [
    'a text of escapes',
    `{"driver":"${'\\"'.repeat(1_000_000)}"}`,
    `driver: the text "${'\\"'.repeat(37)}..." is not one of seed, extra-req, modern`,
  ],
  ['deep YAML', `${'- '.repeat(20_000)}1`, 'line 1: nested deeper than 32 levels'],
  ['deep YAML by indentation', numbered(1000, (i) => `${' '.repeat(i)}a:`, '\n'), /^line \d+: nested deeper than 32 levels$/],
  ['deep flow style', `a: ${'{b: '.repeat(20_000)}`, 'line 1: nested deeper than 32 levels'],
  ['a long free list', `{"free_list":[${'[8,1],'.repeat(150_000)}[8,1]]}`, 'free_list[1]: reference 8 is in free_list[0] already'],
])('%s', async (_, text, message) => {
  expect(await mistakeIn(text)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
})

test.each([
  ['{"driver":"seed","dr\\u0069ver":"modern"}', 'line 1: the key "dr\\u0069ver" twice in one map'],
  ['{"a\\"": 1,\n"a\\u0022": 2}', 'line 2: the key "a\\u0022" twice in one map'],
  ['fill: 1\n"fill": 2', 'line 2: map keys must be unique'],
  ['fill: 1\nsteps:\n  - {read: {}, "read": {}}', 'line 3: map keys must be unique'],
  ['1: 1\n"1": 2', 'line 2: map keys must be unique'],
  ['!!str driver: seed', 'line 1: the YAML tag tag:yaml.org,2002:str is not read'],
  ['&a driver: seed', 'line 1: a key that is not a plain word'],
])('keys: %s', async (text, message) => {
  expect(await mistakeIn(text)).toBe(message)
})

test('flow style may mix quoted and bare keys', async () => {
  expect(await mistakeIn('{"driver": seed, fill: 1, steps: [{"read": {}}, {"read": {sector: 8, bytes: 4K}}]}')).toBeUndefined()
})

test('what stands in a text is neither a key nor a bracket', () => {
  expect(() => scanJson(`["${'['.repeat(100)}", {"a": "\\\\", "b": "\\"a\\":", "c": 1.5e3}]`)).not.toThrow()
})

const LONG = 100_000

test.each([
  [`seed: 0.${'0'.repeat(LONG)}1`, `line 1: 0.${'0'.repeat(35)}... is not exact as a bare number: quote it`],
  [`{"seed": 0.${'0'.repeat(LONG)}1}`, `line 1: 0.${'0'.repeat(35)}... is not exact as a bare number: quote it`],
  [
    `{"steps":[{"respond":{"status":-4.${'0'.repeat(LONG)}1}}]}`,
    `line 1: -4.${'0'.repeat(34)}... is not exact as a bare number: quote it`,
  ],
  [`seed: "${'9'.repeat(90)}"`, `seed: ${'9'.repeat(37)}... is beyond 2^64`],
  [`seed: "-${'9'.repeat(90)}"`, `seed: -${'9'.repeat(36)}... is negative`],
  [`seed: "${'x'.repeat(90)}"`, `seed: "${'x'.repeat(37)}..." is not a number`],
  [`handle: "${'0'.repeat(90)}70000"`, `handle: ${'0'.repeat(37)}... is more than 65535`],
  [`{"${'k'.repeat(LONG)}": 1, "${'k'.repeat(LONG)}": 1}`, `line 1: the key "${'k'.repeat(36)}... twice in one map`],
  [`fill: !!${'x'.repeat(LONG)} 3`, `line 1: unresolved tag: tag:yaml.org,2002:${'x'.repeat(83)}...`],
  [`{"steps":[{"poke":{"${'k'.repeat(LONG)}":1}}]}`, `steps[0].poke.${'k'.repeat(37)}...: too long for a field path`],
])('a line has an end: %.30s', async (text, message) => {
  expect(await mistakeIn(text)).toBe(message)
})

const RESERVED = 'is never free: the kernel keeps 0 to 7 for itself'

test.each([
  [
    '{"features":{"persistent":false},"steps":[{"flush":{"segments":[[1,1,5]]}}]}',
    'steps[0].flush.segments[0][1]: offset 1 is not a multiple of 512',
  ],
  ['steps: [{flush: {segments: [[1, 0, 5]]}}]', 'steps[0].flush.segments[0][2]: length 5 is not a multiple of 512'],
  ['steps: [{discard: {sectors: 0}}]', 'steps[0].discard.sectors: 0 sectors: the block layer sends no empty discard'],
  ['steps: [{queue: {discard: {bytes: 0}}}]', 'steps[0].queue.discard.bytes: 0 bytes: the block layer sends no empty discard'],
  ['first_gref: 0', `first_gref: reference 0 ${RESERVED}`],
  ['first_gref: 7', `first_gref: reference 7 ${RESERVED}`],
  ['free_list: [[8, 2], [0, 8]]', `free_list[1]: reference 0 ${RESERVED}`],
])('no driver does that, unless unchecked: %s', async (text, message) => {
  expect(await mistakeIn(text)).toBe(message)
  const unchecked = text.startsWith('{') ? text.replace('{', '{"unchecked":true,') : `unchecked: true\n${text}`
  expect(await mistakeIn(unchecked)).toBeUndefined()
})

test.each([
  ['respond: {order: [0], count: 5}', 'steps[0].respond.count: 5 is more than the positions of order, 1'],
  ['complete: {order: [2, 1], count: 3}', 'steps[0].complete.count: 3 is more than the positions of order, 2'],
  ['respond: {order: reverse, requests: [0]}', 'steps[0].respond.order: requests stands beside it, which says what is answered'],
  ['respond: {id: 0, order: [5]}', 'steps[0].respond.order: id stands beside it, which says what is answered'],
  ['purge: 1', 'steps[0].purge: takes nothing, not 1'],
  ['purge: now', 'steps[0].purge: takes nothing, not the text "now"'],
  ['purge: [1]', 'steps[0].purge: takes nothing, not a list'],
  ['purge: {now: 1}', 'steps[0].purge.now: unknown key; there are none'],
  ['respond: {status: "-32769"}', 'steps[0].respond.status: -32769 is less than -32768'],
  ['respond: {status: "-1.5"}', 'steps[0].respond.status: -1.5 is not a whole number'],
  ['respond: {status: -1.5}', 'steps[0].respond.status: -1.5 is not a whole number'],
])('- %s', async (step, message) => {
  expect(await mistakeIn(`steps: [{${step}}]`)).toBe(message)
})

test.each(['respond: {order: [2, 1, 0], count: 2}', 'respond: {status: "-1"}', 'respond: {status: -1}', 'push: {}', 'push:'])(
  '- %s: no mistake',
  async (step) => {
    expect(await mistakeIn(`steps: [{${step}}]`)).toBeUndefined()
  },
)

test('a quoted negative number is a number', () => {
  const [step] = scriptOf({ steps: [{ respond: { status: '-1' } }] }).steps
  expect(step).toMatchObject({ type: 'answer', status: -1 })
  const [poke] = scriptOf({ unchecked: true, steps: [{ poke: { 'ring[0].rsp.status': '-2' } }] }).steps
  expect(poke).toMatchObject({ fields: new Map([['ring[0].rsp.status', -2n]]) })
})

test('the schema names no address that it is not at', () => {
  expect(scenarioJsonSchema()['$id']).toBe('urn:blkring:scenario')
})

/** How a scenario is refused as it is read, or played. */
function refusedBy(plain: object): string {
  try {
    for (const _ of new Player(scriptOf(plain)).play());
    return 'played'
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return error.message
  }
}

const PERSISTENT = [{ workload: { bs: '1M', count: 31 } }, 'complete']
const DEEP = { ring_pages: 16, grant_frames: 4096, features: { max_indirect_segments: 4096 } }

test.each([
  ['a count', { steps: [{ workload: { count: 1e9, bs: 512 } }] }, 'steps[0].workload.count: 1000000000 requests of 512 bytes'],
  ['counts together', { steps: Array(9).fill({ workload: { count: 5e4, bs: 512 } }) }, 'steps[4].workload.count: 50000 requests'],
  ['large requests', { unchecked: true, steps: Array(999).fill({ read: { bytes: '64M' } }) }, 'steps[128].read.bytes: the steps'],
  [
    'grants taken',
    {
      grant_frames: 4096,
      steps: Array(99)
        .fill([{ reserve_grefs: 2e6 }, 'release_grefs'])
        .flat(),
    },
    'steps[16]: the',
  ],
  [
    'pages',
    { ...DEEP, steps: [{ workload: { bs: '16M', count: 16 } }, 'complete'] },
    'steps[1]: the pages that the driver copies to take more',
  ],
  [
    'purges',
    // What comes before them is nearly all the work that there may be, and takes less time than that many purges.
    {
      ...DEEP,
      steps: [
        ...Array(7)
          .fill([{ reserve_grefs: 2e6 }, 'release_grefs'])
          .flat(),
        ...PERSISTENT,
        ...Array(100).fill('purge'),
      ],
    },
    'the steps up to here are more work than 2097152 grants',
  ],
  ['suspends', { steps: Array(20_000).fill(['suspend', 'resume']).flat() }, 'more work than 2097152 grants'],
  [
    'suspends with requests in flight',
    { steps: [{ workload: { count: 32 } }, ...Array(5000).fill(['suspend', 'resume']).flat()] },
    'more work than 2097152 grants',
  ],
  ['steps on many queues', { queues: 16, steps: Array(40_000).fill('push') }, 'more work than 2097152 grants'],
])('work that a number stands for is bounded: %s', (_, plain, message) => {
  expect(refusedBy(plain)).toContain(message)
})

test('a few hundred suspends with requests in flight are played', () => {
  const steps = [{ workload: { count: 32 } }, ...Array(500).fill(['suspend', 'resume']).flat()]
  expect(refusedBy({ steps })).toBe('played')
})

test('files of moments are work as well', async () => {
  const text = JSON.stringify({ steps: Array(6000).fill('suspend') })
  const made = folderOfScenario('x.json', text, { yaml: () => import('yaml'), digest: () => '' })
  await expect(made).rejects.toThrow('x.json: steps[')
  await expect(made).rejects.toThrow('more work than 2097152 grants')
})

test('YAML of very many values is refused before it is parsed', async () => {
  const yaml = () => import('yaml')
  await expect(parseScenarioText(`steps: [${'push,'.repeat(2 ** 16 + 1)}]`, yaml)).rejects.toThrow('more than 65536 commas of YAML')
})

test('what the user asks for himself is not bounded', () => {
  expect(() => scriptOf({ steps: [{ workload: { count: 1e9 } }] }, Number.POSITIVE_INFINITY)).not.toThrow()
})
