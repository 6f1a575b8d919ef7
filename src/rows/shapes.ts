// Shapes that the JSON of several commands shares.
import { decimal, integer, list, named, object, optional, string, word } from '../print/shape.ts'
import type { Json } from './ring-json.ts'

/** A slot as `decode --json` has it: made of the table of fields. */
export const SLOT = named<{ readonly [key: string]: Json | undefined }>('slot')

const STATES = ['request', 'response', 'continuation', 'cleared', 'unknown', 'unused'] as const

export const slotState = word(STATES, 'what the slot holds')
export const sectorUnit = optional(integer('bytes that sectors count in, where that is not 512'))
export const queue = optional(integer('queue of the device, where it has several'))
export const source = string('the input, as it was named')
export const slotNumber = integer('slot, from 0 on')
export const ringIndex = integer('free-running index, mod 2^32')

/** The four indices of the page. */
export const ringIndices = {
  req_prod: ringIndex,
  req_event: ringIndex,
  rsp_prod: ringIndex,
  rsp_event: ringIndex,
}

export const finding = object(
  {
    code: string('stable, for scripts'),
    message: string('for people'),
    slot: optional(slotNumber),
    offset: optional(integer('bytes from the start of the ring')),
    gref: optional(integer('reference of the indirect page that it is about')),
  },
  'something wrong with what was decoded',
)

const newPlace = object({ queue, index: ringIndex }, 'a request of the new ring')
const sectors = object({ from: decimal('first sector, of 512 bytes'), to: decimal('last sector') })

/** A request that was in flight in the ring that was replaced: its slot, and what the new ring has of it. */
export const ASKED_AGAIN = named<{ readonly [key: string]: Json | undefined }>('slotAskedAgain')

/** Beside the members of the slot. */
export const askedAgainFields = {
  again: string('whether the new ring asks for it again'),
  by: list(newPlace),
  perhaps: list(newPlace),
  missing: list(sectors, 'sectors that were not asked for again so far'),
  uncovered: list(sectors, 'sectors that nobody will ask for again'),
}

export const redone = {
  inFlight: list(ASKED_AGAIN, 'requests of the old ring that were in flight'),
  hidden: integer('requests that may have been in flight beneath responses, of which nothing is known'),
}

export const REPLACED = object({ evidence: string(), why: string('what says so'), ...redone }, 'the ring was replaced by a new one')
