// One moment of one ring, and what its indices say of both sides. Of the consumers' own indices, which are not on the page, they
// give bounds only: `RING_FINAL_CHECK_FOR_*` of ring.h puts the event at consumer + 1, and an index that was consumed stays so.

import type { FrontendShadow, HeldRequests, PageIndices, PrivateIndices } from '../capture/testimony.ts'
import type { RingMoment } from '../codec/ring/changed-in-flight.ts'
import { advance, distance, inWindow, passed } from '../codec/ring/ring-idx.ts'
import { clearedUpTo } from '../codec/ring/rsp-cons.ts'
import { type WaitState, waitState } from '../codec/ring/waiting.ts'
import type { SringHeader } from '../codec/ring/wire.ts'
import type { Extracted } from '../image/index.ts'
import type { XenstoreNodes } from '../xenstore/nodes.ts'

/** One ring at one moment, as far as it is known: indices always, the ring itself where it is at hand. */
export interface Moment {
  /** What a person calls it: a file. */
  readonly source: string
  /** The queue, of a device that has several. */
  readonly queue: number | undefined
  readonly sring: SringHeader
  readonly nr_ents: number
  /** Nothing says how many slots there are: `nr_ents` is that of the largest ring. */
  readonly isMostSlots?: boolean | undefined
  /** The ring itself; undefined where only its indices are known. */
  readonly shown: RingMoment | undefined
  /** The page was printed as text: by a debugger, or into a log. */
  readonly printed?: boolean | undefined
  readonly known: PrivateIndices
  /** What the frontend waits for, by its own copies. */
  readonly shadow?: FrontendShadow | undefined
  /** Requests that the backend works on, as far as they are shown. */
  readonly pending?: HeldRequests | undefined
  /** The references of its pages, and the port of its event channel, where a text says them. */
  readonly ringRefs?: readonly number[] | undefined
  readonly evtchn?: number | undefined
  /** The numbers of the interrupts of both ends. */
  readonly irq?: number | undefined
  readonly backendIrq?: number | undefined
  /** Where structs of it alone lie: prints that share one are of one ring. */
  readonly places?: readonly string[] | undefined
  /** When it was, in seconds from an origin that its ring's moments share. */
  readonly time?: number | undefined
  /** Seconds that it can be older than when it was read, where what shows it is written only now and then. */
  readonly lag?: number | undefined
  readonly xenstore: XenstoreNodes | undefined
  /** Moments with the same word are one ring's by where they come from: a folder's series ring-NNN.bin, or a file of several. */
  readonly series?: string | undefined
  /** It was printed out of a memory that stands still, a core: what has the same indices elsewhere is the same moment. */
  readonly ofCore?: boolean | undefined
  /** The text that tells several rings apart, where it is from one: what it tells apart needs no further word. */
  readonly within?: string | undefined
  /** Where in a memory image the ring was found. */
  readonly extracted?: Extracted | undefined
  /** The number of the virtual disk, where a driver's structs say it. */
  readonly vdev?: number | undefined
  /** What the place of an io_ring calls its device: `vbd3-DOMID-DEVID`. */
  readonly device?: string | undefined
}

/** A moment of which indices of the page may be missing. */
export interface PartOfMoment extends Omit<Moment, 'sring' | 'nr_ents'> {
  readonly sring: PageIndices
  readonly nr_ents: number | undefined
}

/** A number that is known to lie between two. */
export interface Bounds {
  readonly atLeast: number
  readonly atMost: number
}

/**
 * What the indices of a moment say of both sides. The consumers' own indices are not on the page, so that most of it is bounds.
 */
export interface IndexReading {
  /** req_prod - rsp_prod mod 2^32; above nr_ents it cannot be, and then the other numbers say nothing. */
  readonly outstanding: number
  readonly state: WaitState
  /** Requests that the backend has not taken. */
  readonly untaken: Bounds
  /** Responses that the frontend has not taken. */
  readonly unseen: Bounds
  /** Answers to requests past the backend's event: it has been awake since, for its event was for the first of these. */
  readonly answeredPastEvent: number
  /** The private indices that can be those of this moment. */
  readonly known: PrivateIndices
  /** rsp_cons is known from slots that the frontend cleared, and from nothing else. */
  readonly isClearedUpTo: boolean
  /** What the others contradict, each in a phrase. They are left aside. */
  readonly contradictions: readonly string[]
}

/** A bound of an index: what it is, and where. */
type Limit = readonly [name: string, index: number]

