// Shapes that the JSON of several commands shares.
import { CERTAINTIES, STATES } from '../codec/batch/batch.ts'
import { AGAIN } from '../codec/ring/asked-again.ts'
import { json } from '../print/shape.ts'
import type { Json } from './ring-json.ts'

/** A slot as `decode --json` has it: made of the table of fields. */
export const SLOT = json.named<{ readonly [key: string]: Json | undefined }>('slot')

export const slotState = json.word([...STATES, 'continuation', 'unused'], 'what the slot holds')
export const answered = json.optional(
  json.word(
    CERTAINTIES.filter((certainty) => certainty !== 'no'),
    'whether it is answered already; absent for no',
  ),
)
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
  again: json.word(AGAIN, 'how much of it the new ring asks for'),
  by: json.list(newPlace, 'requests of the same operation that overlap it'),
  perhaps: json.list(newPlace, 'answered requests that may cover some of it: how long they were is lost'),
  missing: json.list(sectors, 'what no request of the new ring asks for, those in perhaps left out of account'),
  uncovered: json.list(sectors, 'of these what no request on the new ring can have asked for, however long those in perhaps were'),
}

export const redone = {
  inFlight: json.list(ASKED_AGAIN, 'requests of the old ring that were in flight'),
  hidden: json.integer('requests that were in flight and cannot be told, since responses lie over them'),
}

export const REPLACED = json.object(
  { evidence: json.string(), why: json.string('what says so'), ...redone },
  'the ring was replaced by a new one',
)
