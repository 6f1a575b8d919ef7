// What `doctor --json` prints.
import { VERDICTS } from '../../doctor/index.ts'
import { decimal, flag, integer, list, nullable, object, optional, string, word } from '../../print/shape.ts'
import { queue, redone, ringIndex, ringIndices, sectorUnit, slotNumber, source } from '../../rows/shapes.ts'

const certainty = word(['may', 'likely', 'certain'])
const verdict = word(VERDICTS)
const problem = flag('something waits or is wrong')
const BETWEEN = nullable(object({ atLeast: integer(), atMost: integer() }, 'a number that is known to lie between two'))

const VERDICT = object({
  verdict,
  certainty,
  problem,
  text: string('what it means here'),
  causes: list(string(), 'what can be behind it, the likelier first'),
})

const WAITING = object({
  index: ringIndex,
  slot: slotNumber,
  op: optional(string()),
  operation: optional(integer()),
  id: optional(decimal()),
  sector_number: decimal(),
  sector_unit: sectorUnit,
  snapshot: integer('number of the first snapshot that shows it'),
  source,
  certainty,
})

const DRIVER = object(
  {
    driver: string(),
    name: string(),
    score: integer(),
    evidence: list(string()),
    against: list(string()),
  },
  'a frontend that rings like this one come from: a hint',
)

const RING = object({
  source,
  queue,
  snapshots: integer('moments that were looked at'),
  nr_ents: integer(),
  ...ringIndices,
  req_cons: optional(ringIndex),
  rsp_cons: optional(ringIndex),
  rsp_prod_pvt: optional(ringIndex),
  outstanding: nullable(integer('requests without an answer; null where the indices cannot be')),
  requestsNotTaken: BETWEEN,
  responsesNotTaken: BETWEEN,
  verdicts: list(VERDICT, 'the main one first'),
  evidence: list(string()),
  waiting: list(WAITING, 'the oldest first'),
  replaced: optional(
    object({
      before: string(),
      after: string(),
      snapshots: integer(),
      why: string(),
      inFlight: optional(redone.inFlight),
      hidden: optional(redone.hidden),
    }),
  ),
  drivers: list(DRIVER, 'the likelier first'),
  settles: nullable(string('what would settle it')),
})

export const DEVICE = object({
  verdict,
  certainty,
  problem,
  queue,
  rings: list(RING, 'one a queue'),
  next: list(
    object({
      on: word(['backend', 'guest', 'here'], 'where it is run'),
      command: string(),
      why: string('what it shows'),
    }),
    'what to look at next',
  ),
})

export const DOCTOR = object({
  notes: list(string(), 'why inputs are no moments of one ring'),
  devices: list(DEVICE, 'the worst first'),
})
