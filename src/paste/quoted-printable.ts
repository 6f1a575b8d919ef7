// Quoted-printable, in which mail carries text (RFC 2045, 6.7): `=3D` for a character, `=` at the end of a line that goes on.

/** No encoded line is longer. */
const MAX_COLUMNS = 76
const HEADER = /^content-transfer-encoding:[ \t]*quoted-printable/im
/** `=` that stands for itself, which an encoder does not leave. */
const BARE = /=(?![\dA-F]{2}|[ \t]*\r?(?:\n|$))/i
/** An escape that every encoder writes. */
const ESCAPE = /=(?:3D|20[ \t]*\r?\n|E2=80|C2=A0|09)/i
/** The end of a line that was folded because it is long, and one that ends so without being long. */
const FOLDED = /^.{70,75}=[ \t]*\r?\n/m
const NOT_FOLDED = /^.{0,69}=[ \t]*\r?$/m
const LONG_LINE = new RegExp(`^.{${MAX_COLUMNS + 1}}`, 'm')

/**
 * Whether a text is in quoted-printable: its header says so, or there is no `=` in it but those of the encoding, no line is longer
 * than an encoder makes it, and something is encoded.
 */
export function isQuotedPrintable(text: string): boolean {
  if (!text.includes('=')) return false
  const isEscaped = ESCAPE.test(text)
  if (isEscaped && HEADER.test(text)) return true
  // Where one is, it is found soon; the others look at every line.
  if (BARE.test(text)) return false
  return (isEscaped || (FOLDED.test(text) && !NOT_FOLDED.test(text))) && !LONG_LINE.test(text)
}

const ESCAPED = /(?:=[\dA-F]{2})+/gi

/** A line with its escapes decoded: bytes of UTF-8. */
export function decodedEscapes(line: string): string {
  if (!line.includes('=')) return line
  return line.replace(ESCAPED, (escapes) => {
    const bytes = Uint8Array.from({ length: escapes.length / 3 }, (_, i) =>
      Number.parseInt(escapes.slice(3 * i + 1, 3 * i + 3), 16),
    )
    return new TextDecoder().decode(bytes)
  })
}
