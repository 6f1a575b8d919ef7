import { Chalk } from 'chalk'
import { describe, expect, test } from 'vitest'
import { colourStyle, FIXED_COLOURS, type Paint, plainStyle } from '../../src/print/style.ts'

const theme = colourStyle(new Chalk({ level: 1 }), false)
const fixed = colourStyle(new Chalk({ level: 2 }), true)

function paintsOf(style: object): Paint[] {
  return Object.values(style).flatMap((value) => (typeof value === 'function' ? [value as Paint] : paintsOf(value)))
}

describe.each([
  ['plain', plainStyle],
  ['theme', theme],
  ['fixed', fixed],
])('%s', (_, style) => {
  test('a function takes one string, whatever else it is given', () => {
    for (const paint of paintsOf(style)) {
      const loose = paint as (...args: unknown[]) => string
      expect(loose('line', 1, ['line'])).toBe(paint('line'))
      expect(paint('line').split('line')).toHaveLength(2)
    }
  })
})

/** Relative luminance of a colour, as WCAG 2 defines it. */
function luminance(rgb: readonly number[]): number {
  const [r, g, b] = rgb.map((value) => (value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

/** A colour of xterm's cube of 6 x 6 x 6, which begins at 16. */
function cube(code: number): number[] {
  return [36, 6, 1].map((step) => [0, 95, 135, 175, 215, 255][Math.floor((code - 16) / step) % 6]!)
}

test.each(Object.entries(FIXED_COLOURS))('%s is readable on black and on white', (_, code) => {
  const light = luminance(cube(code)) + 0.05
  expect(light / 0.05).toBeGreaterThan(4)
  expect(1.05 / light).toBeGreaterThan(4)
})

test('where a theme has sixteen colours, its dark blue is none of ours', () => {
  for (const paint of paintsOf(theme)) expect(paint('line')).not.toContain('\u001b[34m')
})
