/** Hex with 0x. */
export function hex(n: number): string {
  return `0x${n.toString(16)}`
}

/** `1 page`, `2 pages`. */
export function count(n: number | bigint, one: string, many = `${one}s`): string {
  return `${n} ${BigInt(n) === 1n ? one : many}`
}

/** Text from outside made safe for a terminal: control characters become \xNN. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Words in lines of at most so many characters; a longer word has a line of its own. */
export function wrap(text: string, width: number): string[] {
  return flow(text.split(' '), width, ' ').map((line) => line.trim())
}

/** On lines shorter than that a text beside something else is hard to read. */
const LEAST_BESIDE = 24

/**
 * The text that stands in the columns from `at` on, and the lines below it on which it goes on, none past the width. Where there
 * is no room beside, all of it is on the lines below. @param indent of these then, where the longest word leaves room for one
 */
export function beside(at: number, text: string, indent: number, width: number): { first: string; below: string[] } {
  const room = width - at
  const longest = Math.max(...text.split(' ').map((word) => word.length))
  const roomy = text.length <= room || room >= Math.max(LEAST_BESIDE, longest)
  const column = roomy ? at : Math.max(0, Math.min(indent, width - longest))
  const [first = '', ...more] = roomy ? wrap(text, room) : ['', ...wrap(text, width - column)]
  return { first, below: more.map((line) => ' '.repeat(column) + line) }
}

/** Items in lines of at most so many characters, the gap between them; a longer item has a line of its own. */
export function flow(items: readonly string[], width: number, gap: string): string[] {
  const lines: string[] = []
  for (const item of items) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + gap.length + item.length <= width) lines[lines.length - 1] = line + gap + item
    else lines.push(item)
  }
  return lines
}

/** Words behind a head, on lines that do not pass the width; those behind the first below one another. */
export function wrapped(head: string, words: readonly string[], separator: string, width: number): string[] {
  const items = words.map((word, i) => (i < words.length - 1 ? word + separator.trimEnd() : word))
  return flow(items, width - head.length, ' ').map((line, i) => (i === 0 ? head : ' '.repeat(head.length)) + line)
}
