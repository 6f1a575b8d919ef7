// A text to the dumps that are in it. Lines that are no part of one are passed over: prompts, headings, mail around it.

import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { linesOf, type TextLine } from '../paste/lines.ts'
import { HEAD, prefixLength } from '../paste/prefix.ts'
import { DEBUGGER_PROMPT } from '../paste/prompt.ts'
import { assemble, Budget, TOO_MUCH } from './assemble.ts'
import { type Block, bodiesOf, isEven, type Mistake, mayBeDamaged, placeBlock, toldOrder } from './block.ts'
import { joined } from './classify-pages.ts'
import { inHex } from './decimal.ts'
import { pagesOf } from './fit.ts'
import { HEX_FORMATS, type HexFormat, PLAIN, PYTHON, type WordOrder } from './formats.ts'
import { type Label, labelIn } from './label.ts'
import { literalIn, type OpenLiteral } from './literal.ts'
import { isPlainLine, PlainDump } from './plain.ts'
import { Run } from './run.ts'
import { type ScannedLine, scanLine } from './scan.ts'
import { orderOfContent, orderOfZeros } from './word-order.ts'

/** One dump of a text, and what the text calls it. */
export interface TextDump {
  readonly run: Run
  readonly label: Label | undefined
}

export interface HexText {
  readonly dumps: readonly TextDump[]
  readonly mistakes: readonly Mistake[]
  /** Prompts of a debugger stand in the text. */
  readonly isSession: boolean
}

/** A line that begins with so long an address is one of a dump, whatever is wrong behind it. */
const LONG_ADDRESS = 8
/** Bytes of the largest ring. */
const LARGEST = 16 * XEN_PAGE_SIZE
/** Fewer bytes in one line, with dumps of more around them, are no dump. */
const MIN_BYTES = 16
const END = /^[ \t]*([\da-f]{4,22})[ \t]*$/i

/** All dumps of the text. */
export function parseHexText(text: string): HexText {
  const reader = new Reader()
  for (const line of inHex(linesOf(text))) reader.line(line)
  return reader.end()
}

class Reader {
  readonly #dumps: TextDump[] = []
  readonly #mistakes: Mistake[] = []
  readonly #budget = new Budget()
  /** Of what is read only to see which way round words are. */
  readonly #guesses = new Budget()
  #label: Label | undefined
  #block: Block | undefined
  #plain: PlainDump | undefined
  #literal: OpenLiteral | undefined
  /** Of words of so many digits, as the first block of them had it. */
  readonly #orders = new Map<number, WordOrder>()
  #isSession = false
  /** So much was read that the rest is left aside. */
  #full = false

