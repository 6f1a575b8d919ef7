// What `stats --json` prints.
import { decimal, flag, integer, list, nullable, number, object, optional, string } from '../../print/shape.ts'
import { queue, ringIndex, sectorUnit, slotNumber, source } from '../../rows/shapes.ts'

const count = integer()
const directions = { read: count, write: count, discard: count }

const RING = object({
  source,
  queue,
  protocols: list(string()),
  pages: count,
  nr_ents: count,
  sector_unit: sectorUnit,
  snapshots: count,
  impossible: integer('snapshots whose indices cannot be'),
  requests: count,
  responses: count,
  errors: integer('responses with another status than OKAY'),
  inFlight: object({ mean: number(), most: count }),
})

const OPERATION = object({
  op: string(),
  direct: count,
  indirect: count,
  bytes: decimal('what the requests ask for'),
  responses: count,
  errors: count,
})

const FLIGHT = object(
  {
    source,
    queue,
    slot: slotNumber,
    index: ringIndex,
    op: string(),
    operation: count,
    id: decimal(),
    sector_number: decimal(),
    first: integer('snapshot that shows it first'),
    last: integer('snapshot that shows it last'),
    atEnd: flag('it was in flight at the end'),
  },
  'a request that was in flight for long',
)

export const STATS = object({
  rings: list(RING),
  where: optional(string('the expression that chose the slots')),
  snapshots: count,
  impossible: count,
  slots: object({ request: count, response: count, cleared: count, unknown: count }, 'of all snapshots'),
  requests: integer('each counted once'),
  direct: count,
  indirect: count,
  responses: integer('each counted once'),
  errors: count,
  findings: integer('of decode'),
  operations: list(OPERATION),
  bytes: object({ read: decimal(), write: decimal(), discard: decimal() }),
  unresolved: object({ requests: count, mostBytes: decimal() }, 'indirect requests whose pages are not at hand'),
  sizes: list(object({ upTo: decimal('bytes'), ...directions })),
  segments: list(object({ nr_segments: count, direct: count, indirect: count })),
  statuses: list(object({ status: count, name: nullable(string()), responses: count })),
  steps: object({ followed: count, published: count, answered: count, leapt: count, back: count }, 'from one snapshot to the next'),
  inFlight: object({
    rings: count,
    mean: number(),
    median: number(),
    p95: number(),
    most: count,
    empty: count,
    full: count,
    snapshotsPerBucket: count,
    buckets: list(nullable(object({ least: count, most: count, mean: number() }))),
  }),
  sectors: nullable(
    object({
      from: decimal(),
      end: decimal(),
      isWhole: flag(),
      sectorsPerColumn: decimal(),
      columns: list(object({ from: decimal(), ...directions })),
      beyond: count,
    }),
  ),
  longest: list(FLIGHT),
})
