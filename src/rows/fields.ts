// What a user sees of a slot: a table, of which JSON, NDJSON, CSV, Parquet, the names of --where, the JSON schemas and the table of
// docs/parquet.md are made. A new field is one row of it.
import { type Batch, CERTAINTIES, NO_SLOT, STATES } from '../codec/batch/batch.ts'
import { DEFAULT_SECTOR_UNIT } from '../codec/ring/sector-unit.ts'
import { BLKIF_OP_READ, BLKIF_OP_WRITE, BLKIF_RSP_EOPNOTSUPP, BLKIF_RSP_OKAY } from '../codec/xen/blkif.ts'
import { opName, statusName } from '../codec/xen/operations.ts'
import { REQUEST_KINDS, ROW_KINDS, type SlotKind } from './slot-kind.ts'

/** The object of the JSON that a field stands in: the line's head, the slot itself, or an object of that name in the slot. */
export type SlotPart = 'origin' | 'slot' | 'request' | 'response' | 'beneath'

export type Output = 'json' | 'csv' | 'parquet' | 'where'

/** Whole numbers by their width in bits, `s16` with a sign. */
export type NumberType = 'u8' | 'u16' | 's16' | 'u32'

export type FieldType =
  | { readonly is: NumberType; readonly words?: ReadonlyMap<string, number> }
  /** A decimal string in JSON; a number where it is a `sum` that a double holds. */
  | { readonly is: 'u64'; readonly sum?: boolean }
  /** The words by the code in the column; several codes may have one word. */
  | { readonly is: 'enum'; readonly words: readonly string[] }
  | { readonly is: 'text' }
  /** In hexadecimal: all words of a row. */
  | { readonly is: 'bytes' }
  | ListType

/** Elements that are a number, or a struct of fields that a batch has pools of. */
export interface ListType {
  readonly is: 'list'
  readonly of: NumberType | Readonly<Record<string, 'u32' | 'u8'>>
  /** What a batch has of a row: where its elements begin, how many they are, and the pools. */
  readonly start: 'segStart' | 'wordStart'
  readonly count: 'segCount' | 'wordCount'
  readonly pools: readonly [word: 'gref' | 'words', first?: 'first_sect', second?: 'last_sect']
  /** What CSV has between the fields of an element. */
  readonly between: readonly string[]
}

/** The columns of a batch. */
export type BatchColumn = keyof Pick<Batch, { [K in keyof Batch]: Batch[K] extends ArrayBufferView ? K : never }[keyof Batch]>

export interface SlotField {
  readonly name: string
  readonly part: SlotPart
  readonly type: FieldType
  /** The slots that have it; of the others it is absent (empty in CSV, null in Parquet). */
  readonly kinds: readonly SlotKind[]
  /** Kinds of slots of which it is null in JSON, and absent elsewhere. */
  readonly nullOf?: readonly SlotKind[]
  /** May be absent, or null with 'null', in a slot of these kinds. */
  readonly maybe?: 'absent' | 'null'
  /** The value with which it is absent in JSON. */
  readonly unsaid?: string | number
  /** What the column of a batch has where there is none. */
  readonly none?: number
  /** The column of a batch where it has another name. */
  readonly column?: BatchColumn
  /** Columns do not have it. */
  readonly objectsOnly?: boolean
  /** The outputs that show it; without it all. */
  readonly outputs?: readonly Output[]
  /** Parquet has it as a number of 64 bits with a sign: Spark skips row groups by numbers with a sign only. */
  readonly signed?: boolean
  /** Other words for it: a head of the text's table, a former name. */
  readonly aliases?: readonly string[]
  readonly unit?: string
  readonly about: string
}

