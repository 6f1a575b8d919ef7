// The rules that the command line names: those chosen by --rule and --disable, and one to explain.
import { RULES, type Rule } from '../../check/index.ts'
import { nearest } from '../../print/nearest.ts'
import type { Style } from '../../print/style.ts'
import { rulesText, ruleText } from './rules-text.ts'

/**
 * The rules of --rule, all without it, but for those of --disable.
 * @throws Error in one line for a name that no rule has
 */
export function rulesChosen(only: readonly string[] | undefined, disabled: readonly string[] = []): Rule[] {
  const wanted = only && new Set(only.map((id) => ruleNamed(id, '--rule')))
  const gone = new Set(disabled.map((id) => ruleNamed(id, '--disable')))
  return RULES.filter((rule) => !gone.has(rule) && wanted?.has(rule) !== false)
}

/** The table that `check --rules` prints. */
export function listRules(style: Style, width: number): string {
  return rulesText(RULES, style, width)
}

/** What `check --explain` prints of a rule. */
export function explainRule(id: string, style: Style, width: number): string {
  return ruleText(ruleNamed(id, '--explain'), style, width)
}

function ruleNamed(id: string, flag: string): Rule {
  const rule = RULES.find((r) => r.id === id)
  if (rule) return rule
  const meant = nearest(
    id,
    RULES.map((r) => r.id),
  )
  throw new Error(
    `${flag}: there is no rule ${id.slice(0, 80)}${meant === undefined ? '; --rules lists them' : `; did you mean ${meant}?`}`,
  )
}
