// What Python prints of bytes, which is what drgn reads: b'\x29...', and lists of numbers, which JSON has too.

/** One that is being read: it may go on over several lines. */
export interface OpenLiteral {
  /** The line that it begins in, counted from 1. */
  readonly line: number
  readonly column: number
  readonly bytes: number[]
  /** @param at where in the line to go on @returns true at the end */
  add(line: string, at: number): boolean
}

/** Bytes that begin further on in a line are not looked for; within so many characters a page has a byte that is an escape. */
const HEAD = 4096
/** Text that has no escape in it is none. */
const BYTES = /(?:^|\W)b(['"])(?=(?:(?!\1)[^\\]|\\[^x])*\\x[\da-f]{2})/i
const LIST = /\[(?=[ \t]*(?:\d{1,3},[ \t]*){16})/

/** Bytes of Python that begin in a line, and where in it they go on. */
export function literalIn(line: string, number: number): { literal: OpenLiteral; at: number } | undefined {
  const head = line.slice(0, HEAD)
  const bytes = BYTES.exec(head)
  if (bytes) {
    const at = bytes.index + bytes[0].length
    return { literal: new BytesLiteral(number, at, bytes[1]!), at }
  }
  const list = LIST.exec(head)
  return list ? { literal: new ListLiteral(number, list.index + 1), at: list.index + 1 } : undefined
}

const ESCAPED: Readonly<Record<string, number>> = { '\\': 0x5c, "'": 0x27, '"': 0x22, n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11 }

/** Python's bytes, perhaps over several lines as a terminal breaks them. */
class BytesLiteral implements OpenLiteral {
  readonly line: number
  readonly column: number
  readonly bytes: number[] = []
  readonly #quote: string
  /** An escape that the end of a line cut. */
  #cut = ''

  constructor(line: number, at: number, quote: string) {
    this.line = line
    this.column = at + 1
    this.#quote = quote
  }

  add(line: string, at: number): boolean {
    const text = this.#cut + line.slice(at)
    this.#cut = ''
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!
      if (c === this.#quote) return true
      if (c !== '\\') {
        this.bytes.push(text.charCodeAt(i) & 0xff)
        continue
      }
      const hex = text[i + 1] === 'x' ? /^[\da-f]{2}/i.exec(text.slice(i + 2, i + 4))?.[0] : undefined
      if (i + (text[i + 1] === 'x' ? 4 : 2) > text.length) {
        this.#cut = text.slice(i)
        return false
      }
      this.bytes.push(hex === undefined ? (ESCAPED[text[i + 1]!] ?? 0x5c) : Number.parseInt(hex, 16))
      i += hex === undefined ? 1 : 3
    }
    return false
  }
}

function isDigit(text: string, at: number): boolean {
  return text[at]! >= '0' && text[at]! <= '9'
}

function isByte(digits: string): boolean {
  return digits.length <= 3 && Number(digits) <= 255
}

/** Numbers with commas between them. What is neither ends it. */
class ListLiteral implements OpenLiteral {
  readonly line: number
  readonly column: number
  readonly bytes: number[] = []
  /** A number that the end of a line may have cut. */
  #cut = ''

  constructor(line: number, at: number) {
    this.line = line
    this.column = at + 1
  }

  add(line: string, at: number): boolean {
    const text = this.#cut + line.slice(at).trimEnd()
    const body = /^[\d, \t]*/.exec(text)![0]
    const ends = body.length < text.length
    let whole = body.length
    while (!ends && whole > 0 && isDigit(body, whole - 1)) whole--
    this.#cut = body.slice(whole)
    for (const [number] of body.slice(0, whole).matchAll(/\d+/g)) {
      if (!isByte(number)) return true
      this.bytes.push(Number(number))
    }
    // What is no byte yet will be none.
    return ends || (this.#cut !== '' && !isByte(this.#cut))
  }
}
