import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellsOf, cutCells } from '../../src/print/cells.ts'
import { cut } from '../../src/print/spans.ts'
import { plainStyle } from '../../src/print/style.ts'
import { type Column, tableOf } from '../../src/print/table.ts'
import { hanging, wrap } from '../../src/print/text.ts'

const COLUMNS: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'slot', align: 'right' },
  { title: 'op', align: 'left' },
  { title: 'sector_number', align: 'right' },
  { title: 'notes', align: 'left', words: true },
]
const ROWS = [
  ['>', '3', 'read', '2048', 'in gref 150'],
  ['<', '14', 'write', '', 'OKAY'],
]

function folded(width: number): string[] {
  const table = tableOf(
    COLUMNS,
    ROWS.map((row) => row.map((text) => ({ text }))),
    plainStyle.dim,
    width,
  )
  return [...table.titles, ...table.rows.flat()]
}

test('a table that fits is in columns', () => {
  expect(folded(80)).toEqual([
    '   slot  op     sector_number  notes',
    '>     3  read            2048  in gref 150',
    '<    14  write                 OKAY',
  ])
})

test('titles in two lines, words below, and before their column where the cells between are empty', () => {
  expect(folded(36)).toEqual([
    '                sector_',
    '   slot  op      number  notes',
    '>     3  read      2048  in gref 150',
    '<    14  write           OKAY',
  ])
  expect(folded(30)).toEqual([
    '                sector_',
    '   slot  op      number  notes',
    '>     3  read      2048',
    '      in gref 150',
    '<    14  write           OKAY',
  ])
  expect(folded(20)).toEqual([
    '      sector_',
    '   slot  op',
    '       number  notes',
    '>     3  read',
    '         2048',
    '      in gref 150',
    '<    14  write  OKAY',
  ])
})

test('no line is longer than the width, and no cell is lost', () => {
  const word = fc.stringMatching(/^[a-z0-9磁盘]{0,8}$/)
  const row = fc.tuple(
    fc.constantFrom('>', '<', '!'),
    word,
    word,
    word,
    fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  )
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), fc.integer({ min: 24, max: 90 }), (rows, width) => {
      const table = tableOf(
        COLUMNS,
        rows.map((cells) => cells.map((text) => ({ text }))),
        plainStyle.dim,
        width,
      )
      for (const line of [...table.titles, ...table.rows.flat()]) expect(cellsOf(line)).toBeLessThanOrEqual(width)
      for (const [i, cells] of rows.entries()) {
        const words = (text: string) => text.split(/\s+/).filter((part) => part !== '')
        expect(words(table.rows[i]!.join(' '))).toEqual(words(cells.join(' ')))
      }
    }),
  )
})

test('cells: ideographs take two, marks none', () => {
  expect(cellsOf('ring.bin')).toBe(8)
  expect(cellsOf('磁盘')).toBe(4)
  expect(cellsOf('e\u0301')).toBe(1)
  expect(cellsOf('😀')).toBe(2)
  expect(cutCells('a磁盘b', 3)).toEqual(['a磁', '盘b'])
  expect(cut([{ text: 'a磁盘' }, { text: 'b' }], 4)).toBe('a磁')
  expect(wrap('磁盘磁盘 ring', 6)).toEqual(['磁盘磁', '盘', 'ring'])
  expect(hanging('  one two three four five six seven', 4, 30)).toEqual(['  one two three four five six', '    seven'])
})
