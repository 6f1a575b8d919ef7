// Queues of one device, moment by moment: what they have in flight together is what decode says of each, summed.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { StatsRings } from '../../src/commands/stats/rings.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { reportOf } from '../../src/stats/report.ts'

const root = join(import.meta.dirname, '../../dumps')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** Queues of so many moments of dumps/series each, from different ones on. */
function device(name: string, moments: readonly number[]): string {
  const folder = join(scratch, name)
  const rings = readdirSync(join(root, 'series')).filter((file) => /^ring-\d+\.bin$/.test(file))
  for (const [queue, count] of moments.entries()) {
    mkdirSync(join(folder, `queue-${queue}`), { recursive: true })
    for (let n = 0; n < count; n++)
      cpSync(join(root, 'series', rings[n + queue * 5]!), join(folder, `queue-${queue}`, `ring-00${n}.bin`))
  }
  return folder
}

function queuesOf(folder: string) {
  const rings = new StatsRings({ abi: undefined, sectorUnit: undefined, where: undefined })
  const sums = new Map<number, number[]>()
  let number = 0
  for (const dump of loadDumps(folder)) {
    const { queue, snapshot } = dump
    rings.add(dump, { source: folder, queue, key: `${folder} ${queue}` }, number++)
    const { ring } = decodeCapture(dump, undefined, undefined)
    sums.set(snapshot, [...(sums.get(snapshot) ?? []), ring.slots.filter(({ state }) => state === 'request').length])
  }
  rings.end()
  return { queues: reportOf(rings.stats).queues, sums }
}

test('all queues at each moment', () => {
  const { queues, sums } = queuesOf(device('even', [6, 6, 6]))
  const together = [...sums.values()].map((of) => of.reduce((sum, n) => sum + n, 0))
  expect(queues).toMatchObject([{ queues: 3, moments: 6, nr_ents: 96, most: Math.max(...together) }])
  expect(queues[0]!.mean).toBeCloseTo(together.reduce((sum, n) => sum + n, 0) / 6)
})

test('moments at which a queue is missing do not count', () => {
  const { queues, sums } = queuesOf(device('uneven', [6, 2]))
  const both = [...sums.values()].filter((of) => of.length === 2).map(([a, b]) => a! + b!)
  expect(both).toHaveLength(2)
  expect(queues).toMatchObject([{ queues: 2, moments: 2, most: Math.max(...both) }])
})

test('of one queue, and of no queue, there is nothing to sum', () => {
  expect(queuesOf(device('one', [4])).queues).toEqual([])
  expect(queuesOf(join(root, 'series')).queues).toEqual([])
})
