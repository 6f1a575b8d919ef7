// Coloured text cut to a width.
import { cellsOf, firstCells } from './cells.ts'
import type { Paint } from './style.ts'

export interface Span {
  readonly text: string
  readonly paint?: Paint | undefined
}

/** The spans as one line of at most so many cells. */
export function cut(spans: readonly Span[], width: number): string {
  let left = width
  let line = ''
  for (const { text, paint } of spans) {
    const shown = left > 0 ? firstCells(text, left) : ''
    // Behind what was cut, nothing.
    left = shown === text ? left - cellsOf(shown) : 0
    if (shown !== '') line += paint ? paint(shown) : shown
  }
  return line
}

/** The spans as one line, filled with spaces up to the width. */
export function filled(spans: readonly Span[], width: number): string {
  const length = spans.reduce((sum, { text }) => sum + cellsOf(text), 0)
  return cut([...spans, { text: ' '.repeat(Math.max(0, width - length)) }], width)
}
