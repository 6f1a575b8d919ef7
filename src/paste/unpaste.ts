// What a program printed, out of the text that people pasted it into.
import { linesOf, type TextLine } from './lines.ts'
import { prefixLength } from './prefix.ts'

/** A line of a program's output, without what stood before it in a mail or a log. */
export interface PastedLine extends TextLine {
  /** Columns of the line as it was pasted, from the left edge to its last character. */
  readonly columns: number
}

/** The lines of a text without quotes of mail and stamps of logs (`prefixLength`); their indentation stays. */
export function* pastedLines(text: string): Generator<PastedLine> {
  for (const line of linesOf(text))
    yield { text: line.text.slice(prefixLength(line.text)), number: line.number, columns: line.text.length }
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
export const MIN_WIDTH = 40

/**
 * Joins what a terminal or a mail program wrapped. A line that ends at the width of the terminal, which is that of the widest, was cut
 * where it was; any other at a space.
 * @param lines of a whole text
 */
export function* unwrapped(lines: Iterable<PastedLine>, { isOpen, continues }: Wrapping): Generator<PastedLine> {
  const all = [...lines]
  const width = all.reduce((most, { columns }) => Math.max(most, columns), MIN_WIDTH)
  for (let i = 0; i < all.length; i++) {
    const line = all[i]!
    if (!isOpen(line.text)) {
      yield line
      continue
    }
    let joined = line.text
    let last = i
    for (let next = i + 1; next < all.length && next - i < MAX_PIECES; next++) {
      const { text } = all[next]!
      const isCut = all[next - 1]!.columns === width
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