  line(line: TextLine): void {
    if (this.#literal) {
      if (this.#literal.add(line.text, 0)) this.#endLiteral()
      return
    }
    if (this.#full || line.text.trim() === '') return
    if (DEBUGGER_PROMPT.test(line.text)) {
      this.#isSession = true
      if (this.#plain) this.#flush()
    }
    const at = prefixLength(line.text) || (/^[ \t]/.test(line.text) ? 1 : 0)
    if (this.#goesOn(line, at)) return
    const found = startOf(line.text, line.number, at)
    if (found) {
      this.#flush()
      this.#block = { format: found.format, items: [{ kind: 'line', line: found.line }] }
      return
    }
    if (isPlainLine(line.text.slice(at), this.#plain === undefined)) {
      this.#plainLine(line, at)
      return
    }
    const begun = literalIn(line.text, line.number)
    if (begun) {
      this.#flush()
      this.#literal = begun.literal
      if (this.#literal.add(line.text, begun.at)) this.#endLiteral()
      return
    }
    if (this.#plain?.isWhole) this.#flush()
    const label = labelIn(line.text)
    if (label) {
      this.#flush()
      this.#label = label
    } else this.#unread(line)
  }

  /** A line that tells nothing. Behind a `*` it may be the one that the `*` goes up to. */
  #unread({ text, number }: TextLine): void {
    const star = this.#block?.items.at(-1)
    if (star?.kind === 'squeeze' && mayBeDamaged(this.#block!, text)) star.unread.push(number)
  }

  end(): HexText {
    if (this.#literal) {
      const { line, column } = this.#literal
      this.#mistakes.push({ line, column, message: 'the bytes that begin here have no end' })
      this.#endLiteral()
    }
    this.#flush()
    const large = this.#dumps.some(({ run }) => run.length >= 4 * MIN_BYTES)
    // Of lines that begin with an address and are damaged behind it, no byte is known.
    const dumps = this.#dumps.filter(
      ({ run, label }) => run.length > 0 && (!large || label || run.length >= MIN_BYTES || run.firstLine !== run.lastLine),
    )
    return { dumps, mistakes: this.#mistakes, isSession: this.#isSession }
  }

  /** A line of the dump that was begun. */
  #goesOn({ text, number }: TextLine, at: number): boolean {
    const { items, format } = this.#block ?? {}
    if (!items || !format) return this.#squeezed(text, at, number)
    const line = scanLine(text, number, at, format, false)
    // Behind the end of a dump, what is no sound line of it may be a line of another format.
    const isOwn = line && isLike(line, items[0]!) && (line.rest === undefined || items.at(-1)!.kind !== 'end')
    if (isOwn) items.push({ kind: 'line', line })
    else if (text.slice(at).trim() === '*') {
      if (items.at(-1)!.kind !== 'squeeze') items.push({ kind: 'squeeze', number, unread: [] })
    } else if (format.ends && END.test(text.slice(at, at + HEAD)))
      items.push({ kind: 'end', number, address: text.slice(at).trim() })
    else return false
    return true
  }

  /** A `*` without addresses tells nothing. */
  #squeezed(text: string, at: number, line: number): boolean {
    if (!this.#plain || text.slice(at).trim() !== '*') return false
    const message = '"*" in a dump without addresses: how many lines it stands for is not known; od -v prints them all'
    this.#mistakes.push({ line, column: text.indexOf('*') + 1, message })
    return true
  }

  #plainLine({ text, number }: TextLine, at: number): void {
    if (this.#block) this.#flush()
    this.#plain ??= new PlainDump(number)
    this.#plain.add(text.slice(at), number)
  }

  #endLiteral(): void {
    const { line, bytes } = this.#literal!
    const run = this.#begin(PYTHON, line)
    run.put(0, bytes)
    this.#literal = undefined
  }

  #begin(format: string, line: number): Run {
    if (!this.#budget.take(XEN_PAGE_SIZE) && !this.#full) {
      this.#full = true
      this.#mistakes.push({ line, column: 1, message: TOO_MUCH })
    }
    const run = new Run(format, undefined, line)
    this.#dumps.push({ run, label: this.#takeLabel() })
    return run
  }

  #flush(): void {
    if (this.#plain) {
      const run = this.#begin(PLAIN, this.#plain.firstLine)
      run.put(0, this.#plain.bytes())
      run.lastLine = this.#plain.lastLine
    }
    if (this.#block && isEven(this.#block)) {
      const order = this.#orderOf(this.#block)
      const { runs, mistakes } = assemble(placeBlock(this.#block, order), this.#block.format.name, this.#budget)
      for (const run of runs) this.#dumps.push({ run, label: this.#takeLabel() })
      this.#mistakes.push(...mistakes)
    }
    this.#block = undefined
    this.#plain = undefined
  }

  /** What the tool or the text column says, else as in dumps before, else as the bytes read best. */
  #orderOf(block: Block): WordOrder {
    const digits = block.items.find((item) => item.kind === 'line')!.line.digits
    const told = toldOrder(block)
    const order =
      told ??
      this.#orders.get(digits) ??
      (this.#guesses.take(LARGEST) ? orderOfContent((tried) => firstBytes(block, tried)) : undefined)
    // Of words so short, those of a ring's header alone are numbers for the most part.
    const bodies = bodiesOf(block)
    const known = order ?? orderOfZeros(digits < 8 ? bodies.slice(0, 1) : bodies)
    if (known && block.format.order === 'memory') this.#orders.set(digits, known)
    return known ?? block.format.order
  }

  #takeLabel(): Label | undefined {
    const label = this.#label
    this.#label = undefined
    return label
  }
}

/** From the beginning of the page on in which the block begins. */
function firstBytes(block: Block, order: WordOrder): Uint8Array {
  const [run] = assemble(placeBlock(block, order), block.format.name, new Budget(2 * LARGEST)).runs
  return run ? joined(pagesOf(run).map(({ bytes }) => bytes)) : new Uint8Array()
}

function startOf(text: string, number: number, at: number): { format: HexFormat; line: ScannedLine } | undefined {
  for (const format of HEX_FORMATS) {
    const line = scanLine(text, number, at, format, true)
    if (line && begins(line, format)) return { format, line }
  }
  return undefined
}

function begins({ rest, size, address, digits, body }: ScannedLine, format: HexFormat): boolean {
  if (!format.ends) return size >= 4 || (size > 0 && !rest) || (rest !== undefined && address.length >= LONG_ADDRESS)
  // od -A n has no addresses: its first word is none.
  const words = body.trim().split(/[ \t]+/).length + 1
  return size > 0 && (!rest || size >= 4) && (address.length !== digits || (words & (words - 1)) !== 0)
}

/** Words are as long as in the first line. */
function isLike({ digits, even, rest }: ScannedLine, first: Block['items'][number]): boolean {
  return (
    first.kind !== 'line' ||
    digits === first.line.digits ||
    !first.line.even ||
    !even ||
    rest !== undefined ||
    first.line.digits === 0
  )
}
