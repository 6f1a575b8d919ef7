// Lines of a text and what stands before a dump in them: quoting, the kernel log's clock, colours.

export interface TextLine {
  /** The line without escape sequences and without its end. */
  readonly text: string
  /** The number of the line, counted from 1. */
  readonly number: number
}

// Colours, and the titles that prompts give to a terminal's window.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken away
const ESCAPES = /\u001b(?:\[[\d;?]*[A-Za-z]|\][^\u0007\u001b]{0,256}(?:\u0007|\u001b\\))/g

// What mail programs and browsers put in the place of ASCII. One character for one, so that columns stay.
const TYPESET: Readonly<Record<string, string>> = { '\u2018': "'", '\u2019': "'", '\u201c': '"', '\u201d': '"', '\u2013': '-' }
const SPACES = /[\u00a0\u2000-\u200b\u202f\u2060\u3000]/g

function inAscii(line: string): string {
  return line.replace(SPACES, ' ').replace(/[\u2018\u2019\u201c\u201d\u2013]/g, (c) => TYPESET[c]!)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters below 0x80
const NOT_ASCII = /[^\u0000-\u007f]/

/** The lines one by one: a text may have very many, or a single one. */
export function* linesOf(text: string): Generator<TextLine> {
  let number = 0
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end)
    at = end < 0 ? text.length : end + 1
    const ascii = NOT_ASCII.test(line) ? inAscii(line) : line
    const plain = ascii.includes('\u001b') ? ascii.replace(ESCAPES, '') : ascii
    yield { text: plain.endsWith('\r') ? plain.slice(0, -1) : plain, number: ++number }
  }
}

/** What tells a line's format stands in so many of its characters. */
export const HEAD = 256

const QUOTES = /^(?:[ \t]*[>|](?=[ \t>|]))*(?:[ \t]*>(?=[\da-f*#'"]))?[ \t]?/i
/** Date and time of syslog or ISO 8601, host, program. */
const SYSLOG =
  /^(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\d[T ][\d:]{8}(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?) (?:[\w.-]+ )?[\w./-]+(?:\[\d+\])?: /
/** The kernel's: seconds, or a date of dmesg -T, and perhaps the thread or CPU. */
const CLOCK = /^[ \t]*(?:<\d+>)?\[(?: *\d+\.\d+|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4})\](?:\[ *[TC]\d+\])? ?/
/** What Xen's console puts before a line. */
const CONSOLE = /^\(XEN\) (?:\[[^\]]{1,40}\] )?/
/** What a driver calls itself; digits and a colon are an address. */
const DRIVER = /^(?=[^:]*[g-z_])[a-z][\w. -]{0,63}: /i

/** Characters before a dump's own: `> ` of mail, `[   12.345678] ` of the kernel's log, the date and host of syslog. */
export function prefixLength(line: string): number {
  const head = line.slice(0, HEAD)
  let at = QUOTES.exec(head)?.[0].length ?? 0
  const log = at
  for (const stamp of [SYSLOG, CONSOLE, CLOCK]) at += stamp.exec(head.slice(at))?.[0].length ?? 0
  return at === log ? at : at + (DRIVER.exec(head.slice(at))?.[0].length ?? 0)
}
