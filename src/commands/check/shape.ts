// What `check --json` prints.
import { json } from '../../print/shape.ts'
import { freeRunningIndex, queue, sectorUnit, slotNumber, source } from '../../rows/shapes.ts'

const finding = json.object(
  {
    rule: json.string('the rule, as --rules lists it'),
    severity: json.word(['error', 'warning', 'note']),
    slot: json.optional(slotNumber),
    offset: json.optional(json.integer('bytes from the start of the ring')),
    message: json.string('for people'),
  },
  'something that a rule found',
)

const references = json.list(json.integer(), 'grant references')

const condition = json.object(
  {
    maps: references,
    writable: references,
    met: json.optional(json.flag('the grant table beside the ring says so')),
  },
  'what the outcome depends on: which references must map, and which of them writable',
)

const verdict = json.object(
  {
    slot: slotNumber,
    index: freeRunningIndex,
    op: json.string(),
    id: json.decimal('of the request'),
    answered: json.optional(json.word(['unlikely', 'maybe', 'yes'], 'whether it is answered already; absent for no')),
    outcome: json.word(['accept', 'ERROR', 'EOPNOTSUPP', 'halt', 'unknown'], 'what the backend does with it'),
    test: json.string('the test of the backend that decides'),
    reading: json.flag('the backend writes into the pages of the request'),
    condition: json.optional(condition),
  },
  'what the backend of --backend would do with a request in flight',
)

export const CHECKED_RING = json.object({
  source,
  queue,
  snapshot: json.integer('number of the snapshot in its input, from 0'),
  sector_unit: sectorUnit,
  findings: json.list(finding),
  backend: json.optional(json.word(['linux', 'qemu', 'tapdisk'])),
  note: json.optional(json.string('what a reader of the verdicts should know')),
  verdicts: json.optional(json.list(verdict)),
})

const COUNTS = json.object(
  { error: json.integer(), warning: json.integer(), note: json.integer() },
  'findings by severity, those that are not printed too',
)

export const CHECK = json.object({
  rings: json.list(CHECKED_RING, 'rings with findings of the severity or graver, and with --backend all'),
  checked: json.integer('rings that were looked at'),
  counts: COUNTS,
})
