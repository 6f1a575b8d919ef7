// Widths in a terminal's cells, of text that `printable` made safe.

const ASCII = /^[ -~]*$/
/** Drawn over the character before: no cell of their own. */
const OVER = /[\p{Mn}\p{Me}]/u
/** Wide ones of Unicode's EastAsianWidth (W, F), in blocks, and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

/** Cells of a terminal that a text takes. */
export function cellsOf(text: string): number {
  if (ASCII.test(text)) return text.length
  let cells = 0
  for (const char of text) cells += cellsOfChar(char)
  return cells
}

function cellsOfChar(char: string): number {
  if (OVER.test(char)) return 0
  return WIDE.test(char) ? 2 : 1
}

/** Pieces of a text of at most so many cells each, one character at the least. */
export function cutCells(text: string, cells: number): string[] {
  if (cellsOf(text) <= cells) return [text]
  const pieces: string[] = []
  let piece = ''
  let taken = 0
  for (const char of text) {
    const own = cellsOfChar(char)
    if (piece !== '' && taken + own > cells) {
      pieces.push(piece)
      piece = ''
      taken = 0
    }
    piece += char
    taken += own
  }
  return [...pieces, piece]
}

/** As much of the beginning of a text as goes into so many cells. */
export function firstCells(text: string, cells: number): string {
  if (cellsOf(text) <= cells) return text
  const [first = ''] = cutCells(text, cells)
  return cellsOf(first) <= cells ? first : ''
}
