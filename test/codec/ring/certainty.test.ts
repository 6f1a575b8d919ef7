// What `decode` holds to be certain of a ring on its first lap, against what is outstanding: rings of the emulated drivers, with
// answers in any order, two-slot requests among them.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Backend, type BlockRequest, Frontend, type ScenarioConfig } from '../../../src/blkfront/index.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { slotOf } from '../../../src/codec/ring/ring-idx.ts'
import { x86_64 } from '../../../src/codec/struct/abi.ts'

const CONFIG: ScenarioConfig = {
  driver: 'modern',
  abi: 'x86_64',
  pageSize: 65536,
  ringPages: 1,
  persistent: false,
  bounce: false,
  maxIndirectSegments: 0,
  handle: 51712,
  fill: 0,
  featureFlush: false,
  featureFua: false,
  featureDiscard: false,
  featureSecdiscard: false,
  grants: { freeList: [[8, 2040]], frames: 4, maxFrames: 64 },
  allocPfnBase: 65536,
}

/** A read of one chunk, or of sixteen, which takes two slots. */
function read(serial: number, split: boolean): BlockRequest {
  const segments = [[256 + serial, 0, split ? 65536 : 4096]] as const
  return { serial, op: 'read', fua: false, sector: BigInt(serial * 128), nrSectors: 0, segments }
}

/** Submits, or answers the outstanding request at that place of the list and lets the driver take it. */
type Step = { submit: boolean } | { answer: number; interrupt: boolean }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ submit: fc.boolean() }),
  fc.record({ answer: fc.nat(31), interrupt: fc.boolean() }),
)

/** Two-slot requests give their ids back in an order of their own, which once was taken for another course of events. */
const PAIR: Step[] = [
  { submit: false },
  { answer: 0, interrupt: true },
  { submit: false },
  { submit: true },
  { answer: 11, interrupt: false },
  { answer: 0, interrupt: true },
  { submit: false },
  { submit: false },
  { submit: false },
]

test.each([false, true])('two-slot requests: %s', (splits) => {
  let certain = 0
  let withPairs = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 4, maxLength: 50 }), (steps) => {
      const frontend = new Frontend(CONFIG)
      const backend = new Backend(frontend.ring, frontend.guest)
      /** Slot and id of each request that the backend has taken and not answered, by when it took it. */
      const outstanding: { slot: number; id: bigint }[] = []
      let serial = 0
      for (const s of steps) {
        if ('submit' in s) {
          if (frontend.state.req_prod_pvt > 30) continue
          if (frontend.queueRq(read(serial++, splits && s.submit)).result !== 'queued') continue
          outstanding.push(...backend.consume(true).requests)
        } else {
          const [request] = outstanding.splice(s.answer % Math.max(outstanding.length, 1), 1)
          if (request) backend.respond({ id: request.id, operation: 0, status: 0, mapped: [], raw: false })
          backend.pushResponses()
          if (s.interrupt) frontend.interrupt()
        }
      }
      const ring = decodeRing(frontend.ring.bytes, x86_64)
      if (frontend.state.req_prod_pvt > serial && ring.slots.some((s) => s.state === 'response')) withPairs++
      if (ring.evidence !== 'histories') return
      const slots = new Set(outstanding.map((o) => o.slot))
      for (const s of ring.slots) {
        if (s.state !== 'request' && s.state !== 'response') continue
        const claim = s.state === 'request' ? s.answered : s.beneathOutstanding
        if (claim !== 'yes' && claim !== 'no') continue
        certain++
        const isOutstanding = slots.has(slotOf(s.index, ring.geometry.nr_ents))
        expect({ slot: s.slot, state: s.state, claim, isOutstanding }).toEqual({
          slot: s.slot,
          state: s.state,
          claim,
          isOutstanding: (claim === 'yes') === (s.state === 'response'),
        })
      }
    }),
    { numRuns: 400, examples: [[PAIR]] },
  )
  if (splits) expect(withPairs).toBeGreaterThan(100)
  else expect(certain).toBeGreaterThan(100)
})
