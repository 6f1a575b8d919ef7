// What an expression can name: the keys of the JSON, and how each is read of a slot and of a row of columns.
import { type Batch, CERTAINTIES, NO_SLOT, REQUEST, RESPONSE, STATES, UNRESOLVED } from '../../codec/batch/batch.ts'
import { DISCARD, INDIRECT, KIND_OF, OTHER, RW } from '../../codec/batch/slot-words.ts'
import { BLKIF_OP_READ, BLKIF_OP_WRITE, BLKIF_RSP_EOPNOTSUPP, BLKIF_RSP_OKAY } from '../../codec/xen/blkif.ts'
import { type OpName, opName, statusName } from '../../codec/xen/operations.ts'
import type { UsedSlot } from '../slot-filter.ts'

/** Which ring of the output a slot is in. */
export interface RingPlace {
  readonly ring: number
  readonly queue: number | undefined
}

export interface Field {
  readonly name: string
  readonly about: string
  /** Words that stand for numbers. */
  readonly words: ReadonlyMap<string, number>
  /** Whether it is compared with words only, by == and !=. */
  readonly wordsOnly: boolean
  /** The value in a slot; undefined where the slot has no such field. */
  readonly ofSlot: (slot: UsedSlot, place: RingPlace) => number | bigint | undefined
  /** Whether a row has the field. */
  readonly isIn: (batch: Batch, row: number, place: RingPlace) => boolean
  /** Its value; for `u64` the halves of its column. */
  readonly ofRow:
    | { readonly type: 'number'; readonly get: (batch: Batch, row: number, place: RingPlace) => number }
    | { readonly type: 'u64'; readonly halves: (batch: Batch) => Uint32Array }
}

const OPS: readonly OpName[] = ['read', 'write', 'barrier', 'flush', 'packet', 'discard', 'indirect', 'unknown']
const OP_OF = Uint8Array.from({ length: 256 }, (_, operation) => OPS.indexOf(opName(operation)))
const STATUSES = Array.from({ length: BLKIF_RSP_OKAY - BLKIF_RSP_EOPNOTSUPP + 1 }, (_, i) => BLKIF_RSP_EOPNOTSUPP + i)

const numbered = (words: readonly string[]) => new Map(words.map((word, i) => [word, i]))
const NONE: ReadonlyMap<string, number> = new Map()

const isRequest = ({ state }: Batch, row: number) => state[row] === REQUEST
const isResponse = ({ state }: Batch, row: number) => state[row] === RESPONSE
const says = ({ state }: Batch, row: number) => state[row] === REQUEST || state[row] === RESPONSE
const isKind =
  (...kinds: readonly number[]) =>
  (batch: Batch, row: number) =>
    isRequest(batch, row) && kinds.includes(KIND_OF[batch.operation[row]!]!)
const always = () => true

type Part = Partial<Record<string, number | bigint | null | unknown>>
const request = (slot: UsedSlot): Part => (slot.state === 'request' ? { ...slot.request } : {})
const number = (value: unknown) => (typeof value === 'number' || typeof value === 'bigint' ? value : undefined)
const saying = (slot: UsedSlot) => (slot.state === 'request' ? slot.request : slot.state === 'response' ? slot.response : undefined)
const operationOf = (slot: UsedSlot) => saying(slot)?.operation

type Column = 'slot' | 'index' | 'operation' | 'handle' | 'nr_segments' | 'indirect_op' | 'flag' | 'status' | 'state' | 'answeredBy'
const column = (name: Column) => ({ type: 'number', get: (batch: Batch, row: number) => batch[name][row]! }) as const
const certainty = { type: 'number', get: ({ certainty }: Batch, row: number) => certainty[row]! } as const
const u64 = (name: 'id_halves' | 'sector_number_halves' | 'nr_sectors_halves') =>
  ({ type: 'u64', halves: (batch: Batch) => batch[name] }) as const

function field(name: string, about: string, rest: Omit<Field, 'name' | 'about' | 'words' | 'wordsOnly'> & Partial<Field>): Field {
  return { name, about, words: NONE, wordsOnly: false, ...rest }
}

