// The rules that the command line names.
import { RULES, type Rule } from '../../check/index.ts'
import { nearest } from '../../print/nearest.ts'

/** The rule of an id. @param flag that named it @throws Error in one line for an id that no rule has */
export function ruleNamed(id: string, flag: string): Rule {
  const rule = RULES.find((r) => r.id === id)
  if (rule) return rule
  const meant = nearest(
    id,
    RULES.map((r) => r.id),
  )
  throw new Error(
    `${flag}: there is no rule ${id.slice(0, 80)}${meant === undefined ? '; blkring check --rules lists them' : `; did you mean ${meant}?`}`,
  )
}
