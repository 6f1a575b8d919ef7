// Producers and events (xen/include/public/io/ring.h).
import type { Ring } from '../../codec/ring/ring.ts'
import { waitState } from '../../codec/ring/waiting.ts'
import { fieldOf, layoutOf } from '../../codec/struct/layout.ts'
import { sringHeader } from '../../codec/xen/ring.ts'
import type { Found, Rule } from '../rule.ts'
import type { RingSubject } from '../subject.ts'

const RING = 'xen/include/public/io/ring.h'
const FINAL_CHECK = `${RING}, RING_FINAL_CHECK_FOR_REQUESTS and RING_FINAL_CHECK_FOR_RESPONSES`

type State = ReturnType<typeof waitState>

/** A finding at an index of the header, where the ring's state is as described. */
function whenState(field: string, test: (state: State, ring: Ring) => string | undefined): (subject: RingSubject) => Found[] {
  return ({ ring }) => {
    const { sring, geometry, findings } = ring
    const message = test(waitState(sring, geometry.nr_ents), ring)
    if (message === undefined || findings.some(({ code }) => code === 'ring-all-zero')) return []
    return [{ message, offset: fieldOf(layoutOf(sringHeader, geometry.abi), field).offset }]
  }
}

export const INDEX_RULES: readonly Rule[] = [
  {
    id: 'events-not-initialised',
    severity: 'warning',
    summary: 'The ring is new, and an event index is 0 instead of 1.',
    source: `${RING}, SHARED_RING_INIT`,
    explain: {
      means: 'Both producers are 0, so nothing has happened yet; the macro that sets a ring up writes 1 to both events.',
      why: 'With the event at 0 the first request or response raises no event: the disk hangs before it has done anything.',
      todo: 'Have the frontend use SHARED_RING_INIT.',
    },
    ring: whenState('req_event', (_, { sring: { req_prod, rsp_prod, req_event, rsp_event } }) => {
      if (req_prod !== 0 || rsp_prod !== 0 || (req_event !== 0 && rsp_event !== 0)) return undefined
      return `req_event is ${req_event} and rsp_event ${rsp_event} before the first request; both start at 1`
    }),
  },
  {
    id: 'req-event-beyond',
    severity: 'warning',
    summary: 'The backend asked for its event later than at the next request.',
    source: FINAL_CHECK,
    explain: {
      means: 'req_event is above req_prod + 1: requests up to it raise no event. No known backend asks so.',
      why: 'A request may lie unseen until others follow it: a hang that ends when there is more I/O.',
      todo: 'Look at the backend, and at whether something else wrote to the page.',
    },
    ring: whenState('req_event', ({ waiting }, { sring: { req_prod, req_event } }) =>
      waiting === 'beyond' ? `req_event ${req_event} lies beyond req_prod ${req_prod} + 1` : undefined,
    ),
  },
  {
    id: 'req-event-passed',
    severity: 'note',
    summary: 'The backend has not asked for an event past the last request.',
    source: `${FINAL_CHECK} (a hint: req_cons is private)`,
    explain: {
      means:
        'req_prod has reached req_event: the backend is at work on the ring, polls it, or was never woken. QEMU moves req_event only when nothing is in flight, and may have taken the requests and wait for its storage.',
      why: 'If it lasts and requests are outstanding, an event was lost, or the thread of the backend is stopped or stuck.',
      todo: 'Capture once more. A backend that works moves req_event or rsp_prod.',
    },
    ring: whenState('req_event', ({ waiting }, { sring: { req_prod, req_event }, outstanding }) =>
      waiting === 'backend' || waiting === 'quiet'
        ? `req_prod ${req_prod} has passed req_event ${req_event}, with ${outstanding} outstanding`
        : undefined,
    ),
  },
  {
    id: 'rsp-event-passed',
    severity: 'note',
    summary: 'The frontend has not asked for an event past the last response.',
    source: `${FINAL_CHECK} (a hint: rsp_cons is private)`,
    explain: {
      means: 'rsp_prod has reached rsp_event: the frontend is about to take responses, or was never woken.',
      why: 'If it lasts, the event to the guest was lost or its interrupt is stuck, and answered requests seem to hang.',
      todo: 'Capture once more. A frontend that works moves rsp_event.',
    },
    ring: whenState('rsp_event', ({ frontend }, { sring: { rsp_prod, rsp_event } }) =>
      frontend === 'behind' ? `rsp_prod ${rsp_prod} has passed rsp_event ${rsp_event}` : undefined,
    ),
  },
  {
    id: 'rsp-event-deferred',
    severity: 'note',
    summary: 'The frontend wants its event later than at the next response.',
    source: "OpenBSD's xbf and Windows' xenvbd until 2019",
    explain: {
      means: 'rsp_event is above rsp_prod + 1, but not beyond what is outstanding.',
      why: 'It saves interrupts and is legal; a request that is answered early waits for the others.',
      todo: 'Nothing. Of a Linux frontend it would be strange.',
    },
    ring: whenState('rsp_event', ({ frontend }, { sring: { rsp_prod, rsp_event } }) =>
      frontend === 'deferred' ? `rsp_event ${rsp_event} is later than rsp_prod ${rsp_prod} + 1` : undefined,
    ),
  },
  {
    id: 'rsp-event-unreachable',
    severity: 'warning',
    summary: 'The frontend asked for its event beyond every response that can come.',
    source: FINAL_CHECK,
    explain: {
      means: 'rsp_event is above rsp_prod + 1, and more responses would have to come than requests are outstanding.',
      why: 'None of the responses that can come raises an event: the frontend sleeps with its requests answered.',
      todo: 'Look at the frontend, and at whether something else wrote to the page.',
    },
    ring: whenState('rsp_event', ({ frontend, waiting }, { sring: { rsp_prod, rsp_event }, outstanding }) =>
      frontend === 'unreachable' && waiting !== 'impossible'
        ? `rsp_event ${rsp_event} lies beyond rsp_prod ${rsp_prod} + the ${outstanding} outstanding`
        : undefined,
    ),
  },
  {
    id: 'ring-full',
    severity: 'note',
    summary: 'No slot is free.',
    source: `${RING}, RING_FULL`,
    explain: {
      means: 'As many requests are outstanding as the ring has slots.',
      why: 'The guest wants more I/O in flight than the ring carries; what follows waits in the guest.',
      todo: 'If it is so often and the storage is not the limit: more ring pages (max-ring-page-order) or queues.',
    },
    ring: whenState('req_prod', ({ full }, { geometry: { nr_ents } }) =>
      full ? `all ${nr_ents} slots hold requests that are outstanding` : undefined,
    ),
  },
]
