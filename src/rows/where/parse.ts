// The text of --where to a tree: comparisons joined by && and ||, negated by !, grouped by ( ).
import { nearest } from '../../print/nearest.ts'
import type { WhereField } from './fields.ts'
import { WhereError } from './where-error.ts'

export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>='

export interface Comparison {
  readonly kind: 'compare'
  readonly field: WhereField
  readonly comparator: Comparator
  readonly value: bigint
}

export type Expression =
  | Comparison
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }

interface Token {
  readonly kind: 'word' | 'number' | 'sign' | 'end'
  readonly text: string
  readonly column: number
}

const TOKEN = /\s*(?:([A-Za-z_][\w.]*)|(-?0x[0-9a-f]+\b|-?\d+\b)|(&&|\|\||[=!<>]=|[<>!()]))/iy
/** Deeper and longer than anyone writes, and too little for the stack to run over. */
const MAX_DEPTH = 200
const LONGEST = 4096
const COMPARATORS: readonly string[] = ['==', '!=', '<', '<=', '>', '>='] satisfies Comparator[]

/** @throws WhereError */
export function parseWhere(text: string, fields: readonly WhereField[]): Expression {
  const tokens = tokensOf(text)
  let at = 0
  let depth = 0
  const peek = () => tokens[at]!
  const take = () => tokens[at++]!
  const fail = (expected: string): never => {
    const { kind, text, column } = peek()
    throw new WhereError(column, `expected ${expected}, not ${kind === 'end' ? 'the end' : quoted(text)}`)
  }
  const accept = (text: string) => (peek().kind === 'sign' && peek().text === text ? take() : undefined)

  const expression = either()
  if (peek().kind !== 'end') fail('&&, || or the end')
  return expression

  function either(): Expression {
    let left = both()
    while (accept('||')) left = { kind: 'or', left, right: both() }
    return left
  }

  function both(): Expression {
    let left = single()
    while (accept('&&')) left = { kind: 'and', left, right: single() }
    return left
  }

  function single(): Expression {
    if (depth++ > MAX_DEPTH) throw new WhereError(peek().column, `more than ${MAX_DEPTH} levels of ( and !`)
    const expression = accept('!') ? { kind: 'not' as const, of: single() } : accept('(') ? grouped() : comparison()
    depth--
    return expression
  }

  function grouped(): Expression {
    const inner = either()
    if (!accept(')')) fail('&&, || or )')
    return inner
  }

  function comparison(): Expression {
    if (peek().kind !== 'word') fail('the name of a field, ! or (')
    const { text: name, column } = take()
    const field = fields.find((f) => f.name === name) ?? unknownField(name, column, fields)
    if (!COMPARATORS.includes(peek().text)) fail(`==, !=, <, <=, > or >= behind ${name}`)
    const sign = take()
    const comparator = sign.text as Comparator
    if (field.wordsOnly && comparator !== '==' && comparator !== '!=')
      throw new WhereError(sign.column, `${name} has no order: use == or !=`)
    return { kind: 'compare', field, comparator, value: valueFor(field) }
  }

  function valueFor(field: WhereField): bigint {
    const { kind, text, column } = peek()
    if (kind === 'number' && !field.wordsOnly) {
      take()
      return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
    }
    const words = [...field.words.keys()]
    const number = kind === 'word' ? field.words.get(text) : undefined
    if (number !== undefined) {
      take()
      return BigInt(number)
    }
    const choice = [...words, ...(field.wordsOnly ? [] : ['a number'])].join(', ')
    const near =
      kind === 'word'
        ? words.find(
            (word) =>
              word.toLowerCase() ===
              nearest(
                text,
                words.map((w) => w.toLowerCase()),
              ),
          )
        : undefined
    return near === undefined ? fail(choice) : missing(column, `${field.name} is never ${quoted(text)}`, near)
  }
}

/** The heads of the text's table are named as well, which are shorter. */
function unknownField(name: string, column: number, fields: readonly WhereField[]): never {
  const names = fields.map((f) => f.name)
  const near = fields.find(({ aliases }) => aliases.includes(name))?.name ?? nearest(name, names)
  if (near === undefined) throw new WhereError(column, `no field ${quoted(name)}; there are ${names.join(', ')}`)
  return missing(column, `no field ${quoted(name)}`, near)
}

function missing(column: number, problem: string, near: string): never {
  throw new WhereError(column, `${problem}; did you mean ${near}?`)
}

function quoted(text: string): string {
  return `'${text.slice(0, 40)}'`
}

function tokensOf(text: string): Token[] {
  if (text.length > LONGEST) throw new WhereError(LONGEST + 1, `more than ${LONGEST} characters`)
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  for (let end = 0; ; end = TOKEN.lastIndex) {
    const match = TOKEN.exec(text)
    if (!match) {
      const rest = text.slice(end)
      const column = end + rest.length - rest.trimStart().length + 1
      if (rest.trim() !== '') throw new WhereError(column, unreadable(rest.trim()))
      return [...tokens, { kind: 'end', text: '', column }]
    }
    const [, word, number, sign] = match
    const token = (word ?? number ?? sign)!
    tokens.push({
      kind: word !== undefined ? 'word' : number !== undefined ? 'number' : 'sign',
      text: token,
      column: TOKEN.lastIndex - token.length + 1,
    })
  }
}

function unreadable(rest: string): string {
  const sign = rest[0]!
  const double = { '=': '==', '&': '&&', '|': '||' }[sign]
  return double ? `'${sign}' alone means nothing; did you mean ${double}?` : `${quoted(/^\S*/.exec(rest)![0])} cannot be read`
}
