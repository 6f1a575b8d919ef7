// Reading a text takes time in proportion to its length, whatever it is made of: a guest can put any text where a page is expected.

import { expect, test } from 'vitest'
import { readTextRings } from '../../src/hexdump/rings.ts'
import { isIoRing, parseIoRing } from '../../src/testimony/io-ring.ts'
import { listVbds } from '../../src/xenstore/devices.ts'

const LINE = '00000000: 0000 0000 0100 0000 0000 0000 0100 0000  ................\n'

/** Pieces that are repeated, and what stands before and behind them. */
const TEXTS: Readonly<Record<string, readonly [string, string?, string?]>> = {
  'spaces in one line': [' '],
  'spaces before a letter': [' ', '', 'g'],
  'spaces behind digits': [' ', '00', 'g'],
  'tabs before digits': ['\t', '', '00'],
  'spaces and digits': ['00 '],
  'spaces, many, and digits': ['00                 '],
  'digits in one line': ['0'],
  'digits in one line, then a letter': ['0', '', 'g'],
  'commas in one line': [',', '00'],
  'commas before a digit': [',', '00', '00'],
  'commas and spaces': [',   ', '00', '00'],
  'quotes in one line': ['"'],
  'quotes in lines': ['"00",\n'],
  'brackets in one line': ['['],
  'brackets and spaces': ['[                    '],
  'a list that never becomes one': ['[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, '],
  'a list in lines': ['1\n', `[${'0, '.repeat(16)}\n`],
  'a list of digits without commas': ['1', `[${'0, '.repeat(16)}\n`],
  'a list in lines of digits': ['11111111111111111111111111111111111\n', `[${'0, '.repeat(16)}\n`],
  'a list of spaces': [' \n', `[${'0, '.repeat(16)}\n`],
  'bytes that begin': ["b'"],
  'bytes that begin, of both quotes': ['b\' b"'],
  'bytes without an end': ['\\x00', "b'"],
  'bytes, escapes cut by lines': ['\\\n', "b'\\x00"],
  colons: [':'],
  'hex and colons': ['0000:'],
  'hex, colons and spaces': ['00000000: '],
  addresses: ['0x0 '],
  '0x in one line': ['0x'],
  '0x and colons': ['0x0: 0x'],
  symbols: ['<', '0x0 ', '>: 0x00'],
  'symbols and spaces': [' <', '0x0'],
  backticks: ['0`', '00000000`00000000 '],
  dashes: ['-', '00000000 00 00 00 00 00 00 00 00-00 '],
  frames: ['|', '00000000  00 00 00 00  '],
  'frames and spaces': ['  |  <', '00000000  00 00 00 00'],
  'short lines': ['\n'],
  'lines of one space': [' \n'],
  'lines of one digit': ['0\n'],
  'lines of two digits': ['00\n'],
  'lines of quotes of mail': ['> > > > > > \n'],
  'quotes of mail in one line': ['> '],
  'lines of *': ['*\n', LINE],
  'lines of a dump': [LINE],
  'lines of dumps at many addresses': ['00abc000: 0000 0000 0100 0000 0000\n'],
  'lines and *': [`${LINE}*\n`],
  'dumps that * makes large': [`# ring\n${LINE}*\n0000fff0: 0000 0000 0000 0000 0000 0000 0000 0000\n`],
  'dumps that * makes large, of words whose order nothing tells': [
    '# ring\n00000000: 00000000 01000000\n*\n0000fff8: 00000000 01000000\n',
  ],
  'addresses alone': ['00000000\n', LINE],
  'dumps without addresses': ['0000000000000000\n\nx\n'],
  'labels of rings': ['# ring\n'],
  'labels of pages': ['# indirect 1 2 3 4 5 6 7\n'],
  'labels in one line': ['# indirect 1 '],
  'names of files': ['ring.bin indirect-5.bin '],
  'rings of one line': [`# ring\n${LINE}`],
  'pages of one line, each with a name': [`# indirect 5\n${LINE}`],
  'stamps of logs': ['[    0.000000] '],
  'stamps in lines': ['Jan  1 00:00:00 host kernel: [    0.000000] \n'],
  escapes: ['\u001b['],
  'escapes with digits': ['1;', '\u001b['],
  'wide spaces': ['\u00a0'],
  'octal words': ['0000000 000000 000000\n'],
  bits: ['00000000: 00000000 00000000 00000000 00000000 00000000 00000000  ......\n'],
  'crash in one line': ['0000000000000000:  0000000000000000 0000000000000000 '],
  'a node': ['/local/domain/1/device/vbd/51712/a = "0"\n'],
}

const textOf = ([piece, before = '', behind = '']: readonly [string, string?, string?], size: number) =>
  before + piece.repeat(Math.ceil(size / piece.length)) + behind

/** Milliseconds of this process's CPU, the least of three. */
function cost(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
    // Once is enough for what costs nothing.
    if (least < FREE) break
  }
  return least
}

const SIZE = 24 * 1024
/** What costs less for the longer text is no matter, whatever noise there is. */
const FREE = 60

test.each(Object.entries(TEXTS))('%s', (_, text) => {
  const [short, long] = [textOf(text, SIZE), textOf(text, 4 * SIZE)]
  const large = cost(() => readTextRings(long, undefined))
  if (large < FREE) return
  expect(large).toBeLessThanOrEqual(
    8 *
      Math.max(
        cost(() => readTextRings(short, undefined)),
        5,
      ),
  )
})

test.each(Object.entries(TEXTS))('listings and io_ring of %s', (_, text) => {
  const [short, long] = [textOf(text, SIZE), textOf(text, 4 * SIZE)]
  for (const read of [listVbds, ioRing]) {
    const large = cost(() => read(long))
    if (large >= FREE)
      expect(large).toBeLessThanOrEqual(
        8 *
          Math.max(
            cost(() => read(short)),
            5,
          ),
      )
  }
})

function ioRing(text: string): unknown {
  const bytes = new TextEncoder().encode(text)
  try {
    return isIoRing(bytes) && parseIoRing(bytes)
  } catch (error) {
    return error
  }
}
