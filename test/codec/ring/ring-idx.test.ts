import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  advance,
  distance,
  inWindow,
  isFirstLap,
  needsNotify,
  passed,
  roundDownToPowerOfTwo,
  slotOf,
} from '../../../src/codec/ring/ring-idx.ts'

const index = fc.integer({ min: 0, max: 2 ** 32 - 1 })

test.each([
  [0xffff_ffff, 1, 0],
  [0, -1, 0xffff_ffff],
  [0xffff_fff0, 32, 16],
  [5, -32, 0xffff_ffe5],
])('advance(%d, %d) is %d', (from, n, to) => {
  expect(advance(from, n)).toBe(to)
})

test.each([
  [0xffff_fffe, 3, 5],
  [3, 0xffff_fffe, 0xffff_fffb],
  [7, 7, 0],
])('distance(%d, %d) is %d', (from, to, steps) => {
  expect(distance(from, to)).toBe(steps)
})

test('a window across 2^32 holds its indices and no others', () => {
  const window = [0xffff_fffe, 2] as const
  expect([0xffff_fffd, 0xffff_fffe, 0xffff_ffff, 0, 1, 2].map((i) => inWindow(i, ...window))).toEqual([
    false,
    true,
    true,
    true,
    true,
    false,
  ])
})

test('slots go on without a jump across 2^32', () => {
  expect([0xffff_fffe, 0xffff_ffff, 0, 1].map((i) => slotOf(i, 32))).toEqual([30, 31, 0, 1])
})

test('passed looks half the numbers ahead', () => {
  expect([passed(5, 5), passed(5, 6), passed(2, 0xffff_ffff), passed(0xffff_ffff, 2)]).toEqual([true, false, true, false])
})

test.each([
  [10, 11, 11, true],
  [10, 11, 12, false],
  [10, 15, 12, true],
  [0xffff_ffff, 1, 0, true],
  [0xffff_ffff, 1, 2, false],
])('a producer that moves from %d to %d past event %d notifies: %s', (old, now, event, notify) => {
  expect(needsNotify(old, now, event)).toBe(notify)
})

test.each([
  [0, 0],
  [1, 1],
  [36, 32],
  [584, 512],
  [2 ** 31, 2 ** 31],
  [2 ** 31 + 1, 2 ** 31],
])('%d rounds down to %d', (n, power) => {
  expect(roundDownToPowerOfTwo(n)).toBe(power)
})

/** Both events where a ring is idle. */
const lap = (req_prod: number, rsp_prod: number, req_event = req_prod + 1, rsp_event = rsp_prod + 1) =>
  isFirstLap({ req_prod, req_event, rsp_prod, rsp_event }, 32)

test('the first lap ends where an index does', () => {
  expect([lap(31, 31), lap(32, 0), lap(3, 0xffff_ffff)]).toEqual([true, false, false])
  // More answered than asked: the indices cannot be, and say nothing of laps.
  expect([lap(3, 3), lap(3, 4), lap(0, 31)]).toEqual([true, false, false])
})

test('an event before 0 is of a lap before; one that is far from its producer is no index', () => {
  expect([lap(3, 3, 0xffff_fffe), lap(3, 3, 4, 0xffff_fffe), lap(0, 0, 1, 0xffff_ffff)]).toEqual([false, false, false])
  // 32 behind its producer, and 33.
  expect([lap(3, 3, 0xffff_ffe3), lap(3, 3, 0xffff_ffe2)]).toEqual([false, true])
  expect([lap(3, 0, 0, 0), lap(3, 3, 0x8000_0000), lap(3, 3, 40, 40), lap(0, 0, 1, 1)]).toEqual([true, true, true, true])
})

test('distance undoes advance, and a window has as many members as its distance', () => {
  fc.assert(
    fc.property(index, fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 600 }), (from, size, k) => {
      const to = advance(from, size)
      expect(distance(from, to)).toBe(size)
      expect(inWindow(advance(from, k), from, to)).toBe(k < size)
      expect(needsNotify(from, to, advance(from, k))).toBe(k > 0 ? k <= size : false)
    }),
  )
})
