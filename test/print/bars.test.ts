import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnLines, sparkline, stackedBar } from '../../src/print/bars.ts'
import { bytesText, grouped, oneDecimal, percent } from '../../src/print/quantities.ts'

const plain = (text: string) => text

test('a bar is as long as its share, and never longer than the width', () => {
  const parts = fc.array(fc.nat({ max: 10 ** 9 }), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(parts, fc.nat({ max: 10 ** 10 }), fc.integer({ min: 1, max: 80 }), (amounts, more, width) => {
      const total = amounts.reduce((sum, n) => sum + n, 0)
      const fills = ['a', 'b', 'c']
      const bar = stackedBar(
        amounts.map((amount, i) => ({ amount, fill: fills[i]!, paint: plain })),
        total + more,
        width,
      )
      expect(bar).toHaveLength(total === 0 ? 0 : Math.max(1, Math.round((width * total) / (total + more))))
      for (const [i, amount] of amounts.entries()) {
        const drawn = bar.split(fills[i]!).length - 1
        if (total > 0) expect(Math.abs(drawn - (bar.length * amount) / total)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('lines of blocks', () => {
  expect(sparkline([0, 1, 2, 4, 8, 1000], 1000)).toBe('·▁▁▁▁█')
  expect(sparkline([0, 1, 4, 8], 8)).toBe('·▁▄█')
  const heights = [{ mean: 0, most: 0 }, { mean: 8, most: 8 }, { mean: 2, most: 8 }, undefined, { mean: 2, most: 2 }]
  expect(columnLines(heights, 8, 2)).toEqual([' █░  ', '·█░ ▄'])
})

test('numbers for people', () => {
  expect(['0', '999', '1000', '1234567'].map((n) => grouped(BigInt(n)))).toEqual(['0', '999', '1,000', '1,234,567'])
  expect([0n, 512n, 1024n, 1536n, 1075n * 1024n, 2n ** 73n - 512n].map(bytesText)).toEqual([
    '0 B',
    '512 B',
    '1 KiB',
    '1.5 KiB',
    '1.04 MiB',
    '7.99 ZiB',
  ])
  expect(bytesText(2n ** 95n)).toBe('32,768 YiB')
  expect([0, 0.04, 0.05, 4.2, 12, 1234.56].map(oneDecimal)).toEqual(['0', '0', '0.1', '4.2', '12', '1,234.6'])
  expect([percent(0, 0), percent(0, 7), percent(1, 1000), percent(999, 1000), percent(1, 1), percent(1, 3)]).toEqual([
    '0%',
    '0%',
    '<1%',
    '>99%',
    '100%',
    '33%',
  ])
})
