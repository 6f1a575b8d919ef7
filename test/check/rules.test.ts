// Every rule has a ring that triggers it, and one beside it that does not: the same requests, as near to the limit as they may be.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RULES, SEVERITIES } from '../../src/check/index.ts'
import { checkFolder, dumps, rulesFiring } from './run-check.ts'

const hostile = join(dumps, 'hostile')

/** Of each pair of folders of dumps/hostile the rules that the first triggers and the second does not. */
const PAIRS: readonly (readonly [trigger: string, clean: string, ...rules: string[]])[] = [
  ['indices-impossible', 'full', 'indices-impossible'],
  ['full', 'full-clean', 'ring-full'],
  ['all-zero', 'new', 'ring-all-zero'],
  ['events-not-initialised', 'new', 'events-not-initialised'],
  ['events-beyond', 'events-clean', 'req-event-beyond', 'rsp-event-unreachable'],
  ['events-waiting', 'events-clean', 'req-event-passed', 'rsp-event-passed'],
  ['events-deferred', 'events-clean', 'rsp-event-deferred'],
  ['padding', 'padding-clean', 'header-padding', 'request-padding', 'unused-slot-not-zero', 'tail-not-zero'],
  [
    'malformed',
    'malformed-clean',
    ...['operation-unknown', 'operation-reserved', 'operation-not-offered', 'nr-segments-impossible', 'nr-segments-zero'],
    ...['segment-range', 'indirect-op-illegal', 'discard-flag', 'discard-empty', 'id-like-address'],
    ...['gref-zero', 'gref-repeated', 'gref-of-ring'],
  ],
  ['malformed', 'handle-cut', 'handle-differs'],
  ['malformed', 'disk-clean', 'partial-page'],
  ['page-order', 'page-order-clean', 'page-order-wrong'],
  ['split-gap', 'split-gap-clean', 'split-gap'],
  ['one-gref', 'one-gref-clean', 'gref-never-changes'],
  [
    'indirect',
    'indirect-clean',
    ...['indirect-gref-zero', 'indirect-gref-repeated', 'indirect-page-shared', 'indirect-over-offer', 'indirect-few-segments'],
    ...['indirect-page-padding', 'indirect-page-missing', 'indirect-page-size'],
  ],
  ['indirect-repeated', 'indirect-clean', 'indirect-segments-unread'],
  ['in-flight', 'in-flight-clean', 'writes-overlap', 'id-shared', 'gref-shared'],
  [
    'disk',
    'disk-clean',
    ...['sector-wrap', 'sector-past-end', 'io-misaligned', 'discard-misaligned', 'write-to-read-only', 'discard-on-read-only'],
  ],
  ['sector-unit', 'sector-unit-clean', 'sector-unit'],
  ['multi-slot', 'multi-slot-clean', 'segment-block-missing'],
  ['qdisk', 'qdisk-clean', 'sector-bytes-wrap', 'discard-long'],
  [
    'responses',
    'responses-clean',
    ...['response-error', 'response-unsupported', 'response-status-unknown', 'response-operation-indirect', 'response-id-foreign'],
  ],
  ['response-leak', 'responses-clean', 'response-leak'],
  ['response-leak-x86_32', 'responses-clean', 'response-leak'],
  ['torn', 'events-clean', 'slot-torn'],
  ['bytes-after', 'events-clean', 'bytes-after-ring'],
  [
    'xenstore-rings',
    'xenstore-clean',
    ...['num-ring-pages-contradicts', 'protocol-missing', 'queue-incomplete', 'ring-page-order-contradicts'],
    ...['max-ring-pages-contradicts', 'ring-page-order-over-offer', 'state-not-connected', 'state-unknown'],
  ],
  ['xenstore-order-zero', 'xenstore-clean', 'ring-page-order-zero'],
  [
    'xenstore-disk',
    'xenstore-disk-clean',
    ...['sector-size-wrong', 'sectors-wrong', 'mode-contradicts-info', 'discard-granularity-wrong', 'virtual-device-wrong'],
  ],
  ['protocol-unknown', 'xenstore-clean', 'protocol-unknown', 'snapshot-cut'],
  ['pages-contradict', 'xenstore-clean', 'pages-contradict-xenstore'],
  ['protocol-contradicts', 'response-leak-x86_32', 'protocol-contradicts-ring'],
  ['queues-missing', 'queues-clean', 'queues-contradict-xenstore'],
  [
    'queues',
    'queues-clean',
    ...[
      'queues-and-top-level-ring',
      'queue-count',
      'ring-ref-wrong',
      'event-channel-shared',
      'queue-gref-shared',
      'writes-overlap',
    ],
  ],
  ['text-broken', 'text-clean', 'text-mistake', 'text-bytes-missing', 'text-page-guessed', 'text-page-unused'],
  ['xenstore-empty', 'xenstore-clean', 'xenstore-empty'],
  ['xenstore-ambiguous', 'xenstore-clean', 'xenstore-ambiguous'],
  ['series-changed', 'series-clean', 'changed-in-flight'],
  ['series-changed-page', 'series-clean', 'changed-in-flight'],
  ['series-went-back', 'series-clean', 'indices-went-back'],
  ['series-unasked', 'series-clean', 'response-unasked'],
  ['series-leak', 'series-clean', 'response-leak'],
  ['series-events', 'series-clean', 'event-moved-without-work'],
  ['series-polling', 'series-clean', 'req-event-frozen'],
  ['series-still', 'series-clean', 'ring-stands-still'],
  ['resume-clean', 'series-clean', 'ring-replaced'],
  ['resume-uncovered', 'resume-clean', 'resume-uncovered'],
  ['resume-lost', 'resume-clean', 'resume-lost'],
]

