// Responses in completion order: what is said of requests that may have been answered, against what really was outstanding.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../../src/capture/decode-capture.ts'
import { CERTAINTIES, CompletionJudge, NO_SLOT } from '../../../src/codec/ring/answered.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { type Capture, captures, eachCapture, textOf } from '../../support/captures.ts'

interface Io {
  op: 'r' | 'w'
  sector: number
}

function outstandingIn(capture: Capture): Io[] | undefined {
  const meta = textOf(capture, 'meta.json')
  const truth = meta ? (JSON.parse(meta) as { really_outstanding_at_dump_by_construction?: Io[] }) : {}
  return truth.really_outstanding_at_dump_by_construction
}

const isKnown = (capture: Capture) => outstandingIn(capture) !== undefined

test('captures that say what was outstanding are there', () => {
  expect(captures.filter(isKnown).length).toBeGreaterThanOrEqual(2)
})

eachCapture('captures that say what was outstanding', judgesRight, { only: isKnown })

function judgesRight(capture: Capture): void {
  const { path } = capture
  const outstanding = outstandingIn(capture)!
  const [dump] = loadDumps(path)
  const { ring } = decodeCapture(dump!)
  expect(ring.outstanding).toBe(outstanding.length)
  expect(ring.evidence).toMatch(/^(histories|out-of-order)$/)
  const inFlight = ring.slots.filter((s) => s.state === 'request')
  const sectors = new Set(outstanding.map((io) => io.sector))
  // What is held to be outstanding was; what had been answered is marked; what is missing lies beneath a response.
  for (const { request, answered } of inFlight)
    if (answered === 'no') expect(sectors).toContain(Number(request.sector_number))
    else if (answered === 'yes') expect(sectors).not.toContain(Number(request.sector_number))
  const beneath = ring.slots.flatMap((s) => (s.state === 'response' ? [Number(s.beneath.sector_number)] : []))
  for (const s of ring.slots) {
    if (s.state !== 'response' || s.beneathOutstanding === 'maybe') continue
    const sector = Number(s.beneath.sector_number)
    // A sector that was read twice tells nothing.
    if (beneath.filter((b) => b === sector).length === 1)
      expect([sector, s.beneathOutstanding === 'yes']).toEqual([sector, sectors.has(sector)])
  }
  const seen = new Set(inFlight.map((s) => Number(s.request.sector_number)))
  for (const sector of sectors) if (!seen.has(sector)) expect(beneath).toContain(sector)
}

/** A request by its id and the operation of its response, a response by its slot as well. */
interface Seen {
  readonly id: number
  readonly operation: number
  readonly slot: number
}

function judge(
  requests: readonly Seen[],
  responses: readonly Seen[],
  nr_ents: number,
  isFirstLap: boolean,
  judge = new CompletionJudge(nr_ents),
) {
  const seen = judge.next()
  for (const { id, operation, slot } of responses) {
    seen.addResponse(slot, operation)
    seen.identify(id, 0, 0, 0)
  }
  for (const { id, operation } of requests) {
    seen.addRequest(operation)
    seen.identify(id, 0, 0, 0)
  }
  const evidence = judge.judge(isFirstLap)
  const certainties = [...judge.certainty.subarray(0, seen.count)].map((certainty) => CERTAINTIES[certainty]!)
  const answered = certainties.slice(responses.length)
  const verdicts = answered.map((answered, i) => {
    const by = judge.answeredBy[responses.length + i]!
    return { answered, by: by === NO_SLOT ? undefined : by }
  })
  return { evidence, verdicts, beneath: certainties.slice(0, responses.length) }
}

const request = (id: number, operation = 0): Seen => ({ id, operation, slot: 0 })
const response = (slot: number, id: number, operation = 0): Seen => ({ slot, id, operation })

test('ids that in-order completion gives are taken for it', () => {
  const { evidence, verdicts } = judge([request(5), request(6)], [response(0, 6), response(1, 5)], 32, false)
  expect([evidence, verdicts.map((v) => v.answered)]).toEqual(['fits-in-order', ['unlikely', 'unlikely']])
})

test('a ring on its first lap took ids from 0 upwards: what was answered can be proved', () => {
  // Requests 0, 1, 2 took ids 0, 1, 2; 2 and then 1 were answered, into slots 0 and 1; 3 and 4 took 1 and 2 again.
  const { evidence, verdicts, beneath } = judge([request(2), request(1), request(2)], [response(0, 2), response(1, 1)], 32, true)
  expect(evidence).toBe('histories')
  expect(verdicts.map((v) => v.answered)).toEqual(['yes', 'no', 'no'])
  expect(beneath).toEqual(['yes', 'no'])
})

test('a frontend that takes ids another way: nothing is proved', () => {
  const { evidence, verdicts, beneath } = judge([request(5), request(6)], [response(0, 6), response(1, 5)], 32, true)
  expect([evidence, verdicts, beneath]).toEqual([
    'out-of-order',
    [
      { answered: 'maybe', by: 1 },
      { answered: 'maybe', by: 0 },
    ],
    ['maybe', 'maybe'],
  ])
})

test('the answer to the last request of an id is the last response of that id, or none', () => {
  const { verdicts } = judge([request(3)], [response(0, 3), response(1, 3, 1)], 32, false)
  expect(verdicts).toEqual([{ answered: 'no', by: undefined }])
})

test('two requests of one id and no response at all: neither was answered', () => {
  const { evidence, verdicts } = judge([request(0), request(0)], [], 32, true)
  expect([evidence, verdicts.map((v) => v.answered)]).toEqual(['no-such-response', ['no', 'no']])
})

test('a response of another operation is not its answer; an id in use again is', () => {
  const { verdicts } = judge([request(3), request(9), request(3)], [response(0, 3, 1), response(1, 9)], 32, false)
  expect(verdicts).toEqual([
    { answered: 'maybe', by: undefined },
    { answered: 'maybe', by: 1 },
    { answered: 'no', by: undefined },
  ])
})

/** Of few ids, so that most rings are in doubt. */
const place = fc.record({ id: fc.nat(2), operation: fc.nat(1), slot: fc.nat(7) })
const places = fc.array(place, { maxLength: 4 })

test('what a ring takes over from one before is what it would be judged alone', () => {
  const one = new CompletionJudge(8)
  fc.assert(
    fc.property(places, places, fc.boolean(), (requests, responses, isFirstLap) => {
      const other = (all: readonly Seen[], change: (seen: Seen) => Partial<Seen>) =>
        all.map((seen, i) => (i === 0 ? { ...seen, ...change(seen) } : seen))
      const moved = other(responses, ({ slot }) => ({ slot: slot ^ 1 }))
      const rings: [readonly Seen[], readonly Seen[], boolean][] = [
        [requests, responses, isFirstLap],
        [requests, responses, isFirstLap],
        [requests, moved, isFirstLap],
        [requests, moved, !isFirstLap],
        [other(requests, ({ id }) => ({ id: id ^ 1 })), moved, !isFirstLap],
        [requests, moved, !isFirstLap],
        [other(requests, ({ operation }) => ({ operation: operation ^ 1 })), moved, !isFirstLap],
        [requests.slice(1), moved, !isFirstLap],
        [[...responses.slice(-1), ...requests.slice(1)], responses.slice(0, -1), !isFirstLap],
      ]
      for (const [requests, responses, isFirstLap] of rings)
        expect(judge(requests, responses, 8, isFirstLap, one)).toEqual(judge(requests, responses, 8, isFirstLap))
    }),
    { numRuns: 300 },
  )
})
