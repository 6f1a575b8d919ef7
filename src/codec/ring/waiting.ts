// Who owes whom work, as far as one page tells. The consumers' own indices (req_cons, rsp_cons) are private to each
// side, so most of this is a hint: an event index says where a side last went to sleep, not where it is.
import { advance, distance, passed, producersPossible } from './ring-idx.ts'
import type { SringHeader } from './wire.ts'

/** Who owes work, as the producers and the backend's event say. */
export type Waiting =
  /** More requests outstanding than slots. */
  | 'impossible'
  /** Nothing outstanding, and the backend asked for an event at the next request. */
  | 'idle'
  /** The backend went to sleep having taken every request: the I/O waits in it, or in the storage below. */
  | 'below'
  /** The backend has not asked for an event past the last request: it owes work, or polls. */
  | 'backend'
  /** The backend's event lies beyond the next request: requests up to it raise none. No known backend does so. */
  | 'beyond'
  /** Nothing outstanding, but the backend's event has been passed. */
  | 'quiet'

/** Whether the frontend has seen all responses, as its event says. */
export type FrontendState =
  /** The frontend asked for an event at the next response: it has seen them all. */
  | 'caught-up'
  /** Responses lie past the frontend's event: it owes work. */
  | 'behind'
  /** The frontend wants its event later than at the next response, but for one outstanding (OpenBSD, older Windows). */
  | 'deferred'
  /** Its event lies beyond every response that can come: none raises it. */
  | 'unreachable'

/** What the four indices of a ring's header say about who waits for whom. */
export interface WaitState {
  readonly waiting: Waiting
  readonly frontend: FrontendState
  /** No slot is free for another request. */
  readonly full: boolean
}

/**
 * Reads from the four indices who waits for whom. An event index says where a side last went to sleep, not where it is: all but
 * `impossible` is a hint.
 * @param nr_ents slots of the ring
 */
export function waitState(sring: SringHeader, nr_ents: number): WaitState {
  const { req_prod, req_event, rsp_prod, rsp_event } = sring
  const outstanding = distance(rsp_prod, req_prod)
  return { waiting: whoWaits(), frontend: frontendState(), full: outstanding === nr_ents }

  function whoWaits(): Waiting {
    if (!producersPossible(sring, nr_ents)) return 'impossible'
    if (passed(req_prod, req_event)) return outstanding === 0 ? 'quiet' : 'backend'
    if (req_event !== advance(req_prod, 1)) return 'beyond'
    return outstanding === 0 ? 'idle' : 'below'
  }

  function frontendState(): FrontendState {
    if (passed(rsp_prod, rsp_event)) return 'behind'
    if (rsp_event === advance(rsp_prod, 1)) return 'caught-up'
    return distance(rsp_prod, rsp_event) <= Math.max(outstanding, 1) ? 'deferred' : 'unreachable'
  }
}
