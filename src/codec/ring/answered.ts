// Which of the requests in [rsp_prod, req_prod) may already have been answered. Responses go to slots in completion
// order, so the answer to a request that is still to be seen may lie in another slot, over a request that is outstanding.
import { memo } from '../struct/memo.ts'
import { type HistorySearch, historySearch, MAY_BE_ANSWERED, MAY_BE_OUTSTANDING } from './histories.ts'
import { orderReplay } from './in-order.ts'
import { RoundTable } from './round-table.ts'
import { SeenSlots } from './seen.ts'

/** The words for how certain something is, the least first. */
export const CERTAINTIES = ['no', 'unlikely', 'maybe', 'yes'] as const

/**
 * Whether something is so. `no`: nothing on the ring says so. `unlikely`: it can be, but the ids are those of the simplest
 * course of events, in which it is not. `maybe`: it can be. `yes`: the ids leave nothing else. A ring that was nearly full
 * can have lost a response under a later request; then `no` is only what is left to see.
 */
export type Certainty = (typeof CERTAINTIES)[number]

const [NO, UNLIKELY, MAYBE, YES] = [0, 1, 2, 3] as const

/** What verdicts rest on. */
export const COMPLETION_EVIDENCE = ['no-such-response', 'histories', 'fits-in-order', 'out-of-order', 'slots-unknown'] as const

/**
 * Why the verdicts are what they are. `no-such-response`: no response on the ring carries an id of the window. `histories`:
 * the ring is on its first lap, and every course of events that gives its ids was looked at. `fits-in-order`: responses
 * carry such ids, which are those that in-order completion gives, and nothing proves that it was that. `out-of-order`: they are not.
 * `slots-unknown`: there are slots whose ids are not known, any of which may be the response or the request that would tell.
 */
export type CompletionEvidence = (typeof COMPLETION_EVIDENCE)[number]

/** What stands for no slot, and for no place, in columns of them. */
export const NO_SLOT = -1

/** The judge of rings of so many slots; the verdicts of one ring hold until the next is judged. */
export const completionJudge = /*#__PURE__*/ memo(new Map(), (nr_ents: number) => new CompletionJudge(nr_ents))

/** Slots of all rings whose verdicts are remembered: of rings of 32 slots, 512 rings. */
const REMEMBERED_SLOTS = 2 ** 14

/** A ring and the verdicts on it. */
class JudgedRing {
  seen: SeenSlots
  fromStart = false
  evidence: CompletionEvidence = 'no-such-response'
  readonly certainty: Uint8Array
  readonly answeredBy: Int16Array

  constructor(nr_ents: number) {
    this.seen = new SeenSlots(nr_ents)
    this.certainty = new Uint8Array(nr_ents)
    this.answeredBy = new Int16Array(nr_ents)
  }
}

/**
 * Judges one ring after another. A ring that shows what one before it did takes its verdicts over: a series has rings that are
 * equal, and dumps with changed bytes mostly have the ids that they had.
 */
export class CompletionJudge {
  readonly #nr_ents: number
  /** What is seen of the ring that is to be judged. */
  #seen: SeenSlots
  #judged: JudgedRing
  /** By the top bits of a hash, the last two rings of that hash, the later one first. */
  readonly #known: (JudgedRing | undefined)[]
  readonly #shift: number
  readonly #dense: RoundTable
  /** By place: a number for its id. */
  readonly #same: Int32Array
  /** By place of a response: the place of the one before it with its id. */
  readonly #sooner: Int32Array
  /** By number of an id: the places of the last response and of the last request with it. */
  readonly #lastResponse: Int32Array
  readonly #lastRequest: Int32Array
  /** The ids, where all are below nr_ents. */
  readonly #ids: Int32Array
  readonly #fitsInOrder: ReturnType<typeof orderReplay>
  #histories: HistorySearch | undefined

  constructor(nr_ents: number) {
    const column = () => new Int32Array(nr_ents)
    this.#nr_ents = nr_ents
    this.#seen = new SeenSlots(nr_ents)
    this.#judged = new JudgedRing(nr_ents)
    const bits = Math.max(1, Math.floor(Math.log2(REMEMBERED_SLOTS / nr_ents / 2)))
    this.#shift = 32 - bits
    this.#known = new Array(2 ** (bits + 1)).fill(undefined)
    this.#dense = new RoundTable(nr_ents)
    this.#same = column()
    this.#sooner = column()
    this.#lastResponse = column()
    this.#lastRequest = column()
    this.#ids = column()
    this.#fitsInOrder = orderReplay(nr_ents)
  }

  /**
   * Of each place of what was seen, place in CERTAINTIES: of a response, whether the request beneath it is outstanding, of a request,
   * whether it was answered.
   */
  get certainty(): Uint8Array {
    return this.#judged.certainty
  }

  /** Of the place of each request, the slot of the response that may be its answer: the latest that carries its id; or NO_SLOT. */
  get answeredBy(): Int16Array {
    return this.#judged.answeredBy
  }

  /** What is seen of the next ring, to be filled. */
  next(): SeenSlots {
    this.#seen.clear()
    return this.#seen
  }

