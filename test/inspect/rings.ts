// Rings to look at: every capture, and bytes of no sense under every ABI.
import fc from 'fast-check'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { ABIS, type Abi } from '../../src/codec/struct/abi.ts'
import { ringViewOf } from '../../src/commands/inspect/text.ts'
import type { RingView } from '../../src/inspect/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'

/** The first rings of a dump folder, each read under the ABI that it is in. */
export function viewsOf(path: string, most = 2): RingView[] {
  const views: RingView[] = []
  for (const dump of loadDumps(path)) {
    views.push(ringViewOf(decodeCapture(dump)))
    if (views.length === most) break
  }
  return views
}

/** Any bytes are a ring: the indices near each other, so that slots of every state come up. */
export const anyView: fc.Arbitrary<RingView> = fc
  .record({
    abi: fc.constantFrom<Abi[]>(...ABIS),
    pages: fc.constantFrom(1, 2, 4),
    seed: fc.uint8Array({ minLength: 64, maxLength: 512 }),
    req_prod: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    behind: fc.integer({ min: 0, max: 40 }),
    events: fc.tuple(fc.integer({ min: -3, max: 40 }), fc.integer({ min: -3, max: 40 })),
    operations: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 16 }),
    page: fc.uint8Array({ minLength: 0, maxLength: 4096 }),
  })
  .map(({ abi, pages, seed, req_prod, behind, events, operations, page }) => {
    const bytes = Uint8Array.from({ length: pages * 4096 }, (_, i) => seed[i % seed.length]!)
    const header = new DataView(bytes.buffer)
    const rsp_prod = (req_prod - behind) >>> 0
    for (const [i, value] of [req_prod, req_prod + events[0], rsp_prod, rsp_prod + events[1]].entries())
      header.setUint32(4 * i, value >>> 0, true)
    const { geometry } = decodeRing(bytes, abi)
    for (let slot = 0; slot < geometry.nr_ents; slot++)
      bytes[geometry.slotsAt + slot * geometry.stride] = operations[slot % operations.length]!
    const indirectPages = { get: (gref: number) => (gref % 2 ? page : undefined) }
    const ring = decodeRing(bytes, abi, { indirectPages })
    return { ring, bytes, indirectPages, findings: ring.findings }
  })
