import type { DecodedRing } from '../capture/decoded-ring.ts'
import { eachOf, type OneOrMany } from '../capture/one-or-many.ts'
import { type CheckFinding, createChecker } from './checker.ts'
import type { Rule } from './rule.ts'
import { RULES } from './rules/index.ts'

/**
 * What is wrong with the rings of one device: each alone, each as the next moment of its queue, and the queues held against each
 * other. Findings come ring by ring, those of a ring by offset. `createChecker` does the same for rings that come one by one.
 * @param rings one ring, or several; moments of the same queue in the order of time
 * @param rules those to run; without it all `RULES`
 */
export function check(rings: OneOrMany<DecodedRing>, rules: readonly Rule[] = RULES): CheckFinding[] {
  const checker = createChecker(rules)
  const findings: CheckFinding[] = []
  for (const ring of eachOf(rings)) findings.push(...checker.ring(ring))
  return [...findings, ...checker.end()]
}
