// A ring that was replaced: what tells it, and what the new one asks for again, against what the emulated driver did.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askedAgain, sectorsIn } from '../../../src/codec/ring/asked-again.ts'
import { decodeRing } from '../../../src/codec/ring/decode-ring.ts'
import { type RingLook, replacedBy } from '../../../src/codec/ring/replaced.ts'
import { replacementIn, type SideRing, transitionOf } from '../../../src/diff/index.ts'
import { scriptOf } from '../../../src/scenario/file/index.ts'
import { indirectPagesInWindow, Player } from '../../../src/scenario/player/index.ts'
import { sideOf } from '../../diff/sides.ts'

/** The ring as it was suspended, and the ring at the end. */
function bothRings(scenario: object): [SideRing, SideRing] {
  const player = new Player(scriptOf(scenario))
  const { emulator } = player
  const side = () => {
    const { bytes, geometry } = emulator.frontend.ring
    const pages = new Map([...indirectPagesInWindow(emulator)].map(([gref, page]) => [gref, page.slice()]))
    return sideOf(bytes.slice(), geometry.abi, pages)
  }
  let old: SideRing | undefined
  for (const played of player.play()) if (played.type === 'step' && played.outcome.type === 'suspend') old = side()
  return [old!, side()]
}

function look(side: SideRing): RingLook {
  return { sring: side.ring.sring, nr_ents: side.ring.geometry.nr_ents, shown: side }
}

const SHARED = [
  { write: { sector: 0, bytes: '4K' } },
  'complete',
  { write: { sector: 0, bytes: '1M' } },
  { read: { sector: 8000, bytes: '4K' } },
  'flush',
  { write: { sector: 9000, bytes: '4K', fua: true } },
  'push',
  'consume',
  'suspend',
]

describe('what was in flight', () => {
  test('a driver that does all of it again', () => {
    const [then, now] = bothRings({
      driver: 'modern',
      features: { max_indirect_segments: 256, flush: false, barrier: true },
      steps: [...SHARED, { resume: { max_indirect_segments: 32 } }],
    })
    expect(replacedBy(look(then), look(now))?.evidence).toBe('indices')
    const { requests, hidden } = askedAgain(then.ring, [now])
    expect(requests.map(({ again }) => again)).toEqual(['whole', 'whole', 'whole', 'whole'])
    expect(requests[0]!.by).toHaveLength(8)
    expect(hidden).toBe(0)
  })

  test('a driver that cuts by 4 KiB on pages of 16 KiB', () => {
    const [then, now] = bothRings({
      driver: 'extra-req',
      page_size: '16K',
      features: { persistent: false, max_indirect_segments: 256 },
      steps: [
        { read: { sector: 8000, bytes: '4K' } },
        { write: { sector: 0, bytes: '1M' } },
        'flush',
        'push',
        'suspend',
        { resume: { max_indirect_segments: 32 } },
      ],
    })
    const { requests } = askedAgain(then.ring, [now])
    expect(requests.map(({ again }) => again)).toEqual(['whole', 'part', 'none'])
    const [, cut] = requests
    expect(sectorsIn(cut!.uncovered)).toBe(1536n)
    expect(cut!.missing).toEqual(cut!.uncovered)
  })

  test('answered requests hide how long they were; what none can have reached is uncovered all the same', () => {
    const steps = [{ write: { sector: 0, bytes: '1M' } }, 'push', 'consume', 'suspend']
    const [then, now] = bothRings({
      driver: 'extra-req',
      page_size: '16K',
      features: { persistent: false, max_indirect_segments: 256 },
      steps: [...steps, { resume: { max_indirect_segments: 32 } }, 'complete'],
    })
    const blind = askedAgain(then.ring, [now]).requests[0]!
    expect([blind.again, blind.perhaps.map(({ index }) => index), blind.uncovered]).toEqual(['unknown', [0, 1], []])
    const bounded = askedAgain(then.ring, [now], 32).requests[0]!
    expect([bounded.again, sectorsIn(bounded.uncovered)]).toEqual(['part', 1536n])
    expect(askedAgain(then.ring, [now], Number.MAX_VALUE).requests[0]!.again).toBe('unknown')
  })
})

test('a bio that comes back in another queue is asked for again', () => {
  const [old, other] = bothRings({
    steps: [{ read: { sector: 64 } }, 'push', 'suspend', { resume: { redo: false } }, { read: { sector: 64 } }, 'push'],
  })
  const [, empty] = bothRings({ steps: ['suspend', { resume: { redo: false } }] })
  const now = [
    { ring: empty.ring, queue: 0 },
    { ring: other.ring, queue: 1 },
  ]
  expect(askedAgain(old.ring, now.slice(0, 1)).requests.map(({ again }) => again)).toEqual(['none'])
  expect(askedAgain(old.ring, now).requests.map(({ again, by }) => [again, by])).toEqual([['whole', [{ queue: 1, index: 0 }]]])
})

