// Lines of a text and what stands before a dump in them: quoting, the kernel log's clock, colours.

export interface TextLine {
  /** Without escape sequences and the line end. */
  readonly text: string
  /** From 1 on. */
  readonly number: number
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken away
const ESCAPES = /\u001b\[[\d;?]*[A-Za-z]/g

/** The lines one by one: a text may have very many, or a single one. */
export function* linesOf(text: string): Generator<TextLine> {
  let number = 0
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end)
    at = end < 0 ? text.length : end + 1
    const plain = line.includes('\u001b') ? line.replace(ESCAPES, '') : line
    yield { text: plain.endsWith('\r') ? plain.slice(0, -1) : plain, number: ++number }
  }
}

/** What tells a line's format stands in so many of its characters. */
export const HEAD = 256

const QUOTES = /^(?:[ \t]*[>|](?=[ \t>|]))+[ \t]?/
const CLOCK = /^[ \t]*(?:<\d>)?\[ *\d+\.\d+\] ?/

/** Characters before a dump's own: `> ` of mail, `[   12.345678] ` of the kernel's log. */
export function prefixLength(line: string): number {
  const head = line.slice(0, HEAD)
  const quotes = QUOTES.exec(head)?.[0].length ?? 0
  return quotes + (CLOCK.exec(head.slice(quotes))?.[0].length ?? 0)
}
