// What `diff --json` prints, of two rings and of moments of one.
import {
  decimal,
  either,
  flag,
  integer,
  type JsonOf,
  list,
  named,
  nullable,
  number,
  object,
  oneOrMany,
  optional,
  string,
  word,
} from '../../print/shape.ts'
import { queue, REPLACED, ringIndex, SLOT, sectorUnit, slotNumber, slotState, source } from '../../rows/shapes.ts'

export const SIDE = object({
  source,
  protocol: string('x86_64-abi, x86_32-abi or arm-abi'),
  pages: integer('pages of a ring'),
  sector_unit: sectorUnit,
  queues: optional(integer('of a device with several')),
})

const place = { queue, slot: slotNumber, index: ringIndex, state: slotState }
export const PLACE = object(place)
export const VALUE = either(number(), string('u64 in decimal, bytes in hexadecimal'))
const path = string('from the ring on: ring[12].req.seg[2].gref')
const offset = integer('bytes from the start of the ring, or of the indirect page')
const page = optional(integer('reference of the indirect page that the offset lies in'))
const kind = string('field, reserved, padding, stale, …')

const READING = nullable(object({ path: optional(path), offset, page, value: VALUE }, 'what one side has; null where it has none'))

const DIFFERENCE = object({
  path,
  field: string('the path below the slot'),
  kind,
  a: READING,
  b: READING,
  note: optional(string('why it counts although the values do not show it')),
})

const HUNK = object(
  {
    part: word(['header', 'slots', 'tail']),
    change: word(['changed', 'removed', 'added']),
    queue,
    a: optional(list(PLACE)),
    b: optional(list(PLACE)),
    differences: list(DIFFERENCE),
  },
  'what belongs together: a header, a tail, or the slots of a request on either side',
)

const FAULT = object({
  kind: word(['gap', 'overlap']),
  slots: list(PLACE),
  from: decimal('first sector'),
  to: decimal('last sector'),
  message: string(),
})

const COVERAGE = object({ requests: integer(), sectors: decimal(), faults: list(FAULT) }, 'what a side asks of the disk')

const side = word(['a', 'b'])
const UNKNOWN = either(
  object({ side, what: word(['indices']), queue }),
  object({ side, what: word(['bytes']), queue, from: integer(), to: integer() }),
  object({ side, what: word(['slot']), ...place }),
  object({ side, what: word(['page', 'repeated']), ...place, gref: integer('reference of the indirect page') }),
)

export const COMPARED = object({
  a: SIDE,
  b: SIDE,
  level: word(['bytes', 'fields', 'io']),
  by: word(['slot', 'index', 'id', 'sector', 'order'], 'which slots are held against each other'),
  equal: flag('nothing that counts at this level differs'),
  hunks: list(HUNK),
  renames: optional(
    object(
      {
        gref: list(list(integer())),
        id: list(list(string())),
      },
      'pairs of names that stand for the same thing on the two sides; at level io only',
    ),
  ),
  coverage: optional(object({ a: COVERAGE, b: COVERAGE })),
  unknown: list(UNKNOWN, 'what could not be compared'),
})

/** A moment that only one side has. */
export const ALONE = object({ a: nullable(SIDE), b: nullable(SIDE), equal: flag() })

const stretch = { from: ringIndex, to: ringIndex, count: integer('indices in it') }
const EVENTS = object({ ...stretch, back: flag('the event was set to an earlier index, which no side does') })

export const TRANSITION = object({
  a: SIDE,
  b: SIDE,
  queue,
  order: word(['later', 'earlier', 'replaced', 'unrelated'], 'of the second moment'),
  equal: flag('nothing happened in between'),
  published: object({ ...stretch, slots: list(SLOT) }, 'requests'),
  answered: object({ ...stretch, slots: list(SLOT) }, 'responses'),
  consumed: object({ requests: EVENTS, responses: EVENTS }, 'what the event indices say that each end had taken'),
  reused: list(object({ id: decimal(), before: ringIndex, after: ringIndex }), 'ids that were used again'),
  findings: list(
    object({
      code: word(['request-changed']),
      slot: slotNumber,
      index: ringIndex,
      path,
      kind,
      offset,
      page,
      before: VALUE,
      after: VALUE,
    }),
    'requests in flight whose bytes changed, which no frontend may do',
  ),
  replaced: optional(REPLACED),
  beingAnswered: list(slotNumber, 'slots whose request is being answered'),
})

/** Of one comparison an object, of several an array. */
export const DIFF = oneOrMany(
  either(
    named<JsonOf<typeof COMPARED>>('compared'),
    named<JsonOf<typeof ALONE>>('alone'),
    named<JsonOf<typeof TRANSITION>>('transition'),
  ),
)
