// Rings as columns: what `decodeRing` gives as objects, laid out for loops over millions of slots.
import type { RingGeometry } from '../ring/geometry.ts'
import type { SharedIndices } from '../ring/ring-idx.ts'
import { DEFAULT_SECTOR_UNIT, type SectorUnit } from '../ring/sector-unit.ts'
import { BLKIF_MAX_SEGMENTS_PER_REQUEST } from '../xen/blkif.ts'
import {
  aligned,
  type BatchMemory,
  type BatchPlan,
  batchMemory,
  halvesOf,
  OF_RINGS,
  OF_ROWS,
  OF_SEGMENTS,
  OF_WORDS,
  planBatch,
  TABLE_ENTRY,
  viewsOf,
} from './columns.ts'
import { HOST_IS_LITTLE_ENDIAN, WORD } from './words.ts'

/** The value of `Batch.state` for a request. A slot that is not used yet has no row. */
export const REQUEST = 0
/** The value of `Batch.state` for a response. */
export const RESPONSE = 1
/** The value of `Batch.state` for a slot that its frontend cleared. */
export const CLEARED = 2
/** The value of `Batch.state` for a slot of which the input lacks bytes. */
export const UNKNOWN = 3

/** What the numbers in `Batch.state` stand for. */
export const STATES = ['request', 'response', 'cleared', 'unknown'] as const

/** What the numbers in `Batch.holds` stand for. */
export const HOLDS = ['request', 'response', 'unused', 'unknown'] as const

/**
 * The value of `Batch.segCount` for an indirect request of which a page is not at hand, or was named too often to be read again.
 */
export const UNRESOLVED = 0xffff

export { CERTAINTIES, NO_SLOT } from '../ring/answered.ts'

interface SegmentPools {
  readonly gref: Uint32Array
  readonly first_sect: Uint8Array
  readonly last_sect: Uint8Array
}

/** How rings are read into a batch, and written. */
export type BatchEngine = 'compiled' | 'interpreted'

/** How a batch is to be made. */
export interface BatchOptions {
  /** Bytes of `scratch`, for whoever works on the columns in the same memory; none without it. */
  readonly scratch?: number | undefined
  /**
   * How rings are read and written: by machine code, made at run time (`compiled`), or through the table that it would be made of
   * (`interpreted`). Without it the table serves until machine code pays, and on where it may not be made.
   */
  readonly engine?: BatchEngine | undefined
}

/**
 * Columns of up to `capacity` rings of one geometry. Each slot that is used, or unknown, is a row; the rows of ring r are `rowsAt[r]` to
 * `rowsAt[r + 1]`, in slot order. Columns that a row's kind does not have hold nothing that means anything. A reader fills
 * the same columns again and again: who keeps a batch copies it.
 *
 * | row | id, operation | sector_number | handle | nr_sectors | segments | words |
 * |---|---|---|---|---|---|---|
 * | read, write, barrier, flush | its own | its own | its own | what the segments add up to | in use, 11 at most | - |
 * | indirect | its own | its own | its own | the same, once resolved | those of its pages, once resolved | indirect_grefs in use |
 * | discard | its own | its own | its own | from the wire | - | - |
 * | another operation | its own | its own | its own | - | - | the whole slot |
 * | response | its own | beneath | beneath | beneath | beneath, all 11 | beneath: indirect_grefs, all 8 |
 * | cleared | id: what the frontend left there | - | - | - | - | - |
 * | unknown | - | - | - | - | - | - |
 */
export class Batch {
  readonly geometry: RingGeometry
  readonly capacity: number
  /** Bytes of the sectors that its requests count in. Who fills it sets it. */
  sectorUnit: SectorUnit = DEFAULT_SECTOR_UNIT
  /** How many rings it holds now. */
  rings = 0
  /** Of ring r: its first row; of `rings`: the number of rows. */
  readonly rowsAt: Uint32Array