const U8 = { is: 'u8' } as const
const U16 = { is: 'u16' } as const
const U32 = { is: 'u32' } as const
const U64 = { is: 'u64' } as const
const TEXT = { is: 'text' } as const
const SEGMENTS: ListType = {
  is: 'list',
  of: { gref: 'u32', first_sect: 'u8', last_sect: 'u8' },
  start: 'segStart',
  count: 'segCount',
  pools: ['gref', 'first_sect', 'last_sect'],
  between: [':', '-'],
}
const GREFS: ListType = { is: 'list', of: 'u32', start: 'wordStart', count: 'wordCount', pools: ['words'], between: [] }
const OP = { is: 'enum', words: Array.from({ length: 256 }, (_, operation) => opName(operation)) } as const
const CERTAINTY = { is: 'enum', words: CERTAINTIES } as const
const DIRECTIONS = new Map([BLKIF_OP_READ, BLKIF_OP_WRITE].map((operation) => [opName(operation) as string, operation]))
const STATUSES = new Map(
  Array.from({ length: BLKIF_RSP_OKAY - BLKIF_RSP_EOPNOTSUPP + 1 }, (_, i) => BLKIF_RSP_EOPNOTSUPP + i).map((status) => [
    statusName(status)!,
    status,
  ]),
)

const SLOTS: readonly SlotKind[] = [...ROW_KINDS, 'continuation', 'unused']
const SECTORS = 'sectors, of 512 bytes unless --sector-unit says otherwise'

type Rows = Readonly<Record<string, Omit<SlotField, 'name' | 'part' | 'kinds'> & Partial<Pick<SlotField, 'kinds'>>>>

function part(part: SlotPart, kinds: readonly SlotKind[], rows: Rows): SlotField[] {
  return Object.entries(rows).map(([name, row]) => ({ name, part, kinds, ...row }))
}

const words = (list: readonly string[]) => [...new Set(list)].map((word) => `\`${word}\``).join(' ')
const OF_BOTH = {
  op: { type: OP, column: 'operation', about: `of a request or a response: ${words(OP.words)}` },
  operation: { type: U8, about: 'the same as the number on the wire' },
} as const satisfies Rows

