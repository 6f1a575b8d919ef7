import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Depth } from '../../src/stats/depth.ts'

test('buckets hold the snapshots that they stand for, however many there are', () => {
  const depths = fc.array(fc.integer({ min: 0, max: 32 }), { minLength: 1, maxLength: 3000 })
  fc.assert(
    fc.property(depths, fc.integer({ min: 1, max: 40 }), (list, step) => {
      const depth = new Depth()
      for (const [i, n] of list.entries()) depth.add(i * step, n, 32)
      const { buckets, width, empty, full } = depth.report()
      expect(buckets.length).toBeLessThanOrEqual(512)
      expect(buckets.length).toBe(Math.floor(((list.length - 1) * step) / width) + 1)
      for (const [b, bucket] of buckets.entries()) {
        const own = list.filter((_, i) => Math.floor((i * step) / width) === b)
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
    { numRuns: 100 },
  )
})
