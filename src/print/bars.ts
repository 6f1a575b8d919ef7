// Bars and lines of blocks, for figures in a terminal.
import type { Paint } from './style.ts'

const EIGHTHS = ' ▁▂▃▄▅▆▇█'
const FULL = '█'
/** Between the part that is filled and the most. */
const REACHED = '░'
/** What is 0: a mark, so that no line ends in nothing. */
const ZERO = '·'
const STEPS = EIGHTHS.length - 1

export interface Part {
  readonly amount: number
  /** The character that the part is drawn with, so that it is told from its neighbours without colour. */
  readonly fill: string
  readonly paint: Paint
}

/** Parts end to end, the whole as long as its share of the width says; what is not 0 has one character at least. */
export function stackedBar(parts: readonly Part[], most: number, width: number): string {
  const total = parts.reduce((sum, { amount }) => sum + amount, 0)
  if (total === 0 || most === 0) return ''
  const length = Math.max(1, Math.round((width * total) / most))
  let [sum, drawn, bar] = [0, 0, '']
  for (const { amount, fill, paint } of parts) {
    sum += amount
    const end = Math.round((length * sum) / total)
    if (end > drawn) bar += paint(fill.repeat(end - drawn))
    drawn = end
  }
  return bar
}

/** A character a value, of one line's height. */
export function sparkline(values: readonly number[], most: number): string {
  return values
    .map((value) => (value === 0 ? ZERO : EIGHTHS[Math.max(1, Math.min(STEPS, Math.round((STEPS * value) / most)))]))
    .join('')
}

export interface Height {
  readonly mean: number
  readonly most: number
}

/** Columns of several lines: filled up to the mean, shaded up to the most. Undefined leaves a column empty. */
export function columnLines(heights: readonly (Height | undefined)[], top: number, lines: number): string[] {
  return Array.from({ length: lines }, (_, i) => {
    const below = lines - 1 - i
    return heights.map((height) => cell(height, top, lines, below)).join('')
  })
}

/** @param below lines below this one */
function cell(height: Height | undefined, top: number, lines: number, below: number): string {
  if (!height) return ' '
  const steps = (value: number) => Math.round((STEPS * lines * value) / top) - STEPS * below
  const [filled, reached] = [steps(height.mean), steps(height.most)]
  if (filled >= STEPS) return FULL
  if (reached >= STEPS / 2 && reached > filled + 2) return REACHED
  if (below > 0) return EIGHTHS[Math.max(0, filled)]!
  return height.most === 0 ? ZERO : EIGHTHS[Math.max(1, filled)]!
}