/** The fields of a slot, in the order of JSON. A new field is one row, and every output has it. */
export const SLOT_FIELDS: readonly SlotField[] = [
  ...part('origin', SLOTS, {
    device: {
      type: TEXT,
      outputs: ['parquet'],
      about: 'the disk: `vbd-DOMAIN-VDEV` where XenStore names it, else the input as it was named',
    },
    source: { type: TEXT, outputs: ['parquet'], about: 'the file that the ring was read from' },
    snapshot: {
      type: U32,
      signed: true,
      maybe: 'absent',
      aliases: ['ring'],
      about: 'number of the snapshot, from 0; it goes on from input to input',
    },
    queue: { type: U32, maybe: 'absent', about: 'its queue; 0 where it has one only' },
    sector_unit: {
      type: U16,
      maybe: 'absent',
      unsaid: DEFAULT_SECTOR_UNIT,
      outputs: ['json', 'csv', 'parquet'],
      about: 'bytes of what sector_number, nr_sectors, first_sect and last_sect count: 512, or what `--sector-unit` said',
    },
  }),
  ...part('slot', SLOTS, {
    slot: { type: U16, about: 'the slot, from 0 to nr_ents - 1' },
    index: { type: U32, about: 'its free-running index' },
    state: {
      type: { is: 'enum', words: STATES },
      about:
        '`request`: index in [rsp_prod, req_prod); `response`: in [req_prod - nr_ents, rsp_prod); `cleared`: the same, recycled by the frontend; `unknown`: not in the input',
    },
    of: {
      type: U16,
      kinds: ['continuation'],
      maybe: 'null',
      outputs: ['json'],
      about: 'slot of the request or response that this one continues; null where it is not known',
    },
  }),
  ...part('request', REQUEST_KINDS, {
    ...OF_BOTH,
    id: { type: U64, about: 'of the request' },
    sector_number: { type: U64, unit: SECTORS, about: 'of a request' },
    handle: { type: U16, about: 'of a request' },
    indirect_op: { type: { ...U8, words: DIRECTIONS }, kinds: ['indirect', 'unresolved'], about: 'of an indirect request' },
    nr_segments: {
      type: U16,
      kinds: ['rw', 'indirect', 'unresolved'],
      aliases: ['segs'],
      about: 'of a read, write, barrier, flush or indirect request, as on the wire',
    },
    indirect_grefs: { type: GREFS, kinds: ['indirect', 'unresolved'], about: 'of an indirect request: those in use' },
    flag: { type: U8, kinds: ['discard'], about: 'of a discard' },
    segments: {
      type: SEGMENTS,
      kinds: ['rw', 'indirect'],
      nullOf: ['unresolved'],
      about: 'those in use; null where an indirect page is missing, and of all else',
    },
    nr_sectors: {
      type: { ...U64, sum: true },
      kinds: ['rw', 'indirect'],
      nullOf: ['unresolved'],
      aliases: ['sectors'],
      unit: SECTORS,
      about: 'what the segments add up to, null where `segments` is',
    },
  }),
  ...part('request', ['discard'], { nr_sectors: { type: U64, unit: SECTORS, about: 'of a discard as on the wire' } }),
  ...part('request', ['other'], {
    raw: { type: { is: 'bytes' }, about: 'the whole slot, of a request whose operation has no struct' },
  }),
  ...part('request', ['rw'], {
    continuedIn: {
      type: { ...GREFS, of: 'u16' },
      maybe: 'absent',
      objectsOnly: true,
      outputs: ['json'],
      about: 'slots behind its own that hold the segments from the 12th on',
    },
  }),
  ...part('slot', REQUEST_KINDS, {
    answered: { type: CERTAINTY, column: 'certainty', unsaid: 'no', about: `of a request: ${words(CERTAINTIES)}` },
    answeredBy: { type: U16, maybe: 'absent', none: NO_SLOT, about: 'slot of the response that may be its answer' },
  }),
  ...part('response', ['response'], {
    id: { type: U64, about: 'of the one that the response answers' },
    operation: OF_BOTH.operation,
    op: OF_BOTH.op,
    status: { type: { is: 's16', words: STATUSES }, about: 'of a response: 0 OKAY, -1 ERROR, -2 EOPNOTSUPP' },
  }),
  ...part('beneath', ['response'], {
    sector_number: { type: U64, unit: SECTORS, about: 'as every request has it' },
    segments: { type: SEGMENTS, outputs: ['json', 'parquet'], about: 'all 11 of struct blkif_request' },
    handle: { type: U16, outputs: ['json', 'parquet', 'where'], about: 'as struct blkif_request_indirect has it' },
    indirect_grefs: { type: GREFS, outputs: ['json', 'parquet'], about: 'all 8 of struct blkif_request_indirect' },
    nr_sectors: {
      type: U64,
      outputs: ['json', 'parquet', 'where'],
      unit: SECTORS,
      about: 'as struct blkif_request_discard has it',
    },
  }),
  ...part('slot', ['response'], {
    beneathOutstanding: {
      type: CERTAINTY,
      column: 'certainty',
      unsaid: 'no',
      about: `of a response, whether the request beneath waits: ${words(CERTAINTIES)}`,
    },
  }),
]

/** Of parts that are structs in Parquet as well: what they are. */
export const STRUCT_PARTS: Readonly<Partial<Record<SlotPart, string>>> = {
  beneath: 'what survives of a request beneath a response, by each reading of the bytes',
}

/** Columns of CSV and Parquet: readers of CSV know the places. Others come behind them, in the order of the table. */
export const COLUMN_ORDER: readonly string[] = [
  ...['device', 'source', 'snapshot', 'queue', 'slot', 'index', 'state', 'op', 'operation', 'id', 'sector_number', 'handle'],
  ...['nr_segments', 'nr_sectors', 'segments', 'indirect_op', 'indirect_grefs', 'flag', 'raw', 'answered', 'answeredBy', 'status'],
  ...['beneath.sector_number', 'beneath.segments', 'beneath.handle', 'beneath.indirect_grefs', 'beneath.nr_sectors'],
  ...['beneathOutstanding', 'sector_unit'],
]
