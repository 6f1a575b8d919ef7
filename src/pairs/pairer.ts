// Requests and responses of one ring to I/Os, snapshot by snapshot. An id is used again only after its answer, so the first response
// with the id of a request that was seen in flight is its answer. Of what was sent and answered between two snapshots the id of the
// request is lost under a response, and its place tells nothing, unless responses came in order.
import type { Certainty } from '../codec/ring/answered.ts'
import { orderReplay } from '../codec/ring/in-order.ts'
import { countsSlots } from '../codec/ring/multi-slot.ts'
import { type RequestSlot, type ResponseSlot, type Ring, slotsByIndex } from '../codec/ring/ring.ts'
import { advance, distance, inWindow, isFirstLap, passed } from '../codec/ring/ring-idx.ts'
import { opName } from '../codec/xen/operations.ts'
import type { PairedIo, Pairing } from './paired-io.ts'

/** A request that was seen in flight, or in the window, and not with its answer. */
interface OpenRequest {
  readonly slot: RequestSlot
  readonly from: number
  /** The last snapshot whose window shows it. */
  to: number
  /** Responses were not seen of which one may have been its answer. */
  doubt: boolean
  answered: Certainty
}

/** What a snapshot shows that the one before did not. */
interface NewSlots {
  readonly requests: readonly RequestSlot[]
  /** Those that the snapshot before did not show, in index order. */
  readonly responses: readonly ResponseSlot[]
  /** Some of them are not to be seen. */
  readonly lost: boolean
}

/** A snapshot that is being taken in. */
interface Step extends NewSlots {
  readonly snapshot: number
  /** Its responses came in the order of the requests, as the ids suggest. */
  readonly inOrder: boolean
  /** New responses by slot, without those that are an I/O already. */
  readonly unmatched: Map<number, ResponseSlot>
  /** What is given out. */
  readonly over: PairedIo[]
}

/** Puts the requests and responses of one ring together. Its memory is bounded by the slots of the ring. */
export class Pairer {
  readonly #open = new Map<bigint, OpenRequest>()
  /** Indices in the window of the last snapshot whose I/O was given out. */
  #done = new Set<number>()
  #replay: ReturnType<typeof orderReplay> | undefined
  #before: { readonly req_prod: number; readonly rsp_prod: number; readonly nr_ents: number; readonly snapshot: number } | undefined

  /**
   * Takes in the next snapshot.
   * @returns the I/Os that are over: those answered, and those of which no more will be seen. None of a ring whose indices cannot be
   */
  add(snapshot: number, ring: Ring): PairedIo[] {
    if (ring.indices !== 'possible') return []
    const { req_prod, rsp_prod } = ring.sring
    const before = this.#before
    const { nr_ents } = ring.geometry
    const goesOn = before?.nr_ents === nr_ents && passed(req_prod, before.req_prod) && passed(rsp_prod, before.rsp_prod)
    const earlier = before && !goesOn ? this.end() : []
    const seen = this.#newSlots(ring)
    const inOrder = seen.responses.length > 0 && this.#cameInOrder(ring)
    const step: Step = { ...seen, snapshot, inOrder, unmatched: new Map(), over: [] }
    this.#answers(step)
    this.#requests(step)
    this.#hidden(ring, step)
    this.#forget(2 * nr_ents, step)
    this.#before = { req_prod, rsp_prod, nr_ents, snapshot }
    this.#done = new Set([...this.#done].filter((index) => inWindow(index, rsp_prod, req_prod)))
    const oldest = advance(rsp_prod, -nr_ents)
    const place = ({ answered }: PairedIo) => (answered ? distance(oldest, answered.index) : -1)
    return [...earlier, ...step.over.sort((a, b) => place(a) - place(b))]
  }

  /** The I/Os that are in flight behind the last snapshot, or of which the answer was not seen, in the order in which they were sent. */
  end(): PairedIo[] {
    const last = this.#before?.snapshot ?? 0
    const rest = [...this.#open.values()].map((open) => ioOf(open, lastVerdict(open, last), last))
    this.#open.clear()
    this.#done.clear()
    this.#before = undefined
    return rest
  }

  #newSlots(ring: Ring): NewSlots {
    const { nr_ents } = ring.geometry
    const { rsp_prod } = ring.sring
    const slots = slotsByIndex(ring)
    const requests = slots.filter((s): s is RequestSlot => s.state === 'request')
    const answered = slots.filter((s): s is ResponseSlot => s.state === 'response')
    const before = this.#before?.rsp_prod
    if (before === undefined) {
      const isAll = isFirstLap(ring.sring, nr_ents) && answered.length === rsp_prod
      return { requests, responses: answered, lost: !isAll }
    }
    const responses = answered.filter(({ index }) => inWindow(index, before, rsp_prod))
    return { requests, responses, lost: responses.length < distance(before, rsp_prod) && !countsSlots(ring) }
  }

  /** Gives out requests of earlier snapshots that new responses answer. */
  #answers({ responses, lost, inOrder, unmatched, snapshot, over }: Step): void {
    if (lost) for (const open of this.#open.values()) open.doubt = true
    for (const response of responses) {
      const { id, operation } = response.response
      const open = this.#open.get(id)
      if (!open || answerOperation(open.slot) !== operation) {
        unmatched.set(response.slot, response)
        continue
      }
      this.#close(open)
      const pairing = !open.doubt ? 'id' : inOrder && response.index === open.slot.index ? 'in-order' : 'maybe'
      over.push(pairOf(open, response, pairing, snapshot))
    }
  }

