// The lines of a text as they were before programs that write for the screen, browsers and mail touched them.

import { decodedEscapes, isQuotedPrintable } from './quoted-printable.ts'

export interface TextLine {
  /** The line in ASCII where it was typeset, without escape sequences and without its end. */
  readonly text: string
  /** The number of the line, counted from 1; of a line that mail folded, of its first part. */
  readonly number: number
}

// Colours, and the titles that prompts give to a terminal's window.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken away
const ESCAPES = /\u001b(?:\[[\d;?]*[A-Za-z]|\][^\u0007\u001b]{0,256}(?:\u0007|\u001b\\))/g

// What mail programs and browsers put in the place of ASCII. One character for one, so that columns stay.
const QUOTES = /[\u2018\u2019]/g
const DOUBLE_QUOTES = /[\u201c-\u201f\u2033]/g
const DASHES = /\u2013/g
const SPACES = /[\u00a0\u2000-\u200b\u202f\u2060\u3000]/g

function inAscii(line: string): string {
  return line.replace(SPACES, ' ').replace(QUOTES, "'").replace(DOUBLE_QUOTES, '"').replace(DASHES, '-')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters below 0x80
const NOT_ASCII = /[^\u0000-\u007f]/

/**
 * The lines of a text one by one: it may have very many, or a single one. Quoted-printable is decoded, where the whole text reads as
 * such; typographic quotes and spaces become those of ASCII; colours go.
 */
export function* linesOf(text: string): Generator<TextLine> {
  const isFolded = isQuotedPrintable(text)
  let folded: string[] = []
  let number = 0
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end)
    at = end < 0 ? text.length : end + 1
    number++
    if (!isFolded) yield { text: plain(line), number }
    else {
      const part = /=[ \t\r]*$/.exec(line)
      folded.push(part ? line.slice(0, part.index) : line)
      if (part && at < text.length) continue
      yield { text: plain(decodedEscapes(folded.join(''))), number: number - folded.length + 1 }
      folded = []
    }
  }
}

function plain(line: string): string {
  const ascii = NOT_ASCII.test(line) ? inAscii(line) : line
  const bare = ascii.includes('\u001b') ? ascii.replace(ESCAPES, '') : ascii
  let end = bare.length
  // Two, where a text was converted twice.
  while (bare[end - 1] === '\r') end--
  return bare.slice(0, end)
}
