// Requests that no struct describes: every byte of their slots counts, and at level bytes every byte of every slot.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { slotOffset } from '../../src/codec/ring/geometry.ts'
import { isUndescribed } from '../../src/codec/ring/request.ts'
import { ABIS, type Abi } from '../../src/codec/struct/abi.ts'
import type { SideRing } from '../../src/diff/index.ts'
import { anyRing, diffOf, sideOf, sideOfRecipe } from './sides.ts'

/** Bytes of a ring of one page, of which slots 4 to 19 are requests as `head` begins them; the rest of each is of no pattern. */
function ringOf(abi: Abi, head: readonly number[]): SideRing {
  const { geometry } = sideOf(new Uint8Array(4096), abi).ring
  const bytes = new Uint8Array(4096)
  new DataView(bytes.buffer).setUint32(0, 20, true)
  new DataView(bytes.buffer).setUint32(8, 4, true)
  for (let slot = 0; slot < 20; slot++)
    for (let i = 0; i < geometry.stride; i++)
      bytes[slotOffset(geometry, slot) + i] = (i < head.length ? head[i]! : slot * 31 + i * 7) & 0xff
  return sideOf(bytes, abi)
}

function flipped(side: SideRing, offset: number, mask: number): SideRing {
  const bytes = side.bytes.slice()
  bytes[offset]! ^= mask
  return sideOf(bytes, side.ring.geometry.abi)
}

const HEADS: readonly (readonly [name: string, head: readonly number[]])[] = [
  ['an unknown operation', [77, 3]],
  ['RESERVED_1, a SCSI packet', [4, 0]],
  ['a read of 12 segments', [0, 12]],
  ['a write of 255 segments', [1, 255]],
  ['an indirect discard', [6, 5, 3, 0]],
  ['an indirect read of 4097 segments', [6, 0, 1, 0x10]],
]

for (const [name, head] of HEADS)
  test(`${name}: each edit of one byte is reported, at every level`, () => {
    for (const abi of ABIS) {
      const a = ringOf(abi, head)
      const { geometry, slots } = a.ring
      expect(slots.filter((s) => s.state === 'request' && isUndescribed(s.request))).toHaveLength(16)
      const unseen: string[] = []
      for (let i = 0; i < geometry.stride; i++)
        for (const level of ['bytes', 'fields', 'io'] as const) {
          const b = flipped(a, slotOffset(geometry, 9) + i, 0x10)
          const diff = diffOf(a, b, { level })
          const reported = diff.hunks.some((hunk) => [...hunk.a, ...hunk.b].some(({ slot }) => slot.slot === 9))
          if (!reported) unseen.push(`${level} ${i}`)
        }
      expect(unseen).toEqual([])
    }
  })

test('level bytes: each edit of one byte is reported, whatever the ring', () => {
  fc.assert(
    fc.property(anyRing, fc.nat(), fc.integer({ min: 1, max: 255 }), (recipe, n, mask) => {
      const a = sideOfRecipe(recipe)
      const offset = n % a.bytes.length
      const b = flipped(a, offset, mask)
      const places = diffOf(a, b, { level: 'bytes' }).hunks.flatMap(({ differences }) => differences.map(({ a }) => a))
      const covers = places.some(
        (p) => p && p.offset <= offset && p.offset + (p.value instanceof Uint8Array ? p.value.length : 8) > offset,
      )
      expect(covers, `byte ${offset}`).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('level fields and io: each edit of one byte of an undescribed request of any ring is reported', () => {
  fc.assert(
    fc.property(anyRing, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (recipe, n, m, mask) => {
      const a = sideOfRecipe(recipe)
      const odd = a.ring.slots.filter((s) => s.state === 'request' && isUndescribed(s.request))
      fc.pre(odd.length > 0 && a.ring.outstanding <= a.ring.geometry.nr_ents)
      const { slot } = odd[n % odd.length]!
      const b = flipped(a, slotOffset(a.ring.geometry, slot) + (m % a.ring.geometry.stride), mask)
      for (const level of ['fields', 'io'] as const) {
        const { hunks, unknown } = diffOf(a, b, { level })
        expect(hunks.length + unknown.length, level).toBeGreaterThan(0)
      }
    }),
    { numRuns: 60 },
  )
})
