import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DIRECTIONS } from '../../src/stats/index.ts'
import { SectorMap } from '../../src/stats/sector-map.ts'

const sector = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.integer({ min: 0, max: 63 }).map((n) => 2n ** BigInt(n)),
  fc.integer({ min: 1, max: 64 }).map((n) => 2n ** BigInt(n) - 1n),
)
const requests = fc.array(fc.tuple(sector, fc.constantFrom(0, 1, 2)), { minLength: 1, maxLength: 200 })

function mapOf(list: readonly (readonly [bigint, number])[]): SectorMap {
  const map = new SectorMap()
  for (const [at, direction] of list) map.add(direction, Number(at & 0xffff_ffffn), Number(at >> 32n))
  return map
}

test('each request is in the column that its sector lies in, or beyond all of them', () => {
  fc.assert(
    fc.property(
      requests,
      fc.integer({ min: 20, max: 256 }),
      fc.option(fc.bigInt({ min: 1n, max: 2n ** 50n })),
      (list, most, disk) => {
        const { from, end, isWhole, width, columns, beyond } = mapOf(list).columns(most, disk ?? undefined)!
        expect(columns.length).toBeLessThanOrEqual(most)
        const behind = from + width * BigInt(columns.length)
        expect(end).toBe(isWhole ? disk : behind)
        if (disk === null) expect(isWhole).toBe(false)
        expect(behind).toBeGreaterThanOrEqual(end)
        const wanted = columns.map(() => DIRECTIONS.map(() => 0))
        let far = 0
        for (const [at, d] of list) {
          const column = wanted[Number((at - from) / width)]
          if (at >= from && column) column[d]!++
          else far++
        }
        // At the end of a disk the last column goes on: what begins there but past the disk may count as either.
        if (!isWhole) {
          expect(columns).toEqual(wanted)
          expect(beyond).toBe(far)
        }
        expect(columns.flat().reduce((sum, n) => sum + n, 0) + beyond).toBe(list.length)
      },
    ),
    { numRuns: 500 },
  )
})

test('a hostile sector does not press all others into one column', () => {
  const list = Array.from({ length: 200 }, (_, i) => [BigInt(i * 1000), 0] as const)
  const map = mapOf([...list, [2n ** 63n, 1]]).columns(64)!
  expect(map.beyond).toBe(1)
  expect(map.columns.filter((column) => column[0]! > 0).length).toBeGreaterThan(40)
})

test('far from the beginning of the disk the map begins where the requests do', () => {
  const list = Array.from({ length: 100 }, (_, i) => [2n ** 40n + BigInt(i) * 2n ** 30n, 1] as const)
  const { from, end } = mapOf(list).columns(64)!
  expect(from).toBeGreaterThan(0n)
  expect(from).toBeLessThanOrEqual(2n ** 40n)
  expect(end).toBeGreaterThan(2n ** 40n + 99n * 2n ** 30n)
})

test('where nothing is, no map is', () => {
  expect(new SectorMap().columns(64)).toBeUndefined()
})
