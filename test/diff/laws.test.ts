// What holds of every difference, whatever the rings: of the emulated drivers, of captures, and of random bytes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { XEN_PAGE_SIZE } from '../../src/codec/xen/ring.ts'
import { changeOf, type DeviceDiff, diffDevices, type Hunk, LEVELS } from '../../src/diff/index.ts'
import { eachCapture } from '../support/captures.ts'
import { anyOptions, anyRing, diffOf, drivenRing, sideOf, sideOfRecipe, sidesOf } from './sides.ts'

/** Sides exchanged, hunks in an order that does not depend on the sides. */
function canonical({ hunks, unknown, renames }: DeviceDiff, mirrored: boolean): unknown {
  const swapped = (hunk: Hunk) => {
    const [a, b] = mirrored ? [hunk.b, hunk.a] : [hunk.a, hunk.b]
    const places = (slots: Hunk['a']) => slots.map(({ queue, slot }) => `${queue} ${slot.slot} ${slot.state}`)
    const differences = hunk.differences.map((d) => {
      const [left, right] = mirrored ? [d.b, d.a] : [d.a, d.b]
      return `${d.kind} ${text(left)} ${text(right)}`
    })
    const change = { changed: 'changed', removed: mirrored ? 'added' : 'removed', added: mirrored ? 'removed' : 'added' }[
      changeOf(hunk)
    ]
    return JSON.stringify([hunk.part, change, places(a), places(b), differences.sort()])
  }
  const side = (s: string) => (mirrored ? { a: 'b', b: 'a' }[s] : s)
  const pairs = (list: readonly (readonly [unknown, unknown])[]) =>
    list.map(([a, b]) => (mirrored ? `${b} ${a}` : `${a} ${b}`)).sort()
  return {
    hunks: hunks.map(swapped).sort(),
    unknown: unknown.map((u) => `${side(u.side)} ${u.what}`).sort(),
    gref: pairs(renames?.gref ?? []),
    id: pairs(renames?.id ?? []),
  }
}

function text(reading: Hunk['differences'][number]['a']): string {
  return reading ? `${reading.path} ${reading.offset} ${reading.page} ${reading.value}` : '-'
}

test('a ring does not differ from itself', () => {
  fc.assert(
    fc.property(anyRing, anyOptions, (recipe, options) => {
      const a = sideOfRecipe(recipe)
      const copy = { ...a, bytes: a.bytes.slice() }
      const diff = diffOf(a, copy, options)
      expect(diff.hunks).toEqual([])
      expect(diff.unknown.filter(({ what }) => what === 'page')).toEqual([])
    }),
    { numRuns: 300 },
  )
})

eachCapture('a capture does not differ from itself', ({ path }) => {
  const rings = sidesOf(path)
  for (const level of LEVELS) {
    const diff = diffDevices(rings.slice(0, 2), rings.slice(0, 2), { level, strict: true, all: true })
    expect([diff.hunks, diff.unknown]).toEqual([[], []])
  }
})

test('what differs does not depend on which side is which', () => {
  let different = 0
  fc.assert(
    fc.property(anyRing, anyRing, anyOptions, (recipeA, recipeB, options) => {
      const [a, b] = [sideOfRecipe(recipeA), sideOfRecipe(recipeB)]
      const there = diffOf(a, b, options)
      const back = diffOf(b, a, options)
      expect(canonical(back, true)).toEqual(canonical(there, false))
      if (there.hunks.length > 0) different++
    }),
    { numRuns: 400 },
  )
  expect(different).toBeGreaterThan(200)
})

test('every byte that differs is in a difference of level bytes, and no other', () => {
  fc.assert(
    fc.property(
      drivenRing,
      fc.array(fc.tuple(fc.nat({ max: XEN_PAGE_SIZE - 1 }), fc.integer({ min: 1, max: 255 })), { maxLength: 20 }),
      (recipe, flips) => {
        const a = sideOfRecipe(recipe)
        const bytes = a.bytes.slice()
        for (const [at, mask] of flips) if (at >= 16) bytes[at]! ^= mask
        const b = sideOf(bytes, a.ring.geometry.abi, a.indirectPages as Map<number, Uint8Array>)
        const seen = new Set<number>()
        for (const { differences } of diffOf(a, b, { level: 'bytes' }).hunks)
          for (const d of differences) {
            if (d.a!.page !== undefined) continue
            const [x, y] = [d.a!.value as Uint8Array, d.b!.value as Uint8Array]
            expect(x).not.toEqual(y)
            for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) seen.add(d.a!.offset + i)
          }
        const truly = [...bytes.keys()].filter((i) => bytes[i] !== a.bytes[i])
        expect([...seen].sort((x, y) => x - y)).toEqual(truly)
      },
    ),
    { numRuns: 200 },
  )
})
