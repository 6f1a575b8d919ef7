import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonText, printable, printableLines } from '../../src/print/printable.ts'

test.each([
  ['plain text, äöü, 磁盘, 😀, a\u3000b', 'plain text, äöü, 磁盘, 😀, a\u3000b'],
  ['\u001b[31m\u007f\u009b\n', '\\x1b[31m\\x7f\\x9b\\x0a'],
  ['\u202eabc\u2066\u200e\u061c', '\\u{202e}abc\\u{2066}\\u{200e}\\u{61c}'],
  ['\u200b\u200d\u2060\ufeff\u00ad\u180e\ufe0f\u3164', '\\u{200b}\\u{200d}\\u{2060}\\u{feff}\\xad\\u{180e}\\u{fe0f}\\u{3164}'],
  ['\u{e0041}\u{e01ef}\u2028\u2029\ufffb', '\\u{e0041}\\u{e01ef}\\u{2028}\\u{2029}\\u{fffb}'],
  ['\ud800x\udc00\ue000\u{10ffff}\ufffe\u00a0\u2003', '\\u{d800}x\\u{dc00}\\u{e000}\\u{10ffff}\\u{fffe}\\xa0\\u{2003}'],
])('%j', (text, shown) => {
  expect(printable(text)).toBe(shown)
  // Once is enough.
  expect(printable(shown)).toBe(shown)
})

test('JSON holds the same value, and nothing unsafe', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\u009b', '\u007f', '\u202e', '\u{e0041}', '\n', '"', '\ud800') }),
  )
  fc.assert(
    fc.property(value, value, fc.constantFrom(undefined, 2), (key, text, indent) => {
      const json = jsonText({ [key]: [text] }, indent)
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ [key]: [text] })))
      for (const line of json.split('\n')) expect(printable(line)).toBe(line)
    }),
  )
})

test('what is written is looked at once more: lines, tabs, and colours where there are any', () => {
  const text = '\u001b[1mtitle\u001b[22m\n\tvalue \u001b]0;x\u0007\u202e\n'
  expect(printableLines(text, true)).toBe('\u001b[1mtitle\u001b[22m\n\tvalue \\x1b]0;x\\x07\\u{202e}\n')
  expect(printableLines(text, false)).toBe('\\x1b[1mtitle\\x1b[22m\n\tvalue \\x1b]0;x\\x07\\u{202e}\n')
})
