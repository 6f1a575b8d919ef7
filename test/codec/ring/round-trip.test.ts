// Decoding and encoding over the same bytes changes nothing, and every byte has one name: for every ring and indirect page
// that was captured, and for random bytes.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { annotateRing, type RingRange } from '../../../src/codec/ring/annotate-ring.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { ringGeometry } from '../../../src/codec/ring/geometry.ts'
import { readSegments } from '../../../src/codec/ring/indirect-pages.ts'
import { decodeWireRing, encodeWireRingOver } from '../../../src/codec/ring/wire.ts'
import { ABIS, type Abi } from '../../../src/codec/struct/abi.ts'
import { annotate } from '../../../src/codec/struct/annotate.ts'
import { decode } from '../../../src/codec/struct/decode.ts'
import { encodeOver } from '../../../src/codec/struct/encode.ts'
import { blkifIndirectPage } from '../../../src/codec/xen/blkif.ts'
import { XEN_PAGE_SIZE } from '../../../src/codec/xen/ring.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { captures, eachCapture } from '../../support/captures.ts'
import { expectSame } from '../../support/expect-same.ts'

function checkRing(bytes: Uint8Array, abi: Abi): void {
  const geometry = ringGeometry(abi, bytes.length / XEN_PAGE_SIZE)
  const wire = decodeWireRing(bytes, geometry)
  for (const isResponse of [() => true, () => false, (slot: number) => slot % 3 === 0]) {
    const again = Uint8Array.from(bytes)
    encodeWireRingOver(wire, geometry, again, isResponse)
    expect(Buffer.compare(again, bytes)).toBe(0)
  }
  // Every field that an encoder writes reaches the bytes: over other bytes, the same value decodes again.
  const other = new Uint8Array(bytes.length).fill(0x5a)
  encodeWireRingOver(wire, geometry, other, () => false)
  expectSame(
    decodeWireRing(other, geometry).ring.map((e) => e.req),
    wire.ring.map((e) => e.req),
  )
  checkCover(annotateRing(decodeRing(bytes, abi)), bytes.length)
}

function checkCover(ranges: readonly RingRange[], length: number): void {
  let end = 0
  const gap = ranges.find((range) => {
    const fits = range.offset === end && range.size > 0
    end += range.size
    return !fits
  })
  expect(gap).toBeUndefined()
  expect(end).toBe(length)
}

function checkIndirectPage(bytes: Uint8Array, abi: Abi): void {
  const again = Uint8Array.from(bytes)
  encodeOver(blkifIndirectPage, abi, decode(blkifIndirectPage, abi, bytes), again)
  expect(Buffer.compare(again, bytes)).toBe(0)
  // The short way to the first segments gives what the schema gives.
  for (const count of [0, 1, 33, 512])
    expectSame(readSegments(bytes, abi, count), decode(blkifIndirectPage, abi, bytes).seg.slice(0, count))
}

test('captures are there', () => {
  expect(captures.length).toBeGreaterThanOrEqual(20)
})

eachCapture('each capture', ({ path }) => {
  for (const { bytes } of loadDumps(path)) for (const abi of ABIS) checkRing(bytes, abi)
  const pages = readdirSync(path).filter((name) => name.startsWith('indirect-'))
  for (const name of pages) for (const abi of ABIS) checkIndirectPage(readFileSync(join(path, name)), abi)
})

test('random bytes', () => {
  const ring = fc
    .constantFrom(1, 2, 4)
    .chain((pages) => fc.uint8Array({ minLength: pages * XEN_PAGE_SIZE, maxLength: pages * XEN_PAGE_SIZE }))
  fc.assert(
    fc.property(ring, fc.constantFrom(...ABIS), (bytes, abi) => checkRing(bytes, abi)),
    { numRuns: 60 },
  )
})

test('an indirect page is annotated to the last byte', () => {
  checkCover(annotate(blkifIndirectPage, ABIS[0]!), XEN_PAGE_SIZE)
})
