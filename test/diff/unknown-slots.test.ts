// What one side does not have is no difference: it is in `unknown`, at every level and by every way of matching.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import type { ByteSpan } from '../../src/codec/ring/missing.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { LEVELS, MATCH_BY, type SideRing } from '../../src/diff/model.ts'
import { diffOf, sideOf } from './sides.ts'

const bytesOf = (name: string) => readFileSync(join(import.meta.dirname, '../../dumps', name, 'ring.bin'))

/** The ring without some of its bytes. */
function lacking(bytes: Uint8Array, missing: readonly ByteSpan[]): SideRing {
  const copy = Uint8Array.from(bytes)
  for (const { from, to } of missing) copy.fill(0, from, to)
  return { ...sideOf(copy, x86_64, new Map()), ring: decodeRing(copy, x86_64, { missing }) }
}

const span = fc.tuple(fc.nat(4095), fc.nat(2000)).map(([from, size]) => [{ from, to: Math.min(4096, from + 1 + size) }])
const ways = fc.record({
  level: fc.constantFrom(...LEVELS),
  by: fc.constantFrom(...MATCH_BY),
  all: fc.boolean(),
  strict: fc.boolean(),
})

test('a ring and the same with a hole differ in nothing, whatever is compared, and what the hole covers is unknown', () => {
  const seen = { slots: 0, bytes: 0, indices: 0 }
  for (const name of ['direct', 'indirect', 'wrapped', 'out-of-order', 'flush']) {
    const bytes = bytesOf(name)
    fc.assert(
      fc.property(span, ways, fc.boolean(), (missing, { level, by, all, strict }, turned) => {
        const options = { level, by: level === 'bytes' ? ('slot' as const) : by, all, strict }
        const [whole, cut] = [lacking(bytes, []), lacking(bytes, missing)]
        const { hunks, unknown } = turned ? diffOf(cut, whole, options) : diffOf(whole, cut, options)
        expect(hunks).toEqual([])
        const lost = cut.ring.slots.some((s) => s.state === 'unknown' && s.holds === 'request')
        if (lost || cut.ring.missing.producers) expect(unknown).not.toEqual([])
        for (const { what } of unknown) if (what !== 'page' && what !== 'repeated') seen[what === 'slot' ? 'slots' : what]++
      }),
      { numRuns: 60 },
    )
  }
  expect(Object.values(seen).every((n) => n > 5)).toBe(true)
})

test('two that lack the same are the same', () => {
  const side = lacking(bytesOf('direct'), [{ from: 1000, to: 4096 }])
  for (const level of LEVELS) {
    const { hunks, unknown } = diffOf(side, side, { level })
    expect([hunks, unknown]).toEqual([[], []])
  }
})

test('what differs beside a hole is seen', () => {
  const bytes = bytesOf('direct')
  const cut = lacking(bytes, [{ from: 64 + 31 * 112, to: 4096 }])
  const request = cut.ring.slots.find((s) => s.state === 'request')!
  const other = Uint8Array.from(bytes)
  other[64 + request.slot * 112 + 16]! ^= 8
  const { hunks } = diffOf(cut, lacking(other, []), { level: 'io' })
  expect(hunks).toHaveLength(1)
})

test('a request over several slots, of which req_prod covers the first alone, asks for less than the whole one', () => {
  const bytes = Uint8Array.from(bytesOf('hostile/multi-slot-clean'))
  const side = (req_prod: number): SideRing => {
    const copy = Uint8Array.from(bytes)
    copy[0] = req_prod
    return { ...sideOf(copy, x86_64, new Map()), ring: decodeRing(copy, x86_64, { maxSegments: 32 }) }
  }
  for (const cut of [1, 2]) {
    const { hunks } = diffOf(side(cut), side(3), { level: 'io' })
    expect(hunks.flatMap(({ differences }) => differences.map(({ field }) => field))).toContain('requests')
  }
})
