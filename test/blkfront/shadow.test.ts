import { expect, test } from 'vitest'
import { END_OF_IDS, Shadow } from '../../src/blkfront/shadow.ts'
import { ioOf } from './setting.ts'

test('ids are 0, 1, 2 ... at first, then the last freed', () => {
  const shadow = new Shadow(4)
  expect([shadow.take(ioOf(0, 1)), shadow.take(ioOf(1, 1)), shadow.take(ioOf(2, 1))]).toEqual([0, 1, 2])
  shadow.release(0)
  shadow.release(2)
  expect([shadow.take(ioOf(3, 1)), shadow.take(ioOf(4, 1)), shadow.take(ioOf(5, 1))]).toEqual([2, 0, 3])
})

test('with every id in use the list ends as Linux marks it', () => {
  const shadow = new Shadow(2)
  shadow.take(ioOf(0, 1))
  shadow.take(ioOf(1, 1))
  expect(shadow.shadow_free).toBe(END_OF_IDS)
  expect(shadow.take(ioOf(2, 1))).toBeUndefined()
  shadow.release(1)
  expect(shadow.take(ioOf(3, 1))).toBe(1)
  expect(shadow.shadow_free).toBe(END_OF_IDS)
})

test('an id that no request has is not freed', () => {
  const shadow = new Shadow(2)
  expect(shadow.release(1)).toBe(false)
  shadow.take(ioOf(0, 1))
  expect(shadow.release(0)).toBe(true)
  expect(shadow.release(0)).toBe(false)
  expect(shadow.shadow_free).toBe(0)
})
