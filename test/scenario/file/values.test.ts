// The small parts: numbers as people write them, near words, chance.
import { expect, test } from 'vitest'
import { nearest } from '../../../src/print/nearest.ts'
import { formatQuantity, parseQuantity, Random } from '../../../src/scenario/file/index.ts'

test.each([
  ['4096', 4096n],
  [4096, 4096n],
  ['64K', 65536n],
  ['64k', 65536n],
  ['64KiB', 65536n],
  ['64KB', 65536n],
  ['1M', 1048576n],
  ['3G', 3221225472n],
  ['2T', 2199023255552n],
  ['1P', 1125899906842624n],
  ['15E', 17293822569102704640n],
  ['0x1b00', 6912n],
  ['18446744073709551615', 2n ** 64n - 1n],
])('%s is %s', (text, value) => {
  expect(parseQuantity(text, true)).toBe(value)
})

test.each([
  [65536n, '64K'],
  [4095n, '4095'],
  [0n, '0'],
  [1536n, '1536'],
  [2n ** 60n, '1E'],
])('%s is written %s', (value, text) => {
  expect(formatQuantity(value)).toBe(text)
  expect(parseQuantity(text, true)).toBe(value)
})

test.each([
  ['raed', 'read'],
  ['wirte', 'write'],
  ['Push', 'push'],
  ['respnd', 'respond'],
  ['zzzz', undefined],
  ['', undefined],
])('nearest to %j is %s', (word, known) => {
  expect(nearest(word, ['read', 'write', 'push', 'respond'])).toBe(known)
})

test('the same seed gives the same numbers for ever', () => {
  const take = (seed: number) => {
    const random = new Random(seed)
    return [random.next(), random.next(), random.below(1000), random.below(2 ** 53 - 1)]
  }
  expect(take(0)).toEqual(take(0))
  expect([take(0), take(7), take(2 ** 40 + 7)]).toMatchInlineSnapshot(`
    [
      [
        2462723854,
        1020716019,
        105,
        2549974553133617,
      ],
      [
        588686121,
        1937383562,
        998,
        4017203927390322,
      ],
      [
        1707107330,
        3801992906,
        931,
        4142147589556420,
      ],
    ]
  `)
})

test('numbers below n are spread evenly', () => {
  const random = new Random(1)
  const seen = new Array(10).fill(0)
  for (let i = 0; i < 100_000; i++) seen[random.below(10)]++
  expect(Math.min(...seen)).toBeGreaterThan(9_700)
  expect(Math.max(...seen)).toBeLessThan(10_300)
  expect(random.shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5])
})
