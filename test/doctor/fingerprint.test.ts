// Marks of frontends that were not captured, made as their sources make them; those that were are in captures.test.ts.
import { expect, test } from 'vitest'
import { slotOffset } from '../../src/codec/ring/geometry.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { blkifRequest } from '../../src/codec/xen/blkif.ts'
import { fingerprint, type Moment } from '../../src/doctor/index.ts'
import { made } from './moments.ts'

const IN_FLIGHT = { req_prod: 60, req_event: 61, rsp_prod: 45, rsp_event: 46 }
const nodes = (frontend: Readonly<Record<string, string>>) => ({
  frontend: new Map(Object.entries(frontend)),
  backend: new Map<string, string>(),
})
const best = (moment: Moment) => fingerprint(moment)[0]

test('ids that are pointers, in either half', () => {
  const upper = best(made(IN_FLIGHT, { id: (index) => 0xffff_9800_1234_0000n + BigInt(index % 32) * 256n }))
  expect(upper).toMatchObject({
    driver: 'pointers',
    evidence: ['every id of 32 is like a pointer, in the upper half as kernels are'],
  })
  const lower = best(made(IN_FLIGHT, { id: (index) => 0x7e10_0000n + BigInt(index % 32) * 256n }))
  expect(lower).toMatchObject({ driver: 'pointers', evidence: ['every id of 32 is like a pointer, in the lower half'] })
})

test('limits that FreeBSD and OSv write', () => {
  const xenstore = nodes({ 'max-requests': '32', 'max-request-segments': '11', 'num-ring-pages': '1', 'ring-page-order': '0' })
  const guess = best(made(IN_FLIGHT, { xenstore, id: (index) => BigInt((index * 7) % 32) }))
  expect(guess).toMatchObject({ driver: 'freebsd' })
  expect(guess!.evidence.slice(0, 2)).toEqual([
    'XenStore: it wrote max-requests, max-request-segments',
    'XenStore: it wrote both num-ring-pages and ring-page-order',
  ])
})

test('ids that are their slots, beyond the first lap', () => {
  expect(best(made(IN_FLIGHT, { xenstore: nodes({ protocol: 'native' }) }))).toMatchObject({ driver: 'mirage', score: 6 })
  // Linux takes them in this order on its first lap.
  const first = { req_prod: 9, req_event: 10, rsp_prod: 0, rsp_event: 1 }
  expect(best(made(first))).toMatchObject({ driver: 'linux' })
})

test('one event for all, of OpenBSD', () => {
  expect(best(made({ ...IN_FLIGHT, rsp_event: 60 }))).toMatchObject({ driver: 'openbsd' })
})

test('an empty flush without a sector, and with sector 0', () => {
  const flush = (sector_number: bigint) => (bytes: Uint8Array) => {
    const { geometry } = made(IN_FLIGHT).shown!.ring
    const seg = Array.from({ length: 11 }, () => ({ gref: 0, first_sect: 0, last_sect: 0 }))
    const request = { operation: 3, nr_segments: 0, handle: 51712, id: 0xffff_9800_1234_0000n, sector_number, seg }
    encodeOver(blkifRequest, x86_64, request, bytes, slotOffset(geometry, 50 % 32))
  }
  const [linux, other] = [2n ** 64n - 1n, 0n].map((sector) => fingerprint(made(IN_FLIGHT, { spoil: flush(sector) })))
  expect(linux!.find((g) => g.driver === 'linux')!.evidence).toContain('an empty flush has sector 2^64 - 1')
  expect(other!.find((g) => g.driver === 'pointers')!.evidence).toContain('an empty flush has sector 0')
})

test('nothing to go by', () => {
  expect(fingerprint(made({ req_prod: 0, req_event: 1, rsp_prod: 0, rsp_event: 1 }))).toEqual([])
  expect(fingerprint({ ...made(IN_FLIGHT), shown: undefined })).toEqual([])
})

test('tags of Windows of 2014 are no addresses, whatever their counter', () => {
  const guess = best(made(IN_FLIGHT, { id: (index) => 0x6761_5458_0000_0000n + BigInt(index) * 4n }))
  expect(guess).toMatchObject({ driver: 'windows-2014', score: 6 })
  expect(guess!.evidence).toEqual(['every id of 32 is the letters XTag and a counter (0x67615458nnnnnnnn)'])
  expect(fingerprint(made(IN_FLIGHT, { id: () => 0x6761_5458_0000_0004n })).some(({ driver }) => driver === 'pointers')).toBe(false)
})
