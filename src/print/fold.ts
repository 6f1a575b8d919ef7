// Lines that may have colours in them, folded where a terminal ends.
import { cellsOf } from './cells.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: what chalk writes
const SGR = /\u001b\[[\d;]*m/g
/** On lines shorter than that nothing is put to the right of an indent. */
const MIN_BESIDE = 24

/**
 * The text with each line that is too long broken between words; a word that is longer than the width stays whole. What goes
 * on is indented by so many columns, where there is room.
 */
export function folded(text: string, indent: number, width: number): string {
  if (width === Number.POSITIVE_INFINITY) return text
  const margin = ' '.repeat(Math.max(0, Math.min(indent, width - MIN_BESIDE)))
  return text
    .split('\n')
    .map((line) => foldedLine(line, margin, width))
    .join('\n')
}

function foldedLine(line: string, margin: string, width: number): string {
  if (cellsShown(line) <= width) return line
  let shown = ''
  let taken = 0
  // Words, and the spaces between them.
  for (const [i, piece] of line.split(/( +)/).entries()) {
    const cells = cellsShown(piece)
    const isWord = i % 2 === 0
    if (isWord && cells > 0 && taken + cells > width && taken > margin.length) {
      shown = `${shown.trimEnd()}\n${margin}`
      taken = margin.length
    }
    shown += piece
    taken += cells
  }
  return shown
}

function cellsShown(text: string): number {
  return cellsOf(text.replace(SGR, ''))
}
