import { cellsOf, cutCells } from './cells.ts'
import type { Paint } from './style.ts'

export { count } from '../codec/struct/count.ts'
export { printable } from './printable.ts'

/** Hex with 0x. */
export function hexNumber(n: number): string {
  return `0x${n.toString(16)}`
}

/** Words in lines of at most so many cells; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(1, width)
  const words = text.split(' ').flatMap((word) => cutCells(word, room))
  return flow(words, room, ' ').map((line) => line.trim())
}

/** The lines of a title: a path is cut where the width ends, so that its pieces join again. */
export function titleLines(title: string, width: number): string[] {
  return cutCells(title, width)
}

/** Labels, and behind each its text, which goes on below itself. */
export function labelled(rows: readonly (readonly [string, string])[], paint: Paint, width: number): string[] {
  const widest = Math.max(...rows.map(([name]) => name.length))
  return rows.flatMap(([name, text]) => {
    const { first, below } = beside(widest + 4, text, 4, width)
    return [`  ${paint(name.padEnd(widest))}${first && `  ${first}`}`, ...below]
  })
}

/** A text behind an indent of its own, whose other lines begin at a column. */
export function hanging(text: string, column: number, width: number): string[] {
  if (cellsOf(text) <= width) return [text]
  const start = /^ */.exec(text)![0]
  const at = Math.min(column, Math.max(0, width - MIN_BESIDE))
  const [first = '', ...more] = wrap(text.slice(start.length), width - start.length)
  return [start + first, ...wrap(more.join(' '), width - at).map((line) => ' '.repeat(at) + line)]
}

/** On lines shorter than that a text beside something else is hard to read. */
const MIN_BESIDE = 24

/**
 * The text that stands in the columns from `at` on, and the lines below it on which it goes on, none past the width. Where there
 * is no room beside, all of it is on the lines below. @param indent of these then, where the longest word leaves room for one
 */
export function beside(at: number, text: string, indent: number, width: number): { first: string; below: string[] } {
  const room = width - at
  // Of a long listing nearly every line.
  if (text !== '' && cellsOf(text) <= room && text.trim() === text) return { first: text, below: [] }
  const longest = Math.min(width, Math.max(...text.split(' ').map(cellsOf)))
  const roomy = cellsOf(text) <= room || room >= Math.max(MIN_BESIDE, longest)
  const column = roomy ? at : Math.max(0, Math.min(indent, width - longest))
  const [first = '', ...more] = roomy ? wrap(text, room) : ['', ...wrap(text, width - column)]
  return { first, below: more.map((line) => ' '.repeat(column) + line) }
}

/** Items in lines of at most so many cells, the gap between them; a longer item has a line of its own. */
export function flow(items: readonly string[], width: number, gap: string): string[] {
  const lines: string[] = []
  let taken = 0
  for (const item of items) {
    const more = gap.length + cellsOf(item)
    if (lines.length > 0 && taken + more <= width) {
      lines[lines.length - 1] += gap + item
      taken += more
    } else {
      lines.push(item)
      taken = more - gap.length
    }
  }
  return lines
}

/** Words behind a head, on lines that do not pass the width; those behind the first below one another. */
export function wrapped(head: string, words: readonly string[], separator: string, width: number): string[] {
  const items = words.map((word, i) => (i < words.length - 1 ? word + separator.trimEnd() : word))
  return flow(items, width - head.length, ' ').map((line, i) => (i === 0 ? head : ' '.repeat(head.length)) + line)
}
