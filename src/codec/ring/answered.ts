// Which of the requests in [rsp_prod, req_prod) may already have been answered. Responses go to slots in completion
// order, so the answer to a request that is still to be seen may lie in another slot, over a request that is outstanding.
import { BLKIF_OP_INDIRECT } from '../xen/blkif.ts'

/**
 * `no`: nothing on the ring says so. `maybe`: a response carries its id, and may have answered it or an earlier request
 * of that id. `yes`: a later request carries its id, which a frontend reuses only after the answer.
 */
export type Answered = 'no' | 'maybe' | 'yes'

/**
 * Why the verdicts are what they are. `no-such-response`: no response on the ring carries an id of the window.
 * `fits-in-order`: some do, and the ids are those that in-order completion gives. `out-of-order`: they are not.
 */
export type CompletionEvidence = 'no-such-response' | 'fits-in-order' | 'out-of-order'

export interface SeenRequest {
  readonly id: bigint
  readonly operation: number
  /** Of indirect requests: a backend's response carries this one. */
  readonly indirect_op: number | undefined
}

export interface SeenResponse {
  readonly slot: number
  readonly id: bigint
  readonly operation: number
}

export interface Verdict {
  readonly answered: Answered
  /** Slot of the response that may be its answer: the latest that carries its id. */
  readonly by: number | undefined
}

/**
 * @param requests those of [rsp_prod, req_prod), in index order
 * @param responses those still on the ring, in index order
 * @param fromStart the responses reach back to the ring's first index
 */
export function judgeAnswered(
  requests: readonly SeenRequest[],
  responses: readonly SeenResponse[],
  nr_ents: number,
  fromStart: boolean,
): { evidence: CompletionEvidence; verdicts: Verdict[] } {
  const none: Verdict = { answered: 'no', by: undefined }
  const lastUse = new Map(requests.map((r, i) => [r.id, i]))
  const verdicts = requests.map((request, i): Verdict => {
    const by = responses.findLast((r) => r.id === request.id && mayAnswer(r, request))?.slot
    if (lastUse.get(request.id) !== i) return { answered: 'yes', by }
    return by === undefined ? none : { answered: 'maybe', by }
  })
  if (verdicts.every((v) => v.answered === 'no')) return { evidence: 'no-such-response', verdicts }
  const ids = [...responses, ...requests].map((s) => s.id)
  if (!fitsInOrder(ids, responses.length, nr_ents, fromStart)) return { evidence: 'out-of-order', verdicts }
  return { evidence: 'fits-in-order', verdicts: requests.map(() => none) }
}

function mayAnswer(response: SeenResponse, request: SeenRequest): boolean {
  const expected = request.operation === BLKIF_OP_INDIRECT ? request.indirect_op : request.operation
  return response.operation === expected
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
