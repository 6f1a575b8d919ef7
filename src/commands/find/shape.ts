// What `find --json` prints.
import { SURENESSES, VERDICTS } from '../../doctor/index.ts'
import { json } from '../../print/shape.ts'
import { queue, ringIndices, slotNumber, source } from '../../rows/shapes.ts'

const offset = json.integer('bytes from the start of the image')
const gref = json.integer('grant reference')

const DATA_PAGE = json.object(
  {
    slot: slotNumber,
    segment: json.integer(),
    gref,
    first_sect: json.integer(),
    last_sect: json.integer(),
    domid: json.nullable(json.integer('the domain that may map it')),
    frame: json.nullable(json.integer()),
    offset: json.nullable(offset),
  },
  'a page that a request in flight names',
)

const FOUND = json.object({
  verdict: json.optional(json.word(VERDICTS)),
  certainty: json.optional(json.word(SURENESSES)),
  ring: json.integer('its number, which --ring takes'),
  offset,
  offsets: json.list(json.nullable(offset), 'of each page; null where the image lacks it'),
  pfn: json.nullable(json.integer()),
  gmfn: json.nullable(json.integer()),
  protocol: json.string('x86_64-abi, x86_32-abi or arm-abi'),
  pages: json.integer(),
  joined: json.nullable(json.string('what says that these pages are one ring')),
  'ring-ref': json.list(json.nullable(gref)),
  device: json.optional(json.string()),
  queue,
  namedBy: json.optional(json.string()),
  ...ringIndices,
  outstanding: json.integer(),
  score: json.integer('0 to 100: how surely it is a ring'),
  evidence: json.list(json.string()),
  doubts: json.list(json.string(), 'what speaks against a ring that reads well'),
  indirect: json.list(json.object({ gref, offset }), 'indirect pages that were found'),
  missing: json.list(gref, 'indirect pages that were not'),
  data: json.optional(json.list(DATA_PAGE, 'with --pages')),
  folder: json.optional(json.string('with --extract: its dump folder')),
  salvaged: json.optional(
    json.object(
      { pages: json.list(gref, 'whose data-GREF.bin was written'), missing: json.list(gref, 'which the image does not have') },
      'with --extract and --data',
    ),
  ),
})

export const FIND = json.object({
  source,
  format: json.string('what the image is'),
  pages: json.integer('pages that were looked at'),
  unread: json.object({ bytes: json.integer(), more: json.flag() }, 'what could not be read'),
  grantTables: json.list(
    json.object({
      source: json.optional(json.string('the file of --grant-table')),
      offset: json.optional(offset),
      version: json.integer('of the grant table: 1 or 2'),
      entries: json.integer(),
      frames: json.integer(),
    }),
  ),
  rings: json.list(FOUND),
  missing: json.list(
    json.object(
      { device: json.string(), queue, 'ring-ref': json.list(gref), why: json.string() },
      'a ring that XenStore names and the image lacks',
    ),
  ),
  nearMisses: json.integer('pages that begin like a ring and are none'),
  notes: json.list(json.string()),
})
