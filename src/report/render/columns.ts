// The columns of the table of requests and responses: what stands in a cell, and what it is sorted by.
import type { Certainty, CompletionEvidence } from '../../codec/ring/answered.ts'
import { shortId } from '../../codec/ring/id-text.ts'
import type { Ring, Slot } from '../../codec/ring/ring.ts'
import { NO_SECTOR } from '../../codec/xen/blkif.ts'
import { opName, statusName } from '../../codec/xen/operations.ts'
import { pictureSlot } from '../../inspect/index.ts'
import { SLOT_MARKS } from '../../print/ring-picture.ts'
import { opText, slotPhrase } from '../../print/slot-words.ts'

export interface SlotColumn {
  readonly name: string
  readonly number?: true
  readonly text: (slot: Slot, ring: Ring) => string
  /** Without it the text. Undefined comes last. */
  readonly by?: (slot: Slot) => bigint | number | undefined
}

const requestOf = (slot: Slot) => (slot.state === 'request' ? slot.request : undefined)

const EVIDENCE: Readonly<Record<CompletionEvidence, string>> = {
  'no-such-response': 'no response has such an id',
  histories: 'all courses of the first lap looked at',
  'fits-in-order': 'ids fit answers in order',
  'out-of-order': 'answers out of order',
  'slots-unknown': 'slots that would tell are not known',
}

const ANSWERED: Readonly<Record<Certainty, string>> = {
  no: 'waits',
  unlikely: 'waits, most likely',
  maybe: 'may be answered',
  yes: 'answered already',
}
const BENEATH: Readonly<Record<Certainty, string>> = {
  no: '',
  unlikely: '',
  maybe: 'the request beneath may wait',
  yes: 'the request beneath waits',
}

function sectorOf(slot: Slot): bigint | undefined {
  if (slot.state === 'response') return slot.beneath.sector_number
  return requestOf(slot)?.sector_number
}

function sectorsOf(slot: Slot): number | bigint | undefined {
  const request = requestOf(slot)
  return request && request.kind !== 'other' ? (request.nr_sectors ?? undefined) : undefined
}

function segmentsOf(slot: Slot): number | undefined {
  const request = requestOf(slot)
  return request && 'nr_segments' in request ? request.nr_segments : undefined
}

function operationOf(slot: Slot): string {
  if (slot.state === 'request') return opText(slot.request)
  if (slot.state !== 'response') return ''
  const { op, operation } = slot.response
  return op === 'unknown' ? `unknown ${operation}` : opName(operation)
}

function statusOf(slot: Slot): string {
  if (slot.state !== 'response') return ''
  const { status } = slot.response
  const name = statusName(status)
  return name === undefined ? String(status) : `${name} (${status})`
}

function whyOf(slot: Slot, { evidence }: Ring): string {
  if (slot.state === 'request')
    return `${EVIDENCE[evidence]}${slot.answeredBy === undefined ? '' : `; slot ${slot.answeredBy} has its id`}`
  if (slot.state === 'response') return slot.beneathOutstanding === 'no' ? '' : EVIDENCE[evidence]
  return slotPhrase(slot)
}

function indexOf(slot: Slot): number | undefined {
  return slot.state === 'unknown' && slot.holds === 'unknown' ? undefined : slot.index
}

const shown = (value: number | bigint | undefined) => (value === undefined ? '' : String(value))

export const SLOT_COLUMNS: readonly SlotColumn[] = [
  { name: 'slot', number: true, text: (slot) => String(slot.slot), by: (slot) => slot.slot },
  { name: 'index', number: true, text: (slot) => shown(indexOf(slot)), by: indexOf },
  { name: 'state', text: (slot) => `${SLOT_MARKS[pictureSlot(slot, false).mark].char} ${slot.state}` },
  { name: 'op', text: operationOf },
  {
    name: 'id',
    number: true,
    text: (slot) =>
      slot.state === 'request' ? shortId(slot.request.id) : slot.state === 'response' ? shortId(slot.response.id) : '',
    by: (slot) => (slot.state === 'request' ? slot.request.id : slot.state === 'response' ? slot.response.id : undefined),
  },
  {
    name: 'sector',
    number: true,
    text(slot) {
      const sector = sectorOf(slot)
      if (sector === NO_SECTOR) return '-'
      return slot.state === 'response' ? `(${sector})` : shown(sector)
    },
    by: sectorOf,
  },
  { name: 'sectors', number: true, text: (slot) => shown(sectorsOf(slot)), by: sectorsOf },
  { name: 'segs', number: true, text: (slot) => shown(segmentsOf(slot)), by: segmentsOf },
  { name: 'status', text: statusOf, by: (slot) => (slot.state === 'response' ? slot.response.status : undefined) },
  {
    name: 'certainty',
    text(slot) {
      if (slot.state === 'request') return ANSWERED[slot.answered]
      return slot.state === 'response' ? BENEATH[slot.beneathOutstanding] : ''
    },
  },
  { name: 'why', text: whyOf },
]

/** Slots by a column; those that have nothing in it come last, whichever way. */
export function sortedSlots(slots: readonly Slot[], ring: Ring, { by, text }: SlotColumn, descending: boolean): Slot[] {
  const keys = new Map(slots.map((slot) => [slot, by ? by(slot) : text(slot, ring) || undefined]))
  const sign = descending ? -1 : 1
  return [...slots].sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)]
    if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? 1 : -1
    return x < y ? -sign : x > y ? sign : 0
  })
}