export const FIELDS: readonly Field[] = [
  field('ring', 'number of the snapshot', {
    ofSlot: (_, { ring }) => ring,
    isIn: always,
    ofRow: { type: 'number', get: (_, __, { ring }) => ring },
  }),
  field('queue', 'number of the queue, where the device has several', {
    ofSlot: (_, { queue }) => queue,
    isIn: (_, __, { queue }) => queue !== undefined,
    ofRow: { type: 'number', get: (_, __, { queue }) => queue ?? 0 },
  }),
  field('slot', '', { ofSlot: ({ slot }) => slot, isIn: always, ofRow: column('slot') }),
  field('index', '', { ofSlot: ({ index }) => index, isIn: always, ofRow: column('index') }),
  field('state', '', {
    words: numbered(STATES),
    wordsOnly: true,
    ofSlot: ({ state }) => STATES.indexOf(state),
    isIn: always,
    ofRow: column('state'),
  }),
  field('op', 'of a request or a response', {
    words: numbered(OPS),
    wordsOnly: true,
    ofSlot: (slot) => {
      const operation = operationOf(slot)
      return operation === undefined ? undefined : OP_OF[operation]!
    },
    isIn: says,
    ofRow: { type: 'number', get: ({ operation }, row) => OP_OF[operation[row]!]! },
  }),
  field('operation', 'the same as a number', { ofSlot: operationOf, isIn: says, ofRow: column('operation') }),
  field('id', 'of a request or a response', {
    ofSlot: (slot) => saying(slot)?.id,
    isIn: says,
    ofRow: u64('id_halves'),
  }),
  field('sector_number', 'of a request', {
    ofSlot: (slot) => number(request(slot)['sector_number']),
    isIn: isRequest,
    ofRow: u64('sector_number_halves'),
  }),
  field('handle', 'of a request', { ofSlot: (slot) => number(request(slot)['handle']), isIn: isRequest, ofRow: column('handle') }),
  field('nr_segments', 'of a request with segments', {
    ofSlot: (slot) => number(request(slot)['nr_segments']),
    isIn: isKind(RW, INDIRECT),
    ofRow: column('nr_segments'),
  }),
  field('nr_sectors', 'of a request, where it is known', {
    ofSlot: (slot) => number(request(slot)['nr_sectors']),
    isIn: (batch, row) => isRequest(batch, row) && KIND_OF[batch.operation[row]!] !== OTHER && batch.segCount[row] !== UNRESOLVED,
    ofRow: u64('nr_sectors_halves'),
  }),
  field('indirect_op', 'of an indirect request', {
    words: new Map([
      ['read', BLKIF_OP_READ],
      ['write', BLKIF_OP_WRITE],
    ]),
    ofSlot: (slot) => number(request(slot)['indirect_op']),
    isIn: isKind(INDIRECT),
    ofRow: column('indirect_op'),
  }),
  field('flag', 'of a discard', {
    ofSlot: (slot) => number(request(slot)['flag']),
    isIn: isKind(DISCARD),
    ofRow: column('flag'),
  }),
  field('status', 'of a response', {
    words: new Map(STATUSES.map((status) => [statusName(status)!, status])),
    ofSlot: (slot) => (slot.state === 'response' ? slot.response.status : undefined),
    isIn: isResponse,
    ofRow: column('status'),
  }),
  field('answered', 'whether a request was', {
    words: numbered(CERTAINTIES),
    wordsOnly: true,
    ofSlot: (slot) => (slot.state === 'request' ? CERTAINTIES.indexOf(slot.answered) : undefined),
    isIn: isRequest,
    ofRow: certainty,
  }),
  field('answeredBy', 'slot of the response that may be its answer', {
    ofSlot: (slot) => (slot.state === 'request' ? slot.answeredBy : undefined),
    isIn: (batch, row) => isRequest(batch, row) && batch.answeredBy[row] !== NO_SLOT,
    ofRow: column('answeredBy'),
  }),
  field('beneathOutstanding', 'whether the request beneath a response is', {
    words: numbered(CERTAINTIES),
    wordsOnly: true,
    ofSlot: (slot) => (slot.state === 'response' ? CERTAINTIES.indexOf(slot.beneathOutstanding) : undefined),
    isIn: isResponse,
    ofRow: certainty,
  }),
  field('beneath.sector_number', 'of the request beneath a response', {
    ofSlot: (slot) => (slot.state === 'response' ? slot.beneath.sector_number : undefined),
    isIn: isResponse,
    ofRow: u64('sector_number_halves'),
  }),
]
