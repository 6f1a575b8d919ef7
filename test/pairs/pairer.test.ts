// Pairs against what a simulated backend knows.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configOf, readOf } from '../../scripts/accuracy/certainty.ts'
import { Backend, type DriverName, Frontend } from '../../src/blkfront/index.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { type PairedIo, Pairer } from '../../src/pairs/index.ts'
import { Random } from '../../src/scenario/file/random.ts'

interface Truth {
  /** Of each request, by its index: its id, its sector, and the index of its response. */
  readonly requests: { readonly id: bigint; readonly sector: bigint; answeredAt: number | undefined }[]
  readonly ios: PairedIo[]
}

/** @param moves of each step, whether a request is sent, one is answered, or a snapshot is taken; the second number chooses */
function simulate(driver: DriverName, moves: readonly (readonly [number, number])[], inOrder: boolean): Truth {
  const frontend = new Frontend(configOf(driver, 1))
  const backend = new Backend(frontend.ring, frontend.guest)
  const requests: Truth['requests'] = []
  const taken: number[] = []
  const pairer = new Pairer()
  const ios: PairedIo[] = []
  let [responses, snapshot] = [0, 0]
  const look = () => ios.push(...pairer.add(snapshot++, decodeRing(frontend.ring.bytes, x86_64)))
  for (const [step, [move, choice]] of moves.entries()) {
    if (move < 5) {
      frontend.queueRq(readOf(step))
      for (const { id, sector_number } of backend.consume(true).requests) {
        taken.push(requests.length)
        requests.push({ id, sector: sector_number, answeredAt: undefined })
      }
    } else if (move < 9 && taken.length > 0) {
      const [index] = taken.splice(inOrder ? 0 : choice % taken.length, 1) as [number]
      requests[index]!.answeredAt = responses++
      backend.respond({ id: requests[index]!.id, operation: 0, status: 0, mapped: [], raw: false })
      backend.pushResponses()
      if (choice % 4 > 0) frontend.interrupt()
    } else if (move >= 9) look()
  }
  look()
  ios.push(...pairer.end())
  return { requests, ios }
}

/** fast-check's own lists are short. */
const moves = fc.tuple(fc.integer(), fc.integer({ min: 1, max: 500 })).map(([seed, length]) => {
  const random = new Random(seed)
  // A backend that keeps few, some or most of the ring in flight, and is looked at seldom or often.
  const [busy, looks] = [2 + random.below(6), random.below(3)]
  return Array.from({ length }, () => {
    const move = random.below(10 + looks)
    return [move >= 10 ? 9 : move < busy ? 0 : 8, random.below(1000)] as const
  })
})
const drivers = fc.constantFrom<DriverName>('seed', 'extra-req', 'modern')

test.each([
  ['in order', true],
  ['in any order', false],
])('what is said of an I/O is what happened, of responses that come %s', (_, inOrder) => {
  let [proved, suggested] = [0, 0]
  fc.assert(
    fc.property(drivers, moves, (driver, steps) => {
      const { requests, ios } = simulate(driver, steps, inOrder)
      const sent = ios.flatMap((io) => io.sent?.index ?? [])
      const answered = ios.flatMap((io) => io.answered?.index ?? [])
      expect(new Set(sent).size).toBe(sent.length)
      expect(new Set(answered).size).toBe(answered.length)
      for (const { id, sent, answered, pairing, isAnswered } of ios) {
        const truth = sent && requests[sent.index]!
        if (truth && pairing !== 'in-order') expect([id, sent.sector_number]).toEqual([truth.id, truth.sector])
        if (pairing === 'id' || (inOrder && pairing === 'in-order')) expect(answered!.index).toBe(truth!.answeredAt)
        if (pairing === 'id') proved++
        else if (pairing === 'in-order') suggested++
        if (answered && pairing === undefined) expect(requests.find((r) => r.answeredAt === answered.index)?.id).toBe(id)
        if (truth && !answered && isAnswered === 'no') expect(truth.answeredAt).toBeUndefined()
        if (truth && !answered && isAnswered === 'yes') expect(truth.answeredAt).toBeDefined()
      }
    }),
    { numRuns: 150 },
  )
  expect(proved).toBeGreaterThan(30)
  expect(suggested).toBeGreaterThan(inOrder ? 30 : 0)
})
