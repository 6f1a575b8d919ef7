// A look at JSON text before JSON.parse, which is silent about three mistakes: a key twice, a number that does not fit in a
// double, and nesting without end.
import { ScenarioError } from './scenario-error.ts'

/** Deeper than any scenario. */
export const MAX_DEPTH = 32

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[[\]{}:,]/g

/** Throws for what JSON.parse would let pass. Text that is no JSON at all is left to JSON.parse. */
export function scanJson(text: string): void {
  const open: (Set<string> | undefined)[] = []
  let key: string | undefined
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    switch (token[0]) {
      case '{':
      case '[':
        open.push(token === '{' ? new Set() : undefined)
        if (open.length > MAX_DEPTH)
          throw new ScenarioError('', `line ${lineOf(text, index)}: nested deeper than ${MAX_DEPTH} levels`)
        break
      case '}':
      case ']':
        open.pop()
        break
      case '"':
        key = token
        break
      case ':': {
        const keys = open.at(-1)
        if (!keys || key === undefined) break
        if (keys.has(key)) throw new ScenarioError('', `line ${lineOf(text, index)}: the key ${key} twice in one map`)
        keys.add(key)
        break
      }
      case ',':
        break
      default:
        if (losesDigits(token))
          throw new ScenarioError('', `line ${lineOf(text, index)}: ${token} is not exact as a bare number: quote it`)
    }
  }
}

/** A number that would be taken for a whole one only because a double has no room for its fraction. */
export function losesDigits(source: string): boolean {
  const match = /^[-+]?\d*\.(\d*)/.exec(source)
  if (!match || /[eE]/.test(source)) return false
  return /[1-9]/.test(match[1]!) && Number.isInteger(Number(source))
}

function lineOf(text: string, index: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line++
  return line
}
