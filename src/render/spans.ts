// Coloured text cut to a width.
import type { Paint } from './style.ts'

export interface Span {
  readonly text: string
  readonly paint?: Paint | undefined
}

/** The spans as one line of at most so many characters. */
export function cut(spans: readonly Span[], width: number): string {
  let left = width
  let line = ''
  for (const { text, paint } of spans) {
    const shown = text.slice(0, Math.max(0, left))
    left -= shown.length
    if (shown !== '') line += paint ? paint(shown) : shown
  }
  return line
}

/** The same, filled with spaces. */
export function filled(spans: readonly Span[], width: number): string {
  const length = spans.reduce((sum, { text }) => sum + text.length, 0)
  return cut([...spans, { text: ' '.repeat(Math.max(0, width - length)) }], width)
}
