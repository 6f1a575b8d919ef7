// Every course of events that can have led to a ring on its first lap. Linux takes ids from a list that starts as 0, 1, 2 …
// and works last in, first out, so the id of each request follows from what was answered before it; the ids of responses,
// and of requests still to be seen, then rule most courses out.
import { SECTORS_PER_SLOT } from '../xen/blkif.ts'
import { mayAnswer, type SeenRequest, type SeenResponse } from './seen.ts'

export interface Histories {
  /** How many different ends the possible courses have. */
  readonly ends: number
  /** In how many of them the request of each index is outstanding; index 0 first. */
  readonly outstandingIn: readonly number[]
}

/**
 * Slots times states to look at before giving up, since the work for a state grows with what is in flight: some 50 ms.
 * Captured rings of 32 slots with out-of-order completion took 127 to 2668 states.
 */
const BUDGET = 32 * 4000

/**
 * A request that takes two slots, the second at the first's sector + 88, gives its two ids back together and the other way
 * round, once both are answered. Requests of 44 KiB one after another look the same: neither order of ids can be relied on.
 */
function mayHoldPairs(inIndexOrder: readonly { readonly sector_number: bigint }[]): boolean {
  return inIndexOrder.some((s, i) => s.sector_number + BigInt(SECTORS_PER_SLOT) === inIndexOrder[i + 1]?.sector_number)
}

/**
 * @param responses of indices 0 up to the first request's
 * @returns undefined where no course fits (the frontend does not work so) or there are too many to look at
 */
export function possibleHistories(
  requests: readonly SeenRequest[],
  responses: readonly SeenResponse[],
  nr_ents: number,
): Histories | undefined {
  if (mayHoldPairs([...responses, ...requests])) return undefined
  const most = BigInt(nr_ents)
  if ([...requests, ...responses].some(({ id }) => id >= most)) return undefined
  const requestIds = requests.map((r) => Number(r.id))
  const responseIds = responses.map((r) => Number(r.id))
  const total = responses.length + requests.length
  const outstandingIn = new Array<number>(total).fill(0)
  let ends = 0
  const budget = BUDGET / nr_ents
  const seen = new Set<string>()
  /** Ids given back, the next to be taken last; below them the ids from `fresh` up, which were never used. */
  const free: number[] = []
  let fresh = 0
  /** Index of the request in flight under each id. */
  const inFlight = new Map<number, number>()

  explore(0, 0)
  return seen.size > budget || ends === 0 ? undefined : { ends, outstandingIn }

  /** @param issued requests so far @param consumed responses so far */
  function explore(issued: number, consumed: number): void {
    const state = `${consumed}|${free.join()}|${[...inFlight].sort(([a], [b]) => a - b).join()}`
    if (seen.size > budget || seen.has(state)) return
    seen.add(state)
    if (issued === total && consumed === responseIds.length) {
      ends++
      for (const index of inFlight.values()) outstandingIn[index]!++
      return
    }
    if (issued < total) issue(issued, consumed)
    if (consumed < responseIds.length) consume(issued, consumed)
  }

  function issue(issued: number, consumed: number): void {
    const id = free.at(-1) ?? fresh
    const expected = requestIds[issued - responseIds.length]
    if (id >= nr_ents || (expected !== undefined && expected !== id)) return
    const isFresh = free.length === 0
    if (isFresh) fresh++
    else free.pop()
    inFlight.set(id, issued)
    explore(issued + 1, consumed)
    inFlight.delete(id)
    if (isFresh) fresh--
    else free.push(id)
  }

  function consume(issued: number, consumed: number): void {
    const id = responseIds[consumed]!
    const index = inFlight.get(id)
    if (index === undefined) return
    const request = requests[index - responseIds.length]
    if (request && !mayAnswer(responses[consumed]!, request)) return
    inFlight.delete(id)
    free.push(id)
    explore(issued, consumed + 1)
    free.pop()
    inFlight.set(id, index)
  }
}
