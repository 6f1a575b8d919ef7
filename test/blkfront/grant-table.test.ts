import { describe, expect, test } from 'vitest'
import { DRIVER_MODELS, GrantAllocator, NO_GREF } from '../../src/blkfront/index.ts'

const { seed, modern } = DRIVER_MODELS

function tableOf(model = modern, freeList: [number, number][] = [[8, 4]], maxFrames = 1) {
  return new GrantAllocator({ freeList, frames: 1, maxFrames }, model)
}

/** The references of a reserved list. */
function listFrom(table: GrantAllocator, head: number | undefined): number[] {
  const grefs: number[] = []
  for (let gref = head ?? NO_GREF; gref !== NO_GREF; gref = table.after(gref)) grefs.push(gref)
  return grefs
}

test('the free list is what its runs say, in their order', () => {
  expect(
    tableOf(modern, [
      [100, 2],
      [8, 3],
    ]).freeList(),
  ).toEqual([100, 101, 8, 9, 10])
})

test('a run outside the table is refused by name', () => {
  expect(() => tableOf(modern, [[500, 13]])).toThrow('free list: [500, 13] is no run of references in 1 grant frames')
})

test('references are taken from the head', () => {
  const table = tableOf()
  expect(listFrom(table, table.reserve(3))).toEqual([8, 9, 10])
  expect(table.freeList()).toEqual([11])
  expect(table.free).toBe(1)
})

test('too few references: nothing is taken', () => {
  const table = tableOf()
  expect(table.reserve(5)).toBeUndefined()
  expect(table.freeList()).toEqual([8, 9, 10, 11])
})

test('the last reference leaves an empty list that can be filled again', () => {
  const table = tableOf()
  table.reserve(4)
  expect([table.free, table.freeHead]).toEqual([0, NO_GREF])
  expect(table.tryEnd(9)).toBe(true)
  expect(table.freeList()).toEqual([9])
})

test('an ended reference comes first, so that references come back reversed', () => {
  const table = tableOf()
  table.reserve(3)
  for (const gref of [8, 9, 10]) table.tryEnd(gref)
  expect(table.freeList()).toEqual([10, 9, 8, 11])
})

test('a mapped reference is not ended', () => {
  const table = tableOf()
  table.reserve(1)
  table.map(8)
  expect(table.tryEnd(8)).toBe(false)
  table.unmap(8)
  expect(table.tryEnd(8)).toBe(true)
})

describe('the rest of a reserved list', () => {
  test('goes back as it is in the old drivers', () => {
    const table = tableOf(seed)
    table.release(table.reserve(3)!)
    expect(table.freeList()).toEqual([8, 9, 10, 11])
  })

  test('goes back reversed in the modern one', () => {
    const table = tableOf(modern)
    table.release(table.reserve(3)!)
    expect(table.freeList()).toEqual([10, 9, 8, 11])
  })
})

describe('a table that grows', () => {
  test('puts the new references in front in the old drivers', () => {
    const table = tableOf(seed, [[8, 2]], 2)
    expect(listFrom(table, table.reserve(3))).toEqual([512, 513, 514])
    expect(table.freeList().slice(-2)).toEqual([8, 9])
  })

  test('puts them behind the others in the modern one', () => {
    const table = tableOf(modern, [[8, 2]], 2)
    expect(listFrom(table, table.reserve(3))).toEqual([8, 9, 512])
    expect([table.frames, table.free]).toEqual([2, 511])
  })

  test('grows by as many frames as are missing, or not at all', () => {
    const table = tableOf(modern, [[8, 2]], 3)
    expect(table.reserve(2 + 2 * 512 + 1)).toBeUndefined()
    expect(table.frames).toBe(1)
    expect(table.reserve(2 + 2 * 512)).toBe(8)
    expect([table.frames, table.free]).toEqual([3, 0])
  })
})

describe('the free callback', () => {
  const driver = {}

  test('fires once, when enough references are free', () => {
    const table = tableOf()
    table.reserve(4)
    table.requestCallback(driver, 2)
    table.tryEnd(8)
    expect(table.restarts).toBe(0)
    table.tryEnd(9)
    table.tryEnd(10)
    expect(table.restarts).toBe(1)
  })

  test('keeps its first count when it is asked for again', () => {
    const table = tableOf()
    table.reserve(4)
    table.requestCallback(driver, 3)
    table.requestCallback(driver, 1)
    table.tryEnd(8)
    expect(table.restarts).toBe(0)
  })
})
