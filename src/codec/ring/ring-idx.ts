// All arithmetic on RING_IDX: free-running 32-bit counters, compared modulo 2^32 and never by size
// (xen/include/public/io/ring.h).

const HALF = 0x8000_0000

/** The index n steps on; n may be negative. */
export function advance(index: number, n: number): number {
  return (index + n) >>> 0
}

/** Steps from one index on to another, 0 to 2^32-1. */
export function distance(from: number, to: number): number {
  return (to - from) >>> 0
}

/** Whether an index lies in the half-open window [from, to), mod 2^32. */
export function inWindow(index: number, from: number, to: number): boolean {
  return distance(from, index) < distance(from, to)
}

/** A producer has reached or passed an event index. */
export function passed(producer: number, event: number): boolean {
  return distance(event, producer) < HALF
}

/** The slot that an index falls on; nr_ents is a power of two. */
export function slotOf(index: number, nr_ents: number): number {
  return (index & (nr_ents - 1)) >>> 0
}

/** RING_PUSH_*_AND_CHECK_NOTIFY: the producer that moves from `old` to `now` owes the other side an event. */
export function needsNotify(old: number, now: number, event: number): boolean {
  return distance(event, now) < distance(old, now)
}

/** The greatest power of two that is at most n (`__RD32`), 0 for n < 1. */
export function roundDownToPowerOfTwo(n: number): number {
  return n < 1 ? 0 : (HALF >>> Math.clz32(n)) >>> 0
}

/** The four indices of a ring's header, each a RING_IDX. */
export interface SharedIndices {
  readonly req_prod: number
  readonly req_event: number
  readonly rsp_prod: number
  readonly rsp_event: number
}

/** Requests outstanding, of which a ring holds no more than it has slots: else its producers cannot be, and say nothing of its slots. */
export function producersPossible({ req_prod, rsp_prod }: Pick<SharedIndices, 'req_prod' | 'rsp_prod'>, nr_ents: number): boolean {
  return distance(rsp_prod, req_prod) <= nr_ents
}

/**
 * The ring has not yet used all of its slots, as far as its indices tell: both producers lie within the first lap, and no event
 * index lies before 0. A ring within nr_ents of 2^32 requests looks the same once both have wrapped and both events with them.
 */
export function isFirstLap({ req_prod, req_event, rsp_prod, rsp_event }: SharedIndices, nr_ents: number): boolean {
  if (req_prod >= nr_ents || rsp_prod > req_prod) return false
  return !isBeforeZero(req_event, req_prod, nr_ents) && !isBeforeZero(rsp_event, rsp_prod, nr_ents)
}

/**
 * An event index is 1 at first and follows its producer: what lies before 0 is of a lap before. Only within nr_ents behind
 * the producer; what is farther is as likely no index at all.
 */
function isBeforeZero(event: number, producer: number, nr_ents: number): boolean {
  return event > producer && distance(event, producer) <= nr_ents
}
