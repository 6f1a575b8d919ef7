// A look at JSON text before JSON.parse, which is silent about three mistakes: a key twice, a number that does not fit in a
// double, and nesting without end; and which takes all the memory that there is for a file of nothing but brackets.
import { shortened } from './quantity.ts'
import { ScenarioError } from './scenario-error.ts'

/** Deeper than any scenario. */
export const MAX_DEPTH = 32
/** More than any map of a scenario has: `poke` names fields. */
export const MAX_KEYS = 10_000
/** And more than all its maps together: each other word makes the maps that have it larger and slower. */
const MAX_DIFFERENT_KEYS = 100_000
/** Maps and lists take most of the memory: a million steps of one segment each have four of them. */
const MAX_NESTS = 5_000_000
const MAX_VALUES = 16_000_000

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const MINUS = 0x2d

/** Throws for what JSON.parse would let pass. Text that is no JSON at all is left to JSON.parse. */
export function scanJson(text: string): void {
  const open: (Set<string> | undefined)[] = []
  const different = new Set<string>()
  let [nests, values] = [0, 0]
  let key: string | undefined
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    switch (code) {
      case 0x7b: // {
      case 0x5b: // [
        open.push(code === 0x7b ? new Set() : undefined)
        key = undefined
        if (open.length > MAX_DEPTH) throw refusal(text, at, `nested deeper than ${MAX_DEPTH} levels`)
        if (++nests > MAX_NESTS) throw refusal(text, at, `more than ${MAX_NESTS} maps and lists`)
        break
      case 0x7d: // }
      case 0x5d: // ]
        open.pop()
        break
      case QUOTE: {
        const end = endOfString(text, at)
        if (end === -1) return
        // Only a key is worth a copy.
        key = open.at(-1) && isKey(text, end) ? text.slice(at, end) : undefined
        if (key === undefined && ++values > MAX_VALUES) throw refusal(text, at, `more than ${MAX_VALUES} values`)
        at = end - 1
        break
      }
      case COLON: {
        const keys = open.at(-1)
        if (!keys || key === undefined) break
        const name = decoded(key)
        if (keys.has(name)) throw refusal(text, at, `the key ${shortened(key)} twice in one map`)
        if (keys.size === MAX_KEYS) throw refusal(text, at, `more than ${MAX_KEYS} keys in one map`)
        keys.add(name)
        different.add(name)
        if (different.size > MAX_DIFFERENT_KEYS) throw refusal(text, at, `more than ${MAX_DIFFERENT_KEYS} different keys`)
        key = undefined
        break
      }
      default: {
        if (!isDigit(code)) break
        const end = endOfNumber(text, at)
        if (++values > MAX_VALUES) throw refusal(text, at, `more than ${MAX_VALUES} values`)
        const source = text.slice(text.charCodeAt(at - 1) === MINUS ? at - 1 : at, end)
        if (losesDigits(source)) throw refusal(text, at, `${shortened(source)} is not exact as a bare number: quote it`)
        at = end - 1
      }
    }
  }
}

/** @returns where the text goes on behind the string that begins at `start`; -1 where it does not end */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; ) {
    const end = text.indexOf('"', at)
    if (end === -1) return -1
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end + 1
    at = end + 1
  }
}

function isKey(text: string, end: number): boolean {
  let at = end
  while (isSpace(text.charCodeAt(at))) at++
  return text.charCodeAt(at) === COLON
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function endOfNumber(text: string, start: number): number {
  let at = start
  // Digits, and `.`, `+`, `-`, `e`, `E`: what is no number is for JSON.parse to see.
  for (
    let code = text.charCodeAt(at);
    isDigit(code) || code === 0x2e || code === 0x2b || code === MINUS || (code | 0x20) === 0x65;
  )
    code = text.charCodeAt(++at)
  return at
}

/** `"dr\u0069ver"` is `"driver"` to JSON.parse. */
function decoded(key: string): string {
  if (!key.includes('\\')) return key.slice(1, -1)
  try {
    return JSON.parse(key) as string
  } catch {
    return key
  }
}

/** A number that would be taken for a whole one only because a double has no room for its fraction. */
export function losesDigits(source: string): boolean {
  const match = /^[-+]?\d*\.(\d*)/.exec(source)
  if (!match || /[eE]/.test(source)) return false
  return /[1-9]/.test(match[1]!) && Number.isInteger(Number(source))
}

function refusal(text: string, at: number, problem: string): ScenarioError {
  return new ScenarioError('', `line ${lineOf(text, at)}: ${problem}`)
}

function lineOf(text: string, index: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line++
  return line
}
