// What lies beside a ring: whose pages, whose queue, which device.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { captureBeside, decodeCapture, type RingAlone } from '../../src/capture/index.ts'
import { handlesInFlight } from '../../src/codec/ring/handles-in-flight.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { parseXenstore } from '../../src/xenstore/index.ts'

const read = (path: string) => new Uint8Array(readFileSync(join(import.meta.dirname, '../../dumps', path)))
const ring: RingAlone = { bytes: read('unconsumed-requests/ring.bin'), missing: [], findings: [] }
const place = { source: 'ring.bin', snapshot: 0, number: undefined }
const page = (byte: number) => new Uint8Array(4096).fill(byte)

test('a page that the text of the ring has comes before one beside it, and is of that ring alone', () => {
  const beside = {
    indirectPages: Object.assign(
      new Map([
        [5, page(1)],
        [6, page(2)],
      ]),
      { isCommon: () => true },
    ),
  }
  const { indirectPages } = captureBeside({ ...ring, indirectPages: new Map([[5, page(3)]]) }, beside, place)
  expect([5, 6, 7].map((gref) => indirectPages.get(gref)?.[0])).toEqual([3, 2, undefined])
  expect([5, 6].map((gref) => indirectPages.isCommon?.(gref))).toEqual([false, true])
})

test('the folder says which queue it is, else the text', () => {
  const named = { ...ring, queue: 2 }
  expect([captureBeside(named, { queue: 1 }, place).queue, captureBeside(named, {}, place).queue]).toEqual([1, 2])
})

test('a listing without a device, and one with several that fit, are findings', () => {
  const codes = (listing: string | undefined) =>
    captureBeside(ring, { devices: listing === undefined ? undefined : parseXenstore(listing) }, place).findings.map(
      ({ code }) => code,
    )
  const device = (vdev: number, protocol: string) => `/local/domain/3/device/vbd/${vdev}/protocol = "${protocol}"\n`
  expect(codes(undefined)).toEqual([])
  expect(codes('nothing')).toEqual(['xenstore-empty'])
  expect(codes(device(51712, 'x86_64-abi') + device(51728, 'x86_32-abi'))).toEqual(['xenstore-ambiguous'])
})

test('handles are those of requests in flight that are there', () => {
  const { slots } = decodeCapture(captureBeside(ring, {}, place)).ring
  const requests = slots.flatMap((slot) => (slot.state === 'request' ? [slot.request.handle] : []))
  expect(requests.length).toBeGreaterThan(3)
  expect(handlesInFlight(ring.bytes, x86_64)).toEqual(new Set(requests))
  // Slots that are not there are zeros, and 0 is a handle.
  const bytes = ring.bytes.slice()
  bytes.fill(0, 64 + 21 * 112, 64 + 24 * 112)
  expect(handlesInFlight(bytes, x86_64)).toContain(0)
  expect(handlesInFlight(bytes, x86_64, [{ from: 64 + 21 * 112, to: 64 + 24 * 112 }])).toEqual(new Set(requests))
  expect(handlesInFlight(bytes, x86_64, [{ from: 0, to: 64 }])).toEqual(new Set())
})
