// What reads as a slot under each strictness: the stricter takes nothing that the milder refuses, and each has its reasons.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  readsAsBeneath,
  readsAsCleared,
  readsAsRequest,
  readsAsResponse,
  readsAsSegment,
  slotCriteria,
} from '../../../src/codec/recognise/slot/reads-as.ts'
import { ANY_PAGE, COUNTED_IDS, KNOWN_RING, type Strictness } from '../../../src/codec/recognise/slot/strictness.ts'
import { ABIS, x86_32, x86_64 } from '../../../src/codec/struct/abi.ts'
import { encode, encodeOver } from '../../../src/codec/struct/encode.ts'
import { type BlkifRequest, type BlkifResponse, blkifRequest, blkifResponse } from '../../../src/codec/xen/blkif.ts'

const IDS = 32
const SLOT = 112
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const STRICT = { KNOWN_RING, ANY_PAGE, COUNTED_IDS }
type Name = keyof typeof STRICT
const NAMES = Object.keys(STRICT) as Name[]

const TESTS = { readsAsRequest, readsAsResponse, readsAsBeneath, readsAsSegment } as const

/** Bytes of chance, most of them small or 0, so that some of the slots read as something. */
const slot = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(7), fc.nat(255)), {
  minLength: SLOT,
  maxLength: SLOT,
})

test('of any page, and of ids that are counted, nothing reads well that does not in a known ring', () => {
  let read = 0
  fc.assert(
    fc.property(slot, fc.constantFrom(...ABIS), fc.boolean(), (list, abi, ones) => {
      const bytes = Uint8Array.from(list)
      if (ones) bytes.fill(0xff, abi === x86_32 ? 12 : 16, abi === x86_32 ? 20 : 24)
      for (const readsAs of Object.values(TESTS)) {
        const [known, ...stricter] = [KNOWN_RING, ANY_PAGE, COUNTED_IDS].map((strict: Strictness) =>
          readsAs(slotCriteria(strict, abi), viewOf(bytes), 0, IDS),
        )
        if (known) read++
        else expect(stricter).toEqual([false, false])
      }
    }),
    { numRuns: 2000 },
  )
  expect(read).toBeGreaterThan(100)
})

const request: BlkifRequest = {
  operation: 1,
  nr_segments: 1,
  handle: 51712,
  id: 3n,
  sector_number: 4096n,
  seg: Array.from({ length: 11 }, (_, i) =>
    i === 0 ? { gref: 9, first_sect: 0, last_sect: 7 } : { gref: 0, first_sect: 0, last_sect: 0 },
  ),
}
const segment = (gref: number, first_sect: number, last_sect: number) => ({
  seg: [{ gref, first_sect, last_sect }, ...request.seg.slice(1)],
})

test.each<[string, Partial<BlkifRequest>, readonly Name[]]>([
  ['as Linux sends it', {}, NAMES],
  ['an id that is a pointer', { id: 0xffff_8800_02a4_c000n }, ['KNOWN_RING', 'ANY_PAGE']],
  ['an id above all that are counted, and no pointer', { id: 500n }, ['KNOWN_RING']],
  ['an id read 4 bytes off', { id: 3n << 32n }, []],
  ['a sector that no disk has', { sector_number: (2n ** 56n) | 1n }, ['KNOWN_RING', 'COUNTED_IDS']],
  ['a sector read 4 bytes off', { sector_number: 4096n << 32n }, []],
  ['a reference above every grant table', segment(2 ** 26, 0, 7), ['KNOWN_RING', 'COUNTED_IDS']],
  ['the console as a reference', segment(0, 0, 7), []],
  ['a segment beyond its page', segment(9, 0, 8), []],
  ['a segment that ends before it begins', segment(9, 5, 4), []],
  ['no segment', { nr_segments: 0 }, []],
  ['a flush without a segment', { operation: 3, nr_segments: 0 }, NAMES],
  ['more segments than a slot holds', { nr_segments: 12 }, []],
  ['an operation of no header', { operation: 9 }, []],
])('a request: %s', (_, changed, expected) => {
  for (const abi of [x86_64, x86_32]) {
    const bytes = new Uint8Array(SLOT)
    encodeOver(blkifRequest, abi, { ...request, ...changed }, bytes)
    const read = NAMES.filter((name) => readsAsRequest(slotCriteria(STRICT[name], abi), viewOf(bytes), 0, IDS))
    expect(read).toEqual(expected)
  }
})

test.each<[string, BlkifResponse, readonly Name[]]>([
  ['as Linux sends it', { id: 31n, operation: 0, status: 0 }, NAMES],
  ['an error', { id: 0n, operation: 5, status: -1 }, NAMES],
  ['an id that nobody counts', { id: 32n, operation: 0, status: 0 }, ['KNOWN_RING']],
  ['a status of no header', { id: 1n, operation: 0, status: -5 }, []],
  ['an operation without a struct', { id: 1n, operation: 4, status: 0 }, []],
])('a response: %s', (_, response, expected) => {
  const bytes = encode(blkifResponse, x86_64, response)
  const read = NAMES.filter((name) => readsAsResponse(slotCriteria(STRICT[name], x86_64), viewOf(bytes), 0, IDS))
  expect(read).toEqual(expected)
})

test.each(ABIS)('a slot that was recycled is 0 but for an id that is its number: %o', (abi) => {
  const criteria = slotCriteria(KNOWN_RING, abi)
  const zeros = new Uint8Array(SLOT)
  expect(readsAsCleared(criteria, viewOf(zeros), 0, 7)).toBe(true)
  const { id } = criteria.rw
  for (let i = 0; i < criteria.size; i++) {
    const bytes = Uint8Array.from(zeros)
    bytes[i] = 7
    expect(readsAsCleared(criteria, viewOf(bytes), 0, 7)).toBe(i === id)
    expect(readsAsCleared(criteria, viewOf(bytes), 0, 8)).toBe(false)
  }
})
