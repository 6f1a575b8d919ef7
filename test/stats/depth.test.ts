import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Depth } from '../../src/stats/depth.ts'

test('a joined bucket has the least and the most of both halves, and of one where the other is empty', () => {
  const depth = new Depth()
  // Bucket 0 joins two snapshots of which the second has less, bucket 1 two of which it has more; then one is missing, the first or the second.
  const seen = [
    [0, 9],
    [1, 4],
    [2, 3],
    [3, 8],
    [4, 7],
    [7, 6],
  ] as const
  for (const [snapshot, n] of seen) depth.add(snapshot, n, false)
  depth.add(600, 5, false)
  const { buckets, width } = depth.report()
  expect(width).toBe(2)
  expect(buckets.slice(0, 5)).toEqual([
    { least: 4, most: 9, mean: 6.5 },
    { least: 3, most: 8, mean: 5.5 },
    { least: 7, most: 7, mean: 7 },
    { least: 6, most: 6, mean: 6 },
    undefined,
  ])
  expect(buckets[300]).toEqual({ least: 5, most: 5, mean: 5 })
})

test('buckets hold the snapshots that they stand for, however many there are', () => {
  const depths = fc.array(fc.integer({ min: 0, max: 32 }), { minLength: 1, maxLength: 1200, size: 'max' })
  let joined = 0
  fc.assert(
    fc.property(depths, fc.integer({ min: 1, max: 40 }), (list, step) => {
      const depth = new Depth()
      for (const [i, n] of list.entries()) depth.add(i * step, n, n === 32)
      const { buckets, width, empty, full } = depth.report()
      if (width > 1) joined++
      expect(buckets.length).toBeLessThanOrEqual(512)
      expect(buckets.length).toBe(Math.floor(((list.length - 1) * step) / width) + 1)
      for (const [b, bucket] of buckets.entries()) {
        const own = list.slice(Math.ceil((b * width) / step), Math.ceil(((b + 1) * width) / step))
        if (own.length === 0) expect(bucket).toBeUndefined()
        else {
          expect(bucket!.least).toBe(Math.min(...own))
          expect(bucket!.most).toBe(Math.max(...own))
          expect(bucket!.mean).toBeCloseTo(own.reduce((sum, n) => sum + n, 0) / own.length, 9)
        }
      }
      expect(empty).toBe(list.filter((n) => n === 0).length)
      expect(full).toBe(list.filter((n) => n === 32).length)
    }),
    // Lists as long as these take minutes to be made smaller.
    { numRuns: 40, endOnFailure: true },
  )
  expect(joined).toBeGreaterThan(10)
})
