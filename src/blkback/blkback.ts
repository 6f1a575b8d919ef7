// A backend at work: it takes requests from a ring, moves data between the guest's pages and a disk, and answers, as the one that its
// model describes was seen to. It knows the frontend by the shared ring, the grant table and the pages granted in it.
import type { IndirectPages } from '../codec/ring/indirect-pages.ts'
import { operationOf, type Request } from '../codec/ring/request.ts'
import { advance, distance, needsNotify } from '../codec/ring/ring-idx.ts'
import type { SharedRing } from '../codec/ring/shared-ring.ts'
import { BLKIF_OP_READ, BLKIF_RSP_EOPNOTSUPP, BLKIF_RSP_ERROR, BLKIF_RSP_OKAY } from '../codec/xen/blkif.ts'
import { type Asked, askedOf, type BackendDisk } from './asked.ts'
import type { Grants } from './grants.ts'
import { judgeRequest, reasonOf } from './judge.ts'
import type { AnsweringModel, Outcome } from './model.ts'
import { LINUX } from './models/linux.ts'
import { QEMU } from './models/qemu.ts'
import { takeRequest } from './take.ts'
import { type DiskSpan, type Transfer, transfersOf } from './transfers.ts'

/** The backends that were run, and whose answers are known to the byte. */
export const ANSWERING = ['linux', 'qemu'] as const
/** The name of a backend whose answers are known to the byte. */
export type AnsweringBackend = (typeof ANSWERING)[number]

export const ANSWERING_MODELS: Readonly<Record<AnsweringBackend, AnsweringModel>> = {
  linux: LINUX,
  qemu: QEMU,
}

/** A disk, in bytes. */
export interface BlockStore {
  read(at: number, into: Uint8Array): void
  write(at: number, from: Uint8Array): void
  /** The bytes need not be kept: they are zeros afterwards. */
  discard(at: number, length: number): void
}

/** The guest's pages of data by reference: undefined where the bytes are not at hand. */
export interface GuestData {
  /** @param fill the page is to be filled, not read */
  get(gref: number, fill: boolean): Uint8Array | undefined
}

/** What a backend works with. */
export interface BlkbackOptions {
  readonly backend: AnsweringBackend
  /** As XenStore says it, in the unit of the backend. */
  readonly disk: BackendDisk
  /** Bytes of what the backend counts in. */
  readonly unit: bigint
  readonly store: BlockStore
  readonly data: GuestData
  readonly indirect: IndirectPages
  /** Without it every reference maps, for reading and writing. */
  readonly grants?: Grants | undefined
  /** The domain that the backend runs in, where it is known. */
  readonly domain?: number | undefined
  /** Requests that it passes over, since they were answered before. */
  readonly passesOver?: (index: number) => boolean
  /** Of the requests in flight, in the order in which they were taken, the place of that which is answered next; 0 unless given. */
  readonly order?: (inFlight: readonly TakenByBackend[]) => number
}

/** A request that a backend took. */
export interface TakenByBackend {
  readonly index: number
  readonly request: Request
  readonly outcome: Outcome
  /** What decided, in words. */
  readonly reason: () => string
  /** What is moved between pages and disk, in order. */
  readonly transfers: readonly Transfer[]
  /** Of a discard the bytes of the disk that it gives up. */
  readonly discards: DiskSpan | undefined
  /** References of a write whose bytes are not at hand: it is not carried out, and not answered. */
  readonly lacking: readonly number[]
}

/** A response that a backend wrote. */
export interface BackendAnswer {
  readonly taken: TakenByBackend
  /** The index of the response, which decides its slot. */
  readonly index: number
  readonly status: number
  /** Whether the frontend is sent an event. */
  readonly notify: boolean
}

const NOTHING: readonly never[] = []

