// Which requests wait, and since which moment. Over a series a request is followed by its id: what no response of the moments
// since has carried is not answered, whatever slot it was in.

import { mayBe } from '../codec/ring/outstanding.ts'
import type { Request } from '../codec/ring/request.ts'
import type { RequestSlot, ResponseSlot, Ring } from '../codec/ring/ring.ts'
import { advance, distance, inWindow, isFirstLap, passed } from '../codec/ring/ring-idx.ts'
import type { SectorUnit } from '../codec/ring/sector-unit.ts'
import type { Moment } from './moment.ts'
import type { Sureness } from './sureness.ts'

/** A request that waits for an answer, and since when. */
export interface WaitingRequest {
  /** The free-running index that it was published at; undefined where only the frontend's copy of it is known. */
  readonly index: number | undefined
  readonly slot: number | undefined
  /** The id that its response will carry; undefined where a response lies over it. */
  readonly id: bigint | undefined
  /** Undefined where a response lies over it: of the request only `sector_number` is left; and where its frontend shows its id alone. */
  readonly request: Request | undefined
  readonly sector_number: bigint | undefined
  /** What sectors count in. */
  readonly sectorUnit: SectorUnit
  /** Number of the first moment that shows it published, from 0, and what that moment is called. */
  readonly since: number
  readonly sinceSource: string
  /** Its operation, where nothing else of the request is known. */
  readonly operation?: number | undefined
  /** How sure it is that the request is not answered. */
  readonly sureness: Sureness
  /** Whether the backend has taken it; undefined where nothing but the indices of the page tells. */
  readonly taken?: boolean | undefined
}

/** One that was seen on the ring. */
type OnRing = WaitingRequest & { readonly index: number; readonly slot: number }

interface Numbered {
  readonly moment: Moment
  readonly number: number
}

export class WaitingRequests {
  readonly #byId = new Map<bigint, OnRing>()
  #first: Numbered | undefined
  #last: Numbered | undefined

  /**
   * The next moment in order.
   * @param moment one whose indices can be
   * @param number counts moments, also those left out
   */
  add(moment: Moment, number: number): void {
    const before = this.#last?.moment
    this.#last = { moment, number }
    this.#first ??= this.#last
    const ring = moment.shown?.ring
    const answers = this.#takeAnswers(before, moment, ring)
    if (!ring) return
    for (const slot of ring.slots) {
      if (slot.state !== 'request') continue
      const isNew = !before || !passed(before.sring.req_prod, advance(slot.index, 1)) || !before.shown
      if (isNew) this.#addRequest(slot, this.#last, ring, before?.shown ? answers : undefined)
    }
  }

  /** Those that wait at the last moment, longest first; those that may be answered come last. */
  list(): OnRing[] {
    const ring = this.#last?.moment.shown?.ring
    const followed = [...this.#byId.values()]
    const known = new Set(followed.map((w) => w.index))
    // What lies beneath responses is a guess where nothing but the lack of others speaks for it.
    const slots = ring?.evidence === 'slots-unknown' ? [] : (ring?.slots ?? [])
    const beneath = slots.flatMap((slot) =>
      slot.state === 'response' && mayBe(slot.beneathOutstanding) && !known.has(slot.index)
        ? [this.#beneath(slot, ring!.sectorUnit)]
        : [],
    )
    const newest = this.#last?.moment.sring.req_prod ?? 0
    const doubt = (w: OnRing) => (w.sureness === 'may' ? 1 : 0)
    return [...followed, ...beneath].sort(
      (a, b) => doubt(a) - doubt(b) || a.since - b.since || distance(b.index, newest) - distance(a.index, newest),
    )
  }

  /** Drops what was answered between two moments; undefined where some of the answers cannot be seen. */
  #takeAnswers(before: Moment | undefined, { sring }: Moment, ring: Ring | undefined): ReadonlySet<bigint> | undefined {
    if (!before) return undefined
    const expected = distance(before.sring.rsp_prod, sring.rsp_prod)
    const answered = (ring?.slots ?? []).filter((s) => inWindow(s.index, before.sring.rsp_prod, sring.rsp_prod))
    const responses = answered.filter((s): s is ResponseSlot => s.state === 'response')
    // A response over several slots is written to the first of them.
    const further = answered.filter((s) => s.state === 'continuation' && s.holds === 'response').length
    const ids = new Set(responses.map((s) => s.response.id))
    for (const id of ids) this.#byId.delete(id)
    if (responses.length + further === expected) return ids
    if (ring?.slots.some((s) => s.state === 'cleared') === true) {
      // Whose answers these were nobody can say any more. Those of the window are as many as are outstanding.
      for (const [id, { index }] of this.#byId) if (!inWindow(index, sring.rsp_prod, sring.req_prod)) this.#byId.delete(id)
      return undefined
    }
    for (const [id, waiting] of this.#byId) this.#byId.set(id, { ...waiting, sureness: 'may' })
    return undefined
  }

  /** @param answers ids of all responses since the moment before; undefined where they are not all known */
  #addRequest(slot: RequestSlot, { moment, number }: Numbered, ring: Ring, answers: ReadonlySet<bigint> | undefined): void {
    const { request, index } = slot
    const unanswered = answers !== undefined && !answers.has(request.id)
    if (slot.answered === 'yes' && !unanswered) return
    const sureness = unanswered ? 'certain' : surenessOf(slot, ring)
    const { sector_number } = request
    const waiting = {
      index,
      slot: slot.slot,
      id: request.id,
      request,
      sector_number,
      sectorUnit: ring.sectorUnit,
      since: number,
      sinceSource: moment.source,
      sureness,
    } as const
    this.#byId.set(request.id, waiting)
  }

  #beneath({ index, slot, beneath, beneathOutstanding }: ResponseSlot, sectorUnit: SectorUnit): OnRing {
    const [first, last] = [this.#first!, this.#last!]
    const since = passed(first.moment.sring.req_prod, advance(index, 1)) ? first : last
    return {
      index,
      slot,
      id: undefined,
      request: undefined,
      sector_number: beneath.sector_number,
      sectorUnit,
      since: since.number,
      sinceSource: since.moment.source,
      sureness: beneathOutstanding === 'yes' ? 'likely' : 'may',
    }
  }
}

/** From one moment alone. On a first lap every response is still to be seen; later one may lie under a request. */
function surenessOf({ answered }: RequestSlot, { sring, geometry }: Ring): Sureness {
  if (answered === 'maybe' || answered === 'yes') return 'may'
  return answered === 'no' && isFirstLap(sring, geometry.nr_ents) ? 'certain' : 'likely'
}
