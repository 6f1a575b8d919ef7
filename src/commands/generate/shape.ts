// What `generate --json` prints.
import { json } from '../../print/shape.ts'
import { queue, ringIndices, slotNumber, source } from '../../rows/shapes.ts'

const count = json.integer()

export const LIMITS = json.object(
  {
    max_hw_sectors: json.integer('of 512 bytes'),
    max_segments: count,
    max_segment_size: json.integer('bytes'),
    seg_boundary_mask: count,
    queue_depth: count,
  },
  'what the block layer was told',
)

const SEGMENT = json.object({
  slot: count,
  gref: count,
  gfn: count,
  first_sect: count,
  last_sect: count,
})

export const EXPLAINED_REQUEST = json.object({
  request: json.integer('its number'),
  queue,
  op: json.string(),
  fua: json.optional(json.flag()),
  part: json.optional(
    json.object(
      {
        number: json.integer('from 1'),
        of: count,
        bytes: json.integer('of the whole I/O'),
        endedBy: json.nullable(json.string('the limit that cut it')),
      },
      'of an I/O that the block layer cut',
    ),
  ),
  sector_number: json.decimal(),
  nr_sectors: json.either(json.integer(), json.decimal('of a discard, as on the wire')),
  linuxSegments: json.list(json.object({ page: count, offset: count, length: count })),
  result: json.string(),
  slots: json.list(count),
  ids: json.list(json.decimal()),
  shape: json.optional(json.string()),
  nr_segments: json.optional(count),
  segments: json.optional(json.list(SEGMENT)),
  indirect_grefs: json.optional(json.list(count)),
  grants: json.optional(json.object({ wanted: count, idle: count, taken: count, fresh: count, used: count })),
})

export const RESUMED = json.object({
  limits: LIMITS,
  ended: json.list(count),
  requeued: json.list(count),
  bios: json.list(
    json.object({
      bio: count,
      split: json.flag(),
      op: json.string(),
      sector_number: json.decimal(),
      nr_sectors: count,
      requests: count,
    }),
  ),
  uncovered: json.list(json.object({ bio: count, nr_sectors: count })),
  lost: json.list(count),
  lostBios: json.list(count),
})

export const TOTALS = json.object({
  series: json.optional(json.flag('a snapshot after every push')),
  pages: count,
  requests: json.integer('that the driver put in the ring'),
  slots: json.integer('that they took'),
  answered: count,
  snapshots: count,
  ...ringIndices,
  resumes: json.optional(json.list(RESUMED)),
  queues: json.optional(json.list(json.object(ringIndices))),
  refused: json.object({ busy: count, ringFull: count, invalid: count }),
  output: json.optional(json.string('the folder')),
  firstRefused: json.optional(json.string('the step')),
  disabledAt: json.optional(json.string('the step after which the driver had disabled the device')),
  fatal: json.optional(
    json.object(
      { cause: json.string('stable, for scripts'), reason: json.string('for people'), at: json.string('the step') },
      'what the driver died of',
    ),
  ),
})

/** Of --from-ring. */
export const FROM_RING = json.object(
  {
    source,
    requests: json.integer('read out of the ring, and asked of the driver'),
    answered: json.integer('requests beneath responses, whose operation and length are lost'),
    equal: json.optional(
      json.flag(
        'the driver writes what the ring has, byte for byte; absent where that holds of the bytes in the input, and others are not in it',
      ),
    ),
    leftOut: json.list(json.object({ slot: slotNumber, reason: json.string() })),
    otherwise: json.list(
      json.object({
        slots: json.list(slotNumber, "none where it is the ring's header"),
        request: json.string('as the ring has it; of the header the field'),
        linux: json.string('what the driver does otherwise'),
      }),
    ),
    terms: json.list(
      json.object({ name: json.string('as a scenario calls it'), value: json.string(), from: json.string('who says so') }),
      'what was agreed on',
    ),
    others: json.list(json.object({ driver: json.string(), same: json.flag('it writes the same') }), 'the other drivers'),
  },
  'of --from-ring: the ring, and what the driver does otherwise',
)

export const GENERATE = json.object({
  driver: json.optional(json.string('absent where the scenario could not be read')),
  limits: json.optional(LIMITS),
  requests: json.list(EXPLAINED_REQUEST),
  fromRing: json.optional(FROM_RING),
  totals: json.optional(TOTALS),
  error: json.optional(json.string('why there are no totals')),
})
