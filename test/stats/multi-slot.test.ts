// Requests over several slots are counted as requests.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CaptureBatch } from '../../src/capture/capture-batch.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { reportOf } from '../../src/stats/report.ts'
import { Statistics } from '../../src/stats/statistics.ts'
import { dumps } from '../check/run-check.ts'
import { SHARED, testShared } from '../support/shared.ts'

function inFlight(path: string) {
  const stats = new Statistics()
  const batches = new CaptureBatch()
  let place = 0
  for (const dump of loadDumps(path)) {
    const { ring } = decodeCapture(dump)
    stats.add(stats.track({ source: path, queue: undefined }, ring.geometry), batches.read(dump, ring), 0, place++)
  }
  const { depth, tracks } = reportOf(stats)
  return { most: depth.most, mean: tracks[0]!.inFlight, countsSlots: tracks[0]!.countsSlots }
}

test('of a request in two slots one is in flight', () => {
  expect(inFlight(join(dumps, 'hostile/multi-slot'))).toEqual({ most: 1, mean: 1, countsSlots: true })
  expect(inFlight(join(dumps, 'direct'))).toMatchObject({ countsSlots: false })
})

testShared('field: three requests in seven slots', () => {
  expect(inFlight(join(SHARED, 'field/15-freebsd-osv/multislot'))).toEqual({ most: 3, mean: 3, countsSlots: true })
})
