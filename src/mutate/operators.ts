// What mutation does to a ring, a row each. A row that finds nothing to change says so, and another is taken.
import { FIELD_OPERATORS } from './operators/fields.ts'
import { INDEX_OPERATORS, RING_OF_NEW_INDICES } from './operators/indices.ts'
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

/** What is taken as well for a rule that chance does not come to. */
export const OPERATORS_OF_RULES: Readonly<Record<string, Operator>> = { [RING_OF_NEW_INDICES.name]: RING_OF_NEW_INDICES }
