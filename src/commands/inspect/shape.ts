// What `inspect --json` prints.
import { either, flag, hex, integer, list, named, nullable, number, object, optional, string, word } from '../../print/shape.ts'
import type { Json } from '../../rows/ring-json.ts'
import { finding, queue, ringIndex, SLOT, sectorUnit, slotNumber, slotState, source } from '../../rows/shapes.ts'

const known = nullable(ringIndex)

export const RANGE = object(
  {
    offset: integer('bytes from the start of the ring, or of the indirect page'),
    size: integer('bytes'),
    path: string('from the ring on: ring[10].req.indirect_grefs[0]'),
    kind: string('field, reserved, padding, stale, …'),
    type: optional(word(['u8', 'u16', 's16', 'u32', 'u64'])),
    value: optional(either(number(), string('u64 in decimal'))),
    meaning: optional(string()),
    bytes: hex(),
  },
  'bytes that belong together',
)

/** A struct, an array or a field, and what lies below it. */
export const NODE = named<{ readonly [key: string]: Json | undefined }>('node')

export const NODE_MEMBERS = {
  name: string(),
  page: optional(integer('reference of the indirect page that it lies in')),
  offset: integer(),
  size: integer(),
  path: string(),
  kind: optional(string()),
  type: optional(string()),
  value: optional(either(number(), string())),
  meaning: optional(string()),
  bytes: optional(hex()),
  children: optional(list(NODE)),
}

const views = { ranges: optional(list(RANGE)), tree: optional(nullable(NODE)) }

const AREA = object({ name: string(), offset: integer(), size: integer(), slot: optional(SLOT), ...views })

export const LOCATION = object(
  {
    offset: integer(),
    gref: optional(integer('of the indirect page')),
    page: optional(integer('of the ring')),
    pageOffset: optional(integer()),
    range: RANGE,
    slot: optional(SLOT),
  },
  'what lies at a byte',
)

const PICTURED = object({
  slot: slotNumber,
  index: ringIndex,
  state: slotState,
  mark: string(),
  op: optional(string()),
  indirect: optional(flag()),
  finding: flag(),
})

const OWNER = object({
  slot: slotNumber,
  index: ringIndex,
  indirect_gref: integer('its place in the request'),
  nr_segments: integer('that the request uses of it'),
})

export const INSPECT = object({
  source,
  queue,
  snapshot: integer(),
  protocol: string(),
  pages: integer(),
  nr_ents: integer(),
  sector_unit: sectorUnit,
  req_prod: known,
  req_event: known,
  rsp_prod: known,
  rsp_event: known,
  outstanding: nullable(integer()),
  at: optional(LOCATION),
  asked: optional(object({ index: ringIndex, onRing: flag() })),
  positions: optional(
    list(
      object({
        name: string(),
        index: ringIndex,
        slot: slotNumber,
        where: string('whether the slot of that index is on the ring'),
      }),
      'where the four indices point',
    ),
  ),
  slots: optional(list(PICTURED)),
  indirect: optional(object({ gref: integer(), namedBy: list(OWNER), ...views }, 'an indirect page')),
  areas: optional(list(AREA)),
  findings: list(finding),
})