  #requests({ requests, responses, lost, unmatched, snapshot, over }: Step): void {
    const withId = new Map<bigint, number>()
    for (const { response } of responses) withId.set(response.id, (withId.get(response.id) ?? 0) + 1)
    for (const slot of requests) {
      const { index, request, answered, answeredBy } = slot
      if (this.#done.has(index)) continue
      const open = this.#open.get(request.id)
      if (open?.slot.index === index) {
        open.to = snapshot
        // What an earlier snapshot rules out, a later one cannot bring back.
        open.answered = open.doubt ? answered : open.answered
        continue
      }
      // The id is used again: its answer lies where nobody looked.
      if (open) {
        this.#close(open)
        over.push(ioOf(open, 'yes', snapshot))
      }
      const response = answeredBy === undefined ? undefined : unmatched.get(answeredBy)
      // Responses that the snapshot before shows were written before the request was sent.
      const isNew = this.#before !== undefined && passed(index, this.#before.req_prod)
      const mayBe = isNew ? withId.has(request.id) : answered !== 'no'
      const own: OpenRequest = {
        slot,
        from: snapshot,
        to: snapshot,
        // A response that was lost under a later request may have been its answer.
        doubt: lost || mayBe,
        answered: mayBe ? answered : 'no',
      }
      if (answered === 'yes' && response) {
        unmatched.delete(response.slot)
        this.#done.add(index)
        // Another response with the id may be its answer, and this one that of a request before or behind it.
        const isOnly = !lost && withId.get(request.id) === 1
        over.push(pairOf(own, response, isOnly ? 'id' : 'maybe', snapshot))
      } else if (answered === 'yes' && this.#before === undefined) {
        this.#done.add(index)
        over.push(ioOf(own, 'yes', snapshot))
      } else this.#open.set(request.id, own)
    }
  }

  /** A ring has no more in flight than slots: of what is beyond that no answer will be told. */
  #forget(most: number, { snapshot, over }: Step): void {
    if (this.#open.size <= most) return
    for (const [id, open] of this.#open) {
      if (open.to === snapshot) continue
      this.#open.delete(id)
      over.push(ioOf(open, 'maybe', snapshot))
    }
  }

  #close({ slot }: OpenRequest): void {
    this.#open.delete(slot.request.id)
    this.#done.add(slot.index)
  }

  /** Whether the ids of a ring, all of which must be there, are those of responses that came in the order of the requests. */
  #cameInOrder(ring: Ring): boolean {
    const { nr_ents } = ring.geometry
    const slots = slotsByIndex(ring)
    // Where requests take several slots, a response need not have the index of its request.
    if (!slots.every(({ state }) => state === 'request' || state === 'response' || state === 'unused')) return false
    const ids = new Int32Array(nr_ents)
    let [count, responses] = [0, 0]
    for (const slot of slots) {
      if (slot.state !== 'request' && slot.state !== 'response') continue
      const { id } = slot.state === 'request' ? slot.request : slot.response
      if (id >= BigInt(nr_ents)) return false
      ids[count++] = Number(id)
      if (slot.state === 'response') responses++
    }
    if (this.#before?.nr_ents !== nr_ents) this.#replay = undefined
    this.#replay ??= orderReplay(nr_ents)
    return this.#replay(ids, responses, count, isFirstLap(ring.sring, nr_ents))
  }

  /** Responses to requests that no window showed. */
  #hidden({ sring, geometry }: Ring, { unmatched, inOrder, snapshot, over }: Step): void {
    const before = this.#before
    const end = advance(sring.rsp_prod, geometry.nr_ents)
    for (const { index, beneath, response } of unmatched.values()) {
      // The requests before were seen in a window, or belong to responses before.
      const wasHidden = before === undefined || inWindow(index, before.req_prod, end)
      const sent = inOrder && wasHidden ? { index, sector_number: beneath.sector_number, nr_sectors: undefined } : undefined
      const { op, operation, id, status } = response
      over.push({
        op,
        indirect_op: undefined,
        operation,
        id,
        sent,
        answered: { index, status },
        pairing: sent && 'in-order',
        isAnswered: 'yes',
        from: snapshot,
        to: snapshot,
      })
    }
  }
}

/** Behind the last snapshot: `no` only where no response was lost that may have been its answer. */
function lastVerdict({ answered, doubt, to }: OpenRequest, last: number): Certainty {
  if (to !== last) return doubt ? 'maybe' : 'no'
  return answered === 'no' && doubt ? 'unlikely' : answered
}

/** The operation that the response to a request carries: of an indirect request the inner one. */
function answerOperation({ request }: RequestSlot): number {
  return request.kind === 'indirect' ? request.indirect_op : request.operation
}

function pairOf(open: OpenRequest, { index, response }: ResponseSlot, pairing: Pairing, to: number): PairedIo {
  return { ...ioOf(open, 'yes', to), answered: { index, status: response.status }, pairing }
}

function ioOf({ slot: { index, request }, from }: OpenRequest, isAnswered: Certainty, to: number): PairedIo {
  return {
    op: request.op,
    indirect_op: request.kind === 'indirect' ? opName(request.indirect_op) : undefined,
    operation: request.operation,
    id: request.id,
    sent: { index, sector_number: request.sector_number, nr_sectors: request.kind === 'other' ? undefined : request.nr_sectors },
    answered: undefined,
    pairing: undefined,
    isAnswered,
    from,
    to,
  }
}
