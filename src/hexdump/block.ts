// Lines of one format in a row: what their addresses are written in, how long a line is, which way round words are read.
import { count } from '../codec/struct/count.ts'
import type { HexFormat, WordOrder } from './formats.ts'
import { bytesOfWords, type ScannedLine } from './scan.ts'

export interface Block {
  readonly format: HexFormat
  readonly items: BlockItem[]
}

/** A `*`, and the numbers of the lines behind it that look like lines of the dump and cannot be read as such. */
export interface Squeeze {
  readonly kind: 'squeeze'
  readonly number: number
  readonly unread: number[]
}

/** `squeeze` is a `*`, `end` an address alone. */
export type BlockItem =
  | { readonly kind: 'line'; readonly line: ScannedLine }
  | Squeeze
  | { readonly kind: 'end'; readonly number: number; readonly address: string }

/** A place in the text that cannot be right. */
export interface Mistake {
  readonly line: number
  /** The column, counted from 1. */
  readonly column: number
  readonly message: string
}

export type Placed =
  | {
      readonly kind: 'line'
      readonly number: number
      readonly address: bigint
      readonly bytes: readonly number[]
      /** Bytes that the line has room for and does not give. */
      readonly missing: number
      readonly mistake: Mistake | undefined
    }
  | Squeeze
  | { readonly kind: 'end'; readonly number: number; readonly address: bigint }

/** More words tell no more. */
const MAX_WORDS = 64
/** The lines by which the format of the others is told. */
const SAMPLE = 1024
/** No text column is longer: what is may be the rest of a line that was broken. */
const MAX_TEXT = 18

/** Whether a line that is not read may be a damaged one of the block: it has at least half as many words as its first. */
export function mayBeDamaged({ items }: Block, text: string): boolean {
  const [first] = items
  const words = (of: string) => of.split(/[ \t]+/, MAX_WORDS).length
  return first?.kind === 'line' && 2 * words(text.trim()) >= 1 + words(first.line.body.trim())
}

/** The lines of a block by their addresses, in the order of the text. */
export function* placeBlock({ format, items }: Block, order: WordOrder): Generator<Placed> {
  const radix = radixOf(format, items.slice(0, SAMPLE))
  const address = (text: string) => parseAddress(text, radix) ?? 0n
  const sample = linesIn(items)
  const width = widthOf(sample, address)
  const words = { base: format.base, order, digits: sample.find((line) => line.size > 0)?.digits ?? 2 }
  for (const [i, item] of items.entries()) {
    if (item.kind === 'squeeze') yield item
    else if (item.kind === 'end') yield { kind: 'end', number: item.number, address: address(item.address) }
    else {
      const at = address(item.line.address)
      const next = items[i + 1]
      const step = next && 'line' in next ? address(next.line.address) - at : 0n
      const room = step > 0n && step < BigInt(width) ? Number(step) : width
      yield placeLine(item.line, at, room, next !== undefined, words)
    }
  }
}

/**
 * @param room bytes that the line holds at most
 * @param more a line follows, so that it should be full
 * @param words what they are written in, and their digits
 */
function placeLine(
  line: ScannedLine,
  address: bigint,
  room: number,
  more: boolean,
  { order, base, digits }: Pick<HexFormat, 'order' | 'base'> & { digits: number },
): Placed {
  const { number, rest, size } = line
  // Beyond them stands a text column that looks like words.
  const bytes = bytesOfWords(line.body, order, base).slice(0, room)
  const broken = rest !== undefined && size === bytes.length
  const missing = more || (broken && rest.text.length <= MAX_TEXT) ? room - bytes.length : 0
  if (missing === 0) return { kind: 'line', number, address, bytes, missing, mistake: undefined }
  const problem = broken
    ? `"${rest.text}" is no word of ${digits} ${DIGITS[base]} digits`
    : `the line ends after ${bytes.length} of ${count(room, 'byte')}`
  const column = broken ? rest.column : line.end
  const mistake = { line: number, column, message: `${problem}; ${count(missing, 'byte is', 'bytes are')} not known` }
  return { kind: 'line', number, address, bytes, missing, mistake }
}

const DIGITS = { 2: 'binary', 8: 'octal', 16: 'hex' }

