// A slot in one line: its place, what it holds, and how far its story is known.
import { idText } from '../codec/ring/id-text.ts'
import type { RequestSlot, ResponseSlot, Slot } from '../codec/ring/ring.ts'
import { NO_SECTOR } from '../codec/xen/blkif.ts'
import { statusName } from '../codec/xen/operations.ts'
import { opText, slotPhrase } from './slot-words.ts'

/** `ring[17]  index 17  request in flight: write, id 15`. */
export function slotHeadline(slot: Slot): string {
  return `ring[${slot.slot}]  ${slotText(slot)}`
}

/** What a slot holds, without its place. */
export function slotText(slot: Slot): string {
  switch (slot.state) {
    case 'unused':
      return 'not used yet'
    case 'continuation':
    case 'cleared':
    case 'unknown':
      return `index ${slot.index}  ${slotPhrase(slot)}`
    case 'request':
      return `index ${slot.index}  request ${requestState(slot)}: ${opText(slot.request)}, id ${idText(slot.request.id)}`
    case 'response':
      return `index ${slot.index}  response: ${responseText(slot)}`
  }
}

function requestState({ answered, answeredBy }: RequestSlot): string {
  const where = answeredBy === undefined ? '' : ` (see slot ${answeredBy})`
  switch (answered) {
    case 'yes':
      return `answered already${where}`
    case 'maybe':
      return `that may be answered${where}`
    default:
      return 'in flight'
  }
}

const OUTSTANDING = { no: '', unlikely: '', maybe: ', which may be outstanding', yes: ', which is outstanding' } as const

function responseText({ response: r, beneath, beneathOutstanding }: ResponseSlot): string {
  const op = r.op === 'unknown' ? `unknown ${r.operation}` : r.op
  const status = statusName(r.status) ?? `status ${r.status}`
  const over = beneath.sector_number === NO_SECTOR ? 'no sector' : `sector ${beneath.sector_number}`
  return `${op}, id ${idText(r.id)}, ${status}; over a request at ${over}${OUTSTANDING[beneathOutstanding]}`
}
