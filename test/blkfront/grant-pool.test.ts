import { expect, test } from 'vitest'
import { GrantPool } from '../../src/blkfront/grant-pool.ts'
import { NO_GREF } from '../../src/blkfront/index.ts'

function takeAll(pool: GrantPool): number[] {
  const entries: number[] = []
  for (let entry = pool.take(); entry !== undefined; entry = pool.take()) entries.push(entry)
  return entries
}

test('the last entry made is used first, with its own page', () => {
  const pool = new GrantPool(3, 100, [])
  expect(pool.pageOf(2)).toBe(102)
  expect(takeAll(pool)).toEqual([2, 1, 0])
})

test('kept entries come first, ended ones last', () => {
  const pool = new GrantPool(3, 100, [])
  const [a, b] = [pool.take()!, pool.take()!]
  pool.setGref(a, 8)
  pool.setGref(b, 9)
  pool.keep(a)
  pool.drop(b)
  expect(pool.persistent_gnts_c).toBe(1)
  expect(pool.grefOf(b)).toBe(NO_GREF)
  expect(takeAll(pool)).toEqual([2, 0, 1])
  expect(pool.persistent_gnts_c).toBe(0)
})

test('what waits is told of the entries that were taken, wherever they stand', () => {
  const pool = new GrantPool(200, undefined, [])
  const [a, b, c] = [pool.take()!, pool.take()!, pool.take()!]
  pool.drop(b)
  pool.setGref(a, 8)
  pool.keep(a)
  expect([...pool.idle()]).toEqual([a, b])
  expect(pool.untouched).toBe(197)
  pool.drop(c)
  pool.persistent_gnts_c = 1
  pool.purge(() => true)
  expect([...pool.idle()]).toEqual([b, c, a])
  expect(takeAll(pool)).toEqual([...Array.from({ length: 197 }, (_, i) => 196 - i), b, c, a])
  expect(pool.untouched).toBe(0)
})

test('indirect pages are used last made first, and the one returned last comes next', () => {
  const pool = new GrantPool(3, undefined, [50, 51, 52])
  const entry = pool.take()!
  expect(pool.pageOf(entry)).toBeUndefined()
  expect(pool.borrowPage(entry)).toBe(52)
  expect(pool.pageOf(entry)).toBe(52)
  pool.returnPage(entry)
  expect([pool.borrowPage(0), pool.borrowPage(1), pool.borrowPage(2), pool.borrowPage(0)]).toEqual([52, 51, 50, undefined])
})

test('a purge moves what it ends to the end of the list, in order', () => {
  const pool = new GrantPool(4, 100, [])
  const entries = [pool.take()!, pool.take()!, pool.take()!, pool.take()!]
  for (const entry of entries) pool.setGref(entry, 10 + entry)
  for (const entry of entries) pool.keep(entry)
  const asked: number[] = []
  pool.purge((gref) => asked.push(gref) > 0 && gref !== 11)
  expect(asked).toEqual([10, 11, 12, 13])
  expect(pool.persistent_gnts_c).toBe(1)
  expect(takeAll(pool)).toEqual([1, 0, 2, 3])
})

test('a purge that ends the tail leaves a list that can be added to', () => {
  const pool = new GrantPool(2, 100, [])
  const entry = pool.take()!
  pool.setGref(entry, 8)
  const other = pool.take()!
  pool.keep(entry)
  pool.purge(() => true)
  pool.drop(other)
  expect(takeAll(pool)).toEqual([entry, other])
})
