// Two moments of one ring: against what the emulated driver and its backend did in between.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeOver } from '../../src/codec/struct/encode.ts'
import { sringHeader } from '../../src/codec/xen/ring.ts'
import { isStill, type SideRing, transitionOf } from '../../src/diff/index.ts'
import { scriptOf } from '../../src/scenario/file/index.ts'
import { indirectPagesInWindow, Player } from '../../src/scenario/player/index.ts'
import { scenario } from '../scenario/player/scenario-arbitrary.ts'
import { allCaptures } from '../support/captures.ts'
import { sideOf, sidesOf } from './sides.ts'

interface Moment {
  readonly side: SideRing
  /** So far. */
  readonly published: number
  readonly answered: number
}

/** The ring after every step of a scenario. */
function momentsOf(file: object): Moment[] {
  const player = new Player(scriptOf(file))
  const { emulator } = player
  const moments: Moment[] = []
  for (const _ of player.play()) {
    const { bytes, geometry, req_prod, rsp_prod } = emulator.frontend.ring
    const pages = new Map([...indirectPagesInWindow(emulator)].map(([gref, page]) => [gref, page.slice()]))
    moments.push({ side: sideOf(bytes.slice(), geometry.abi, pages), published: req_prod, answered: rsp_prod })
  }
  return moments
}

test('what was published and answered is what the driver and its backend did; nothing in flight changes', () => {
  let reused = 0
  fc.assert(
    fc.property(scenario, fc.nat(), fc.nat(), (file, x, y) => {
      const moments = momentsOf(file)
      const [i, j] = [x % moments.length, y % moments.length].sort((a, b) => a - b) as [number, number]
      const [before, after] = [moments[i]!, moments[j]!]
      const transition = transitionOf(before.side, after.side)
      expect(transition.order).toBe('later')
      expect(transition.published.count).toBe(after.published - before.published)
      expect(transition.answered.count).toBe(after.answered - before.answered)
      expect(transition.responses.length).toBe(transition.answered.count)
      expect(transition.changed).toEqual([])
      const ids = (side: SideRing) => side.ring.slots.flatMap((s) => (s.state === 'request' ? [`${s.index} ${s.request.id}`] : []))
      const inFlight = new Map(ids(before.side).map((s) => s.split(' ').reverse() as [string, string]))
      for (const { id, before: then, after: now } of transition.reused) {
        expect(inFlight.get(String(id))).toBe(String(then))
        expect(ids(after.side)).toContain(`${now} ${id}`)
        reused++
      }
      if (i === j) expect(isStill(transition)).toBe(true)
      else if (transition.published.count + transition.answered.count > 0) {
        expect(isStill(transition)).toBe(false)
        expect(transitionOf(after.side, before.side).order).toBe('earlier')
      }
    }),
    { numRuns: 150 },
  )
  expect(reused).toBeGreaterThan(0)
})

test('two captures of one ring: what came in between', () => {
  const [before, after] = [sidesOf('dumps/out-of-order')[0]!, sidesOf('dumps/out-of-order-later')[0]!]
  const { published, requests, answered, responses, reused, changed } = transitionOf(before, after)
  expect(published).toEqual({ from: 13, to: 15, count: 2 })
  expect(requests.map((s) => [s.slot, s.request.sector_number])).toEqual([
    [13, 401n],
    [14, 4001n],
  ])
  expect(answered).toEqual({ from: 8, to: 10, count: 2 })
  expect(responses.map((s) => s.response.id)).toEqual([7n, 6n])
  expect(reused).toEqual([
    { id: 7n, before: 10, after: 13 },
    { id: 6n, before: 9, after: 14 },
  ])
  expect(changed).toEqual([])
})

test('a request that changed while it was in flight is a finding, the rest of its slot is not', () => {
  const before = sidesOf('dumps/direct')[0]!
  const bytes = before.bytes.slice()
  // sector_number of slot 15
  bytes[64 + 15 * 112 + 16]! ^= 1
  const transition = transitionOf(before, sideOf(bytes, before.ring.geometry.abi))
  expect(transition.changed.map((c) => [c.slot, c.index, c.path, c.kind])).toEqual([
    [15, 47, 'ring[15].req.sector_number', 'field'],
  ])
  expect(isStill(transition)).toBe(false)
})

allCaptures(
  'captured series: moments follow one another, and nothing in flight changes but where a response is written',
  (captures) => {
    let steps = 0
    for (const { path } of captures.filter(({ path }) => /series/.test(path))) {
      const sides = sidesOf(path)
      for (let i = 1; i < sides.length; i++) {
        const transition = transitionOf(sides[i - 1]!, sides[i]!)
        expect(transition.order).toBe('later')
        expect(transition.changed).toEqual([])
        steps++
      }
    }
    expect(steps).toBeGreaterThanOrEqual(39)
  },
)

test('rings of different sizes, or of different devices, are no moments of one', () => {
  const [one, four] = [sidesOf('dumps/direct')[0]!, sidesOf('dumps/multi-page')[0]!]
  expect(transitionOf(one, four).order).toBe('unrelated')
})

test('an indirect page that one moment lacks is unseen, one that neither has is not', () => {
  const side = sidesOf('dumps/indirect')[0]!
  const without: SideRing = { ...side, indirectPages: { get: (gref) => (gref === 118 ? undefined : side.indirectPages.get(gref)) } }
  const unseen = (a: SideRing, b: SideRing) => transitionOf(a, b).unseen.map(({ slot, gref, when }) => [slot.slot, gref, when])
  expect(unseen(side, without)).toEqual([[10, 118, 'after']])
  expect(unseen(without, side)).toEqual([[10, 118, 'before']])
  expect(unseen(without, without)).toEqual([])
  expect(isStill(transitionOf(side, side))).toBe(true)
})

test('an event that moved back consumed nothing, and is no stillness', () => {
  const side = sidesOf('dumps/direct')[0]!
  const bytes = side.bytes.slice()
  encodeOver(sringHeader, side.ring.geometry.abi, { ...side.ring.sring, req_event: 3 }, bytes)
  const transition = transitionOf(side, sideOf(bytes, side.ring.geometry.abi))
  expect(transition.consumed.requests).toEqual({ from: 56, to: 2, count: 0, back: true })
  expect(isStill(transition)).toBe(false)
})
