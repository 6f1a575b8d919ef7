// The rules that the command line names: those chosen by --rule and --disable, and one to explain.
import { RULES, type Rule } from '../../check/index.ts'
import type { Message } from '../../evidence/messages/message.ts'
import { messageNamed, messageOf } from '../../evidence/messages/table.ts'
import { pasteOf } from '../../evidence/reader.ts'
import type { Style } from '../../print/style.ts'
import { ruleNamed } from '../shared/rule-named.ts'
import { messageText, rulesText, ruleText } from './rules-text.ts'

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

/** What `check --explain` prints of a rule; of a line of a log what it means, and the rule that finds the same on a ring. */
export function explainRule(id: string, style: Style, width: number): string {
  const known = RULES.some((rule) => rule.id === id) ? undefined : (messageNamed(id) ?? messageOfLine(id))
  if (!known) return ruleText(ruleNamed(id, '--explain'), style, width)
  const rule = RULES.find((r) => r.id === known.rule)
  return messageText(known, style, width) + (rule ? `\n${ruleText(rule, style, width)}` : '')
}

/** A line as it is pasted, with its stamps or without. */
function messageOfLine(line: string): Message | undefined {
  for (const { text, label } of pasteOf('', line).lines) {
    const found = messageOf(label + text) ?? messageOf(text)
    if (found) return found.message
  }
  return undefined
}
