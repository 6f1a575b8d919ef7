// A value of C out of the tokens of a print, whichever debugger made it. What is cut is closed; what is no print is passed over.
import { numberIn, type Token } from './tokens.ts'
import type { Braces, CValue, Item } from './value.ts'

/** No struct of a kernel is nested so deep. */
const MAX_DEPTH = 48
const REPEATS = /^<repeats (\d{1,6}) times>$/

/** The tokens of the lines from one prompt to the next. */
export class Tokens {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get next(): Token | undefined {
    return this.#tokens[this.#at]
  }

  after(n: number): Token | undefined {
    return this.#tokens[this.#at + n]
  }

  /** The line of the last token that was taken. */
  get line(): number {
    return this.#tokens[Math.max(0, this.#at - 1)]?.line ?? 0
  }

  take(): Token | undefined {
    return this.#tokens[this.#at++]
  }

  /** Passes over the tokens of the line that goes on. */
  skipLine(): void {
    this.#at++
    while (this.next && !this.next.begins) this.#at++
  }

  /** Passes over what stands up to the brace that ends the open one, that brace included. */
  skipBraces(): void {
    for (let depth = 1; this.next; ) {
      const { kind } = this.take()!
      if (kind === '{') depth++
      else if (kind === '}' && --depth === 0) return
    }
  }
}

/** What stands before a value: its type, and where it lies. */
interface Heading {
  type?: string | undefined
  address?: bigint | undefined
}

/**
 * One value. `(T)`, `*(T *)0xADDR =` of drgn and `$N =` of gdb before it are read, symbols beside it are passed over.
 * @returns undefined where none stands here, or a definition of a type, which has no values
 */
export function readValue(tokens: Tokens, depth = 0): CValue | undefined {
  const heading = readHeading(tokens)
  const value = readBare(tokens, heading, depth)
  while (tokens.next?.kind === 'note' && !REPEATS.test(tokens.next.text)) tokens.take()
  return value
}

function readHeading(tokens: Tokens): Heading {
  const heading: Heading = {}
  for (let token = tokens.next; token; token = tokens.next) {
    if (token.kind === 'cast') heading.type = token.text
    else if (isStar(token) && tokens.after(1)?.kind === 'cast') {
      tokens.take()
      heading.type = tokens.next!.text.replace(/\s*\*$/, '')
      const [number, equals] = [tokens.after(1), tokens.after(2)]
      if (number?.kind === 'number' && equals?.kind === '=') {
        heading.address = numberIn(number.text)
        tokens.take()
        tokens.take()
      }
    } else if (token.kind === 'word' && tokens.after(1)?.kind === '=') tokens.take()
    else break
    tokens.take()
  }
  return heading
}

function isStar({ kind, text }: Token): boolean {
  return kind === 'other' && text === '*'
}

function readBare(tokens: Tokens, { type, address }: Heading, depth: number): CValue | undefined {
  const token = tokens.next
  if (!token) return undefined
  switch (token.kind) {
    case '{':
      return readBraces(tokens, { type, address }, depth)
    case 'number': {
      tokens.take()
      // The character that gdb prints beside a byte, and its string.
      while (tokens.next?.kind === 'char' || tokens.next?.kind === 'string') tokens.take()
      return { kind: 'number', type, value: numberIn(token.text) }
    }
    case 'string':
    case 'char':
      tokens.take()
      return { kind: 'word', text: token.text }
    case 'word':
      tokens.take()
      return { kind: 'word', text: token.text }
    default:
      // An enumeration of flags stands in parentheses.
      return type === undefined ? undefined : { kind: 'word', text: type }
  }
}

/** From an open brace to its end. */
export function readBraces(tokens: Tokens, { type, address }: Heading, depth: number): Braces | undefined {
  tokens.take()
  const items: Item[] = []
  const braces = (isCut: boolean): Braces => ({ kind: 'braces', type, address, items, isCut })
  if (depth >= MAX_DEPTH) {
    tokens.skipBraces()
    return braces(true)
  }
  let isCut = false
  for (let token = tokens.next; token; token = tokens.next) {
    if (token.kind === '}') {
      tokens.take()
      return braces(isCut)
    }
    if (token.kind === ',') tokens.take()
    else if (token.kind === 'more') {
      isCut = true
      tokens.take()
    } else {
      const item = readItem(tokens, depth + 1)
      const end = tokens.next
      if (!item || (end && end.kind !== ',' && end.kind !== '}' && end.kind !== 'more' && !end.begins)) {
        // A member of a type's definition: it has a type and a name, and no value.
        tokens.skipBraces()
        return undefined
      }
      items.push(item)
    }
  }
  return braces(true)
}

function readItem(tokens: Tokens, depth: number): Item | undefined {
  const name = memberName(tokens)
  const value = readValue(tokens, depth)
  if (!value) return undefined
  const times = tokens.next?.kind === 'note' ? REPEATS.exec(tokens.next.text) : undefined
  if (times) tokens.take()
  return { name, value, times: times ? Number(times[1]) : 1 }
}

/** `name =`, and `.name =` of drgn. */
export function memberName(tokens: Tokens): string | undefined {
  const [word, equals] = [tokens.next, tokens.after(1)]
  if (word?.kind !== 'word' || equals?.kind !== '=') return undefined
  tokens.take()
  tokens.take()
  return word.text.replace(/^\./, '')
}
