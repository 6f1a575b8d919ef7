// What from outside may not reach a terminal, a page or a JSON document as it is: control characters, what turns the direction
// of text, what is not seen (invisible characters, spaces that are no U+0020), what has no meaning of its own (private use, halves of pairs).
// By property, so that it does not depend on a list; ideographic spaces stay, which names hold.

const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800]/gu

/** All that is safe is ASCII, as it mostly is. */
const SAFE = /^[ -~]*$/
const SAFE_LINES = /^[\n\t -~]*$/
const MAX_BYTE = 0xff

/** Text from outside made safe: control characters become \xNN, others \u{NNNN}. */
export function printable(text: string): string {
  return SAFE.test(text) ? text : text.replace(UNSAFE, escapeOf)
}

function escapeOf(char: string): string {
  const code = char.codePointAt(0)!
  return code <= MAX_BYTE ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const SGR = /^\u001b\[[\d;]*m/

/** Lines that were put together of safe text, looked at once more: ends of lines and tabs stay, and what sets colours where there are any. */
export function printableLines(text: string, hasColours: boolean): string {
  if (SAFE_LINES.test(text)) return text
  return text.replace(UNSAFE, (char, at: number) => {
    const stays = char === '\n' || char === '\t' || (hasColours && char === '\u001b' && SGR.test(text.slice(at, at + MAX_SGR)))
    return stays ? char : escapeOf(char)
  })
}

/** Characters of the longest sequence that chalk writes: a colour of 24 bits. */
const MAX_SGR = 20

/** JSON in which nothing is unsafe: the same value, its strings with \uNNNN. @param indent spaces of a level; a single line without */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent)
  return SAFE_LINES.test(text) ? text : text.replace(UNSAFE, (char) => (char === '\n' ? char : jsonEscapes(char)))
}

function jsonEscapes(char: string): string {
  return char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