const NONE: Bounds = { atLeast: 0, atMost: 0 }

/**
 * Reads from the indices of a moment how much work each side owes, as bounds.
 * @returns zeros where the indices cannot be; `state.waiting` says so
 */
export function readMoment({ sring, nr_ents, known, shown }: Moment): IndexReading {
  const { req_prod, req_event, rsp_prod, rsp_event } = sring
  const outstanding = distance(rsp_prod, req_prod)
  const state = waitState(sring, nr_ents)
  const contradictions: string[] = []
  if (state.waiting === 'impossible')
    return {
      outstanding,
      state,
      untaken: NONE,
      unseen: NONE,
      answeredPastEvent: 0,
      known: {},
      isClearedUpTo: false,
      contradictions,
    }
  const room = nr_ents - outstanding
  const oldest = advance(req_prod, -nr_ents)
  const req_cons = legal('req_cons', requestsTaken(), ['req_prod', req_prod])
  const rsp_prod_pvt = legal('rsp_prod_pvt', ['rsp_prod', rsp_prod], ['req_prod', req_prod])
  const cleared = known.rsp_cons === undefined ? clearedIndex() : undefined
  const rsp_cons = cleared ?? legal('rsp_cons', responsesTaken(), ['rsp_prod', rsp_prod])
  const req_prod_pvt = legal('req_prod_pvt', ['req_prod', req_prod], ['rsp_prod + nr_ents =', advance(rsp_prod, nr_ents)])
  const believed = { req_prod_pvt, rsp_cons, req_cons, rsp_prod_pvt }
  const answered = answeredPastEvent()
  return {
    outstanding,
    state,
    untaken: untaken(),
    unseen: unseen(),
    answeredPastEvent: answered,
    known: believed,
    isClearedUpTo: cleared !== undefined,
    contradictions,
  }

  /** Slots that are zeros for another reason are no index that the frontend's event contradicts. */
  function clearedIndex(): number | undefined {
    const index = shown && clearedUpTo(shown.ring)
    const [, least] = responsesTaken()
    return index !== undefined && distance(least, index) <= distance(least, rsp_prod) ? index : undefined
  }

  /** The index, where it lies between the two. */
  function legal(name: keyof PrivateIndices, [least, from]: Limit, [most, to]: Limit): number | undefined {
    const index = known[name]
    if (index === undefined || distance(from, index) <= distance(from, to)) return index
    contradictions.push(`${name} ${index} lies outside ${least} ${from} to ${most} ${to}`)
    return undefined
  }

  /** What the backend has answered it has taken, and all before its event. An event beyond the next request says nothing. */
  function requestsTaken(): Limit {
    const slept = advance(req_event, -1)
    const tells = state.waiting !== 'beyond' && inWindow(slept, advance(rsp_prod, 1), advance(req_prod, 1))
    return tells ? ['req_event - 1 =', slept] : ['rsp_prod', rsp_prod]
  }

  /** With one outstanding, an event at the next response can also be a deferred one, and says nothing of those before. */
  function responsesTaken(): Limit {
    if (state.frontend === 'caught-up' && outstanding !== 1) return ['rsp_event - 1 =', rsp_prod]
    return ['req_prod - nr_ents', oldest]
  }

  function untaken(): Bounds {
    if (req_cons !== undefined) return exactly(distance(req_cons, req_prod))
    if (outstanding === 0 || state.waiting === 'below') return NONE
    // An event beyond the next request says nothing of where the backend is.
    const sinceSleep = passed(req_prod, req_event) ? distance(advance(req_event, -1), req_prod) : outstanding
    return { atLeast: 0, atMost: Math.min(sinceSleep, outstanding) }
  }

  /** A frontend has taken all responses but the last nr_ents - outstanding: it could not have sent its requests otherwise. */
  function unseen(): Bounds {
    if (rsp_cons !== undefined) return exactly(distance(rsp_cons, rsp_prod))
    if (state.frontend === 'caught-up') return NONE
    const sinceSleep = state.frontend === 'behind' ? distance(advance(rsp_event, -1), rsp_prod) : room
    return { atLeast: 0, atMost: Math.min(sinceSleep, room) }
  }

  function answeredPastEvent(): number {
    return passed(rsp_prod, req_event) ? Math.min(distance(advance(req_event, -1), rsp_prod), nr_ents) : 0
  }
}

function exactly(n: number): Bounds {
  return { atLeast: n, atMost: n }
}