describe('what tells a new ring', () => {
  const steps = (n: number) => Array.from({ length: n }, (_, i) => ({ read: { sector: i * 64 } }))
  const ring = (file: object) => bothRings({ ...file, steps: [...(file as { steps: object[] }).steps, 'suspend', 'resume'] })[0]

  test('another size, and indices that went back', () => {
    const [old, other] = [ring({ steps: [...steps(3), 'complete'] }), ring({ ring_pages: 2, steps: steps(1) })]
    expect(replacedBy(look(old), look(other))?.evidence).toBe('size')
    const far = look(sideOf(new Uint8Array(4096), old.ring.geometry.abi))
    const at = (req_prod: number): RingLook => ({ ...far, sring: { req_prod, req_event: 1, rsp_prod: req_prod, rsp_event: 1 } })
    expect(replacedBy(at(1000), at(3))?.evidence).toBe('indices')
    // Half of all indices are ahead of any other modulo 2^32; those that a disk cannot reach have gone back.
    expect(replacedBy(at(3_000_000_000), at(3))?.evidence).toBe('indices')
    expect(replacedBy(at(2 ** 32 - 2), at(3))).toBeUndefined()
    expect(replacedBy(at(2000), at(1000))).toBeUndefined()
    expect(replacedBy(at(3), at(32))).toBeUndefined()
  })

  test('the slots of the old ring under lower indices are an overwritten index, or the wrong order', () => {
    const old = ring({ steps: [...steps(20), 'complete', ...steps(20), 'complete'] })
    const bytes = old.bytes.slice()
    new DataView(bytes.buffer).setUint32(0, 3, true)
    new DataView(bytes.buffer).setUint32(8, 3, true)
    expect(replacedBy(look(old), look(sideOf(bytes, old.ring.geometry.abi)))).toBeUndefined()
  })

  test('one request that is rewritten where it stands is none', () => {
    const old = ring({ steps: [...steps(1), 'push'] })
    const bytes = old.bytes.slice()
    bytes[64 + 16]! ^= 0xff
    expect(replacedBy(look(old), look(sideOf(bytes, old.ring.geometry.abi)))).toBeUndefined()
  })

  test('nothing is said of rings that nothing ties together, and a ring full of chance is told like any other', () => {
    const [old] = bothRings({
      driver: 'modern',
      features: { flush: false, barrier: true, max_indirect_segments: 256 },
      steps: [...SHARED, 'resume'],
    })
    const chance = new Uint8Array(4096 * 16).map((_, i) => (i * 2654435761) >>> 13)
    const view = new DataView(chance.buffer)
    view.setUint32(0, 500, true)
    view.setUint32(8, 0, true)
    const now = { ...old, bytes: chance, ring: decodeRing(chance, old.ring.geometry.abi) }
    expect(transitionOf(old, now).order).toBe('unrelated')
    expect(transitionOf(old, now, { replacement: replacementIn([[old, now]]) }).replaced?.requests).toHaveLength(4)
    expect(() => transitionOf(now, old, { replacement: replacementIn([[now, old]]) })).not.toThrow()
  })
})

test('what a resume leaves uncovered, and nothing else, is missing from the new ring', () => {
  const recipe = fc.record({
    driver: fc.constantFrom('extra-req', 'modern', 'seed'),
    page_size: fc.constantFrom('4K', '16K'),
    from: fc.constantFrom(64, 128, 256),
    to: fc.constantFrom(0, 16, 32, 64),
    kilobytes: fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 2, maxLength: 6 }),
  })
  let uncovered = 0
  fc.assert(
    fc.property(recipe, ({ driver, page_size, from, to, kilobytes }) => {
      const writes = kilobytes.map((kib, i) => ({ write: { sector: 100_000 * (i + 1), bytes: kib * 16384 } }))
      const player = new Player(
        scriptOf({
          driver,
          page_size,
          ring_pages: 4,
          features: { persistent: false, max_indirect_segments: from },
          steps: [...writes, 'push', 'suspend', { resume: { max_indirect_segments: to } }],
        }),
      )
      const { emulator } = player
      const side = () => {
        const pages = new Map([...indirectPagesInWindow(emulator)].map(([gref, page]) => [gref, page.slice()]))
        return sideOf(emulator.frontend.ring.bytes.slice(), emulator.frontend.ring.geometry.abi, pages)
      }
      let old: SideRing | undefined
      let lost = 0
      for (const played of player.play()) {
        if (played.type !== 'step') continue
        if (played.outcome.type === 'suspend') old = side()
        if (played.outcome.type === 'reconnect') lost = played.outcome.uncovered.reduce((sum, { nrSectors }) => sum + nrSectors, 0)
      }
      if (emulator.frontend.fatal) return
      const now = side()
      // What did not fit is still to come.
      if (now.ring.outstanding === now.ring.geometry.nr_ents) return
      const { requests } = askedAgain(old!.ring, [now])
      expect(requests.reduce((sum, request) => sum + sectorsIn(request.uncovered), 0n)).toBe(BigInt(lost))
      uncovered += lost
    }),
    { numRuns: 60 },
  )
  expect(uncovered).toBeGreaterThan(0)
})
