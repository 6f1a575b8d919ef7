// Rings that were made as small as they can be: the checker still finds the rule broken, and no smaller ring does.

import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { captureOf } from '../../src/capture/index.ts'
import { check, RULES } from '../../src/check/index.ts'
import { ddmin } from '../../src/mutate/reduce/ddmin.ts'
import { reduceRing } from '../../src/mutate/reduce/reduce.ts'
import { loadDumps } from '../../src/node/index.ts'

const dumps = join(import.meta.dirname, '../../dumps')
const ruleOf = (id: string) => RULES.find((rule) => rule.id === id)!
const decoded = (name: string) => decodeCapture([...loadDumps(join(dumps, name))][0]!)

test('of a list just the items that are needed are left', () => {
  const lists = fc.uniqueArray(fc.nat(60), { minLength: 1 }).chain((items) => fc.tuple(fc.constant(items), fc.subarray(items)))
  fc.assert(
    fc.property(lists, ([items, needed]) => {
      let tried = 0
      const left = ddmin(items, (part) => {
        tried++
        return needed.every((item) => part.includes(item))
      })
      expect(left).toEqual(items.filter((item) => needed.includes(item)))
      expect(tried).toBeLessThan(2 + 4 * items.length * (needed.length + 1))
    }),
  )
})

/** Slots that are left, and bytes at the most that are not 0. */
const CASES: readonly (readonly [dump: string, rule: string, slots: number, bytes: number])[] = [
  ['64k-split-pair', 'split-gap', 2, 40],
  ['hostile/malformed', 'segment-range', 1, 3],
  ['hostile/malformed', 'operation-unknown', 1, 2],
  ['hostile/in-flight', 'id-shared', 2, 6],
  ['hostile/in-flight', 'writes-overlap', 2, 12],
  ['hostile/indirect', 'indirect-page-size', 1, 5],
  ['hostile/indices-impossible', 'indices-impossible', 32, 1],
  ['hostile/disk', 'sector-bytes-wrap', 1, 6],
  ['hostile/responses', 'response-status-unknown', 1, 4],
]

test.each(CASES)('%s: %s is left in few slots and bytes', (name, id, slots, most) => {
  const before = decoded(name)
  const reduced = reduceRing(before, ruleOf(id))!
  const { capture, ring } = reduced.decoded
  expect(reduced.gaveUp).toBe(false)
  expect(ring.slots.filter(({ state }) => state === 'request' || state === 'response')).toHaveLength(slots)
  expect(capture.bytes.filter((byte) => byte !== 0).length).toBeLessThanOrEqual(most)
  // What is written says the same to whoever reads it alone.
  const again = check(decodeCapture(captureOf(capture.bytes, { indirectPages: reduced.pages, xenstore: capture.xenstore })))
  expect(again.map(({ rule }) => rule.id)).toContain(id)
  const known = new Set(check(before).map(({ rule }) => rule.id))
  expect(again.filter(({ rule }) => rule.severity !== 'note' && !known.has(rule.id))).toEqual([])
})

test('a ring that does not break the rule is not reduced', () => {
  expect(reduceRing(decoded('direct'), ruleOf('split-gap'))).toBeUndefined()
})
