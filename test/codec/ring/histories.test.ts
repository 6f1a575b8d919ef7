// The search for courses of events against every course, played step by step: rings of a frontend with a free list, answered in any
// order, and the same with something changed.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FirstLap, historySearch, MAY_BE_ANSWERED, MAY_BE_OUTSTANDING } from '../../../src/codec/ring/histories.ts'

const NR_ENTS = 8

/** How each course that gives the ring's ids ends: what is outstanding, by index. */
function everyCourse({ ids, operation, responses, count }: FirstLap): Set<number>[] {
  const ends: Set<number>[] = []
  play([], 0, 0, new Map(), 0)
  return ends

  function play(free: number[], fresh: number, issued: number, inFlight: Map<number, number>, consumed: number): void {
    if (issued === count && consumed === responses) ends.push(new Set(inFlight.values()))
    if (issued < count) {
      const id = free.at(-1) ?? fresh
      if (id < NR_ENTS && (issued < responses || ids[issued] === id)) {
        const isFresh = free.length === 0
        play(free.slice(0, -1), isFresh ? fresh + 1 : fresh, issued + 1, new Map(inFlight).set(id, issued), consumed)
      }
    }
    const id = ids[consumed]!
    const index = inFlight.get(id)
    if (consumed === responses || index === undefined) return
    if (index >= responses && operation[index] !== operation[consumed]) return
    const left = new Map(inFlight)
    left.delete(id)
    play([...free, id], fresh, issued, left, consumed + 1)
  }
}

/** One step: a request is issued, or one in flight answered and, perhaps, everything answered consumed. */
interface Step {
  readonly answer: number | undefined
  readonly consume: boolean
  readonly operation: number
}

const step: fc.Arbitrary<Step> = fc.record({
  answer: fc.option(fc.nat(), { nil: undefined }),
  consume: fc.boolean(),
  operation: fc.nat(1),
})

/** A ring as it lies there at the end, and the indices that are outstanding. */
function ringOf(steps: readonly Step[]): FirstLap & { readonly outstanding: ReadonlySet<number> } {
  const free = Array.from({ length: NR_ENTS }, (_, i) => NR_ENTS - 1 - i)
  const requests: { id: number; operation: number; index: number }[] = []
  const inFlight: typeof requests = []
  const answered: typeof requests = []
  let consumed = 0
  for (const { answer, consume, operation } of steps) {
    if (answer === undefined) {
      if (free.length === 0 || requests.length === NR_ENTS - 1) continue
      const request = { id: free.pop()!, operation, index: requests.length }
      requests.push(request)
      inFlight.push(request)
    } else if (inFlight.length > 0) {
      answered.push(...inFlight.splice(answer % inFlight.length, 1))
      if (consume) while (consumed < answered.length) free.push(answered[consumed++]!.id)
    }
  }
  const seen = [...answered, ...requests.slice(answered.length)]
  return {
    ids: Int32Array.from(seen, ({ id }) => id),
    operation: Uint8Array.from(seen, ({ operation }) => operation),
    responses: answered.length,
    count: seen.length,
    outstanding: new Set(inFlight.map(({ index }) => index)),
  }
}

const steps = fc.array(step, { minLength: 6, maxLength: 24 })
const change = fc.option(fc.record({ at: fc.nat(), id: fc.nat(NR_ENTS - 1), operation: fc.nat(1) }), { nil: undefined })

test('of every request, whether it can end as outstanding and as answered', () => {
  const { search, ends } = historySearch(NR_ENTS)
  const counts = { certain: 0, open: 0, none: 0 }
  fc.assert(
    fc.property(steps, change, (steps, changed) => {
      const ring = ringOf(steps)
      if (changed && ring.count > 0) {
        ring.ids[changed.at % ring.count] = changed.id
        ring.operation[changed.at % ring.count] = changed.operation
      }
      const courses = everyCourse(ring)
      expect(search(ring)).toBe(courses.length > 0)
      if (courses.length === 0) return void counts.none++
      for (let index = 0; index < ring.count; index++) {
        const outstanding = courses.some((end) => end.has(index)) ? MAY_BE_OUTSTANDING : 0
        const answered = courses.every((end) => end.has(index)) ? 0 : MAY_BE_ANSWERED
        expect([index, ends[index]]).toEqual([index, outstanding | answered])
        counts[outstanding && answered ? 'open' : 'certain']++
      }
      if (changed) return
      for (let index = 0; index < ring.count; index++)
        expect(ends[index]! & (ring.outstanding.has(index) ? MAY_BE_OUTSTANDING : MAY_BE_ANSWERED)).not.toBe(0)
    }),
    { numRuns: 3000 },
  )
  expect(Math.min(counts.certain, counts.open, counts.none)).toBeGreaterThan(30)
})

test('a search that comes to its limit has found nothing', () => {
  const ring: FirstLap = { ids: Int32Array.of(2, 1, 2, 1, 2), operation: new Uint8Array(5), responses: 2, count: 5 }
  expect(historySearch(NR_ENTS).search(ring)).toBe(true)
  expect(historySearch(NR_ENTS, 4).search(ring)).toBe(false)
})
