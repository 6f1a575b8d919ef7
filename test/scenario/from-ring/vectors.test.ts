// Rings that the drivers' own compiled code wrote: the emulated driver of the same version gives each request back byte for byte,
// history and all, but for what is named here.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readVectors, vectorFiles } from '../../blkfront/read-vectors.ts'
import { SHARED, testShared } from '../../support/shared.ts'
import { heldAgainst } from './held-against.ts'
import { recordedRings } from './recorded.ts'

/** Why a request is not, or not the same. */
const EXCEPTIONS: Readonly<Record<string, RegExp>> = {
  "handed to the driver by the recorder, above the block layer's own limit of 1280 KiB": /^N requests, cut at max_sectors/,
  'a request that is answered, of which a later one has the id or a grant':
    /it may be answered, and a later request has its names$/,
  'the backend wrote its response over the request, and has not published it':
    /^(it reads as a response that is not published|it has no segments)$/,
}

/** @param of the drivers' folders @param oneIn of the moments */
function held(folder: string, oneIn: number) {
  const sums = { requests: 0, equal: 0, unexplained: [] as string[] }
  let n = 0
  for (const file of vectorFiles(folder))
    for (const vector of readVectors(folder, file))
      for (const ring of recordedRings(vector)) {
        if (n++ % oneIn !== 0) continue
        const { requests, equal, reasons } = heldAgainst(ring)
        sums.requests += requests
        sums.equal += equal
        const strange = reasons.filter((reason) => !Object.values(EXCEPTIONS).some((text) => text.test(reason)))
        sums.unexplained.push(...strange.map((reason) => `${file}: ${ring.name}: ${reason}`))
      }
  return sums
}

test('requests of recorded drivers are given back', () => {
  const { requests, equal, unexplained } = held(join(import.meta.dirname, '../../vectors'), 20)
  expect(unexplained).toEqual([])
  expect(equal / requests).toBeGreaterThan(0.99)
})

testShared('requests of recorded drivers are given back', () => {
  const { requests, equal, unexplained } = held(join(SHARED, 'vectors'), 20)
  expect(unexplained).toEqual([])
  expect(equal / requests).toBeGreaterThan(0.99)
})
