import fc from 'fast-check'
import { expect, test } from 'vitest'
import { folded } from '../../src/print/fold.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is written
const SGR = /\u001b\[\d+m/g

test('lines break between words and go on behind the indent; what fits stays', () => {
  const text = '  one two three four five six seven\nshort\n\n'
  expect(folded(text, 4, 26)).toBe('  one two three four five\n  six seven\nshort\n\n')
  expect(folded(text, 4, 30)).toBe('  one two three four five six\n    seven\nshort\n\n')
  expect(folded(text, 4, Number.POSITIVE_INFINITY)).toBe(text)
  expect(folded('a '.repeat(20) + 'b'.repeat(50), 4, 40)).toBe(`${'a '.repeat(20).trimEnd()}\n    ${'b'.repeat(50)}`)
})

test('colours take no room: without them the text is folded the same', () => {
  const word = fc.tuple(fc.stringMatching(/^[a-z]{1,12}$/), fc.boolean()).map(([w, red]) => (red ? `\u001b[31m${w}\u001b[39m` : w))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 90 }), (words, width) => {
      const line = words.join(' ')
      const plain = folded(line.replace(SGR, ''), 4, width)
      expect(folded(line, 4, width).replace(SGR, '')).toBe(plain)
      expect(plain.split(/\s+/)).toEqual(line.replace(SGR, '').split(' '))
    }),
  )
})
