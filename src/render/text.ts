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

/** Words on lines that do not pass the width, behind a head, and below one another. */
export function wrapped(head: string, words: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = []
  let line = head
  let empty = true
  for (const [i, word] of words.entries()) {
    const last = i === words.length - 1
    const text = last ? word : word + separator.trimEnd()
    const space = empty ? '' : separator.trimEnd() === '' ? separator : ' '
    if (!empty && line.length + space.length + text.length > width) {
      lines.push(line)
      line = ' '.repeat(head.length) + text
    } else line += space + text
    empty = false
  }
  return empty ? lines : [...lines, line]
}
