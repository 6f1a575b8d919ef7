// The moments of one ring in order, kept as what a judgement needs of them: memory does not grow with their number.
import type { Redone } from '../codec/ring/asked-again.ts'
import { distance, passed } from '../codec/ring/ring-idx.ts'
import { type IndexReading, type Moment, type PartOfMoment, readMoment } from './moment.ts'
import { joinedPrints } from './one-moment.ts'
import { waitingByShadow } from './shadowed.ts'
import { withPart } from './testimonies.ts'
import { type WaitingRequest, WaitingRequests } from './waiting-requests.ts'

const KEYS = ['req_prod', 'req_event', 'rsp_prod', 'rsp_event'] as const

/** A condition that has held at every moment from one on, up to the last. */
class Lasting {
  #count = 0

  /** @param holds at this moment @param again and nothing has happened since the moment before that ends it */
  add(holds: boolean, again: boolean): void {
    this.#count = holds ? (again ? this.#count + 1 : 1) : 0
  }

  /** Moments, 0 where it does not hold. */
  get moments(): number {
    return this.#count
  }
}

/** That the ring came in the place of another, and what shows it. */
export interface RingReplaced {
  /** What shows it, in one phrase. */
  readonly why: string
  /** What the last moment of the old ring, and the first of this one, are called. */
  readonly before: string
  readonly after: string
  /** Moments of the rings before it. */
  readonly moments: number
  /** What was in flight in the old ring, and what the new one asks for of it; undefined where a ring is not known but for its indices. */
  readonly redone: Redone | undefined
}

/**
 * A moment with impossible indices says nothing of what goes on. Where others come after it, it was torn by the motion of the
 * ring, and counts for nothing; where it is the last, the ring is judged by it.
 */
export class History {
  readonly #waiting = new WaitingRequests()
  readonly #noAnswers = new Lasting()
  readonly #nothingTaken = new Lasting()
  readonly #nothingSeen = new Lasting()
  readonly #still = new Lasting()
  readonly #frozen = new Lasting()
  /** The ring that this one replaced; undefined for the first ring of its device. */
  readonly replaced: RingReplaced | undefined
  /** What the first moment is called. */
  readonly firstSource: string
  /** The last moment whose indices can be. */
  #last: Moment | undefined
  #lastReading: IndexReading | undefined
  #lastShown: Moment | undefined
  #newest: Moment
  #newestReading: IndexReading
  #moments = 0
  #total = 0
  #impossible = 0
  #lag = 0
  #published = 0
  #answered = 0
  #answeredUnasked = 0
  #quiet = 0
  /** The shortest time between two moments; undefined where one of them has none. */
  #gap: number | undefined = Number.POSITIVE_INFINITY

  /** @param replaced where it is a new ring of a device of which another was seen */
  constructor(first: Moment, replaced?: RingReplaced) {
    this.replaced = replaced
    this.firstSource = first.source
    this.#newest = first
    this.#newestReading = readMoment(first)
    this.add(first)
  }

