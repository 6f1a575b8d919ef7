// The view of a ring: what each slot holds, near 2^32 and on damaged rings too.
import { expect, test } from 'vitest'
import { survivingFields } from '../../../src/codec/ring/beneath.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { ringGeometry, slotOffset } from '../../../src/codec/ring/geometry.ts'
import { advance, slotOf } from '../../../src/codec/ring/ring-idx.ts'
import { waitState } from '../../../src/codec/ring/waiting.ts'
import { x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import { encodeOver } from '../../../src/codec/struct/encode.ts'
import {
  type BlkifRequest,
  blkifRequest,
  blkifRequestDiscard,
  blkifRequestIndirect,
  blkifResponse,
} from '../../../src/codec/xen/blkif.ts'
import { sringHeader } from '../../../src/codec/xen/ring.ts'

const NO_SEGMENT = { gref: 0, first_sect: 0, last_sect: 0 }

function read(id: bigint, sector_number: bigint, segments = [{ gref: 9, first_sect: 0, last_sect: 7 }]): BlkifRequest {
  const seg = Array.from({ length: 11 }, (_, i) => segments[i] ?? NO_SEGMENT)
  return { operation: 0, nr_segments: segments.length, handle: 51712, id, sector_number, seg }
}

/** A ring with the given indices, requests by index, and responses by index. */
function ringOf(
  { req_prod, rsp_prod }: { req_prod: number; rsp_prod: number },
  requests: Record<number, BlkifRequest>,
  responses: Record<number, bigint>,
  abi = x86_64,
  pages = 1,
): Uint8Array {
  const geometry = ringGeometry(abi, pages)
  const bytes = new Uint8Array(geometry.bytes)
  const sring = { req_prod, req_event: advance(req_prod, 1), rsp_prod, rsp_event: advance(rsp_prod, 1) }
  encodeOver(sringHeader, abi, sring, bytes)
  for (const [index, req] of Object.entries(requests))
    encodeOver(blkifRequest, abi, req, bytes, slotOffset(geometry, slotOf(Number(index), geometry.nr_ents)))
  for (const [index, id] of Object.entries(responses)) {
    const at = slotOffset(geometry, slotOf(Number(index), geometry.nr_ents))
    encodeOver(blkifResponse, abi, { id, operation: 0, status: 0 }, bytes, at)
  }
  return bytes
}

test('indices across 2^32: requests, responses, and no unused slot', () => {
  const bytes = ringOf(
    { req_prod: 2, rsp_prod: 0xffff_fffe },
    { 4294967294: read(4n, 8n), 4294967295: read(5n, 16n), 0: read(6n, 24n), 1: read(7n, 32n) },
    {},
  )
  const ring = decodeRing(bytes, x86_64)
  expect(ring.outstanding).toBe(4)
  const requests = ring.slots.filter((s) => s.state === 'request')
  expect(requests.map((s) => [s.slot, s.index, s.request.id])).toEqual([
    [0, 0, 6n],
    [1, 1, 7n],
    [30, 0xffff_fffe, 4n],
    [31, 0xffff_ffff, 5n],
  ])
  expect(ring.slots.filter((s) => s.state === 'cleared').map((s) => s.index)).toContain(0xffff_ffe2)
  expect(ring.slots.filter((s) => s.state === 'unused')).toEqual([])
})

test('a first lap has unused slots, each with the index it will carry', () => {
  const { slots } = decodeRing(ringOf({ req_prod: 2, rsp_prod: 1 }, { 0: read(0n, 8n), 1: read(1n, 9n) }, { 0: 0n }), x86_64)
  expect(slots.slice(0, 3).map((s) => [s.state, s.index])).toEqual([
    ['response', 0],
    ['request', 1],
    ['unused', 2],
  ])
})

test.each([
  [x86_64, ['sector_number', 'seg']],
  [x86_32, ['sector_number', 'seg']],
])('what a response leaves of a request: %o', (abi, fields) => {
  expect(survivingFields(blkifRequest, abi)).toEqual(fields)
  expect(survivingFields(blkifRequestIndirect, abi)).toEqual(['sector_number', 'handle', 'indirect_grefs'])
  expect(survivingFields(blkifRequestDiscard, abi)).toEqual(['sector_number', 'nr_sectors'])
  const bytes = ringOf({ req_prod: 1, rsp_prod: 1 }, { 0: read(77n, 4242n) }, { 0: 5n }, abi)
  expect(decodeRing(bytes, abi).slots[0]).toMatchObject({
    state: 'response',
    response: { id: 5n, op: 'read', status: 0 },
    beneath: { sector_number: 4242n, segments: read(0n, 0n).seg },
  })
})

test('more requests than slots: a finding, and the last of them are shown', () => {
  const { indices, slots, findings } = decodeRing(ringOf({ req_prod: 133, rsp_prod: 100 }, { 132: read(3n, 1n) }, {}), x86_64)
  expect(indices).toBe('impossible')
  expect(decodeRing(ringOf({ req_prod: 132, rsp_prod: 100 }, { 131: read(3n, 1n) }, {}), x86_64).indices).toBe('possible')
  expect(slots.every((s) => s.state === 'request')).toBe(true)
  expect(findings[0]).toEqual({
    code: 'indices-impossible',
    message: 'req_prod 133 - rsp_prod 100 = 33 requests outstanding, in a ring of 32; the last 32 are shown',
    offset: 0,
  })
})

function findingsOf(req: Partial<BlkifRequest>): unknown {
  const bytes = ringOf({ req_prod: 1, rsp_prod: 0 }, { 0: { ...read(0n, 8n), ...req } }, {})
  return decodeRing(bytes, x86_64).findings
}

test('impossible counts, segments and operations are findings with slot and offset', () => {
  const segment = { gref: 9, first_sect: 0, last_sect: 7 }
  expect(findingsOf({ nr_segments: 255, seg: Array(11).fill(segment) })).toEqual([
    {
      code: 'nr-segments-impossible',
      message: 'nr_segments 255 > BLKIF_MAX_SEGMENTS_PER_REQUEST (11); the slot holds 11',
      slot: 0,
      offset: 65,
    },
  ])
  expect(
    findingsOf({
      nr_segments: 3,
      seg: [segment, { ...segment, first_sect: 5, last_sect: 4 }, { ...segment, last_sect: 8 }, ...Array(8).fill(segment)],
    }),
  ).toEqual([
    { code: 'segment-range', message: 'seg[1]: first_sect 5 > last_sect 4 (and 1 more of 3)', slot: 0, offset: 64 + 24 + 8 },
  ])
  expect(findingsOf({ operation: 9 })).toEqual([
    { code: 'operation-unknown', message: 'operation 9 is not in blkif.h', slot: 0, offset: 64 },
  ])
})

test('an indirect request is answered under its inner operation', () => {
  const indirect = {
    operation: 6,
    indirect_op: 1,
    nr_segments: 1,
    id: 7n,
    sector_number: 0n,
    handle: 1,
    indirect_grefs: [1, 0, 0, 0, 0, 0, 0, 0],
  }
  const answeredBy = (operation: number) => {
    const bytes = ringOf({ req_prod: 42, rsp_prod: 41 }, {}, {})
    const [at, answer] = [slotOffset(ringGeometry(x86_64, 1), 9), slotOffset(ringGeometry(x86_64, 1), 8)]
    encodeOver(blkifRequestIndirect, x86_64, indirect, bytes, at)
    encodeOver(blkifResponse, x86_64, { id: 7n, operation, status: 0 }, bytes, answer)
    const slot = decodeRing(bytes, x86_64).slots[9]
    return slot?.state === 'request' ? [slot.answered, slot.answeredBy] : undefined
  }
  expect(answeredBy(1)?.[1]).toBe(8)
  expect(answeredBy(6)).toEqual(['no', undefined])
})

test('an indirect request with 65535 segments keeps its 8 grefs and says so', () => {
  const bytes = ringOf({ req_prod: 1, rsp_prod: 0 }, {}, {})
  const { slotsAt } = ringGeometry(x86_64, 1)
  const indirect_grefs = [1, 2, 3, 4, 5, 6, 7, 8]
  encodeOver(
    blkifRequestIndirect,
    x86_64,
    { operation: 6, indirect_op: 3, nr_segments: 65535, id: 0n, sector_number: 0n, handle: 1, indirect_grefs },
    bytes,
    slotsAt,
  )
  const { slots, findings } = decodeRing(bytes, x86_64)
  expect(slots[0]).toMatchObject({
    request: { op: 'indirect', nr_segments: 65535, indirect_grefs, segments: null, nr_sectors: null },
  })
  expect(findings.slice(0, 2).map((f) => f.message)).toEqual([
    'indirect_op 3 is neither BLKIF_OP_READ nor BLKIF_OP_WRITE',
    'nr_segments 65535 > 4096, all that 8 indirect pages hold',
  ])
})

test('an unknown operation keeps the slot as it is', () => {
  const bytes = ringOf({ req_prod: 1, rsp_prod: 0 }, { 0: { ...read(12n, 34n), operation: 4 } }, {})
  const { slots } = decodeRing(bytes, x86_64)
  expect(slots[0]).toMatchObject({
    request: { op: 'packet', id: 12n, sector_number: 34n, handle: 51712, raw: bytes.slice(64, 176) },
  })
})

test.each([
  [{ req_prod: 5, req_event: 6, rsp_prod: 5, rsp_event: 6 }, 'idle', 'caught-up', false],
  [{ req_prod: 5, req_event: 5, rsp_prod: 5, rsp_event: 6 }, 'quiet', 'caught-up', false],
  [{ req_prod: 7, req_event: 8, rsp_prod: 5, rsp_event: 6 }, 'below', 'caught-up', false],
  [{ req_prod: 7, req_event: 6, rsp_prod: 5, rsp_event: 5 }, 'backend', 'behind', false],
  [{ req_prod: 7, req_event: 9, rsp_prod: 5, rsp_event: 7 }, 'beyond', 'deferred', false],
  [{ req_prod: 7, req_event: 8, rsp_prod: 5, rsp_event: 8 }, 'below', 'unreachable', false],
  [{ req_prod: 7, req_event: 1000, rsp_prod: 7, rsp_event: 8 }, 'beyond', 'caught-up', false],
  [{ req_prod: 37, req_event: 38, rsp_prod: 5, rsp_event: 37 }, 'below', 'deferred', true],
  [{ req_prod: 38, req_event: 38, rsp_prod: 5, rsp_event: 6 }, 'impossible', 'caught-up', false],
  [{ req_prod: 1, req_event: 2, rsp_prod: 0xffff_ffff, rsp_event: 0 }, 'below', 'caught-up', false],
])('%o waits on %s', (sring, waiting, frontend, full) => {
  expect(waitState(sring, 32)).toEqual({ waiting, frontend, full })
})
