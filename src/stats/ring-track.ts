// What was last seen in each slot of one ring: whether a request or a response is new, and for how long a request is in flight.
import { type Batch, CERTAINTIES } from '../codec/batch/batch.ts'
import { DISCARD, INDIRECT, KIND_OF, RW } from '../codec/batch/kinds.ts'
import { HIGH, LOW } from '../codec/batch/words.ts'
import { distance, passed } from '../codec/ring/ring-idx.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit, smallSectors } from '../codec/ring/sector-unit.ts'
import { NO_SECTOR } from '../codec/xen/blkif.ts'
import type { Flight, Longest } from './longest.ts'

const YES = CERTAINTIES.indexOf('yes')
const U32 = 32n
const ANSWER_STATUS_SHIFT = 8
/** A place before the first snapshot and the one before it. */
const NEVER = -2

/** How a ring came from one snapshot to the next, by its indices. */
export interface Steps {
  /** Pairs of snapshots of which the later follows: both producers went on, req_prod by no more than the ring holds. */
  readonly followed: number
  /** What these published and answered. */
  readonly published: number
  readonly answered: number
  /** Pairs in which req_prod went on by more than the ring holds: what was in between was not seen, if they belong together at all. */
  readonly leapt: number
  /** Pairs in which an index went back or cannot be: another ring, or a new connection. */
  readonly back: number
}

/** One ring through its snapshots, and its own sums. */
export class RingTrack {
  readonly source: string
  readonly queue: number | undefined
  readonly nr_ents: number
  readonly pages: number
  /** Protocols that its snapshots were read with. */
  readonly protocols = new Set<string>()
  /** Snapshots that were added. */
  snapshots = 0
  /** Requests, each counted once; so are responses and errors. */
  requests = 0
  responses = 0
  errors = 0
  /** Snapshots whose indices cannot be. */
  impossible = 0
  /** Requests in flight, of all snapshots whose indices can be. */
  inFlight = 0
  most = 0
  /** In a snapshot requests in flight took several slots: what follows from the producers alone counts slots. */
  countsSlots = false
  /** Bytes of the sectors that the requests of its last snapshot count in. */
  sectorUnit: SectorUnit = DEFAULT_SECTOR_UNIT
  steps: Steps = { followed: 0, published: 0, answered: 0, leapt: 0, back: 0 }
  #req_prod = 0
  #rsp_prod = 0
  /** The two can be. */
  #possible = true
  /** Places of the present snapshot and of the one before. */
  #now = -1
  #before = -1
  /** Of the request that is looked at: nr_segments, of a discard the upper half of nr_sectors; and the lower half. */
  #segments = 0
  #sectors = 0

  // Of each slot the last request: what it was, the first and last snapshot in which it stood there, and the last up to
  // which it was in flight throughout.
  readonly #index: Uint32Array
  readonly #id: Uint32Array
  readonly #sector: Uint32Array
  readonly #operation: Uint8Array
  readonly #size: Uint32Array
  readonly #first: Float64Array
  readonly #seen: Float64Array
  readonly #until: Float64Array
  // The last response.
  readonly #answerIndex: Uint32Array
  readonly #answerId: Uint32Array
  readonly #answer: Uint32Array
  readonly #answerSeen: Float64Array
  readonly #longest: Longest

  constructor(name: { source: string; queue: number | undefined }, { nr_ents, pages }: Batch['geometry'], longest: Longest) {
    this.source = name.source
    this.queue = name.queue
    this.nr_ents = nr_ents
    this.pages = pages
    this.#index = new Uint32Array(nr_ents)
    this.#id = new Uint32Array(2 * nr_ents)
    this.#sector = new Uint32Array(2 * nr_ents)
    this.#operation = new Uint8Array(nr_ents)
    this.#size = new Uint32Array(2 * nr_ents)
    this.#first = new Float64Array(nr_ents)
    this.#seen = new Float64Array(nr_ents).fill(NEVER)
    this.#until = new Float64Array(nr_ents).fill(NEVER)
    this.#answerIndex = new Uint32Array(nr_ents)
    this.#answerId = new Uint32Array(2 * nr_ents)
    this.#answer = new Uint32Array(nr_ents)
    this.#answerSeen = new Float64Array(nr_ents).fill(NEVER)
    this.#longest = longest
  }

  /** Place of the last snapshot, -1 before the first. */
  get last(): number {
    return this.#now
  }

  /**
   * The next snapshot.
   * @param place in the series; they ascend
   * @param ring its place in the batch
   * @returns how many slots are in flight, -1 if its indices cannot be
   */
  begin(place: number, batch: Batch, ring: number): number {
    const [req_prod, rsp_prod, possible] = [batch.req_prod[ring]!, batch.rsp_prod[ring]!, batch.possible[ring] === 1]
    this.sectorUnit = batch.sectorUnit
    this.#before = this.#now
    this.#now = place
    if (this.snapshots > 0) this.steps = this.#step(req_prod, rsp_prod, possible)
    this.#req_prod = req_prod
    this.#rsp_prod = rsp_prod
    this.#possible = possible
    this.snapshots++
    if (!possible) {
      this.impossible++
      return -1
    }
    return distance(rsp_prod, req_prod)
  }

  /** How many requests of the present snapshot are in flight, in so many slots. */
  hold(inFlight: number, slots: number): void {
    this.inFlight += inFlight
    if (inFlight > this.most) this.most = inFlight
    if (inFlight < slots) this.countsSlots = true
  }

