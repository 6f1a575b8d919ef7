// JSON at the beginning of lines, and as much of it as is there where the end was cut off.

import { MIN_WRAP, type UnpastedLine } from '../paste/unpaste.ts'

/** Deeper text is none that a tool prints. */
const MAX_DEPTH = 64

/**
 * The value that begins in the first line. Of one that is cut, what came before the cut; what was begun last is left out.
 * @returns the value, and the lines that it takes; undefined where the lines are no JSON
 */
export function wholeJson(lines: readonly UnpastedLine[]): { readonly value: unknown; readonly lines: number } | undefined {
  const width = lines.reduce((most, { columns }) => Math.max(most, columns), MIN_WRAP)
  const starts: number[] = []
  const parts: string[] = []
  let length = 0
  for (const { text, columns } of lines) {
    // A line break in a string is one that a terminal or mail has made.
    const part = columns === width ? text : `${text} `
    starts.push(length)
    parts.push(part)
    length += part.length
  }
  const text = parts.join('')
  const { end, sound, closers } = extent(text)
  try {
    if (end === undefined) return { value: JSON.parse(text.slice(0, sound) + closers) as unknown, lines: lines.length }
    return { value: JSON.parse(text.slice(0, end)) as unknown, lines: starts.filter((start) => start < end).length }
  } catch {
    return undefined
  }
}

interface Extent {
  /** Where the value ends; undefined where it is cut. */
  readonly end: number | undefined
  /** Up to where everything is whole, and what closes what is open there. */
  readonly sound: number
  readonly closers: string
}

function extent(text: string): Extent {
  let open = ''
  let [sound, closers, inString] = [0, '', false]
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (inString) {
      if (c === '\\') i++
      else if (c === '"') inString = false
      continue
    }
    if (c === '"') inString = true
    else if (c === '[' || c === '{') {
      if (open.length === MAX_DEPTH) break
      open = (c === '[' ? ']' : '}') + open
      ;[sound, closers] = [i + 1, open]
    } else if (c === ']' || c === '}') {
      open = open.slice(1)
      ;[sound, closers] = [i + 1, open]
      if (open === '') return { end: i + 1, sound, closers }
    } else if (c === ',') [sound, closers] = [i, open]
  }
  return { end: undefined, sound, closers }
}