  // Of rings.
  readonly req_prod: Uint32Array
  readonly req_event: Uint32Array
  readonly rsp_prod: Uint32Array
  readonly rsp_event: Uint32Array
  /** 1 where the producers can be (`producersPossible`), 0 where they cannot. */
  readonly possible: Uint8Array
  /** The memory that all columns lie in, but for pools that have grown. It never grows itself. */
  readonly memory: BatchMemory
  /** Where in the memory each column lies. */
  readonly plan: BatchPlan
  /**
   * Room for `capacity` rings in the batch's own memory: what is put here is read without a copy. Reader and writer use it for bytes that lie
   * elsewhere.
   */
  readonly input: Uint8Array<ArrayBuffer>
  /** Room for whoever works on the columns in the same memory. */
  readonly scratch: Uint8Array<ArrayBuffer>
  /** How rings must be read and written; undefined where it is decided as they come. */
  readonly engine: BatchEngine | undefined

  // Of rows.
  /** Place of its ring in the batch. */
  readonly ring: Uint16Array
  readonly slot: Uint16Array
  /** The free-running index. */
  readonly index: Uint32Array
  /** REQUEST, RESPONSE, CLEARED or UNKNOWN. */
  readonly state: Uint8Array
  readonly operation: Uint8Array
  readonly nr_segments: Uint16Array
  readonly handle: Uint16Array
  readonly indirect_op: Uint8Array
  readonly flag: Uint8Array
  readonly status: Int16Array
  readonly id: BigUint64Array
  readonly sector_number: BigUint64Array
  readonly nr_sectors: BigUint64Array
  /** The same memory in halves, for loops that need no bigint: of row r the lower at 2 * r + LOW, the upper at 2 * r + HIGH. */
  readonly id_halves: Uint32Array
  readonly sector_number_halves: Uint32Array
  readonly nr_sectors_halves: Uint32Array
  /** Where its segments begin in `gref`, `first_sect` and `last_sect`, and how many they are, or UNRESOLVED. */
  readonly segStart: Uint32Array
  readonly segCount: Uint16Array
  /** Where the row's words begin in `words`; `wordCount` says how many they are. */
  readonly wordStart: Uint32Array
  readonly wordCount: Uint8Array
  /**
   * Place in CERTAINTIES: of a request whether it was answered, of a response whether the request beneath is outstanding.
   * Written by `batchJudge`.
   */
  readonly certainty: Uint8Array
  /** Of an unknown row, place in HOLDS: what the indices say of it. */
  readonly holds: Uint8Array
  /** Slot of the response that may be its answer, or NO_SLOT. Written by `batchJudge`. */
  readonly answeredBy: Int16Array

  // Pools; those of segments grow where indirect pages are read, and lie outside the memory until rings are read again.
  gref: Uint32Array
  first_sect: Uint8Array
  last_sect: Uint8Array
  /** Segments in the pools. */
  segments = 0
  readonly words: Uint32Array
  #scratchTaken = 0
  readonly #pools: SegmentPools
  /** Those that it grew to before, kept for the next time. */
  #grown: SegmentPools
  #round = 0

  /** @throws RangeError where it must be `compiled` and there is no WebAssembly, or no memory for it */
  constructor(geometry: RingGeometry, capacity: number, { scratch = 0, engine }: BatchOptions = {}) {
    this.geometry = geometry
    this.capacity = capacity
    this.plan = planBatch(geometry, capacity, scratch)
    this.memory = batchMemory(this.plan.bytes, engine === 'interpreted' || !HOST_IS_LITTLE_ENDIAN)
    if (engine === 'compiled' && !this.memory.wasm) throw new RangeError('there is no memory for machine code')
    this.engine = this.memory.wasm ? engine : 'interpreted'
    const rings = viewsOf(OF_RINGS, this.memory, this.plan, capacity)
    this.req_prod = rings.req_prod
    this.req_event = rings.req_event
    this.rsp_prod = rings.rsp_prod
    this.rsp_event = rings.rsp_event
    this.possible = rings.possible
    const rows = capacity * geometry.nr_ents
    this.rowsAt = viewsOf({ rowsAt: OF_RINGS.rowsAt }, this.memory, this.plan, capacity + 1).rowsAt
    const columns = viewsOf(OF_ROWS, this.memory, this.plan, rows)
    this.ring = columns.ring
    this.slot = columns.slot
    this.index = columns.index
    this.state = columns.state
    this.operation = columns.operation
    this.nr_segments = columns.nr_segments
    this.handle = columns.handle
    this.indirect_op = columns.indirect_op
    this.flag = columns.flag
    this.status = columns.status
    this.id = columns.id
    this.sector_number = columns.sector_number
    this.nr_sectors = columns.nr_sectors
    this.id_halves = halvesOf(columns.id)
    this.sector_number_halves = halvesOf(columns.sector_number)
    this.nr_sectors_halves = halvesOf(columns.nr_sectors)
    this.segStart = columns.segStart
    this.segCount = columns.segCount
    this.wordStart = columns.wordStart
    this.wordCount = columns.wordCount
    this.certainty = columns.certainty
    this.holds = columns.holds
    this.answeredBy = columns.answeredBy
    this.#pools = viewsOf(OF_SEGMENTS, this.memory, this.plan, rows * BLKIF_MAX_SEGMENTS_PER_REQUEST)
    this.#grown = this.#pools
    this.gref = this.#pools.gref
    this.first_sect = this.#pools.first_sect
    this.last_sect = this.#pools.last_sect
    this.words = viewsOf(OF_WORDS, this.memory, this.plan, (rows * geometry.stride) / WORD).words
    this.input = new Uint8Array(this.memory.buffer, this.plan.input, capacity * geometry.bytes)
    this.scratch = new Uint8Array(this.memory.buffer, this.plan.scratch, scratch)
  }

