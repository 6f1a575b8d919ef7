// Whether a text is a scenario, by its first characters: a mapping with the keys of one, in JSON or YAML.
import type { RecordSpec } from './spec.ts'
import { scenarioFile } from './table.ts'

/** Lines that may stand before the first key of YAML. */
const ASIDE = /^(?:\s*$|\s*#|---|%)/
/** At the left margin of a YAML mapping: a key, an item of the list below it, what ends one in flow style. */
const KEY = /^(["']?)([A-Za-z_][\w-]*)\1\s*:(?:\s|$)/
const BELOW_KEY = /^(?:\s|-\s|[\]}])/

/** Most keys are a scenario's: one of them may be mistyped. @param head what there is, or its beginning */
export function isScenario(head: string): boolean {
  const body = head.replace(/^\ufeff/, '').trimStart()
  const keys = body.startsWith('{') ? keysOfFlow(body) : keysOfBlock(body)
  const known = keys.filter((key) => Object.hasOwn((scenarioFile as RecordSpec).fields, key))
  return known.length > 0 && 2 * known.length >= keys.length
}

function keysOfBlock(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => !ASIDE.test(line) && !BELOW_KEY.test(line))
  const keys = lines.map((line) => KEY.exec(line)?.[2])
  // The last line may be cut off.
  return keys.slice(0, -1).includes(undefined) ? [] : keys.filter((key) => key !== undefined)
}

/** Keys of the outermost braces. */
function keysOfFlow(text: string): string[] {
  const keys: string[] = []
  let depth = 0
  let before = ''
  for (const [token, quoted] of text.matchAll(/"((?:[^"\\]|\\.)*)"|[\w-]+|\S/g)) {
    if (token === '{' || token === '[') depth++
    if (token === '}' || token === ']') depth--
    if (token === ':' && depth === 1) keys.push(before)
    before = quoted ?? token
  }
  return keys
}
