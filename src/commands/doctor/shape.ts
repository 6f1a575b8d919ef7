// What `doctor --json` prints.
import { SURENESSES, VERDICTS } from '../../doctor/index.ts'
import { json } from '../../print/shape.ts'
import { freeRunningIndex, queue, redone, sectorUnit, slotNumber, source } from '../../rows/shapes.ts'

const certainty = json.word(SURENESSES)
const verdict = json.word(VERDICTS)
const problem = json.flag('something waits or is wrong')
const BETWEEN = json.nullable(
  json.object({ atLeast: json.integer(), atMost: json.integer() }, 'a number that is known to lie between two'),
)

const VERDICT = json.object({
  verdict,
  certainty,
  problem,
  text: json.string('what it means here'),
  causes: json.list(json.string(), 'what can be behind it, the likelier first'),
})

const WAITING = json.object({
  index: json.optional(freeRunningIndex),
  slot: json.optional(slotNumber),
  op: json.optional(json.string()),
  operation: json.optional(json.integer()),
  id: json.optional(json.decimal()),
  sector_number: json.optional(json.decimal()),
  sector_unit: sectorUnit,
  snapshot: json.integer('number of the first snapshot that shows it'),
  source,
  certainty,
  taken: json.optional(
    json.flag("the backend has taken it, by what its end or the frontend's says; left out where the page alone is known"),
  ),
})

const DRIVER = json.object(
  {
    driver: json.string(),
    name: json.string(),
    score: json.integer(),
    evidence: json.list(json.string()),
    against: json.list(json.string()),
  },
  'a frontend that rings like this one come from: a hint',
)

const RING = json.object({
  source,
  queue,
  snapshots: json.integer('moments that were looked at'),
  nr_ents: json.nullable(json.integer('slots; null where nothing says how many')),
  req_prod: json.optional(freeRunningIndex),
  req_event: json.optional(freeRunningIndex),
  rsp_prod: json.optional(freeRunningIndex),
  rsp_event: json.optional(freeRunningIndex),
  req_prod_pvt: json.optional(freeRunningIndex),
  rsp_cons: json.optional(freeRunningIndex),
  req_cons: json.optional(freeRunningIndex),
  rsp_prod_pvt: json.optional(freeRunningIndex),
  ring_ref: json.optional(json.list(json.integer(), 'references of its pages, where a text says them')),
  event_channel: json.optional(json.integer('port of its event channel, where a text says it')),
  outstanding: json.nullable(json.integer('requests without an answer; null where the indices cannot be, or are not known')),
  requestsNotTaken: BETWEEN,
  responsesNotTaken: BETWEEN,
  verdicts: json.list(VERDICT, 'the main one first'),
  evidence: json.list(json.string()),
  waiting: json.list(WAITING, 'the oldest first'),
  answered: json.optional(
    json.list(json.decimal(), 'ids of responses that the frontend has not taken, where an index of its end or its shadow tells'),
  ),
  replaced: json.optional(
    json.object({
      before: json.string(),
      after: json.string(),
      snapshots: json.integer(),
      why: json.string(),
      inFlight: json.optional(redone.inFlight),
      hidden: json.optional(redone.hidden),
    }),
  ),
  drivers: json.list(DRIVER, 'the likelier first'),
  settles: json.nullable(json.string('what would settle it')),
})

const REMARK = json.object({
  source,
  line: json.optional(json.integer('the line that says it, from 1')),
  text: json.string('what it says, and what that proves'),
  contradicts: json.flag('it speaks against the ring, or against another statement of the same moment'),
})

export const DEVICE = json.object({
  device: json.optional(json.string('what the device is called, where an input names it')),
  verdict,
  certainty,
  problem,
  queue,
  text: json.optional(json.string('what the verdict means here, of a device without a ring')),
  rings: json.list(RING, 'one a queue; none where no input shows a ring of the device'),
  remarks: json.list(REMARK, 'what other inputs say of the device'),
  next: json.list(
    json.object({
      on: json.word(['backend', 'guest', 'here'], 'where it is run'),
      command: json.string(),
      why: json.string('what it shows'),
    }),
    'what to look at next',
  ),
})

export const DOCTOR = json.object({
  notes: json.list(json.string(), 'why inputs are no moments of one ring, and which say nothing of a device'),
  devices: json.list(DEVICE, 'the worst first'),
})