/** The number of an address; undefined where a digit is none of the base. */
function parseAddress(text: string, radix: number): bigint | undefined {
  const digits = text.replace(/^0x|[`_]/gi, '')
  if (radix === 16) return BigInt(`0x${digits}`)
  if (!(radix === 8 ? /^[0-7]+$/ : /^\d+$/).test(digits)) return undefined
  return BigInt(radix === 8 ? `0o${digits}` : digits)
}

/** The base in which most lines begin where the one before ends. */
function radixOf({ radixes }: HexFormat, items: readonly BlockItem[]): number {
  if (radixes.length === 1) return radixes[0]!
  const scores = radixes.map((radix) => {
    let score = 0
    for (let i = 1; i < items.length; i++) {
      const [before, after] = [items[i - 1]!, items[i]!]
      if (before.kind !== 'line' || after.kind === 'squeeze') continue
      const from = parseAddress(before.line.address, radix)
      const to = parseAddress(after.kind === 'line' ? after.line.address : after.address, radix)
      score += from !== undefined && to !== undefined && to - from === BigInt(before.line.size) ? 1 : -1
    }
    return score
  })
  return radixes[scores.indexOf(Math.max(...scores))]!
}

/** The lines by which a block is told to be a dump. */
const SNIFF_LINES = 8

/** Lines of a dump are as long as most: those of a disassembly, or of columns of numbers behind each other, are not. */
export function isEven({ format, items }: Block): boolean {
  const lines = linesIn(items)
  const radix = radixOf(format, items.slice(0, SAMPLE))
  const steps = stepsOf(lines, (text) => parseAddress(text, radix) ?? 0n)
  const counts = [...steps.values()]
  const seen = counts.reduce((sum, count) => sum + count, 0)
  if (seen < SNIFF_LINES) return true
  const width = commonest(steps)
  return 4 * Math.max(...counts) >= 3 * seen && 2 * lines.filter(({ size }) => size === width).length >= lines.length
}

/** Bytes of a full line: the commonest step from line to line, else the most that a line has. */
function widthOf(lines: readonly ScannedLine[], address: (text: string) => bigint): number {
  return commonest(stepsOf(lines, address)) ?? mostIn(lines)
}

function mostIn(lines: readonly ScannedLine[]): number {
  return lines.reduce((max, { size }) => Math.max(max, size), 0)
}

/** How often addresses go on by how much. */
function stepsOf(lines: readonly ScannedLine[], address: (text: string) => bigint): Map<number, number> {
  const steps = new Map<number, number>()
  const most = BigInt(mostIn(lines))
  for (let i = 1; i < lines.length; i++) {
    const step = address(lines[i]!.address) - address(lines[i - 1]!.address)
    if (step > 0n && step <= most) steps.set(Number(step), (steps.get(Number(step)) ?? 0) + 1)
  }
  return steps
}

function commonest(steps: ReadonlyMap<number, number>): number | undefined {
  return [...steps].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0]
}

function linesIn(items: readonly BlockItem[]): ScannedLine[] {
  return items.slice(0, SAMPLE).flatMap((item) => (item.kind === 'line' ? [item.line] : []))
}

/**
 * The way round of a block's words, where its tool or its text column says it.
 * @returns undefined where what the bytes read as decides
 */
export function toldOrder({ format, items }: Block): WordOrder | undefined {
  const lines = linesIn(items)
  // Numbers are as long as C's.
  if (format.base === 16 && lines.some(({ digits, even, rest }) => !rest && !(even && [2, 4, 8, 16].includes(digits))))
    return 'memory'
  const radix = radixOf(format, items.slice(0, SAMPLE))
  const width = widthOf(lines, (text) => parseAddress(text, radix) ?? 0n)
  const score = (tried: WordOrder) =>
    lines.reduce((sum, line) => sum + agreement(line, bytesOfWords(line.body, tried, format.base), width), 0)
  const [memory, little] = [score('memory'), score('little')]
  if (memory !== little) return memory > little ? 'memory' : 'little'
  return format.order === 'little' || lines.every(({ digits }) => digits <= 2) ? format.order : undefined
}

/** Words as they are written, of the lines that tell. */
export function bodiesOf({ items }: Block): string[] {
  return linesIn(items).map(({ body }) => body)
}

/** Printable bytes that the text column has in their places, less those that it has not. */
function agreement({ text }: ScannedLine, bytes: readonly number[], width: number): number {
  const column = text?.replace(/[|<][ \t]*$/, '') ?? ''
  if (column.length !== width || bytes.length !== width) return 0
  const isPrintable = (byte: number) => byte > 0x20 && byte < 0x7f
  return bytes.reduce((sum, byte, i) => sum + (isPrintable(byte) ? (column.charCodeAt(i) === byte ? 1 : -1) : 0), 0)
}