  add(moment: Moment): void {
    const reading = readMoment(moment)
    const number = this.#total++
    const [before, after] = [this.#newest.sring, moment.sring]
    const still = number > 0 && KEYS.every((key) => before[key] === after[key])
    this.#still.add(true, still)
    if (number > 0) this.#gap = shorter(this.#gap, this.#newest.time, moment.time)
    this.#newest = moment
    this.#newestReading = reading
    this.#lag = Math.max(this.#lag, moment.lag ?? 0)
    if (moment.shown) this.#lastShown = moment
    if (reading.state.waiting === 'impossible') this.#impossible++
    else this.#addPossible(moment, reading, number)
  }

  /** Puts what else is known of the last moment to it: it is no later one. */
  join(part: PartOfMoment): void {
    const joined = withPart(
      part.shown && !this.#newest.shown ? { ...(part as Moment), queue: this.#newest.queue } : this.#newest,
      this.#newest.shown ? part : this.#newest,
    )
    if (this.#last === this.#newest) this.#last = joined
    if (joined.shown) {
      this.#lastShown = joined
      if (!this.#newest.shown) this.#waiting.add(joined, this.#total - 1)
    }
    this.#newest = joined
    this.#newestReading = readMoment(joined)
    if (this.#last === joined) this.#lastReading = this.#newestReading
  }

  /** Puts another print of the last moment's page to it. */
  joinPrint(print: Moment): void {
    const [before, joined] = [this.#newest, joinedPrints(this.#newest, print)]
    if (this.#last === before) this.#last = joined
    if (this.#lastShown === before) this.#lastShown = joined
    if (joined.shown !== before.shown) this.#waiting.add(joined, this.#total - 1)
    this.#newest = joined
    this.#newestReading = readMoment(joined)
    if (this.#last === joined) this.#lastReading = this.#newestReading
  }

  #addPossible(moment: Moment, reading: IndexReading, number: number): void {
    const before = this.#last
    const same = (key: (typeof KEYS)[number]) => before?.sring[key] === moment.sring[key]
    if (before) this.#countProgress(before, moment, same('req_event'))
    if (!same('req_event')) this.#quiet = this.#answeredUnasked = 0
    if (reading.state.waiting === 'quiet') this.#quiet++
    const behind = reading.state.frontend === 'behind' && reading.unseen.atMost > 0
    this.#noAnswers.add(reading.outstanding > 0, same('rsp_prod') && this.#lastReading!.outstanding > 0)
    this.#nothingTaken.add(reading.untaken.atMost > 0, same('rsp_prod') && same('req_event'))
    this.#nothingSeen.add(behind, same('rsp_event'))
    this.#frozen.add(passed(moment.sring.req_prod, moment.sring.req_event), same('req_event'))
    this.#waiting.add(moment, number)
    this.#last = moment
    this.#lastReading = reading
    this.#moments++
  }

  /** The last moment, possible or not. */
  get last(): Moment {
    return this.#newest
  }

  /** What the indices of the last moment say. */
  get reading(): IndexReading {
    return this.#newestReading
  }

  /** The last moment of which more than indices is known. */
  get lastShown(): Moment | undefined {
    return this.#lastShown
  }

  /** Moments whose indices can be: those that count. */
  get moments(): number {
    return this.#moments
  }

  /** The number of all moments, those with impossible indices included. */
  get total(): number {
    return this.#total
  }

  /** Moments whose indices cannot be. */
  get impossible(): number {
    return this.#impossible
  }

  /** Seconds that a moment can be older than when it was read. */
  get lag(): number {
    return this.#lag
  }

  /** Seconds from one moment to the next at the least, by what their texts say; undefined where they do not. */
  get interval(): number | undefined {
    return this.#gap === Number.POSITIVE_INFINITY ? undefined : this.#gap
  }

  /** Requests published between the first moment and the last. */
  get published(): number {
    return this.#published
  }

  /** Responses given between the first moment and the last. */
  get answered(): number {
    return this.#answered
  }

  /** Moments up to the last in which no response came although requests were outstanding. */
  get noAnswers(): number {
    return this.#noAnswers.moments
  }

  /** Moments up to the last in which the backend moved neither its event nor rsp_prod although requests were to be taken. */
  get nothingTaken(): number {
    return this.#nothingTaken.moments
  }

  /** Moments up to the last in which the frontend did not move its event although responses were past it. */
  get nothingSeen(): number {
    return this.#nothingSeen.moments
  }

  /** Moments up to the last in which all four indices stayed the same. */
  get still(): number {
    return this.#still.moments
  }

  /** Moments up to the last in which req_event stayed where it is, behind req_prod. */
  get frozen(): number {
    return this.#frozen.moments
  }

  /** Responses given while req_event stayed behind req_prod, which a backend that waits for events could not have known to give. */
  get answeredUnasked(): number {
    return this.#answeredUnasked
  }

  /** Moments, since req_event last moved, at which all was answered and no event was asked for. */
  get quiet(): number {
    return this.#quiet
  }

  /** The requests that wait at the last moment, longest first. */
  waiting(): WaitingRequest[] {
    if (this.#newestReading.state.waiting === 'impossible') return []
    return waitingByShadow(this.#newest, this.#newestReading, this.#waiting.list())
  }

  #countProgress(before: Moment, { sring }: Moment, sameEvent: boolean): void {
    const answered = distance(before.sring.rsp_prod, sring.rsp_prod)
    this.#published += distance(before.sring.req_prod, sring.req_prod)
    this.#answered += answered
    if (sameEvent && passed(before.sring.req_prod, sring.req_event)) this.#answeredUnasked += answered
  }
}

/** The shorter of two times; undefined where one is not known, or time goes back. */
function shorter(gap: number | undefined, before: number | undefined, after: number | undefined): number | undefined {
  return gap === undefined || before === undefined || after === undefined || after <= before
    ? undefined
    : Math.min(gap, after - before)
}
