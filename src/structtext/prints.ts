// The values that the lines behind a prompt print, one after another.
import type { Answer } from './lines.ts'
import { memberName, readBraces, readValue, Tokens } from './parse.ts'
import { tokensOf } from './tokens.ts'
import type { CValue, Item } from './value.ts'

/** One value that was printed. */
export interface Print {
  readonly answer: Answer
  /** Its place among the values of the answer. */
  readonly place: number
  /** What stands before it: `shadow[3]` of `shadow[3] = {`, `3` of a loop. */
  readonly label: string | undefined
  /** An address that stands alone before it, as `list -s` of crash prints. */
  readonly at: bigint | undefined
  readonly value: CValue
  /** The first line of it, and the last. */
  readonly first: number
  readonly last: number
}

const ADDRESS = /^[ \t]*(?:0x)?([\da-f]{8,16})[ \t]*$/i
const STRUCT = /^(?:struct|union)$/
/** So long a line has no print of a struct that a person can have pasted. */
const MAX_LINE = 2 ** 20

/** @param isNear a quick look at a line; lines around it are read as prints where it is one's */
export function* printsOf(answer: Answer): Generator<Print> {
  const tokens = new Tokens([...tokensIn(answer)])
  const addresses = addressesIn(answer)
  const isBlankBefore = blanksIn(answer)
  let place = 0
  let at: bigint | undefined
  let group: Item[] = []
  let [first, last] = [0, 0]
  const print = (value: CValue, from: number, label?: string): Print => ({
    answer,
    place: place++,
    label,
    at,
    value,
    first: from,
    last: tokens.line,
  })
  const members = (): Print => {
    const value: CValue = { kind: 'braces', type: undefined, address: undefined, items: group, isCut: false }
    group = []
    return { ...print(value, first), last }
  }
  for (let token = tokens.next; token; token = tokens.next) {
    const { line, begins } = token
    if (begins && group.length > 0 && (isBlankBefore.has(line) || addresses.has(line))) yield members()
    if (begins && addresses.has(line)) {
      at = addresses.get(line)
      tokens.skipLine()
      continue
    }
    if (token.kind === ',') {
      tokens.take()
      continue
    }
    if (!begins) {
      tokens.skipLine()
      continue
    }
    const isMember = token.kind === 'word' && tokens.after(1)?.kind === '=' && !/^\$|\[\d+\]$/.test(token.text)
    if (isMember && tokens.after(2)?.text.startsWith('$') !== true) {
      const name = memberName(tokens)!
      const value = readValue(tokens)
      if (!value) continue
      if (group.some((item) => item.name === name)) yield members()
      if (group.length === 0) first = line
      group.push({ name, value, times: 1 })
      last = tokens.line
      continue
    }
    if (group.length > 0) yield members()
    const before = tokens.next
    const labelled = labelOf(tokens)
    const value = labelled.isStruct ? readBraces(tokens, { type: labelled.label }, 0) : readValue(tokens)
    if (value) yield print(value, line, labelled.isStruct ? undefined : labelled.label)
    else if (tokens.next === before) tokens.skipLine()
  }
  if (group.length > 0) yield members()
}

/** `struct T {` of crash, a number or a name with an index before a value. */
function labelOf(tokens: Tokens): { readonly label: string | undefined; readonly isStruct: boolean } {
  const [token, second, third] = [tokens.next!, tokens.after(1), tokens.after(2)]
  if (token.kind === 'word' && STRUCT.test(token.text) && second?.kind === 'word' && third?.kind === '{') {
    tokens.take()
    tokens.take()
    return { label: `${token.text} ${second.text}`, isStruct: true }
  }
  const isNumbered =
    token.kind === 'number' && second !== undefined && !second.begins && (second.kind === 'cast' || second.text === '*')
  if (isNumbered || (token.kind === 'word' && second?.kind === '=')) {
    tokens.take()
    if (!isNumbered) tokens.take()
    return { label: token.text, isStruct: false }
  }
  return { label: undefined, isStruct: false }
}

function* tokensIn({ lines }: Answer) {
  for (const { text, number } of lines) if (text.length <= MAX_LINE) yield* tokensOf(text, number)
}

function addressesIn({ lines }: Answer): Map<number, bigint> {
  return new Map(
    lines.flatMap(({ text, number }): [number, bigint][] => {
      const found = ADDRESS.exec(text)
      return found ? [[number, BigInt(`0x${found[1]}`)]] : []
    }),
  )
}

/** Lines behind a blank one. */
function blanksIn({ lines }: Answer): Set<number> {
  const behind = new Set<number>()
  for (let i = 1; i < lines.length; i++) if (lines[i - 1]!.text.trim() === '') behind.add(lines[i]!.number)
  return behind
}