  /** The number of rows of all rings. */
  get rows(): number {
    return this.rowsAt[this.rings]!
  }

  /** The four indices of a ring. */
  indices(ring: number): SharedIndices {
    return {
      req_prod: this.req_prod[ring]!,
      req_event: this.req_event[ring]!,
      rsp_prod: this.rsp_prod[ring]!,
      rsp_event: this.rsp_event[ring]!,
    }
  }

  /** Copies a row over another. */
  moveRow(from: number, to: number): void {
    if (from === to) return
    for (const name of Object.keys(OF_ROWS) as (keyof typeof OF_ROWS)[]) this[name][to] = this[name][from]!
  }

  /** Bytes of the scratch that nobody else has, on a multiple of a line of the cache; undefined where there are not so many left. */
  takeScratch(bytes: number): Uint8Array<ArrayBuffer> | undefined {
    const from = this.#scratchTaken
    if (from + bytes > this.scratch.length) return undefined
    this.#scratchTaken = aligned(from + bytes)
    return this.scratch.subarray(from, from + bytes)
  }

  /** Puts bytes where reader and writer find them, if they lie elsewhere. @returns their address in the memory */
  placeInput(bytes: Uint8Array): number {
    if (bytes.buffer === this.memory.buffer) return bytes.byteOffset
    this.input.set(bytes)
    return this.plan.input
  }

  /** A number that no entry of the sets in the memory has (`plan.ids`, `plan.grefs`): with it they are empty. */
  nextRound(): number {
    this.#round = (this.#round + 1) >>> 0
    if (this.#round === 0) {
      const { ids, grefs } = this.plan
      for (const { address, places } of [ids, grefs]) new Uint8Array(this.memory.buffer, address, places * TABLE_ENTRY).fill(0)
      this.#round = 1
    }
    return this.#round
  }

  /** Whether all columns lie in the batch's memory: pools that have grown do not. */
  get isInMemory(): boolean {
    return this.gref === this.#pools.gref
  }

  /** Back to the pools that lie in the memory, and empty. */
  dropGrownPools(): void {
    this.#usePools(this.#pools)
    this.segments = 0
  }

  /** Room for so many segments more; what the pools hold stays. */
  growSegments(more: number): void {
    const needed = this.segments + more
    if (needed <= this.gref.length) return
    const { gref, first_sect, last_sect } = this
    if (this.#grown.gref.length < needed || this.#grown.gref === gref) {
      const length = Math.max(needed, 2 * gref.length)
      const bytes = () => new Uint8Array(length)
      this.#grown = { gref: new Uint32Array(length), first_sect: bytes(), last_sect: bytes() }
    }
    this.#usePools(this.#grown)
    this.gref.set(gref)
    this.first_sect.set(first_sect)
    this.last_sect.set(last_sect)
  }

  #usePools({ gref, first_sect, last_sect }: SegmentPools): void {
    this.gref = gref
    this.first_sect = first_sect
    this.last_sect = last_sect
  }
}
