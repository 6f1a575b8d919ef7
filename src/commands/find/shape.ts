// What `find --json` prints.
import { flag, integer, list, nullable, object, optional, string } from '../../print/shape.ts'
import { queue, ringIndices, slotNumber, source } from '../../rows/shapes.ts'

const offset = integer('bytes from the start of the image')
const gref = integer('grant reference')

const DATA_PAGE = object(
  {
    slot: slotNumber,
    segment: integer(),
    gref,
    first_sect: integer(),
    last_sect: integer(),
    domid: nullable(integer('the domain that may map it')),
    frame: nullable(integer()),
    offset: nullable(offset),
  },
  'a page that a request in flight names',
)

const FOUND = object({
  ring: integer('its number, which --ring takes'),
  offset,
  offsets: list(nullable(offset), 'of each page; null where the image lacks it'),
  pfn: nullable(integer()),
  gmfn: nullable(integer()),
  protocol: string('x86_64-abi, x86_32-abi or arm-abi'),
  pages: integer(),
  joined: nullable(string('what says that these pages are one ring')),
  'ring-ref': list(nullable(gref)),
  device: optional(string()),
  queue,
  namedBy: optional(string()),
  ...ringIndices,
  outstanding: integer(),
  score: integer('0 to 100: how surely it is a ring'),
  evidence: list(string()),
  doubts: list(string(), 'what speaks against a ring that reads well'),
  indirect: list(object({ gref, offset }), 'indirect pages that were found'),
  missing: list(gref, 'indirect pages that were not'),
  data: optional(list(DATA_PAGE, 'with --pages')),
})

export const FIND = object({
  source,
  format: string('what the image is'),
  pages: integer('pages that were looked at'),
  unread: object({ bytes: integer(), more: flag() }, 'what could not be read'),
  grantTables: list(
    object({
      source: optional(string('the file of --grant-table')),
      offset: optional(offset),
      version: integer('of the grant table: 1 or 2'),
      entries: integer(),
      frames: integer(),
    }),
  ),
  rings: list(FOUND),
  missing: list(
    object({ device: string(), queue, 'ring-ref': list(gref), why: string() }, 'a ring that XenStore names and the image lacks'),
  ),
  nearMisses: integer('pages that begin like a ring and are none'),
  notes: list(string()),
})
