// Which frame raw memory begins with: by what a grant table names, where memory begins, and how many rings that explains.
import { expect, test } from 'vitest'
import { guessFirstFrame } from '../../src/image/first-frame.ts'
import { parseGrantTable } from '../../src/image/index.ts'
import { grantFrames } from './memory.ts'

const MIB = 256

/** A table that grants these frames. */
const granting = (frames: readonly number[]) =>
  parseGrantTable(grantFrames(new Map(frames.map((frame, i) => [8 + i, frame])), 1, 1))!

test('of guesses that explain as much, one that begins a MiB, though another names more rings', () => {
  // Rings at pages 10, 20 and 30 of 1000. From 4 MiB on the first is named; from 4 MiB + 7 pages on all three would be.
  const first = 4 * MIB
  const table = granting([first + 10, first + 17, first + 27, first + 37])
  expect(guessFirstFrame(table, [10, 20, 30], 1000, [])).toBe(first)
})

test('of guesses that begin a MiB, that which names most rings; of these, the most aligned', () => {
  const table = granting([8 * MIB + 10, 8 * MIB + 20, 9 * MIB + 10])
  expect(guessFirstFrame(table, [10, 20], 4 * MIB, [])).toBe(8 * MIB)
  expect(guessFirstFrame(granting([3 * MIB + 5, 4 * MIB + 5]), [5], 4 * MIB, [])).toBe(3 * MIB)
  expect(guessFirstFrame(granting([4 * MIB + 5, 5 * MIB + 5, 6 * MIB + 5]), [5, MIB + 5, 2 * MIB + 5], 8 * MIB, [])).toBe(4 * MIB)
})

test('a table of another guest, of which most lies elsewhere, says nothing', () => {
  expect(guessFirstFrame(granting([10, 5000, 9000, 13_000, 17_000]), [10], 100, [])).toBeUndefined()
})
