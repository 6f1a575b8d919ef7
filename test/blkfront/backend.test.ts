import { describe, expect, test } from 'vitest'
import { Backend, SharedRing } from '../../src/blkfront/index.ts'
import { x86_32, x86_64 } from '../../src/codec/struct/abi.ts'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { blkifRequest } from '../../src/codec/xen/blkif.ts'
import { ioOf, pair } from './setting.ts'

test('it takes what is published and no more, and asks for an event when it has all', () => {
  const { frontend, backend } = pair()
  frontend.submit(ioOf(0, 1))
  expect(backend.consume(false)).toEqual({ requests: [] })
  frontend.push()
  frontend.submit(ioOf(1, 1))
  expect(backend.consume(true).requests.map(({ id }) => id)).toEqual([0n])
  expect(frontend.ring.req_event).toBe(2)
  expect(frontend.push().notify).toBe(true)
})

test('with a count it leaves the rest, and does not ask for an event', () => {
  const { frontend, backend } = pair()
  for (const serial of [0, 1, 2]) frontend.submit(ioOf(serial, 1))
  frontend.push()
  expect(backend.consume(true, 2)).toMatchObject({ requests: [{ slot: 0 }, { slot: 1 }], moreToDo: true })
  expect(frontend.ring.req_event).toBe(1)
  expect(backend.consume(true)).toMatchObject({ requests: [{ slot: 2 }], moreToDo: false })
})

test('whatever req_prod claims, it takes no more than a ring of requests that are not answered', () => {
  const { frontend, backend } = pair()
  const { ring } = frontend
  const { nr_ents } = ring.geometry
  ring.req_prod = nr_ents + 9
  const { requests, moreToDo } = backend.consume(true)
  expect([requests.length, moreToDo, backend.req_cons]).toEqual([nr_ents, true, nr_ents])
  expect(backend.consume(true).requests).toEqual([])
  // Each answer makes room for one.
  for (const id of [1n, 2n]) backend.respond({ id, operation: 0, status: -1, mapped: [], raw: true })
  expect(backend.consume(true).requests.length).toBe(2)
})

test('it reads direct and indirect requests with their grants', () => {
  const { frontend, backend } = pair()
  frontend.submit(ioOf(0, 2, { sector: 7n }))
  frontend.submit(ioOf(1, 12, { op: 'read' }))
  frontend.push()
  const [direct, indirect] = backend.consume(false).requests
  expect(direct).toMatchObject({ operation: 1, dataOp: 1, nr_segments: 2, bytes: 8192, grefs: [9, 10], sector_number: 7n })
  expect(indirect).toMatchObject({ operation: 6, dataOp: 0, nr_segments: 12, bytes: 49152, indirect_grefs: [11] })
  expect(indirect!.grefs).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23])
  expect(frontend.guest.grantTable.isMapped(11)).toBe(true)
})

describe.each([x86_64, x86_32])('a response ($name)', (abi) => {
  test('touches id, operation and status, and nothing else of its slot', () => {
    const { frontend, backend } = pair({ abi: abi.name })
    const { ring } = frontend
    ring.bytes.fill(0xee, ring.geometry.slotsAt)
    const { slot } = backend.respond({ id: 0x0102030405060708n, operation: 9, status: -2, mapped: [], raw: true })
    expect(slot).toBe(0)
    const at = ring.geometry.slotsAt
    expect(Buffer.from(ring.bytes.subarray(at, at + 12)).toString('hex')).toBe('080706050403020109eefeff')
    expect(ring.bytes.subarray(at + 12).every((byte) => byte === 0xee)).toBe(true)
    expect(ring.rsp_prod).toBe(0)
    expect(backend.pushResponses()).toEqual({ notify: true, rsp_prod: 1 })
  })
})

test('it unmaps what the response does not keep', () => {
  const { frontend, backend } = pair()
  frontend.submit(ioOf(0, 3))
  frontend.push()
  backend.consume(true)
  backend.respond({ id: 0n, operation: 1, status: 0, mapped: [10], raw: false })
  const { grantTable } = frontend.guest
  expect([9, 10, 11].map((gref) => grantTable.isMapped(gref))).toEqual([false, true, false])
  backend.unmap([10])
  expect(grantTable.isMapped(10)).toBe(false)
})

test('a good read delivers its data where the grants point', () => {
  const { frontend, backend } = pair({}, { contents: 'all' })
  frontend.submit(ioOf(0, 1, { op: 'read', segments: [[300, 1024, 512]] }))
  frontend.push()
  backend.consume(true)
  backend.respond({ id: 0n, operation: 0, status: 0, mapped: [], raw: false })
  const page = frontend.guest.memory.frame(300)!
  const expected = Array.from({ length: 512 }, (_, i) => (2 * 3 + 1024 + i + 0x55) & 255)
  expect([...page.subarray(1024, 1536)]).toEqual(expected)
  expect([page[1023], page[1536]]).toEqual([0, 0])
})

test('it serves a ring that no frontend of ours filled, with any id and any count', () => {
  const ring = new SharedRing(x86_64, 1)
  ring.init(0)
  const seg = Array.from({ length: 11 }, (_, i) => ({ gref: 5000 + i, first_sect: 7, last_sect: 0 }))
  const request = { operation: 0, nr_segments: 255, handle: 0, id: 2n ** 64n - 1n, sector_number: 0n, seg }
  encodeOver(blkifRequest, x86_64, request, ring.bytes, ring.offsetOf(0))
  ring.req_prod = 1
  const backend = new Backend(ring, pair().frontend.guest)
  const [taken] = backend.consume(true).requests
  expect(taken).toMatchObject({ id: 2n ** 64n - 1n, nr_segments: 255 })
  expect(taken!.grefs).toHaveLength(11)
  expect(backend.respond({ id: 2n ** 64n - 1n, operation: 0, status: 0, mapped: [], raw: false }).request).toBe(taken)
})