/** A backend on a ring. */
export class Blkback {
  req_cons: number
  rsp_prod_pvt: number
  /** It found req_prod impossible, and serves the ring no more. */
  halted = false
  /** Taken and to be answered, in the order in which they were taken. */
  readonly inFlight: TakenByBackend[] = []
  /** Taken and never answered: what is done with them nobody can tell. */
  readonly unanswered: TakenByBackend[] = []
  readonly #ring: SharedRing
  readonly #options: BlkbackOptions
  readonly #model: AnsweringModel

  /** Attaches to a ring where its indices stand: whatever is published and unanswered is still to be taken. */
  constructor(ring: SharedRing, options: BlkbackOptions) {
    this.#ring = ring
    this.#options = options
    this.#model = ANSWERING_MODELS[options.backend]
    this.req_cons = ring.rsp_prod
    this.rsp_prod_pvt = ring.rsp_prod
  }

  /**
   * Takes what is published, at most `count` requests, and moves their data: the disk sees them in the order in which they are taken,
   * in whichever they are answered. What is refused, and what is carried out at once, is answered meanwhile.
   * @returns the answers given meanwhile
   */
  take(count = Number.POSITIVE_INFINITY): BackendAnswer[] {
    const ring = this.#ring
    const { nr_ents } = ring.geometry
    const answers: BackendAnswer[] = []
    const published = ring.req_prod
    if ('outcome' in this.#model.impossible && distance(this.rsp_prod_pvt, published) > nr_ents) this.halted = true
    if (this.halted) return answers
    for (let n = 0; n < count && this.req_cons !== published; n++) {
      // No more than a ring of requests can be unanswered, whatever the indices say (RING_REQUEST_CONS_OVERFLOW).
      if (distance(this.rsp_prod_pvt, this.req_cons) >= nr_ents) break
      if (this.#options.passesOver?.(this.req_cons)) {
        this.req_cons = advance(this.req_cons, 1)
        continue
      }
      const taken = this.#takeOne(answers)
      if (taken.outcome === 'unknown' || taken.lacking.length > 0) {
        this.unanswered.push(taken)
        continue
      }
      this.#move(taken)
      if (taken.outcome !== 'accept' || this.#model.answers.atOnce.includes(taken.request.operation))
        answers.push(this.#answer(taken))
      else this.inFlight.push(taken)
    }
    if (this.#model.answers.req_event === 'all-taken') this.#askForEvent()
    return answers
  }

  /** Answers one of the requests in flight; undefined where there is none. */
  complete(): BackendAnswer | undefined {
    const { inFlight } = this
    if (inFlight.length === 0) return undefined
    const n = this.#options.order?.(inFlight) ?? 0
    const taken = n === 0 ? inFlight.shift() : inFlight.splice(n, 1)[0]
    if (!taken) throw new RangeError(`${inFlight.length} requests are in flight, and none is number ${n}`)
    return this.#answer(taken)
  }

  /** Takes and answers until nothing is left, or so many are answered. */
  run(most = Number.POSITIVE_INFINITY): BackendAnswer[] {
    const answers: BackendAnswer[] = []
    while (answers.length < most) {
      const before = this.req_cons
      for (const answer of this.take()) answers.push(answer)
      const answer = this.complete()
      if (answer) answers.push(answer)
      else if (this.req_cons === before) break
    }
    return answers
  }

  #takeOne(answers: BackendAnswer[]): TakenByBackend {
    const { indirect, disk, unit, grants, domain } = this.#options
    const request = takeRequest(this.#ring, this.req_cons, indirect)
    if (this.#model.answers.drains.includes(request.operation)) this.#drain(answers)
    const asked = askedOf(request, disk, unit)
    const judged = judgeRequest(asked, this.#model, grants, domain)
    const taken: TakenByBackend = {
      index: this.req_cons,
      request,
      outcome: judged.outcome,
      reason: () => reasonOf(judged, asked),
      transfers: this.#transfers(asked, judged.outcome, judged.unmet?.gref),
      discards: judged.outcome === 'accept' ? this.#discards(asked) : undefined,
      lacking: NOTHING,
    }
    this.req_cons = advance(this.req_cons, 1)
    const lacking = judged.outcome === 'accept' && operationOf(request) !== BLKIF_OP_READ ? this.#lacking(taken) : NOTHING
    return lacking.length > 0 ? { ...taken, lacking } : taken
  }

  #drain(answers: BackendAnswer[]): void {
    for (let answer = this.complete(); answer; answer = this.complete()) answers.push(answer)
  }

  #transfers(asked: Asked, outcome: Outcome, refused: number | undefined): readonly Transfer[] {
    if (outcome === 'accept') return transfersOf(asked, this.#model.answers)
    const isRead = operationOf(asked.request) === BLKIF_OP_READ
    if (refused === undefined || !isRead || !this.#model.answers.fillsBeforeRefusing) return NOTHING
    const all = transfersOf(asked, this.#model.answers)
    return all.slice(
      0,
      all.findIndex(({ gref }) => gref === refused),
    )
  }

  #discards(asked: Asked): DiskSpan | undefined {
    const { request } = asked
    if (request.kind !== 'discard' || asked.disk.readOnly) return undefined
    const at = Number(this.#model.answers.placeOf(asked))
    return { at, length: Number(request.nr_sectors * asked.unit) }
  }

  #lacking({ transfers }: TakenByBackend): readonly number[] {
    let lacking: number[] | undefined
    for (const { gref, to } of transfers)
      if ((this.#options.data.get(gref, false)?.length ?? 0) < to) {
        lacking ??= []
        lacking.push(gref)
      }
    return lacking ?? NOTHING
  }

  /** Writes id, operation and status over the slot of the response, and nothing else of it, and publishes it. */
  #answer(taken: TakenByBackend): BackendAnswer {
    const ring = this.#ring
    const status = STATUS[taken.outcome]
    const index = this.rsp_prod_pvt
    const at = ring.offsetOf(index)
    const wire = ring.wire.response
    ring.view.setBigUint64(at + wire.id, taken.request.id, true)
    ring.view.setUint8(at + wire.operation, this.#model.answers.operation(taken.request))
    ring.view.setInt16(at + wire.status, status, true)
    this.rsp_prod_pvt = advance(index, 1)
    ring.rsp_prod = this.rsp_prod_pvt
    const notify = needsNotify(index, this.rsp_prod_pvt, ring.rsp_event)
    if (this.#model.answers.req_event === 'all-answered' && this.rsp_prod_pvt === this.req_cons) this.#askForEvent()
    return { taken, index, status, notify }
  }

  #move({ request, transfers, discards }: TakenByBackend): void {
    const { store, data } = this.#options
    const isRead = operationOf(request) === BLKIF_OP_READ
    for (const { gref, from, to, at } of transfers) {
      const page = data.get(gref, isRead)
      if (!page) continue
      const bytes = from === 0 && to === page.length ? page : page.subarray(from, to)
      if (isRead) store.read(at, bytes)
      else store.write(at, bytes)
    }
    if (discards) store.discard(discards.at, discards.length)
  }

  /** RING_FINAL_CHECK_FOR_REQUESTS of ring.h: asks for an event at the next request, unless it is there already. */
  #askForEvent(): void {
    const ring = this.#ring
    if (ring.req_prod === this.req_cons) ring.req_event = advance(this.req_cons, 1)
  }
}

/** Of `halt` and `unknown` there is no response. */
export const STATUS: Readonly<Record<Outcome, number>> = {
  accept: BLKIF_RSP_OKAY,
  ERROR: BLKIF_RSP_ERROR,
  EOPNOTSUPP: BLKIF_RSP_EOPNOTSUPP,
  halt: BLKIF_RSP_ERROR,
  unknown: BLKIF_RSP_ERROR,
}
