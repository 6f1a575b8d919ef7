// Dumps without addresses: digits alone, and what Python prints of bytes.
import { bytesOfWords } from './scan.ts'

/** Digits, spaces, commas, and the x of 0x. */
const PLAIN = /^[\da-fx, \t]+[;}]?[ \t]*$/i
const BYTES = /^(?:0x)?(?:[\da-f]{2})+$/i
/** A line that is not behind others of its kind has so many bytes at least. */
const LEAST = 4

/** A line of hex digits alone: of xxd -p, xxd -i, od -A n. */
export function isPlainLine(line: string, first: boolean): boolean {
  if (!PLAIN.test(line)) return false
  let digits = 0
  for (const [word] of line.matchAll(/[^ \t,;}]+/g)) {
    if (!BYTES.test(word)) return false
    digits += word.length
  }
  return digits >= (first ? 2 * LEAST : 2)
}

/** Several words of 4, 8 or 16 digits in a line are numbers, as od prints them; else digits stand for bytes in their order. */
export function plainBytes(line: string): number[] {
  const body = line.replace(/[;}][ \t]*$/, '')
  const words = /^[ \t]*([\da-f]+)[ \t]+([\da-f]+)(?:[ \t]|$)/i.exec(body)
  const little = words !== null && words[1]!.length === words[2]!.length && [4, 8, 16].includes(words[1]!.length)
  return bytesOfWords(body, little ? 'little' : 'memory')
}

/** Bytes that begin further on in a line are not looked for; within so many characters a page has a byte that is an escape. */
const LITERAL_HEAD = 4096

/** Where Python's bytes begin in a line: their first character. Text that has no escape in it is none. */
export function literalStart(line: string): number | undefined {
  const found = /(?:^|\W)b(['"])(?=(?:(?!\1)[^\\]|\\[^x])*\\x[\da-f]{2})/i.exec(line.slice(0, LITERAL_HEAD))
  return found ? found.index + found[0].length : undefined
}

const ESCAPED: Readonly<Record<string, number>> = { '\\': 0x5c, "'": 0x27, '"': 0x22, n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11 }

/** Python's bytes, perhaps over several lines as a terminal breaks them. */
export class PythonLiteral {
  /** Where they begin. */
  readonly line: number
  readonly column: number
  readonly bytes: number[] = []
  #quote: string | undefined
  /** An escape that the end of a line cut. */
  #cut = ''

  constructor(line: number, at: number) {
    this.line = line
    this.column = at + 1
  }

  /** @param at where to begin; the character before is the quote @returns true at the end */
  add(line: string, at: number): boolean {
    this.#quote ??= line[at - 1]!
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
