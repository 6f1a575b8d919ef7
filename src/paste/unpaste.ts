// What a program printed, out of the text that people pasted it into.
import { linesOf, type TextLine } from './lines.ts'
import { isQuotedTight, prefixLength } from './prefix.ts'

/** A line of a program's output, without what stood before it in a mail or a log. */
export interface UnpastedLine extends TextLine {
  /** Columns of the line as it was pasted, from the left edge to its last character. */
  readonly columns: number
}

/** Deeper than that nothing is indented as a whole. */
const MAX_INDENT = 256

/** Spaces and tabs before a line; undefined of one that has nothing else. */
function indentOf(text: string): number | undefined {
  const indent = text.length - text.trimStart().length
  return indent === text.length ? undefined : indent
}

/**
 * The lines of a text without quotes of mail and stamps of logs (`prefixLength`), and without the indentation that they all have; what
 * is indented below other lines stays so.
 */
export function unpastedLines(text: string): UnpastedLine[] {
  const lines = [...linesOf(text)]
  const isTight = lines.some((line) => isQuotedTight(line.text))
  const bare = lines.map(({ text, number }) => ({ text: text.slice(prefixLength(text, isTight)), number, columns: text.length }))
  const indented = bare.reduce((least, { text }) => Math.min(least, indentOf(text) ?? least), MAX_INDENT)
  return indented === 0 ? bare : bare.map((line) => ({ ...line, text: line.text.slice(indented) }))
}

/** When a line goes on in the next. */
export interface Wrapping {
  /** The line has no end: of a value that was begun, or of a name. */
  isOpen(line: string): boolean
  /** Whether the next line can be what follows. @param isCut the line reaches to where a terminal would cut it */
  continues(open: string, next: string, isCut: boolean): boolean
}

/** A line of more pieces is none that was wrapped. */
const MAX_PIECES = 64
/** No terminal, and no program of mail, wraps lines that are shorter. */
export const MIN_WRAP = 40

/**
 * Joins what a terminal or a mail program wrapped. A line that ends at the width of the terminal, which is that of the widest, was cut
 * where it was; any other at a space.
 * @param lines of a whole text
 */
export function* unwrapped(lines: readonly UnpastedLine[], { isOpen, continues }: Wrapping): Generator<UnpastedLine> {
  const width = lines.reduce((most, { columns }) => Math.max(most, columns), MIN_WRAP)
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    if (!isOpen(line.text)) {
      yield line
      continue
    }
    let joined = line.text
    let last = i
    for (let next = i + 1; next < lines.length && next - i < MAX_PIECES; next++) {
      const { text } = lines[next]!
      const isCut = lines[next - 1]!.columns === width
      if (!isOpen(joined) || !continues(joined, text, isCut)) break
      joined = isCut ? joined + text : `${joined.trimEnd()} ${text.trimStart()}`
      last = next
    }
    if (last > i && !isOpen(joined)) {
      yield { ...line, text: joined }
      i = last
    } else yield line
  }
}