  #step(req_prod: number, rsp_prod: number, possible: boolean): Steps {
    const { steps } = this
    const published = distance(this.#req_prod, req_prod)
    const answered = distance(this.#rsp_prod, rsp_prod)
    if (!possible || !this.#possible || !passed(req_prod, this.#req_prod) || !passed(rsp_prod, this.#rsp_prod))
      return { ...steps, back: steps.back + 1 }
    if (published > this.nr_ents) return { ...steps, leapt: steps.leapt + 1 }
    return {
      ...steps,
      followed: steps.followed + 1,
      published: steps.published + published,
      answered: steps.answered + answered,
    }
  }

  /**
   * Takes in a request of the present snapshot.
   * @returns whether it is new: the snapshot before had none of this index, id, operation, sector_number and size in the slot
   */
  request(batch: Batch, row: number): boolean {
    const { id_halves, sector_number_halves } = batch
    const now = this.#now
    const before = this.#before
    const slot = batch.slot[row]!
    const at = 2 * slot
    const from = 2 * row
    this.#measure(batch, row)
    const isNew =
      this.#seen[slot] !== before ||
      this.#index[slot] !== batch.index[row] ||
      this.#id[at] !== id_halves[from] ||
      this.#id[at + 1] !== id_halves[from + 1] ||
      this.#operation[slot] !== batch.operation[row] ||
      this.#sector[at] !== sector_number_halves[from] ||
      this.#sector[at + 1] !== sector_number_halves[from + 1] ||
      this.#size[at] !== this.#segments ||
      this.#size[at + 1] !== this.#sectors
    if (isNew) {
      if (this.#until[slot]! > this.#first[slot]!) this.#offer(slot)
      this.#index[slot] = batch.index[row]!
      this.#id[at] = id_halves[from]!
      this.#id[at + 1] = id_halves[from + 1]!
      this.#operation[slot] = batch.operation[row]!
      this.#sector[at] = sector_number_halves[from]!
      this.#sector[at + 1] = sector_number_halves[from + 1]!
      this.#size[at] = this.#segments
      this.#size[at + 1] = this.#sectors
      this.#first[slot] = now
      this.#until[slot] = before
    }
    this.#seen[slot] = now
    if (batch.certainty[row] !== YES && this.#until[slot] === before) this.#until[slot] = now
    return isNew
  }

  /** What a request is told apart by besides its place on the disk. Of an indirect request the ring says no sectors. */
  #measure({ operation, nr_segments, nr_sectors_halves }: Batch, row: number): void {
    const kind = KIND_OF[operation[row]!]
    this.#segments =
      kind === RW || kind === INDIRECT ? nr_segments[row]! : kind === DISCARD ? nr_sectors_halves[2 * row + HIGH]! : 0
    this.#sectors = kind === RW || kind === DISCARD ? nr_sectors_halves[2 * row + LOW]! : 0
  }

  /**
   * Takes in a response of the present snapshot. Where it lies over a request that is in flight still, that goes on.
   * @returns whether it is new: the snapshot before had none of this index, id, operation and status in the slot
   */
  response(batch: Batch, row: number): boolean {
    const { id_halves } = batch
    const now = this.#now
    const before = this.#before
    const slot = batch.slot[row]!
    const at = 2 * slot
    const from = 2 * row
    const index = batch.index[row]!
    const answer = ((batch.status[row]! << ANSWER_STATUS_SHIFT) | batch.operation[row]!) >>> 0
    const isNew =
      this.#answerSeen[slot] !== before ||
      this.#answerIndex[slot] !== index ||
      this.#answer[slot] !== answer ||
      this.#answerId[at] !== id_halves[from] ||
      this.#answerId[at + 1] !== id_halves[from + 1]
    if (isNew) {
      this.#answerIndex[slot] = index
      this.#answer[slot] = answer
      this.#answerId[at] = id_halves[from]!
      this.#answerId[at + 1] = id_halves[from + 1]!
    }
    this.#answerSeen[slot] = now
    if (batch.certainty[row] === YES && this.#until[slot] === before && this.#index[slot] === index) this.#until[slot] = now
    return isNew
  }

  /** Closes the track behind the last snapshot: requests that are still in flight are those of its end. */
  end(): void {
    for (let slot = 0; slot < this.nr_ents; slot++) if (this.#until[slot]! > this.#first[slot]!) this.#offer(slot)
  }

  #smallSector(sector: bigint): bigint {
    return sector === NO_SECTOR ? sector : sector * BigInt(smallSectors(this.sectorUnit))
  }

  #offer(slot: number): void {
    const [first, last] = [this.#first[slot]!, this.#until[slot]!]
    if (!this.#longest.takes(last - first + 1)) return
    const flight: Flight = {
      source: this.source,
      queue: this.queue,
      slot,
      index: this.#index[slot]!,
      id: u64(this.#id, slot),
      operation: this.#operation[slot]!,
      sector_number: this.#smallSector(u64(this.#sector, slot)),
      first,
      last,
      atEnd: last === this.#now,
    }
    this.#longest.add(flight)
  }
}

function u64(halves: Uint32Array, slot: number): bigint {
  return (BigInt(halves[2 * slot + HIGH]!) << U32) | BigInt(halves[2 * slot + LOW]!)
}
