// Dumps without addresses: digits alone, perhaps with a text column.
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { WordOrder } from './formats.ts'
import { bytesOfWords } from './scan.ts'
import { orderOfContent } from './word-order.ts'

/** Digits, spaces, commas, the x of 0x; Python and JSON set quotes around. Of a line without spaces at its ends. */
const PLAIN = /^(?:b?["'])?[\da-fx, \t]+(?:["'],?|[;}])?$/i
const BYTES = /^(?:0x)?(?:[\da-f]{2})+$/i
/** A heading over columns. */
const COLUMNS = /^[ \t]*00 01 02 03 04 05 06 07(?: |$)/
/** A line that is not behind others of its kind has so many bytes at least. */
const MIN_BYTES = 4
/** od without addresses: of such words in a row no other tool makes lines. */
const OCTAL = /^[ \t]*[01][0-7]{5}(?: [01][0-7]{5}){7}[ \t]*$/

/** Addresses of a kernel and nothing else: a list of them, an array of pointers. No dump of a ring begins so. */
const POINTERS = /^[ \t]*(?:(?:0x)?ffff[89a-f][\da-f]{11}(?:,? +|,?$))+[ \t]*$/i

/** A line of hex digits alone: of xxd -p, xxd -i, od -A n, print_hex_dump without addresses. */
export function isPlainLine(line: string, first: boolean): boolean {
  const words = wordsIn(line)
  if (!PLAIN.test(words.trim()) || COLUMNS.test(words) || (first && POINTERS.test(words))) return false
  let digits = 0
  for (const [word] of words.matchAll(/[^ \t,;}"']+/g)) {
    // b of b'...
    if (word === 'b' && digits === 0) continue
    if (!BYTES.test(word)) return false
    digits += word.length
  }
  return digits >= (first ? 2 * MIN_BYTES : 2)
}

/** Longer lines have no text column. */
const LONGEST = 512
const FRAMED = /(?<![ \t])[ \t]{2,}[>|].{1,64}[<|][ \t]*$/
const COLUMN = /^([ \t]*[\da-f]{2,16}(?: [\da-f]{2,16})*) {2}(.{1,64})$/i

/** Without a text column: one that is framed, or as many characters as the digits before it stand for bytes. */
function wordsIn(long: string): string {
  if (long.length > LONGEST) return long
  const line = long.trimEnd()
  const framed = FRAMED.exec(line)
  if (framed) return line.slice(0, framed.index)
  const column = COLUMN.exec(line)
  if (!column) return line
  const size = column[1]!.replace(/[ \t]/g, '').length / 2
  // Spaces at its end may have been lost.
  return size === column[2]!.length || (size % 16 === 0 && size > column[2]!.length) ? column[1]! : line
}

const MARKS = '"\',;}'

/** The line without the quotes and marks around it. */
function unquoted(line: string): string {
  const words = line.trim().replace(/^b?["']/i, '')
  let end = words.length
  while (end > 0 && MARKS.includes(words[end - 1]!)) end--
  return words.slice(0, end)
}

/** Lines of digits one after the other. */
export class PlainDump {
  readonly firstLine: number
  lastLine: number
  readonly #lines: string[] = []
  #digits = 0

  constructor(line: number) {
    this.firstLine = line
    this.lastLine = line
  }

  add(line: string, number: number): void {
    this.#lines.push(unquoted(wordsIn(line)))
    this.#digits += this.#lines.at(-1)!.replace(/0x|[^\da-f]/gi, '').length
    this.lastLine = number
  }

  /** What it has are pages, which may be all. */
  get isWhole(): boolean {
    return this.#digits % (2 * XEN_PAGE_SIZE) === 0
  }

  bytes(): Uint8Array {
    const octal = OCTAL.test(this.#lines[0]!)
    const read = (order: WordOrder) => Uint8Array.from(this.#lines.flatMap((line) => bytesOfWords(line, order, octal ? 8 : 16)))
    return read(octal ? 'little' : (this.#order(read) ?? 'memory'))
  }

  /** Words of 4, 8 or 16 digits may be numbers; several in a line are, unless the bytes say otherwise. */
  #order(read: (order: WordOrder) => Uint8Array): WordOrder | undefined {
    const words = this.#lines[0]!.trim().split(/[ \t,]+/)
    const digits = words[0]!.length
    if (![4, 8, 16].includes(digits) || words.some((word) => word.length !== digits)) return undefined
    return orderOfContent(read) ?? (words.length > 1 ? 'little' : undefined)
  }
}
