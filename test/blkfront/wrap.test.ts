// Ring indices past 2^32, which no recorded vector reaches.
import { expect, test } from 'vitest'
import type { DriverName } from '../../src/blkfront/index.ts'
import { ioOf, pair, settle } from './setting.ts'

const NEAR_THE_END = 2 ** 32 - 40
const LAPS = 6

test.each<[DriverName, number]>([
  ['seed', 1],
  ['extra-req', 1],
  ['modern', 1],
  ['modern', 16],
])('%s with %i ring pages writes the same slots near 2^32 as from 0', (driver, ringPages) => {
  const near = pair({ driver, ringPages }, { startIndex: NEAR_THE_END - (NEAR_THE_END % 512) })
  const from0 = pair({ driver, ringPages })
  const { slotsAt, nr_ents } = from0.frontend.ring.geometry
  for (let serial = 0; serial < LAPS * nr_ents; serial++) {
    const request = ioOf(serial, 1 + (serial % 13), { op: serial % 3 ? 'read' : 'write' })
    expect(near.frontend.submit(request)).toEqual(from0.frontend.submit(request))
    if (serial % 7 === 6) expect(settle(near)).toEqual(settle(from0))
  }
  const slots = (p: typeof near) => Buffer.from(p.frontend.ring.bytes.subarray(slotsAt))
  expect(slots(near).equals(slots(from0))).toBe(true)
  const { ring, state } = near.frontend
  expect(state.req_prod_pvt).toBeLessThan(NEAR_THE_END)
  expect(ring.req_event).toBe((ring.req_prod + 1) >>> 0)
  expect(ring.rsp_event).toBe((ring.rsp_prod + 1) >>> 0)
})

test('the ring is full after nr_ents requests across the wrap, and not before', () => {
  const { frontend } = pair({ grants: { freeList: [[8, 504]], frames: 1, maxFrames: 1 } }, { startIndex: 2 ** 32 - 5 })
  const results = Array.from({ length: 33 }, (_, serial) => frontend.submit(ioOf(serial, 1)).result)
  expect(results).toEqual([...Array(32).fill('queued'), 'ringFull'])
  expect(frontend.state.req_prod_pvt).toBe(27)
})

test('a push across the wrap notifies as anywhere else', () => {
  const { frontend, backend } = pair({}, { startIndex: 2 ** 32 - 1 })
  frontend.submit(ioOf(0, 1))
  expect(frontend.push()).toEqual({ notify: true, req_prod: 0 })
  frontend.submit(ioOf(1, 1))
  expect(frontend.push()).toEqual({ notify: false, req_prod: 1 })
  expect(backend.consume(true).requests).toHaveLength(2)
  expect(frontend.ring.req_event).toBe(2)
})
