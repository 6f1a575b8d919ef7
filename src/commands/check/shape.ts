// What `check --json` prints.
import { OUTCOMES } from '../../blkback/model.ts'
import { BACKENDS, SEVERITIES } from '../../check/index.ts'
import { json } from '../../print/shape.ts'
import { answered, freeRunningIndex, queue, sectorUnit, slotNumber, source } from '../../rows/shapes.ts'

const finding = json.object(
  {
    rule: json.string('the rule, as --rules lists it'),
    severity: json.word(SEVERITIES),
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
    met: json.optional(json.flag('a grant table beside the ring was asked, and all of it holds; absent where nobody knows')),
  },
  'what the outcome depends on: which references must map, and which of them writable',
)

const verdict = json.object(
  {
    slot: slotNumber,
    index: freeRunningIndex,
    op: json.string(),
    id: json.decimal('of the request'),
    answered,
    outcome: json.word(OUTCOMES, 'what the backend does with it'),
    test: json.string('the test of the backend that decides'),
    reading: json.flag("this test was read in the backend's source, and nobody has run it"),
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
  backend: json.optional(json.word(BACKENDS)),
  note: json.optional(json.string('the layout in which the backend reads the ring, where that is another')),
  verdicts: json.optional(json.list(verdict)),
})

const COUNTS = json.object(
  { error: json.integer(), warning: json.integer(), note: json.integer() },
  'findings by severity, those that are not printed too',
)

const ringName = {
  source,
  queue,
  snapshot: json.integer('number of the snapshot in its input, from 0'),
}

const ruleCount = json.object({
  rule: json.string('the rule, as --rules lists it'),
  severity: json.word(SEVERITIES),
  findings: json.integer('findings in all rings'),
  rings: json.integer('rings that it was found in'),
  example: json.object(
    {
      ...ringName,
      slot: json.optional(slotNumber),
      offset: json.optional(json.integer('bytes from the start of the ring')),
      message: json.string('for people'),
    },
    'the first finding',
  ),
})

const ringKind = json.object({
  rules: json.list(json.string(), 'the rules that these rings break'),
  rings: json.integer('rings of the kind'),
  first: json.object(ringName, 'the first of them'),
})

export const CHECK = json.object({
  rings: json.list(
    CHECKED_RING,
    'rings with findings of the severity or graver, and with --backend all; none with --summary, with --unique the first of each kind',
  ),
  checked: json.integer('rings that were looked at'),
  counts: COUNTS,
  summary: json.optional(json.list(ruleCount, 'with --summary: findings by rule, the gravest first')),
  kinds: json.optional(
    json.list(ringKind, 'with --unique: rings that break the same rules in the same fields, the most frequent first'),
  ),
})
