// What `answer --json` prints.
import { ANSWERING } from '../../blkback/index.ts'
import { json } from '../../print/shape.ts'
import { freeRunningIndex, queue, sectorUnit, slotNumber, source } from '../../rows/shapes.ts'

const span = json.object({ from: json.integer('byte of the disk'), bytes: json.integer() })
const held = json.object({
  from: json.integer('byte of the disk'),
  bytes: json.integer(),
  held: json.hex('what the disk held there, the first bytes'),
})

const request = json.object({
  slot: slotNumber,
  index: freeRunningIndex,
  op: json.string('read, write, indirect write and so on'),
  id: json.decimal('as the guest wrote it'),
  status: json.nullable(json.integer('of the response; null where there is none')),
  unanswered: json.optional(json.word(['answered-before', 'data-missing', 'unknown', 'halted'], 'why there is no response')),
  reason: json.string('what decided'),
  touches: json.nullable(span),
  writes: json.flag('it may change the disk: it is no read'),
  lacking: json.optional(json.list(json.integer('grant reference'), 'pages of data of a write that are not beside the ring')),
  overlaps: json.optional(
    json.list(freeRunningIndex, 'requests before it with some of the same bytes, of which one writes; 16 at the most'),
  ),
})

const misplaced = json.object(
  {
    first: freeRunningIndex,
    second: freeRunningIndex,
    writes: json.flag(),
    done: json.flag('both halves are carried out; else they would be with their data'),
    skipped: held,
    moved: span,
    beyond: held,
  },
  'a request in two slots whose second half went too far (rule split-gap): bytes left out, bytes that went elsewhere, and of these those behind its end',
)

const ring = json.object({
  source,
  queue: json.optional(queue),
  sector_unit: sectorUnit,
  note: json.optional(json.string('of the layout in which the backend reads the ring')),
  beyond: json.optional(json.integer('slots that an impossible req_prod claims beyond these')),
  requests: json.list(request),
  misplaced: json.list(misplaced),
})

export const ANSWER = json.object({
  backend: json.word(ANSWERING),
  disk: json.object({ image: json.string('as it was named'), bytes: json.integer() }),
  rings: json.list(ring),
  written: json.nullable(
    json.object({
      folder: json.nullable(json.string('the answered ring')),
      disk: json.nullable(json.string('the image that was changed; null where no request changes it')),
    }),
  ),
})
