// Which of the requests in [rsp_prod, req_prod) may already have been answered. Responses go to slots in completion
// order, so the answer to a request that is still to be seen may lie in another slot, over a request that is outstanding.
import { type Histories, possibleHistories } from './histories.ts'
import { mayAnswer, type SeenRequest, type SeenResponse, type SeenSlots } from './seen.ts'

/**
 * Whether something is so. `no`: nothing on the ring says so. `unlikely`: it can be, but the ids are those of the simplest
 * course of events, in which it is not. `maybe`: it can be. `yes`: the ids leave nothing else. A ring that was nearly full
 * can have lost a response under a later request; then `no` is only what is left to see.
 */
export type Certainty = 'no' | 'unlikely' | 'maybe' | 'yes'

/**
 * Why the verdicts are what they are. `no-such-response`: no response on the ring carries an id of the window. `histories`:
 * the ring is on its first lap, and every course of events that gives its ids was looked at. `fits-in-order`: responses
 * carry such ids, which are those that in-order completion gives. `out-of-order`: they are not. `slots-unknown`: there are
 * slots whose ids are not known, any of which may be the response or the request that would tell.
 */
export type CompletionEvidence = 'no-such-response' | 'histories' | 'fits-in-order' | 'out-of-order' | 'slots-unknown'

export interface AnswerVerdict {
  readonly answered: Certainty
  /** Slot of the response that may be its answer: the latest that carries its id. */
  readonly by: number | undefined
}

export interface Judgement {
  readonly evidence: CompletionEvidence
  /** The verdict on each request of [rsp_prod, req_prod), in index order. */
  readonly verdicts: readonly AnswerVerdict[]
  /** Of the responses, in index order: whether the request beneath each is outstanding. */
  readonly beneath: readonly Certainty[]
}

/** @param isFirstLap the slots reach back to the ring's first index, unless some were cleared */
export function judgeAnswered(seen: SeenSlots, nr_ents: number, isFirstLap: boolean): Judgement {
  const { requests, responses, unseen } = seen
  const fromStart = isFirstLap && !seen.hasCleared
  const allSeen = unseen.requests + unseen.responses === 0
  const noneBeneath = responses.map((): Certainty => 'no')
  const lastUse = new Map(requests.map((r, i) => [r.id, i]))
  const byId = new Map<bigint, SeenResponse[]>()
  for (const response of responses) {
    const same = byId.get(response.id)
    if (same) same.push(response)
    else byId.set(response.id, [response])
  }
  const verdicts = requests.map((request, i): AnswerVerdict => {
    const reused = lastUse.get(request.id) !== i
    const by = answerTo(request, byId, reused)
    if (!reused) return { answered: by === undefined ? 'no' : 'maybe', by }
    // Where every response can still be seen and none is its answer, two requests have one id.
    if (by !== undefined) return { answered: 'yes', by }
    return { answered: fromStart && allSeen ? 'no' : 'maybe', by }
  })
  if (!allSeen) return judgeUnseen(verdicts, noneBeneath, unseen)
  if (verdicts.every((v) => v.answered === 'no')) return { evidence: 'no-such-response', verdicts, beneath: noneBeneath }
  const histories = fromStart ? possibleHistories(requests, responses, nr_ents) : undefined
  if (histories) return judgeByHistories(histories, verdicts, responses.length)
  const ids = [...responses, ...requests].map((s) => s.id)
  if (!fitsInOrder(ids, responses.length, nr_ents, fromStart))
    return { evidence: 'out-of-order', verdicts, beneath: responses.map(() => 'maybe') }
  const unlikely = verdicts.map((v): AnswerVerdict => (v.answered === 'no' ? v : { ...v, answered: 'unlikely' }))
  return { evidence: 'fits-in-order', verdicts: unlikely, beneath: responses.map(() => 'unlikely') }
}

/** A response that is not seen may be anybody's answer, and a request that is not seen may have been answered by any response. */
function judgeUnseen(
  verdicts: readonly AnswerVerdict[],
  noneBeneath: readonly Certainty[],
  { requests, responses }: SeenSlots['unseen'],
): Judgement {
  const evidence = 'slots-unknown'
  // Nothing is outstanding.
  if (verdicts.length + requests === 0) return { evidence, verdicts, beneath: noneBeneath }
  const doubted = verdicts.map((v): AnswerVerdict => (v.answered === 'no' && responses > 0 ? { ...v, answered: 'maybe' } : v))
  const displaced = requests > 0 || doubted.some((v) => v.answered !== 'no')
  return { evidence, verdicts: doubted, beneath: displaced ? noneBeneath.map(() => 'maybe') : noneBeneath }
}

function judgeByHistories({ outstandingIn, ends }: Histories, verdicts: readonly AnswerVerdict[], responses: number): Judgement {
  const certainty = outstandingIn.map((n): Certainty => (n === 0 ? 'no' : n === ends ? 'yes' : 'maybe'))
  const ANSWERED = { no: 'yes', unlikely: 'maybe', maybe: 'maybe', yes: 'no' } as const
  return {
    evidence: 'histories',
    verdicts: verdicts.map(({ by }, i) => {
      const answered = ANSWERED[certainty[responses + i]!]
      return { answered, by: answered === 'no' ? undefined : by }
    }),
    beneath: certainty.slice(0, responses),
  }
}

/**
 * The slot of its answer, if it was answered. An id is used again only after its answer: the answer to the last request of
 * an id is the last response that carries it.
 */
function answerTo(
  request: SeenRequest,
  responses: ReadonlyMap<bigint, readonly SeenResponse[]>,
  reused: boolean,
): number | undefined {
  const sameId = responses.get(request.id)
  if (!sameId) return undefined
  return (reused ? sameId : sameId.slice(-1)).findLast((r) => mayAnswer(r, request))?.slot
}

/**
 * True when the ids on the ring are those that a frontend with a last-in-first-out free list (Linux) takes if every
 * response answered the request of its own index: then all requests of the window are outstanding. The replay is
 * deterministic: an id is either on top of the free list, or must first be freed by the responses up to its own.
 * @param ids of all indices still visible, in index order; the first `answeredCount` of them are known from responses
 */
function fitsInOrder(ids: readonly bigint[], answeredCount: number, nr_ents: number, fromStart: boolean): boolean {
  if (ids.some((id) => id >= BigInt(nr_ents))) return false
  const free: bigint[] = []
  if (fromStart) for (let id = nr_ents - 1; id >= 0; id--) free.push(BigInt(id))
  const inFlight = new Map<bigint, number>()
  let consumed = 0
  for (const [k, id] of ids.entries()) {
    if (inFlight.has(id)) {
      const until = inFlight.get(id)!
      if (until >= answeredCount) return false
      for (; consumed <= until; consumed++) {
        free.push(ids[consumed]!)
        inFlight.delete(ids[consumed]!)
      }
    }
    if (free.at(-1) === id) free.pop()
    // What lies below the ids that we saw freed is unknown, unless the ring is on its first lap.
    else if (free.length > 0 || fromStart) return false
    inFlight.set(id, k)
  }
  return true
}
