// Queues of a device are held against each other at one moment only: what a series shows of them was at different times.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { createChecker } from '../../src/check/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { dumps } from './run-check.ts'

/** Two queues whose requests write the same sectors and use the same grants. */
const queues = [...loadDumps(join(dumps, 'hostile/queues'))].map((dump) => decodeCapture(dump))

/** Rules that compare queues, of what they say of these in this order. */
function between(...order: readonly number[]): string[] {
  const checker = createChecker()
  for (const queue of order) checker.ring(queues[queue]!)
  return checker.end().map(({ rule }) => rule.id)
}

test('one moment of each', () => {
  expect(queues.map(({ capture }) => capture.queue)).toEqual([0, 1])
  expect(between(0, 1).sort()).toEqual(['queue-gref-shared', 'writes-overlap'])
  expect(between(1, 0).sort()).toEqual(between(0, 1).sort())
})

test('several moments of one, or of both, are not compared', () => {
  expect(between(0)).toEqual([])
  expect(between(0, 0, 1)).toEqual([])
  expect(between(0, 1, 1)).toEqual([])
  expect(between(0, 1, 0, 1)).toEqual([])
})
