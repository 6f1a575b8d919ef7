// What a page reads of a ring, by what was decided of its slots, is what `decodeRing` reads; but for findings, which a report carries.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { type DecodeRingOptions, decodeRing } from '../../src/codec/ring/decode-ring.ts'
import type { Ring } from '../../src/codec/ring/ring.ts'
import { ringHead } from '../../src/codec/ring/ring-head.ts'
import { SharedPages } from '../../src/codec/ring/shared-pages.ts'
import { ABIS, type Abi } from '../../src/codec/struct/abi.ts'
import { viewOf } from '../../src/codec/struct/scalar.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { packDecisions, ringOfDecisions } from '../../src/report/decisions.ts'
import { maxRequestSegments } from '../../src/xenstore/segments.ts'
import { eachCapture } from '../support/captures.ts'
import { expectSame } from '../support/expect-same.ts'
import { rings } from '../support/rings.ts'

function readAgain(ring: Ring, bytes: Uint8Array, abi: Abi, { missing, indirectPages, maxSegments }: DecodeRingOptions): Ring {
  const head = ringHead(viewOf(bytes), abi, missing)
  const { geometry } = head
  const pages = indirectPages ?? new Map<number, Uint8Array>()
  const shared = new SharedPages(pages, geometry)
  return ringOfDecisions(head, packDecisions(ring), { bytes, geometry, pages, shared, unit: ring.sectorUnit, maxSegments })
}

describe('read again', () => {
  eachCapture('a ring is what it was', ({ path }) => {
    let n = 0
    for (const dump of loadDumps(path)) {
      if (++n > 20) break
      const { ring, protocol, capture } = decodeCapture(dump)
      const { missing, indirectPages, xenstore } = capture
      const maxSegments = xenstore && maxRequestSegments(xenstore)
      const again = readAgain(ring, capture.bytes, protocol.abi, { missing, indirectPages, maxSegments })
      expectSame(again, { ...ring, findings: [] })
    }
  })

  const span = fc.tuple(fc.nat(8192), fc.nat(600)).map(([from, length]) => ({ from, to: from + length }))
  const page = fc.uint8Array({ minLength: 4000, maxLength: 4096 })

  test.each([1, 2])('so are rings of chance, %i pages', (pages) => {
    const states = new Set<string>()
    fc.assert(
      fc.property(
        rings(pages),
        fc.constantFrom(...ABIS),
        fc.option(span),
        fc.constantFrom(11, 40, 128),
        page,
        (bytes, abi, gap, maxSegments, indirect) => {
          const missing = gap && gap.from < gap.to ? [gap] : []
          const get = (gref: number) => (gref % 3 === 0 ? undefined : indirect)
          const options = { missing, maxSegments, indirectPages: { get } }
          const ring = decodeRing(bytes, abi, options)
          for (const slot of ring.slots) states.add(slot.state)
          expectSame(readAgain(ring, bytes, abi, options), { ...ring, findings: [] })
        },
      ),
      { numRuns: 300 },
    )
    expect(states.size).toBe(6)
  })
})
