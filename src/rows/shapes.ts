// Shapes that the JSON of several commands shares.
import { json } from '../print/shape.ts'
import type { Json } from './ring-json.ts'

/** A slot as `decode --json` has it: made of the table of fields. */
export const SLOT = json.named<{ readonly [key: string]: Json | undefined }>('slot')

const STATES = ['request', 'response', 'continuation', 'cleared', 'unknown', 'unused'] as const

export const slotState = json.word(STATES, 'what the slot holds')
export const sectorUnit = json.optional(json.integer('bytes that sectors count in, where that is not 512'))
export const queue = json.optional(json.integer('queue of the device, where it has several'))
export const source = json.string('the input, as it was named')
export const slotNumber = json.integer('slot, from 0 on')
export const freeRunningIndex = json.integer('free-running index, mod 2^32')

/** The four indices of the page. */
export const ringIndices = {
  req_prod: freeRunningIndex,
  req_event: freeRunningIndex,
  rsp_prod: freeRunningIndex,
  rsp_event: freeRunningIndex,
}

export const finding = json.object(
  {
    code: json.string('stable, for scripts'),
    message: json.string('for people'),
    slot: json.optional(slotNumber),
    offset: json.optional(json.integer('bytes from the start of the ring')),
    gref: json.optional(json.integer('reference of the indirect page that it is about')),
  },
  'something wrong with what was decoded',
)

const newPlace = json.object({ queue, index: freeRunningIndex }, 'a request of the new ring')
const sectors = json.object({ from: json.decimal('first sector, of 512 bytes'), to: json.decimal('last sector') })

/** A request that was in flight in the ring that was replaced: its slot, and what the new ring has of it. */
export const ASKED_AGAIN = json.named<{ readonly [key: string]: Json | undefined }>('slotAskedAgain')

/** Beside the members of the slot. */
export const askedAgainFields = {
  again: json.string('whether the new ring asks for it again'),
  by: json.list(newPlace),
  perhaps: json.list(newPlace),
  missing: json.list(sectors, 'sectors that were not asked for again so far'),
  uncovered: json.list(sectors, 'sectors that nobody will ask for again'),
}

export const redone = {
  inFlight: json.list(ASKED_AGAIN, 'requests of the old ring that were in flight'),
  hidden: json.integer('requests that may have been in flight beneath responses, of which nothing is known'),
}

export const REPLACED = json.object(
  { evidence: json.string(), why: json.string('what says so'), ...redone },
  'the ring was replaced by a new one',
)
