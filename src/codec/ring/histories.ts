// Every course of events that can have led to a ring on its first lap. Linux takes ids from a list that starts as 0, 1, 2 …
// and works last in, first out, so the id of each request follows from what was answered before it; the ids of responses,
// and of requests still to be seen, then rule most courses out.
//
// A course goes from state to state: the next request is issued, or the next response consumed. Where it can go from a state depends
// on how many there were of each and on the list of ids given back, however that came about: each state is looked at once.
// Whether a request ends as outstanding is settled when it is issued: the first response with its id that is not consumed yet is its
// answer, and where there is none it has none.

/**
 * States to look at before giving up: some 2 ms, 6 in a process that has just begun. Hardly a simulated ring of 32
 * slots has more, of 64 slots some 6 in 100 of those that are on their first lap and in doubt.
 */
const MAX_STATES = 12_000

/** In some course the request of that index is outstanding at the end. */
export const MAY_BE_OUTSTANDING = 1
/** In some course it was answered. */
export const MAY_BE_ANSWERED = 2

/** The ids of a ring on its first lap. */
export interface FirstLap {
  /** All below nr_ents: of the responses, in index order, and of the requests behind them. */
  readonly ids: Int32Array
  /** The operation of each response, and the one that the response to each request has. */
  readonly operation: Uint8Array
  /** How many of the ids are responses'. */
  readonly responses: number
  /** How many ids there are. */
  readonly count: number
}

/** Looks for the courses of one ring after another. */
export interface HistorySearch {
  /** @returns whether there are any, all of which were looked at */
  readonly search: (ring: FirstLap) => boolean
  /** Where there are: of the request of each index, oldest first, MAY_BE_OUTSTANDING and MAY_BE_ANSWERED. */
  readonly ends: Uint8Array
}

/** The list of ids given back that is empty: the ids from the first that was never used follow, one by one. */
const EMPTY = 0

/** Spreads neighbouring numbers (Knuth's multiplicative hash). */
const SPREAD = 0x9e37_79b1

/** Numbers that count on from search to search begin again above this. */
const MAX_BASE = 2 ** 30

/** @param nr_ents slots of the rings, and ids of their frontend */
export function historySearch(nr_ents: number, maxStates = MAX_STATES): HistorySearch {
  const bits = Math.ceil(Math.log2(2 * (maxStates + 2)))
  const [shift, mask] = [32 - bits, 2 ** bits - 1]
  // A list of ids given back is its last id and the list below that; equal lists are one number.
  const last = new Int32Array(maxStates + 2)
  const below = new Int32Array(maxStates + 2)
  let lists = 1
  // A state is a list, and how many requests were issued and responses consumed; whether an end was reached from it.
  const listOf = new Int32Array(maxStates + 1)
  const stepsOf = new Int32Array(maxStates + 1)
  const reaches = new Uint8Array(maxStates + 1)
  let states = 0
  // Where lists and states are found by hash: numbers that count on from search to search, so that older ones are known as such.
  const listAt = new Int32Array(mask + 1)
  const stateAt = new Int32Array(mask + 1)
  let base = 1
  // By index of a response: the next one with its id.
  const next = new Int32Array(nr_ents)
  // By id.
  const isInFlight = new Uint8Array(nr_ents)
  const pending = new Int32Array(nr_ents) // first response not consumed yet
  const toConsume = new Int32Array(nr_ents) // how many these are
  const toIssue = new Int32Array(nr_ents) // requests behind the responses that are not issued yet
  const ends = new Uint8Array(nr_ents)
  let surplus = 0
  // Of the ring that is looked at.
  let ids: Int32Array = next
  let operation: Uint8Array = ends
  let responses = 0
  let count = 0

  return { search, ends }

  function search(ring: FirstLap): boolean {
    ids = ring.ids
    operation = ring.operation
    responses = ring.responses
    count = ring.count
    forget()
    ends.fill(0)
    isInFlight.fill(0)
    countIds()
    return explore(EMPTY, 0, 0) && states <= maxStates
  }

  function forget(): void {
    base += Math.max(lists, states)
    lists = 1
    states = 0
    if (base <= MAX_BASE) return
    listAt.fill(0)
    stateAt.fill(0)
    base = 1
  }

  function countIds(): void {
    toConsume.fill(0)
    toIssue.fill(0)
    surplus = 0
    for (let k = responses; k < count; k++) toIssue[ids[k]!]!++
    for (let k = responses - 1; k >= 0; k--) {
      const id = ids[k]!
      next[k] = pending[id]!
      pending[id] = k
      if (toConsume[id]!++ < toIssue[id]!) surplus++
    }
  }

  /** @param free list of ids given back @returns whether an end is reached from there */
  function explore(free: number, issued: number, consumed: number): boolean {
    // No course of these counts of ids comes here with a response left that is not to a request in flight.
    if (issued === count) return true
    if (states > maxStates) return false
    const steps = (issued << 16) | consumed
    let place = Math.imul(Math.imul(free, SPREAD) ^ steps, SPREAD) >>> shift
    for (; stateAt[place]! >= base; place = (place + 1) & mask) {
      const known = stateAt[place]! - base
      if (listOf[known] === free && stepsOf[known] === steps) return reaches[known] === 1
    }
    const own = states++
    stateAt[place] = base + own
    listOf[own] = free
    stepsOf[own] = steps
    reaches[own] = 0
    const issues = issue(free, issued, consumed)
    const consumes = consumed < responses && consume(free, issued, consumed)
    if (issues || consumes) reaches[own] = 1
    return issues || consumes
  }

  /**
   * The ids of the first requests, over which responses lie, are not known, but how many of each at least and at most: as many as its responses
   * ask for that the known requests cannot have, and one more, which stays in flight. `surplus` counts those over the least that are left.
   */
  function issue(free: number, issued: number, consumed: number): boolean {
    const id = free === EMPTY ? issued - consumed : last[free]!
    if (id >= nr_ents) return false
    const isKnown = issued >= responses
    if (isKnown && ids[issued] !== id) return false
    const over = toConsume[id]! - toIssue[id]! + (isKnown ? 1 : 0)
    const takesSurplus = !isKnown && over === 0
    if (over < 0 || (takesSurplus && surplus === 0)) return false
    const isAnswered = toConsume[id]! > 0
    if (isKnown && isAnswered && operation[pending[id]!] !== operation[issued]) return false
    isInFlight[id] = 1
    if (isKnown) toIssue[id]!--
    if (takesSurplus) surplus--
    const found = explore(free === EMPTY ? EMPTY : below[free]!, issued + 1, consumed)
    if (takesSurplus) surplus++
    if (isKnown) toIssue[id]!++
    isInFlight[id] = 0
    if (found) ends[issued]! |= isAnswered ? MAY_BE_ANSWERED : MAY_BE_OUTSTANDING
    return found
  }

  function consume(free: number, issued: number, consumed: number): boolean {
    const id = ids[consumed]!
    if (isInFlight[id] === 0) return false
    isInFlight[id] = 0
    toConsume[id]!--
    pending[id] = next[consumed]!
    const found = explore(pushed(free, id), issued, consumed + 1)
    pending[id] = consumed
    toConsume[id]!++
    isInFlight[id] = 1
    return found
  }

  function pushed(free: number, id: number): number {
    let place = Math.imul(free * nr_ents + id, SPREAD) >>> shift
    for (; listAt[place]! >= base; place = (place + 1) & mask) {
      const known = listAt[place]! - base
      if (below[known] === free && last[known] === id) return known
    }
    listAt[place] = base + lists
    last[lists] = id
    below[lists] = free
    return lists++
  }
}
