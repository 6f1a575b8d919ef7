// What `diff --json` prints, of two rings and of moments of one.
import { LEVELS, MATCH_BY } from '../../diff/index.ts'
import { type JsonOf, json } from '../../print/shape.ts'
import { freeRunningIndex, queue, REPLACED, SLOT, sectorUnit, slotNumber, slotState, source } from '../../rows/shapes.ts'

export const SIDE = json.object({
  source,
  protocol: json.string('x86_64-abi, x86_32-abi or arm-abi'),
  pages: json.integer('pages of a ring'),
  sector_unit: sectorUnit,
  queues: json.optional(json.integer('of a device with several')),
})

const place = { queue, slot: slotNumber, index: freeRunningIndex, state: slotState }
export const PLACE = json.object(place)
export const VALUE = json.either(json.number(), json.string('u64 in decimal, bytes in hexadecimal'))
const path = json.string('from the ring on: ring[12].req.seg[2].gref')
const offset = json.integer('bytes from the start of the ring, or of the indirect page')
const page = json.optional(json.integer('reference of the indirect page that the offset lies in'))
const kind = json.string('field, reserved, padding, stale, …')

const READING = json.nullable(
  json.object({ path: json.optional(path), offset, page, value: VALUE }, 'what one side has; null where it has none'),
)

const DIFFERENCE = json.object({
  path,
  field: json.string('the path below the slot'),
  kind,
  a: READING,
  b: READING,
  note: json.optional(json.string('why it counts although the values do not show it')),
})

const HUNK = json.object(
  {
    part: json.word(['header', 'slots', 'tail']),
    change: json.word(['changed', 'removed', 'added']),
    queue,
    a: json.optional(json.list(PLACE)),
    b: json.optional(json.list(PLACE)),
    differences: json.list(DIFFERENCE),
  },
  'what belongs together: a header, a tail, or the slots of a request on either side',
)

const FAULT = json.object({
  kind: json.word(['gap', 'overlap']),
  slots: json.list(PLACE),
  from: json.decimal('first sector'),
  to: json.decimal('last sector'),
  message: json.string(),
})

const COVERAGE = json.object(
  { requests: json.integer(), sectors: json.decimal(), faults: json.list(FAULT) },
  'what a side asks of the disk',
)

const side = json.word(['a', 'b'])
const UNKNOWN = json.either(
  json.object({ side, what: json.word(['indices']), queue }),
  json.object({ side, what: json.word(['bytes']), queue, from: json.integer(), to: json.integer() }),
  json.object({ side, what: json.word(['slot']), ...place }),
  json.object({ side, what: json.word(['page', 'repeated']), ...place, gref: json.integer('reference of the indirect page') }),
)

export const COMPARED = json.object({
  a: SIDE,
  b: SIDE,
  level: json.word(LEVELS),
  by: json.word(MATCH_BY, 'which slots are held against each other'),
  equal: json.flag('nothing that counts at this level differs'),
  hunks: json.list(HUNK),
  renames: json.optional(
    json.object(
      {
        gref: json.list(json.list(json.integer())),
        id: json.list(json.list(json.string())),
      },
      'pairs of names that stand for the same thing on the two sides; at level io only',
    ),
  ),
  coverage: json.optional(json.object({ a: COVERAGE, b: COVERAGE })),
  unknown: json.list(UNKNOWN, 'what could not be compared'),
})

/** A moment that only one side has. */
export const ALONE = json.object({ a: json.nullable(SIDE), b: json.nullable(SIDE), equal: json.flag() })

const stretch = { from: freeRunningIndex, to: freeRunningIndex, count: json.integer('indices in it') }
const EVENTS = json.object({ ...stretch, back: json.flag('the event was set to an earlier index, which no side does') })

export const TRANSITION = json.object({
  a: SIDE,
  b: SIDE,
  queue,
  order: json.word(['later', 'earlier', 'replaced', 'unrelated'], 'of the second moment'),
  equal: json.flag('nothing happened in between'),
  published: json.object({ ...stretch, slots: json.list(SLOT) }, 'requests'),
  answered: json.object({ ...stretch, slots: json.list(SLOT) }, 'responses'),
  consumed: json.object({ requests: EVENTS, responses: EVENTS }, 'what the event indices say that each end had taken'),
  reused: json.list(
    json.object({ id: json.decimal(), before: freeRunningIndex, after: freeRunningIndex }),
    'ids that were used again',
  ),
  findings: json.list(
    json.object({
      code: json.word(['request-changed']),
      slot: slotNumber,
      index: freeRunningIndex,
      path,
      kind,
      offset,
      page,
      before: VALUE,
      after: VALUE,
    }),
    'requests in flight whose bytes changed, which no frontend may do',
  ),
  replaced: json.optional(REPLACED),
  beingAnswered: json.list(slotNumber, 'slots whose request is being answered'),
})

/** An object for one comparison, an array for several. */
export const DIFF = json.oneOrMany(
  json.either(
    json.named<JsonOf<typeof COMPARED>>('compared'),
    json.named<JsonOf<typeof ALONE>>('alone'),
    json.named<JsonOf<typeof TRANSITION>>('transition'),
  ),
)