  /**
   * Judges what was filled in since `next`.
   * @param isFirstLap the slots reach back to the ring's first index, unless some were cleared
   */
  judge(isFirstLap: boolean): CompletionEvidence {
    const seen = this.#seen
    const fromStart = isFirstLap && !seen.hasCleared
    const place = (seen.hash() >>> this.#shift) * 2
    const known = this.#known
    const [later, sooner] = [known[place], known[place + 1]]
    this.#judged = later ?? new JudgedRing(this.#nr_ents)
    if (later?.fromStart === fromStart && later.seen.equals(seen)) return later.evidence
    if (later) {
      known[place + 1] = later
      this.#judged = sooner ?? new JudgedRing(this.#nr_ents)
    }
    const judged = this.#judged
    known[place] = judged
    if (sooner?.fromStart === fromStart && sooner.seen.equals(seen)) return sooner.evidence
    this.#seen = judged.seen
    judged.seen = seen
    judged.fromStart = fromStart
    judged.evidence = this.#judge(seen, judged)
    return judged.evidence
  }

  #judge(seen: SeenSlots, { fromStart, certainty }: JudgedRing): CompletionEvidence {
    const { responses, count } = seen
    const areSmall = this.#number(seen)
    const allSeen = seen.unseenRequests + seen.unseenResponses === 0
    const doubted = this.#lookForAnswers(seen, allSeen)
    if (!allSeen) return this.#judgeUnseen(seen, doubted)
    certainty.fill(NO, 0, responses)
    if (!doubted) return 'no-such-response'
    const looksAtAll = areSmall && fromStart && !seen.mayHoldPairs && this.#judgeByHistories(seen)
    if (!looksAtAll) certainty.fill(MAYBE, 0, responses)
    else if (!certainty.subarray(0, count).includes(MAYBE)) return 'histories'
    if (areSmall && this.#fitsInOrder(this.#ids, responses, count, fromStart)) {
      for (let k = 0; k < count; k++) if (certainty[k] !== NO) certainty[k] = UNLIKELY
      return 'fits-in-order'
    }
    return looksAtAll ? 'histories' : 'out-of-order'
  }

  /** Gives each id a number. @returns whether all ids are below nr_ents */
  #number({ idLow, idHigh, responses, count }: SeenSlots): boolean {
    this.#dense.next()
    let areSmall = true
    let numbers = 0
    for (let k = 0; k < count; k++) {
      const low = idLow[k]!
      const high = idHigh[k]!
      if (high !== 0 || low >= this.#nr_ents) areSmall = false
      this.#ids[k] = low
      let number = this.#dense.add(low, high, numbers)
      if (number < 0) {
        number = numbers++
        this.#lastResponse[number] = this.#lastRequest[number] = NO_SLOT
      }
      this.#same[k] = number
      if (k < responses) {
        this.#sooner[k] = this.#lastResponse[number]!
        this.#lastResponse[number] = k
      } else this.#lastRequest[number] = k
    }
    return areSmall
  }

  /**
   * Looks for the answer to each request, if it was answered. An id is used again only after its answer: the answer to the last
   * request of an id is the last response that carries it.
   * @returns whether some request may have been answered
   */
  #lookForAnswers({ operation, slot, responses, count }: SeenSlots, allSeen: boolean): boolean {
    const { fromStart, certainty, answeredBy } = this.#judged
    let doubted = false
    for (let k = responses; k < count; k++) {
      const number = this.#same[k]!
      const isReused = this.#lastRequest[number] !== k
      let by = this.#lastResponse[number]!
      if (isReused) while (by >= 0 && operation[by] !== operation[k]) by = this.#sooner[by]!
      else if (by >= 0 && operation[by] !== operation[k]) by = NO_SLOT
      // Where every response can still be seen and none is its answer, two requests have one id.
      const mayBeLost = isReused && !(fromStart && allSeen)
      const answered = by >= 0 ? (isReused ? YES : MAYBE) : mayBeLost ? MAYBE : NO
      certainty[k] = answered
      answeredBy[k] = by >= 0 ? slot[by]! : NO_SLOT
      if (answered !== NO) doubted = true
    }
    return doubted
  }

  /** A response that is not seen may be anybody's answer, and a request that is not seen may have been answered by any response. */
  #judgeUnseen({ responses, count, unseenRequests, unseenResponses }: SeenSlots, doubted: boolean): CompletionEvidence {
    const { certainty } = this.#judged
    const isAnswerUnseen = unseenResponses > 0 && count > responses
    if (isAnswerUnseen) for (let k = responses; k < count; k++) if (certainty[k] === NO) certainty[k] = MAYBE
    certainty.fill(unseenRequests > 0 || doubted || isAnswerUnseen ? MAYBE : NO, 0, responses)
    return 'slots-unknown'
  }

  /** @returns whether the courses of events that give its ids were all looked at, and there are any */
  #judgeByHistories({ operation, responses, count }: SeenSlots): boolean {
    this.#histories ??= historySearch(this.#nr_ents)
    const { search, ends } = this.#histories
    if (!search({ ids: this.#ids, operation, responses, count })) return false
    const { certainty, answeredBy } = this.#judged
    for (let k = 0; k < count; k++) {
      const [yes, no] = k < responses ? [MAY_BE_OUTSTANDING, MAY_BE_ANSWERED] : [MAY_BE_ANSWERED, MAY_BE_OUTSTANDING]
      certainty[k] = ends[k] === yes ? YES : ends[k] === no ? NO : MAYBE
      if (k >= responses && certainty[k] === NO) answeredBy[k] = NO_SLOT
    }
    return true
  }
}
