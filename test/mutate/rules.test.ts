// Every rule of check takes a side: rings that break it and no other are made, or the reason why none is.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { captureOf } from '../../src/capture/index.ts'
import { check, RULES } from '../../src/check/index.ts'
import { AimedMutator, outOfReach } from '../../src/mutate/aimed.ts'
import { type MutableRing, mutableRing } from '../../src/mutate/source.ts'
import { loadDumps } from '../../src/node/index.ts'

const dumps = join(import.meta.dirname, '../../dumps')
const ruleOf = (id: string) => RULES.find((rule) => rule.id === id)!

function sourceOf(name: string, withBeside: boolean): MutableRing {
  const [capture] = [...loadDumps(join(dumps, name))]
  return mutableRing(decodeCapture(capture!), withBeside)
}

/** What is made with `--folders` is judged with what lies beside it. */
const BESIDE = true

/** Of each rule a dump that rings are made of which break it, and whether what lies beside counts. */
const SOURCES: Readonly<Record<string, readonly [dump: string, withBeside: boolean]>> = {
  'discard-empty': ['direct', !BESIDE],
  'discard-flag': ['discard', !BESIDE],
  'discard-long': ['hostile/qdisk-clean', BESIDE],
  'discard-misaligned': ['direct', BESIDE],
  'discard-on-read-only': ['discard', BESIDE],
  'events-not-initialised': ['discard', !BESIDE],
  'gref-never-changes': ['idle', !BESIDE],
  'gref-of-ring': ['direct', BESIDE],
  'gref-repeated': ['direct', !BESIDE],
  'gref-shared': ['direct', !BESIDE],
  'gref-zero': ['direct', !BESIDE],
  'handle-differs': ['direct', BESIDE],
  'header-padding': ['direct', !BESIDE],
  'id-like-address': ['direct', !BESIDE],
  'id-shared': ['direct', !BESIDE],
  'indices-impossible': ['idle', !BESIDE],
  'indirect-few-segments': ['indirect', !BESIDE],
  'indirect-gref-repeated': ['indirect', !BESIDE],
  'indirect-gref-zero': ['indirect', !BESIDE],
  'indirect-op-illegal': ['indirect', !BESIDE],
  'indirect-over-offer': ['indirect', BESIDE],
  'indirect-page-missing': ['indirect', !BESIDE],
  'indirect-page-padding': ['indirect', BESIDE],
  'indirect-page-shared': ['indirect', !BESIDE],
  'indirect-page-size': ['indirect', BESIDE],
  'io-misaligned': ['4k-sectors', BESIDE],
  'nr-segments-impossible': ['direct', !BESIDE],
  'nr-segments-zero': ['direct', !BESIDE],
  'operation-not-offered': ['qdisk-storage-frozen', BESIDE],
  'operation-reserved': ['direct', !BESIDE],
  'operation-unknown': ['direct', !BESIDE],
  'partial-page': ['direct', !BESIDE],
  'req-event-beyond': ['direct', !BESIDE],
  'req-event-passed': ['direct', !BESIDE],
  'request-padding': ['direct', !BESIDE],
  'response-error': ['direct', !BESIDE],
  'response-id-foreign': ['idle', !BESIDE],
  'response-leak': ['direct', !BESIDE],
  'response-operation-indirect': ['direct', !BESIDE],
  'response-status-unknown': ['direct', !BESIDE],
  'response-unsupported': ['direct', !BESIDE],
  'ring-all-zero': ['direct', !BESIDE],
  'ring-full': ['hostile/full-clean', BESIDE],
  'rsp-event-deferred': ['direct', !BESIDE],
  'rsp-event-passed': ['direct', !BESIDE],
  'rsp-event-unreachable': ['direct', !BESIDE],
  'sector-bytes-wrap': ['direct', !BESIDE],
  'sector-past-end': ['direct', BESIDE],
  'sector-unit': ['hostile/sector-unit-clean', BESIDE],
  'sector-wrap': ['direct', !BESIDE],
  'segment-block-missing': ['hostile/multi-slot-clean', BESIDE],
  'segment-range': ['direct', !BESIDE],
  'slot-torn': ['direct', !BESIDE],
  'split-gap': ['hostile/split-gap-clean', BESIDE],
  'tail-not-zero': ['direct', !BESIDE],
  'unused-slot-not-zero': ['idle', !BESIDE],
  'write-to-read-only': ['direct', BESIDE],
  'writes-overlap': ['direct', !BESIDE],
}

/** Rings of each: the first may be luck. */
const RINGS = 4

test.each(RULES.map(({ id }) => id))('%s alone is broken by rings that are made, or the reason is known', (id) => {
  const rule = ruleOf(id)
  const [name, withBeside] = SOURCES[id] ?? []
  if (name === undefined || withBeside === undefined) {
    expect(outOfReach(rule, BESIDE), `${id} wants a dump in SOURCES, or a reason in outOfReach`).toBeDefined()
    return
  }
  expect(outOfReach(rule, withBeside)).toBeUndefined()
  const source = sourceOf(name, withBeside)
  const before = new Set(check(decodeCapture(source.capture)).map(({ rule: { id: other } }) => other))
  const aimed = new AimedMutator(source, rule, withBeside)
  for (let n = 0; n < RINGS; n++) {
    const mutant = aimed.next(1, n)!
    expect(mutant, `ring ${n}`).toBeDefined()
    const { bytes, pages, xenstore = source.capture.xenstore } = mutant
    const indirectPages = { get: (gref: number) => (pages.has(gref) ? pages.get(gref) : source.capture.indirectPages.get(gref)) }
    const broken = check(decodeCapture(withBeside ? { ...source.capture, bytes, indirectPages, xenstore } : captureOf(bytes)))
    expect(broken.map((finding) => finding.rule.id)).toContain(id)
    const others = broken.filter((finding) => finding.rule.id !== id && !before.has(finding.rule.id))
    expect(others.filter((finding) => finding.rule.severity !== 'note')).toEqual([])
  }
})

test('a table names no rule that is not one', () => {
  expect(Object.keys(SOURCES).filter((id) => !ruleOf(id))).toEqual([])
})

test('a rule that no ring breaks alone has its reason', () => {
  expect(outOfReach(ruleOf('sector-unit'), false)).toContain('--folders')
  expect(outOfReach(ruleOf('changed-in-flight'), true)).toBe('it is about several snapshots of a ring, and this is one')
  expect(outOfReach(ruleOf('sector-size-wrong'), true)).toContain("XenStore's nodes")
  expect(outOfReach(ruleOf('indirect-page-size'), false)).toContain('--folders')
  expect(new AimedMutator(sourceOf('64k-split-pair', true), 'valid', true).inTheWay).toEqual(['split-gap'])
})
