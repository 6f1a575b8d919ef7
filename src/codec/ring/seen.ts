// What of a ring's slots tells which of its requests were answered: ids and operations, as small integers, of objects and columns alike.
import { SECTORS_PER_SLOT } from '../xen/blkif.ts'

/** Spreads neighbouring numbers (Knuth's multiplicative hash). */
const SPREAD = 0x9e37_79b1

/**
 * What is seen of a ring, filled slot by slot, oldest index first. Each response, and then each request of [rsp_prod, req_prod), has a
 * place: the responses 0 up to `responses`, the requests from there up to `count`.
 */
export class SeenSlots {
  responses = 0
  count = 0
  /** The halves of the id at each place. */
  readonly idLow: Uint32Array
  readonly idHigh: Uint32Array
  /** The operation of a response, and the one that the response to a request carries. */
  readonly operation: Uint8Array
  /** The slot of each response. */
  readonly slot: Uint16Array
  /** Slots between these of which no id is known: of the window [rsp_prod, req_prod), and of responses. */
  unseenRequests = 0
  unseenResponses = 0
  hasCleared = false
  /**
   * A request that takes two slots, the second at the first's sector + 88, gives its two ids back together and the other way
   * round, once both are answered. Requests of 44 KiB one after another look the same: neither order of ids can be relied on.
   */
  mayHoldPairs = false
  /** Where the second half of a pair would begin; -1 before the first place, and where no sector follows. */
  #nextLow = -1
  #nextHigh = 0

  constructor(nr_ents: number) {
    this.idLow = new Uint32Array(nr_ents)
    this.idHigh = new Uint32Array(nr_ents)
    this.operation = new Uint8Array(nr_ents)
    this.slot = new Uint16Array(nr_ents)
  }

  /** Forgets the ring. */
  clear(): void {
    this.responses = this.count = this.unseenRequests = this.unseenResponses = 0
    this.hasCleared = this.mayHoldPairs = false
    this.#nextLow = -1
  }

  /** The next place is a response's; `identify` says the rest of it. */
  addResponse(slot: number, operation: number): void {
    this.slot[this.count] = slot
    this.operation[this.count] = operation
    this.responses = ++this.count
  }

  /** The next place is a request's; `identify` says the rest of it. @param operation of its response: of an indirect request the inner one */
  addRequest(operation: number): void {
    this.operation[this.count++] = operation
  }

  /** The id of what was added last and its first sector, of a response that of the request beneath; in halves. */
  identify(idLow: number, idHigh: number, sectorLow: number, sectorHigh: number): void {
    const place = this.count - 1
    this.idLow[place] = idLow
    this.idHigh[place] = idHigh
    if (sectorLow === this.#nextLow && sectorHigh === this.#nextHigh) this.mayHoldPairs = true
    const next = sectorLow + SECTORS_PER_SLOT
    this.#nextLow = next >>> 0
    this.#nextHigh = next > 0xffff_ffff ? sectorHigh + 1 : sectorHigh
  }

  /** A slot that was recycled. Before all others, they are as those that later requests lie over: the responses that are left begin behind. */
  addCleared(): void {
    this.hasCleared = true
    if (this.responses > 0) this.unseenResponses++
  }

  /** A slot that is not in the input. @param holds what the indices say of it */
  addUnknown(holds: 'request' | 'response' | 'unused' | 'unknown'): void {
    if (holds === 'request') this.unseenRequests++
    else if (holds === 'response') this.unseenResponses++
  }

  /** A number of 32 bits that is the same where `equals` holds, and seldom elsewhere; its upper bits are as good as any. */
  hash(): number {
    let hash = (this.count << 16) | this.responses
    for (let k = 0; k < this.count; k++)
      hash = Math.imul(hash ^ this.idLow[k]! ^ Math.imul(this.idHigh[k]! ^ (this.operation[k]! << 24), SPREAD), SPREAD) + k
    for (let k = 0; k < this.responses; k++) hash = Math.imul(hash ^ this.slot[k]!, SPREAD)
    return Math.imul(hash ^ (hash >>> 15), SPREAD) >>> 0
  }

  /** Whether all that a verdict rests on is the same of both. */
  equals(other: SeenSlots): boolean {
    if (this.count !== other.count || this.responses !== other.responses || this.hasCleared !== other.hasCleared) return false
    if (this.unseenRequests !== other.unseenRequests || this.unseenResponses !== other.unseenResponses) return false
    if (this.mayHoldPairs !== other.mayHoldPairs) return false
    for (let k = 0; k < this.count; k++)
      if (this.idLow[k] !== other.idLow[k] || this.idHigh[k] !== other.idHigh[k] || this.operation[k] !== other.operation[k])
        return false
    for (let k = 0; k < this.responses; k++) if (this.slot[k] !== other.slot[k]) return false
    return true
  }
}
