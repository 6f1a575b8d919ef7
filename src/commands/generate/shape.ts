// What `generate --json` prints.
import { decimal, either, flag, integer, list, nullable, object, optional, string } from '../../print/shape.ts'
import { queue, ringIndices } from '../../rows/shapes.ts'

const count = integer()

export const LIMITS = object(
  {
    max_hw_sectors: integer('of 512 bytes'),
    max_segments: count,
    max_segment_size: integer('bytes'),
    seg_boundary_mask: count,
    queue_depth: count,
  },
  'what the block layer was told',
)

const SEGMENT = object({
  slot: count,
  gref: count,
  gfn: count,
  first_sect: count,
  last_sect: count,
})

export const EXPLAINED_REQUEST = object({
  request: integer('its number'),
  queue,
  op: string(),
  fua: optional(flag()),
  part: optional(
    object(
      {
        number: integer('from 1'),
        of: count,
        bytes: integer('of the whole I/O'),
        endedBy: nullable(string('the limit that cut it')),
      },
      'of an I/O that the block layer cut',
    ),
  ),
  sector_number: decimal(),
  nr_sectors: either(integer(), decimal('of a discard, as on the wire')),
  linuxSegments: list(object({ page: count, offset: count, length: count })),
  result: string(),
  slots: list(count),
  ids: list(decimal()),
  shape: optional(string()),
  nr_segments: optional(count),
  segments: optional(list(SEGMENT)),
  indirect_grefs: optional(list(count)),
  grants: optional(object({ wanted: count, idle: count, taken: count, fresh: count, used: count })),
})

export const RESUMED = object({
  limits: LIMITS,
  ended: list(count),
  requeued: list(count),
  bios: list(object({ bio: count, split: flag(), op: string(), sector_number: decimal(), nr_sectors: count, requests: count })),
  uncovered: list(object({ bio: count, nr_sectors: count })),
  lost: list(count),
  lostBios: list(count),
})

export const TOTALS = object({
  series: flag(),
  pages: count,
  requests: integer('that the driver put in the ring'),
  slots: integer('that they took'),
  answered: count,
  snapshots: count,
  ...ringIndices,
  resumes: optional(list(RESUMED)),
  queues: optional(list(object(ringIndices))),
  refused: object({ busy: count, ringFull: count, invalid: count }),
  output: optional(string('the folder')),
  firstRefused: optional(string('the step')),
  disabledAt: optional(string('the step after which the driver had disabled the device')),
  fatal: optional(
    object(
      { cause: string('stable, for scripts'), reason: string('for people'), at: string('the step') },
      'what the driver died of',
    ),
  ),
})

export const GENERATE = object({
  driver: optional(string('absent where the scenario could not be read')),
  limits: optional(LIMITS),
  requests: list(EXPLAINED_REQUEST),
  totals: optional(TOTALS),
  error: optional(string('why there are no totals')),
})
