// The tokens of a print: braces, names, numbers with what tools put around them.

export type TokenKind = '{' | '}' | ',' | '=' | ';' | 'number' | 'word' | 'string' | 'char' | 'cast' | 'note' | 'more' | 'other'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** The number of the line that it stands in. */
  readonly line: number
  /** It is the first of its line. */
  readonly begins: boolean
}

const TOKEN =
  /[ \t]*(?:([{}=,;])|("(?:[^"\\]|\\.)*"(?:\.\.\.)?)|('(?:\\(?:[0-7]{1,3}|.)|[^'\\])')|(<[^<>]{0,200}>)|(-?(?:0x[\da-f`]+|\d+)(?![\w]))|(\.\.\.)|([A-Za-z_.$][\w.$]*(?:->\w+)*(?:\[\d{1,6}\])*(?:\+0x[\da-f]+|\+\d+)?)|(\()|(.))/iy
const KINDS: readonly TokenKind[] = ['other', 'string', 'char', 'note', 'number', 'more', 'word', 'cast', 'other']
/** No type is longer. */
const MAX_CAST = 256

/** The tokens of one line. What stands in parentheses is one. */
export function* tokensOf(text: string, line: number): Generator<Token> {
  TOKEN.lastIndex = 0
  const end = text.trimEnd().length
  let begins = true
  for (let at = 0; at < end; ) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (!match) return
    at = TOKEN.lastIndex
    const group = match.findIndex((part, i) => i > 0 && part !== undefined)
    let [kind, found] = [KINDS[group - 1]!, match[group]!]
    if (group === 1) kind = found as TokenKind
    if (kind === 'cast') {
      const close = closeOf(text, at)
      if (close === undefined) kind = 'other'
      else {
        found = text.slice(at, close)
        at = close + 1
      }
    }
    yield { kind, text: found, line, begins }
    begins = false
  }
}

/** Where the parenthesis that was opened before ends. */
function closeOf(text: string, from: number): number | undefined {
  const until = Math.min(text.length, from + MAX_CAST)
  for (let [at, depth] = [from, 1]; at < until; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return at
  }
  return undefined
}

/** The number that a token stands for; WinDbg sets a mark between the halves. */
export function numberIn(text: string): bigint {
  const digits = text.replaceAll('`', '')
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits)
}
