// Dumps in decimal: `x/16dw` of gdb, `rd -d` of crash. Their lines are written anew in hex, in the same tool's form, so that what
// reads dumps knows one base for each.
import type { TextLine } from '../paste/lines.ts'

/** gdb sets tabs, and 0x before what is hex; octal begins with 0. */
const GDB = /^(.{0,64}?(0x[\da-f]{1,16})(?:[ \t]+<[^<>]{0,80}>)?:)((?:\t(?:0|-?[1-9]\d{0,19}))+)[ \t]*$/i
/** crash sets its numbers to the right, and words of hex two spaces behind the address. */
const CRASH = /^(.{0,64}?\b([\da-f]{8,16}):) {3,}((?:0|-?[1-9]\d{0,19})(?: +(?:0|-?[1-9]\d{0,19}))*) *$/i
/** Sizes of words by what the command says: a letter of gdb's, the bits of crash's. */
const COMMAND = /\bx\/\d*[duix]*([bhwg])|\brd\b.* -(8|16|32|64)\b|\b(rd)\b/
const SIZES: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, g: 8, '8': 1, '16': 2, '32': 4, '64': 8, rd: 8 }
const WORD_SIZES = [1, 2, 4, 8]

interface Decimal {
  readonly line: TextLine
  readonly head: string
  readonly address: bigint
  readonly words: readonly string[]
  readonly isGdb: boolean
}

/** The lines, those in decimal with their words in hex. */
export function* inHex(lines: Iterable<TextLine>): Generator<TextLine> {
  let held: Decimal | undefined
  let size: number | undefined
  for (const line of lines) {
    const found = decimalIn(line)
    if (held) {
      size = sizeOf(held, found) ?? size
      yield written(held, size)
      held = undefined
    }
    if (found) held = found
    else {
      const said = line.text.length <= 256 ? COMMAND.exec(line.text) : null
      if (said) size = SIZES[(said[1] ?? said[2] ?? said[3])!]
      yield line
    }
  }
  if (held) yield written(held, size)
}

function decimalIn(line: TextLine): Decimal | undefined {
  if (line.text.length > 512) return undefined
  const gdb = GDB.exec(line.text)
  const found = gdb ?? CRASH.exec(line.text)
  if (!found) return undefined
  const words = found[3]!.trim().split(/[ \t]+/)
  return { line, head: found[1]!, address: BigInt(gdb ? found[2]! : `0x${found[2]}`), words, isGdb: gdb !== null }
}

/** Bytes of a word, by where the next line begins. */
function sizeOf({ address, words }: Decimal, next: Decimal | undefined): number | undefined {
  const step = next ? Number(next.address - address) : 0
  return WORD_SIZES.find((size) => size * words.length === step)
}

/** A line alone has as many words as fit 16 bytes. */
function written({ line, head, words, isGdb }: Decimal, known: number | undefined): TextLine {
  const size = known ?? WORD_SIZES.find((size) => size * words.length === 16)
  if (size === undefined) return line
  const hex = words.map((word) =>
    BigInt.asUintN(8 * size, BigInt(word))
      .toString(16)
      .padStart(2 * size, '0'),
  )
  return { ...line, text: isGdb ? `${head}\t${hex.map((word) => `0x${word}`).join('\t')}` : `${head}  ${hex.join(' ')}` }
}
