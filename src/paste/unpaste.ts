// What a program printed, out of the text that people pasted it into.
import { again } from './again.ts'
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

/** The lines of a text, which may be very many: they are gone through, and not held. */
export interface UnpastedLines extends Iterable<UnpastedLine> {
  /** Columns of the widest. */
  readonly width: number
}

/**
 * The lines of a text without quotes of mail and stamps of logs (`prefixLength`), and without the indentation that they all have; what
 * is indented below other lines stays so.
 */
export function unpastedLines(text: string): UnpastedLines {
  const lines = again(() => linesOf(text))
  const isTight = hasTightQuotes(lines)
  const prefixes: number[] = []
  let [width, indented] = [0, MAX_INDENT]
  for (const { text: line } of lines) {
    const prefix = prefixLength(line, isTight)
    prefixes.push(prefix)
    indented = Math.min(indented, indentOf(line.slice(prefix)) ?? indented)
    width = Math.max(width, line.length)
  }
  return {
    width,
    *[Symbol.iterator]() {
      let at = 0
      for (const { text: line, number } of lines)
        yield { text: line.slice(prefixes[at++]! + indented), number, columns: line.length }
    },
  }
}

function hasTightQuotes(lines: Iterable<TextLine>): boolean {
  for (const { text } of lines) if (isQuotedTight(text)) return true
  return false
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
 */
export function* unwrapped(lines: UnpastedLines, { isOpen, continues }: Wrapping): Generator<UnpastedLine> {
  const width = Math.max(lines.width, MIN_WRAP)
  const rest = lines[Symbol.iterator]()
  const held: UnpastedLine[] = []
  /** The lines that come next, of which few are held. */
  const ahead = (n: number) => {
    while (held.length <= n) {
      const next = rest.next()
      if (next.done) break
      held.push(next.value)
    }
    return held[n]
  }
  for (let line = ahead(0); line !== undefined; line = ahead(0)) {
    let [joined, pieces] = [line.text, 1]
    for (; pieces < MAX_PIECES && isOpen(joined); pieces++) {
      const next = ahead(pieces)
      if (next === undefined) break
      const isCut = held[pieces - 1]!.columns === width
      if (!continues(joined, next.text, isCut)) break
      joined = isCut ? joined + next.text : `${joined.trimEnd()} ${next.text.trimStart()}`
    }
    const isWhole = pieces > 1 && !isOpen(joined)
    yield isWhole ? { ...line, text: joined } : line
    held.splice(0, isWhole ? pieces : 1)
  }
}
