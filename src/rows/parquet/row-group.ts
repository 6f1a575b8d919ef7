// The rows that are gathered before they are written: every used slot of a batch is one.
import { type Batch, CERTAINTIES, NO_SLOT, REQUEST, RESPONSE, STATES, UNRESOLVED } from '../../codec/batch/batch.ts'
import { DISCARD, INDIRECT, KIND_OF, OTHER, RW } from '../../codec/batch/slot-words.ts'
import { opName } from '../../codec/xen/operations.ts'
import { Levels } from './levels.ts'
import { type Schema, type SchemaLeaf, schemaOf } from './schema.ts'
import { Binaries, LongNumbers, Numbers, Texts, type Values } from './values.ts'

/** A group is full with so many rows, or so many segments: an indirect request can have 4096. */
export const GROUP_ROWS = 64 * 1024
const GROUP_SEGMENTS = 1024 * 1024
/** Room for segments to begin with; what needs more grows. */
const SEGMENTS = 256 * 1024
const FEW = 1024

const OP_NAMES = Array.from({ length: 256 }, (_, operation) => opName(operation))

/** The device, queue and source that rows of a ring carry. */
export interface RingOrigin {
  readonly device: string
  readonly queue: number
  readonly source: string
}

export class RowGroup {
  readonly schema: Schema
  rows = 0
  #origin: RingOrigin = { device: '', queue: 0, source: '' }
  readonly #segments = segmentsColumn(new Levels(true, SEGMENTS), SEGMENTS)
  readonly #grefs = grefsColumn(new Levels(true, GROUP_ROWS), FEW)
  readonly #beneath = new Levels(false, GROUP_ROWS)
  readonly #beneathSegments = segmentsColumn(new Levels(true, GROUP_ROWS), FEW)
  readonly #beneathGrefs = grefsColumn(new Levels(true, GROUP_ROWS), FEW)
  readonly #columns = {
    device: new Texts(undefined, GROUP_ROWS),
    queue: new Numbers('UINT_32', undefined, GROUP_ROWS),
    source: new Texts(undefined, GROUP_ROWS),
    ring: new Numbers('UINT_32', undefined, GROUP_ROWS),
    slot: new Numbers('UINT_16', undefined, GROUP_ROWS),
    index: new Numbers('UINT_32', undefined, GROUP_ROWS),
    state: new Texts(undefined, GROUP_ROWS),
    op: new Texts(optional(), GROUP_ROWS),
    operation: new Numbers('UINT_8', optional(), GROUP_ROWS),
    id: new LongNumbers(optional(), GROUP_ROWS),
    sector_number: new LongNumbers(optional(), GROUP_ROWS),
    handle: new Numbers('UINT_16', optional(), GROUP_ROWS),
    nr_segments: new Numbers('UINT_16', optional(), GROUP_ROWS),
    nr_sectors: new LongNumbers(optional(), GROUP_ROWS),
    indirect_op: new Numbers('UINT_8', optional(), FEW),
    flag: new Numbers('UINT_8', optional(), FEW),
    raw: new Binaries(optional()),
    answered: new Texts(optional(), GROUP_ROWS),
    answeredBy: new Numbers('UINT_16', optional(), FEW),
    status: new Numbers('INT_16', optional(), FEW),
    beneathOutstanding: new Texts(optional(), GROUP_ROWS),
    sector_unit: new Numbers('UINT_16', undefined, GROUP_ROWS),
    'beneath.sector_number': new LongNumbers(this.#beneath, FEW),
    'beneath.handle': new Numbers('UINT_16', this.#beneath, FEW),
    'beneath.nr_sectors': new LongNumbers(this.#beneath, FEW),
  }
  readonly #leaves: readonly GroupLeaf[]

  /** @param partitioned without the columns that the folders of a dataset are named by */
  constructor(partitioned: boolean) {
    this.schema = schemaOf(partitioned)
    const values: ReadonlyMap<string, Values> = new Map<string, Values>([
      ...Object.entries(this.#columns),
      ...listLeaves('segments', this.#segments),
      ...listLeaves('indirect_grefs', this.#grefs),
      ...listLeaves('beneath.segments', this.#beneathSegments),
      ...listLeaves('beneath.indirect_grefs', this.#beneathGrefs),
    ])
    this.#leaves = this.schema.leaves.map((leaf) => ({ leaf, values: values.get(leaf.path.join('.'))! }))
  }

  get isFull(): boolean {
    return this.rows >= GROUP_ROWS || this.#segments.levels.length + this.#beneathSegments.levels.length >= GROUP_SEGMENTS
  }

  /** Says where the rows that come next are from. */
  from(origin: RingOrigin): void {
    this.#origin = origin
  }

  /**
   * The slot of a batch's row, after `batchJudge`.
   * @param ring number of its snapshot
   */
  add(batch: Batch, row: number, ring: number): void {
    const { device, queue, source } = this.#origin
    const columns = this.#columns
    const operation = batch.operation[row]!
    const state = batch.state[row]!
    columns.device.add(device)
    columns.queue.add(queue)
    columns.source.add(source)
    columns.ring.add(ring)
    columns.slot.add(batch.slot[row]!)
    columns.index.add(batch.index[row]!)
    columns.state.add(STATES[state]!)
    columns.sector_unit.add(batch.sectorUnit)
    this.rows++
    if (state !== REQUEST && state !== RESPONSE) {
      this.#bare()
      return
    }
    putText(columns.op, OP_NAMES[operation]!)
    put(columns.operation, operation)
    put64(columns.id, batch.id_halves, row)
    const certainty = CERTAINTIES[batch.certainty[row]!]!
    if (state === REQUEST) this.#request(batch, row, KIND_OF[operation]!, certainty)
    else this.#response(batch, row, certainty)
  }

  #request(batch: Batch, row: number, kind: number, certainty: string): void {
    const { sector_number, handle, nr_segments, nr_sectors, indirect_op, flag, raw, answered, answeredBy } = this.#columns
    const { status, beneathOutstanding } = this.#columns
    const hasSegments = kind === RW || kind === INDIRECT
    const isResolved = hasSegments && batch.segCount[row] !== UNRESOLVED
    put64(sector_number, batch.sector_number_halves, row)
    put(handle, batch.handle[row]!)
    if (hasSegments) put(nr_segments, batch.nr_segments[row]!)
    else skip(nr_segments)
    if (isResolved || kind === DISCARD) put64(nr_sectors, batch.nr_sectors_halves, row)
    else skip(nr_sectors)
    if (isResolved) putSegments(this.#segments, batch, row)
    else skip(this.#segments)
    if (kind === INDIRECT) {
      put(indirect_op, batch.indirect_op[row]!)
      putGrefs(this.#grefs, batch, row)
    } else {
      skip(indirect_op)
      skip(this.#grefs)
    }
    if (kind === DISCARD) put(flag, batch.flag[row]!)
    else skip(flag)
    if (kind === OTHER) {
      raw.levels!.value()
      raw.add(batch.words, batch.wordStart[row]!, batch.wordCount[row]!)
    } else skip(raw)
    putText(answered, certainty)
    if (batch.answeredBy[row] === NO_SLOT) skip(answeredBy)
    else put(answeredBy, batch.answeredBy[row]!)
    skip(status)
    this.#beneath.skip()
    skip(this.#beneathSegments)
    skip(this.#beneathGrefs)
    skip(beneathOutstanding)
  }

  /** A slot of which nothing but the state is known. */
  #bare(): void {
    const columns = this.#columns
    skip(columns.op)
    skip(columns.operation)
    skip(columns.id)
    this.#noRequest()
    skip(columns.status)
    this.#beneath.skip()
    skip(this.#beneathSegments)
    skip(this.#beneathGrefs)
    skip(columns.beneathOutstanding)
  }

  #noRequest(): void {
    const columns = this.#columns
    skip(columns.sector_number)
    skip(columns.handle)
    skip(columns.nr_segments)
    skip(columns.nr_sectors)
    skip(this.#segments)
    skip(columns.indirect_op)
    skip(this.#grefs)
    skip(columns.flag)
    skip(columns.raw)
    skip(columns.answered)
    skip(columns.answeredBy)
  }

  #response(batch: Batch, row: number, certainty: string): void {
    const columns = this.#columns
    this.#noRequest()
    put(columns.status, batch.status[row]!)
    this.#beneath.value()
    columns['beneath.sector_number'].add(batch.sector_number_halves, row)
    putSegments(this.#beneathSegments, batch, row)
    columns['beneath.handle'].add(batch.handle[row]!)
    putGrefs(this.#beneathGrefs, batch, row)
    columns['beneath.nr_sectors'].add(batch.nr_sectors_halves, row)
    putText(columns.beneathOutstanding, certainty)
  }

  /** What each column of the file holds, in the order of the schema. */
  get leaves(): readonly GroupLeaf[] {
    return this.#leaves
  }

  clear(): void {
    this.rows = 0
    for (const { values } of this.#leaves) {
      values.clear()
      values.levels?.clear()
    }
  }
}

export interface GroupLeaf {
  readonly leaf: SchemaLeaf
  readonly values: Values
}

/** A column of lists, whose leaves share their levels. */
interface SegmentsColumn {
  readonly levels: Levels
  readonly gref: Numbers
  readonly first_sect: Numbers
  readonly last_sect: Numbers
}

interface GrefsColumn {
  readonly levels: Levels
  readonly gref: Numbers
}

function segmentsColumn(levels: Levels, room: number): SegmentsColumn {
  return {
    levels,
    gref: new Numbers('UINT_32', levels, room),
    first_sect: new Numbers('UINT_8', levels, room),
    last_sect: new Numbers('UINT_8', levels, room),
  }
}

function grefsColumn(levels: Levels, room: number): GrefsColumn {
  return { levels, gref: new Numbers('UINT_32', levels, room) }
}

/** By their paths in the schema: elements are structs of several fields, or numbers. */
function listLeaves(path: string, column: SegmentsColumn | GrefsColumn): (readonly [string, Values])[] {
  if (!('first_sect' in column)) return [[`${path}.list.element`, column.gref]]
  const { gref, first_sect, last_sect } = column
  return Object.entries({ gref, first_sect, last_sect }).map(([name, values]) => [`${path}.list.element.${name}`, values])
}

function optional(): Levels {
  return new Levels(false, GROUP_ROWS)
}

function skip({ levels }: { readonly levels: Levels | undefined }): void {
  levels!.skip()
}

function put(column: Numbers, value: number): void {
  column.levels!.value()
  column.add(value)
}

function put64(column: LongNumbers, halves: Uint32Array, row: number): void {
  column.levels!.value()
  column.add(halves, row)
}

function putText(column: Texts, text: string): void {
  column.levels!.value()
  column.add(text)
}

function putSegments({ levels, gref, first_sect, last_sect }: SegmentsColumn, batch: Batch, row: number): void {
  const start = batch.segStart[row]!
  const count = batch.segCount[row]!
  levels.list(count)
  for (let i = start; i < start + count; i++) {
    gref.add(batch.gref[i]!)
    first_sect.add(batch.first_sect[i]!)
    last_sect.add(batch.last_sect[i]!)
  }
}

function putGrefs({ levels, gref }: GrefsColumn, batch: Batch, row: number): void {
  const start = batch.wordStart[row]!
  const count = batch.wordCount[row]!
  levels.list(count)
  for (let i = start; i < start + count; i++) gref.add(batch.words[i]!)
}
