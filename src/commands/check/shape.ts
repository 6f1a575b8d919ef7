// What `check --json` prints.
import { decimal, flag, integer, list, object, optional, string, word } from '../../print/shape.ts'
import { queue, ringIndex, sectorUnit, slotNumber, source } from '../../rows/shapes.ts'

const finding = object(
  {
    rule: string('the rule, as --rules lists it'),
    severity: word(['error', 'warning', 'note']),
    slot: optional(slotNumber),
    offset: optional(integer('bytes from the start of the ring')),
    message: string('for people'),
  },
  'something that a rule found',
)

const references = list(integer(), 'grant references')

const condition = object(
  {
    maps: references,
    writable: references,
    met: optional(flag('the grant table beside the ring says so')),
  },
  'what the outcome depends on: which references must map, and which of them writable',
)

const verdict = object(
  {
    slot: slotNumber,
    index: ringIndex,
    op: string(),
    id: decimal('of the request'),
    answered: optional(word(['unlikely', 'maybe', 'yes'], 'whether it is answered already; absent for no')),
    outcome: word(['accept', 'ERROR', 'EOPNOTSUPP', 'halt', 'unknown'], 'what the backend does with it'),
    test: string('the test of the backend that decides'),
    reading: flag('the backend writes into the pages of the request'),
    condition: optional(condition),
  },
  'what the backend of --backend would do with a request in flight',
)

export const CHECKED_RING = object({
  source,
  queue,
  snapshot: integer('number of the snapshot in its input, from 0'),
  sector_unit: sectorUnit,
  findings: list(finding),
  backend: optional(word(['linux', 'qemu', 'tapdisk'])),
  note: optional(string('what a reader of the verdicts should know')),
  verdicts: optional(list(verdict)),
})

const COUNTS = object(
  { error: integer(), warning: integer(), note: integer() },
  'findings by severity, those that are not printed too',
)

export const CHECK = object({
  rings: list(CHECKED_RING, 'rings with findings of the severity or graver, and with --backend all'),
  checked: integer('rings that were looked at'),
  counts: COUNTS,
})
