// What the driver remembers of each id: the request, its grants, and the list of free ids threaded through the unused ones.
import type { BlockRequest } from './block-request.ts'

/** The end of the list of free ids, as Linux marks it. */
export const END_OF_IDS = 0x0fff_ffff

/** What the driver knows of the answer to an id. */
export const IDLE = 0
export const WAITING = 1
export const DONE = 2
export const EOPNOTSUPP = 3
export const ERROR = 4
export type RequestStatus = typeof IDLE | typeof WAITING | typeof DONE | typeof EOPNOTSUPP | typeof ERROR

/** No other id belongs to this one. */
export const UNPAIRED = -1

export class Shadow {
  /** The id handed out next, or `END_OF_IDS`. */
  shadow_free = 0
  readonly request: (BlockRequest | undefined)[]
  /** Operation that a response must carry: the inner one of an indirect request. */
  readonly dataOp: Uint8Array
  readonly indirect: Uint8Array
  /** As written in the slot: of a split request, its own half. */
  readonly nr_segments: Uint16Array
  readonly status: Uint8Array
  /** The other id of a split request. */
  readonly pair: Int32Array
  /** The pair's first half, which holds the grants of both. */
  readonly holdsGrants: Uint8Array
  /** Pool entries of each id's chunks, in order; as many count as the request has segments, what follows is older. */
  readonly grants: number[][]
  /** Pool entries of each id's indirect pages, in the same way. */
  readonly indirectGrants: number[][]
  readonly #next: Uint32Array

  /** @param first ids that are used first, in order; each below nr_ents, and none twice */
  constructor(nr_ents: number, first: readonly number[] = []) {
    this.request = new Array(nr_ents).fill(undefined)
    this.dataOp = new Uint8Array(nr_ents)
    this.indirect = new Uint8Array(nr_ents)
    this.nr_segments = new Uint16Array(nr_ents)
    this.status = new Uint8Array(nr_ents)
    this.pair = new Int32Array(nr_ents).fill(UNPAIRED)
    this.holdsGrants = new Uint8Array(nr_ents)
    this.grants = Array.from({ length: nr_ents }, () => [])
    this.indirectGrants = Array.from({ length: nr_ents }, () => [])
    this.#next = Uint32Array.from({ length: nr_ents }, (_, id) => (id + 1 < nr_ents ? id + 1 : END_OF_IDS))
    if (first.length > 0) this.#order(first)
  }

  #order(first: readonly number[]): void {
    const named = new Set(first)
    const order = [...first, ...Array.from(this.#next.keys()).filter((id) => !named.has(id))]
    for (const [i, id] of order.entries()) this.#next[id] = order[i + 1] ?? END_OF_IDS
    this.shadow_free = order[0]!
  }

  /** Takes the next free id for a request; undefined if all are in use. */
  take(request: BlockRequest): number | undefined {
    const id = this.shadow_free
    if (id === END_OF_IDS) return undefined
    this.shadow_free = this.#next[id]!
    this.request[id] = request
    this.status[id] = WAITING
    this.pair[id] = UNPAIRED
    this.holdsGrants[id] = 1
    this.indirect[id] = 0
    this.nr_segments[id] = 0
    return id
  }

  /** Makes an id the next to be used; false if no request has it. */
  release(id: number): boolean {
    if (this.request[id] === undefined) return false
    this.request[id] = undefined
    this.#next[id] = this.shadow_free
    this.shadow_free = id
    return true
  }

  /** Ties the two halves of a split request together. */
  join(first: number, second: number): void {
    this.pair[first] = second
    this.pair[second] = first
    this.holdsGrants[second] = 0
  }
}
