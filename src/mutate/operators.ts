// What mutation does to a ring, a row each. A row that finds nothing to change says so, and another is taken.
import { AIMS_OF_REQUESTS } from './operators/aims-of-requests.ts'
import { AIMS_OF_RINGS } from './operators/aims-of-rings.ts'
import { FIELD_OPERATORS } from './operators/fields.ts'
import { INDEX_OPERATORS } from './operators/indices.ts'
import { LAYOUT_OPERATORS } from './operators/layout.ts'
import type { Operator } from './operators/operator.ts'
import { PAGE_OPERATORS } from './operators/pages.ts'
import { SLOT_OPERATORS } from './operators/slots.ts'

export const OPERATORS: readonly Operator[] = [
  ...FIELD_OPERATORS,
  ...INDEX_OPERATORS,
  ...SLOT_OPERATORS,
  ...PAGE_OPERATORS,
  ...LAYOUT_OPERATORS,
]

/** A row that is aimed at a rule, against all others together. */
const AIMED_WEIGHT = 4096

/** Rows that break a rule as they are. */
const OF_RULES: Readonly<Record<string, string>> = {
  'indirect-page-missing': 'page-missing',
  'indirect-page-size': 'page-short',
  'ring-full': 'request-added',
  'slot-torn': 'slot-torn',
}

/** The row that breaks a rule, to be taken before the others; undefined where none is known. */
export function operatorAimedAt(rule: string): Operator | undefined {
  const apply = AIMS_OF_REQUESTS[rule] ?? AIMS_OF_RINGS[rule] ?? OPERATORS.find(({ name }) => name === OF_RULES[rule])?.apply
  return apply && { name: rule, about: 'what this rule is about', weight: AIMED_WEIGHT, apply }
}
