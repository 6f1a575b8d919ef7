// What `inspect --json` prints.
import { json } from '../../print/shape.ts'
import type { Json } from '../../rows/ring-json.ts'
import { finding, freeRunningIndex, queue, SLOT, sectorUnit, slotNumber, slotState, source } from '../../rows/shapes.ts'

const known = json.nullable(freeRunningIndex)

export const RANGE = json.object(
  {
    offset: json.integer('bytes from the start of the ring, or of the indirect page'),
    size: json.integer('bytes'),
    path: json.string('from the ring on: ring[10].req.indirect_grefs[0]'),
    kind: json.string('field, reserved, padding, stale, …'),
    type: json.optional(json.word(['u8', 'u16', 's16', 'u32', 'u64'])),
    value: json.optional(json.either(json.number(), json.string('u64 in decimal'))),
    meaning: json.optional(json.string()),
    bytes: json.hex(),
  },
  'bytes that belong together',
)

/** A struct, an array or a field, and what lies below it. */
export const NODE = json.named<{ readonly [key: string]: Json | undefined }>('node')

export const NODE_MEMBERS = {
  name: json.string(),
  page: json.optional(json.integer('reference of the indirect page that it lies in')),
  offset: json.integer(),
  size: json.integer(),
  path: json.string(),
  kind: json.optional(json.string()),
  type: json.optional(json.string()),
  value: json.optional(json.either(json.number(), json.string())),
  meaning: json.optional(json.string()),
  bytes: json.optional(json.hex()),
  children: json.optional(json.list(NODE)),
}

const views = { ranges: json.optional(json.list(RANGE)), tree: json.optional(json.nullable(NODE)) }

const AREA = json.object({ name: json.string(), offset: json.integer(), size: json.integer(), slot: json.optional(SLOT), ...views })

export const LOCATION = json.object(
  {
    offset: json.integer(),
    gref: json.optional(json.integer('of the indirect page')),
    page: json.optional(json.integer('of the ring')),
    pageOffset: json.optional(json.integer()),
    range: RANGE,
    slot: json.optional(SLOT),
  },
  'what lies at a byte',
)

const PICTURED = json.object({
  slot: slotNumber,
  index: freeRunningIndex,
  state: slotState,
  mark: json.string(),
  op: json.optional(json.string()),
  indirect: json.optional(json.flag()),
  finding: json.flag(),
})

const OWNER = json.object({
  slot: slotNumber,
  index: freeRunningIndex,
  indirect_gref: json.integer('its place in the request'),
  nr_segments: json.integer('that the request uses of it'),
})

/** A page of data. */
export const DATA = json.object(
  {
    gref: json.integer(),
    namedBy: json.list(
      json.object({
        slot: slotNumber,
        index: freeRunningIndex,
        segment: json.integer('its number in the request'),
        first_sect: json.integer(),
        last_sect: json.integer(),
        sector: json.string('of the disk, at which it begins, in the unit of the ring'),
        offset: json.integer('bytes from the start of the page'),
        bytes: json.hex(),
      }),
      'the segments in flight that name it, and what they carry',
    ),
    bytes: json.optional(json.hex()),
  },
  'a page of data, with its bytes where no segment names it',
)

export const INSPECT = json.object({
  source,
  queue,
  snapshot: json.integer(),
  protocol: json.string(),
  pages: json.integer(),
  nr_ents: json.integer(),
  sector_unit: sectorUnit,
  req_prod: known,
  req_event: known,
  rsp_prod: known,
  rsp_event: known,
  outstanding: json.nullable(json.integer()),
  at: json.optional(LOCATION),
  asked: json.optional(json.object({ index: freeRunningIndex, onRing: json.flag() })),
  positions: json.optional(
    json.list(
      json.object({
        name: json.string(),
        index: freeRunningIndex,
        slot: slotNumber,
        where: json.string('whether the slot of that index is on the ring'),
      }),
      'where the four indices point',
    ),
  ),
  slots: json.optional(json.list(PICTURED)),
  indirect: json.optional(json.object({ gref: json.integer(), namedBy: json.list(OWNER), ...views }, 'an indirect page')),
  data: json.optional(DATA),
  areas: json.optional(json.list(AREA)),
  findings: json.list(finding),
})