const firing = new Map(readdirSync(hostile).map((name) => [name, rulesOf(name)]))

function rulesOf(name: string): string[] {
  const path = join(hostile, name)
  return statSync(path).isDirectory() ? rulesFiring(path) : []
}

test.each(PAIRS)('%s, and not %s', (trigger, clean, ...rules) => {
  expect(firing.get(trigger)).toEqual(expect.arrayContaining(rules))
  expect(firing.get(clean)!.filter((id) => rules.includes(id))).toEqual([])
})

test('every rule has its pair, and every folder its use', () => {
  const covered = new Set(PAIRS.flatMap(([, , ...rules]) => rules))
  expect(RULES.map((r) => r.id).filter((id) => !covered.has(id))).toEqual([])
  expect([...covered].filter((id) => !RULES.some((r) => r.id === id))).toEqual([])
  const used = new Set(PAIRS.flatMap((pair) => pair.slice(0, 2)))
  expect([...firing.keys()].filter((name) => name !== 'README.md' && !used.has(name))).toEqual([])
})

test('nothing but notes is said of well-formed rings', () => {
  const clean = [...firing.keys()].filter((name) => /(^new|^full|^handle-cut|-clean)$/.test(name))
  expect(clean.length).toBeGreaterThan(10)
  expect(clean.filter((name) => rulesFiring(join(hostile, name), 'warning').length > 0)).toEqual([])
})

test('a rule fires where it should, and says where', () => {
  const places = checkFolder(join(hostile, 'malformed')).map(({ rule, slot }) => [slot, rule.id])
  expect(places).toEqual([
    [undefined, 'req-event-passed'],
    [0, 'operation-unknown'],
    [1, 'operation-reserved'],
    [2, 'nr-segments-impossible'],
    [3, 'nr-segments-zero'],
    [4, 'segment-range'],
    [5, 'indirect-op-illegal'],
    [6, 'handle-differs'],
    [7, 'discard-flag'],
    [8, 'discard-empty'],
    [9, 'id-like-address'],
    [10, 'gref-zero'],
    [11, 'gref-repeated'],
    [12, 'gref-of-ring'],
    [13, 'operation-not-offered'],
    [14, 'partial-page'],
  ])
})

test('what a rule says of itself', () => {
  expect(new Set(RULES.map((r) => r.id)).size).toBe(RULES.length)
  for (const { id, severity, summary, source, explain, ...runs } of RULES) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/)
    expect(SEVERITIES).toContain(severity)
    expect(source).not.toBe('')
    for (const sentence of [summary, explain.means, explain.why, explain.todo]) expect(sentence, id).toMatch(/^\S.*\.$/s)
    expect(summary.match(/\. /), id).toBeNull()
    expect(Object.keys(runs), id).not.toEqual([])
  }
})

test('whatever decoding finds has a rule', () => {
  const src = join(import.meta.dirname, '../../src')
  const files = ['codec/ring', 'capture', 'inputs', 'node/read', 'hexdump'].flatMap((room) =>
    readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(src, room, name)),
  )
  const codes = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bcode: '([a-z-]+)'/g)].map((match) => match[1]!))
  // The last ring of a stream, which decode and stats read and check does not.
  const ofStreams = ['snapshot-cut']
  expect(new Set(codes)).toEqual(new Set([...RULES.filter((r) => r.decode).map((r) => r.id), ...ofStreams]))
})
