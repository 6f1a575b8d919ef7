// What `stats --json` prints.
import { json } from '../../print/shape.ts'
import { freeRunningIndex, queue, sectorUnit, slotNumber, source } from '../../rows/shapes.ts'

const count = json.integer()
const directions = { read: count, write: count, discard: count }

const RING = json.object({
  source,
  queue,
  protocols: json.list(json.string()),
  pages: count,
  nr_ents: count,
  sector_unit: sectorUnit,
  snapshots: count,
  impossible: json.integer('snapshots whose indices cannot be'),
  requests: count,
  responses: count,
  errors: json.integer('responses with another status than OKAY'),
  inFlight: json.object({ mean: json.number(), most: count }),
})

const QUEUES = json.object(
  {
    source,
    queues: count,
    nr_ents: json.integer('slots of all of them'),
    moments: json.integer('at which all of them were seen'),
    inFlight: json.object({ mean: json.number(), most: count }),
  },
  'a device with several queues',
)

const OPERATION = json.object({
  op: json.string(),
  direct: count,
  indirect: count,
  bytes: json.decimal('what the requests ask for'),
  responses: count,
  errors: count,
})

const FLIGHT = json.object(
  {
    source,
    queue,
    slot: slotNumber,
    index: freeRunningIndex,
    op: json.string(),
    operation: count,
    id: json.decimal(),
    sector_number: json.decimal(),
    first: json.integer('snapshot that shows it first'),
    last: json.integer('snapshot that shows it last'),
    atEnd: json.flag('it was in flight at the end'),
  },
  'a request that was in flight for long',
)

export const STATS = json.object({
  rings: json.list(RING),
  queues: json.list(QUEUES),
  where: json.optional(json.string('the expression that chose the slots')),
  snapshots: count,
  impossible: count,
  slots: json.object({ request: count, response: count, cleared: count, unknown: count }, 'of all snapshots'),
  requests: json.integer('each counted once'),
  direct: count,
  indirect: count,
  responses: json.integer('each counted once'),
  errors: count,
  findings: json.integer('of decode'),
  operations: json.list(OPERATION),
  bytes: json.object({ read: json.decimal(), write: json.decimal(), discard: json.decimal() }),
  unresolved: json.object({ requests: count, mostBytes: json.decimal() }, 'indirect requests whose pages are not at hand'),
  sizes: json.list(json.object({ upTo: json.decimal('bytes'), ...directions })),
  segments: json.list(json.object({ nr_segments: count, direct: count, indirect: count })),
  statuses: json.list(json.object({ status: count, name: json.nullable(json.string()), responses: count })),
  steps: json.object(
    { followed: count, published: count, answered: count, leapt: count, back: count },
    'from one snapshot to the next',
  ),
  inFlight: json.object({
    rings: count,
    mean: json.number(),
    median: json.number(),
    p95: json.number(),
    most: count,
    empty: count,
    full: count,
    snapshotsPerBucket: count,
    buckets: json.list(json.nullable(json.object({ least: count, most: count, mean: json.number() }))),
  }),
  sectors: json.nullable(
    json.object({
      from: json.decimal(),
      end: json.decimal(),
      isWhole: json.flag(),
      sectorsPerColumn: json.decimal(),
      columns: json.list(json.object({ from: json.decimal(), ...directions })),
      beyond: count,
    }),
  ),
  longest: json.list(FLIGHT),
})
