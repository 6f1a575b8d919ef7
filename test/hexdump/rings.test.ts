// Several dumps in one text, and what the text says that cannot be.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { readTextRings } from '../../src/hexdump/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { type Capture, captures, eachCapture } from '../support/captures.ts'
import { FORMATTERS, type Formatter } from './formatters.ts'

const dumps = join(import.meta.dirname, '../../dumps')
const format = (name: string) => FORMATTERS.find((f) => f.name === name)!
const [xxd, hexdump, rd, python] = ['xxd', 'hexdump -C', 'crash rd -64', 'bytes of Python'].map(format) as [
  Formatter,
  Formatter,
  Formatter,
  Formatter,
]
const FRAMES = [0xffff888003c0a000n, 0xffff888001777000n, 0xffff888001776000n, 0xffff8880067aa000n]
const frame = (i: number) => FRAMES[i % 4]! + BigInt(i >> 2) * 0x40000n

interface Pages {
  readonly ring: Uint8Array
  readonly indirect: readonly { readonly gref: number; readonly page: Uint8Array }[]
}

/** A captured ring with the indirect pages that its requests in flight name, in the order in which they name them. */
function pagesOf(folder: string): Pages {
  const [dump] = [...loadDumps(folder)]
  const { ring } = decodeCapture(dump!)
  const requests = [...ring.slots].flatMap((s) => (s.state === 'request' && s.request.kind === 'indirect' ? [s] : []))
  const grefs = requests
    .sort((a, b) => a.index - b.index)
    .flatMap(({ request }) => ('indirect_grefs' in request ? request.indirect_grefs : []))
  const indirect = [...new Set(grefs)].flatMap((gref) => {
    const page = dump!.indirectPages.get(gref)
    return page ? [{ gref, page }] : []
  })
  return { ring: dump!.bytes, indirect }
}

const hasPages = ({ path }: Capture) =>
  existsSync(join(path, 'ring.bin')) &&
  readdirSync(path).some((n) => n.startsWith('indirect-')) &&
  pagesOf(path).indirect.length > 0

test('there are captures with indirect pages', () => {
  expect(captures.filter(hasPages).length).toBeGreaterThanOrEqual(4)
})

const codesOf = (findings: readonly { code: string }[]) => findings.map(({ code }) => code)

eachCapture('one paste with names before the pages', namedPages, { only: hasPages })

function namedPages({ path }: Capture): void {
  const { ring, indirect } = pagesOf(path)
  for (const heading of [
    (n: string) => `==> ${n} <==`,
    (n: string) => `$ xxd ${n}`,
    (n: string) => `# ${n.replace(/-(\d+)\.bin|\.bin/, ' $1').trim()}`,
  ]) {
    const text = [
      { name: 'ring.bin', bytes: ring },
      ...indirect.map(({ gref, page }) => ({ name: `indirect-${gref}.bin`, bytes: page })),
    ]
      .map(({ name, bytes }) => `${heading(name)}\n${xxd.print(bytes, 0n)}`)
      .join('\n')
    const [found, ...more] = readTextRings(text, undefined)
    expect([more.length, found!.findings]).toEqual([0, []])
    expect(Buffer.compare(found!.bytes, ring)).toBe(0)
    expect(found!.indirectPages.size).toBe(indirect.length)
    for (const { gref, page } of indirect) expect(Buffer.compare(found!.indirectPages.get(gref)!, page)).toBe(0)
  }
}

eachCapture('pages at addresses of their own, told apart by what they hold', addressedPages, { only: hasPages })

function addressedPages({ path }: Capture): void {
  const { ring, indirect } = pagesOf(path)
  for (const { print } of [rd, hexdump]) {
    const parts: Uint8Array[] = []
    for (let at = 0; at < ring.length; at += 4096) parts.push(ring.subarray(at, at + 4096))
    const text = [...parts, ...indirect.map(({ page }) => page)].map((page, i) => print(page, frame(i))).join('')
    const [found, ...more] = readTextRings(text, undefined)
    expect(more.length).toBe(0)
    expect(Buffer.compare(found!.bytes, ring)).toBe(0)
    expect(codesOf(found!.findings)).toEqual(
      indirect.slice(0, 21).map((_, i) => (i < 20 ? 'text-page-guessed' : 'text-page-guessed')),
    )
    for (const { gref, page } of indirect) expect(Buffer.compare(found!.indirectPages.get(gref)!, page), `gref ${gref}`).toBe(0)
  }
}

test('two rings in one paste are two moments', () => {
  const [first, second] = ['out-of-order', 'out-of-order-later'].map((name) => readFileSync(join(dumps, name, 'ring.bin')))
  for (const { print, name } of [xxd, rd, hexdump, python]) {
    const found = readTextRings(print(first!, FRAMES[0]!) + print(second!, FRAMES[0]!), undefined)
    expect(
      found.map(({ bytes, findings }) => [Buffer.from(bytes).equals(first!), Buffer.from(bytes).equals(second!), findings]),
      name,
    ).toEqual([
      [true, false, []],
      [false, true, []],
    ])
  }
})

test('queues by their names', () => {
  const ring = (q: number) => readFileSync(join(dumps, `multi-queue/queue-${q}/ring.bin`))
  const text = [0, 1].map((q) => `==> queue-${q}/ring.bin <==\n${hexdump.print(ring(q), 0n)}`).join('\n')
  expect(readTextRings(text, undefined).map(({ queue, bytes }) => [queue, Buffer.from(bytes).equals(ring(queue!))])).toEqual([
    [0, true],
    [1, true],
  ])
})

test('pages of one ring, each dumped on its own from 0 on: all are its, those that are alike too', () => {
  const wrapped = Uint8Array.from(readFileSync(join(dumps, 'multi-page/ring.bin')))
  // 41 requests of a ring of four pages, all answered: more than one page has slots for.
  new Uint32Array(wrapped.buffer, 0, 4).set([41, 42, 41, 42])
  wrapped.fill(0, 64 + 41 * 112)
  const virgin = readFileSync(join(dumps, 'virgin-x86_64-4-pages/ring.bin'))
  for (const ring of [wrapped, virgin]) {
    const pages = [0, 1, 2, 3].map((i) => ring.subarray(4096 * i, 4096 * (i + 1)))
    const found = readTextRings(pages.map((page) => hexdump.print(page, 0n)).join(''), undefined)
    expect(found.map(({ bytes, findings }) => [bytes.length, codesOf(findings)])).toEqual([[16384, []]])
    expect(Buffer.compare(found[0]!.bytes, ring)).toBe(0)
  }
})

test('--pages: a text of several rings end to end', () => {
  const series = Buffer.concat(['out-of-order', 'out-of-order-later'].map((name) => readFileSync(join(dumps, name, 'ring.bin'))))
  const found = readTextRings(xxd.print(series, 0n), 1)
  expect(Buffer.concat(found.map(({ bytes }) => bytes)).equals(series)).toBe(true)
})

test('a page that no request names is said to be one', () => {
  const { ring } = pagesOf(join(dumps, 'direct'))
  const [found] = readTextRings(rd.print(ring, FRAMES[0]!) + rd.print(new Uint8Array(4096).fill(0x81), FRAMES[1]!), undefined)
  expect(codesOf(found!.findings)).toEqual(['text-page-unused'])
  expect(found!.findings[0]!.message).toMatch(/^lines 257 to 512: a page that is not the ring's/)
})

const direct = readFileSync(join(dumps, 'direct/ring.bin'))

test.each([
  ['xxd', 5, 18, 'G', 'line 5, column 16: "00G0" is no word of 4 hex digits; 14 bytes are not known', 0x42],
  ['xxd', 5, 11, 'x', 'line 5, column 11: "x900" is no word of 4 hex digits; 16 bytes are not known', 0x40],
  ['hexdump -C', 1, 23, '?', 'line 1, column 23: "?9" is no word of 2 hex digits; 12 bytes are not known', 0x04],
  ['crash rd -64', 5, 41, '-', 'line 5, column 37: "0000-00000000001" is no word of 16 hex digits; 8 bytes are not known', 0x48],
  ['gdb xb', 9, 45, 'o', 'line 9, column 42: "0x0o" is no word of 2 hex digits; 4 bytes are not known', 0x44],
  ['QEMU xp xw', 5, 19, '-', 'line 5, column 19: "-x00000009" is no word of 8 hex digits; 16 bytes are not known', 0x40],
])('%s: a wrong character in line %i, column %i', (name, line, column, character, message, offset) => {
  const lines = format(name).print(direct, 0x3c0a000n).split('\n')
  const text = lines[line - 1]!
  lines[line - 1] = text.slice(0, column - 1) + character + text.slice(column)
  const [found] = readTextRings(lines.join('\n'), undefined)
  const [mistake, missing] = found!.findings
  expect([mistake!.message, missing!.code, missing!.offset]).toEqual([message, 'text-bytes-missing', offset])
  // Nothing is made up: what is not known is 0, what is known is as it was.
  const expected = Uint8Array.from(direct)
  const until = 1 + Number.parseInt(/ to 0x([\da-f]+)/.exec(missing!.message)![1]!, 16)
  expected.fill(0, offset, until)
  expect(Buffer.from(found!.bytes).equals(expected)).toBe(true)
})

test('a line that is not whole is not repeated for a "*"', () => {
  const text = hexdump.print(direct, 0n).replace(/^(0+10 {2}(?:00 ){2}00).*$/m, '$1')
  const [found] = readTextRings(text, undefined)
  expect(text).toMatch(/^00000010 {2}00 00 00\n\*$/m)
  expect(found!.findings.map((f) => f.message)).toEqual([
    'line 2, column 19: the line ends after 3 of 16 bytes; 13 bytes are not known',
    'bytes 0x13 to 0x3f of the ring are not in the text (lines 1 to 195)',
  ])
})

test('lines that a screen cut off', () => {
  const lines = xxd.print(direct, 0n).split('\n')
  const text = lines.map((line, i) => (i % 7 === 3 ? line.slice(0, 34) : line)).join('\n')
  const [found] = readTextRings(text, undefined)
  expect(found!.findings[0]).toEqual({
    code: 'text-mistake',
    message: 'line 4, column 35: the line ends after 10 of 16 bytes; 6 bytes are not known',
  })
  const expected = Uint8Array.from(direct)
  for (let line = 3; line < 256; line += 7) expected.fill(0, 16 * line + 10, 16 * line + 16)
  expect(Buffer.from(found!.bytes).equals(expected)).toBe(true)
})

test('a line that is there twice is once; with other bytes, the first are taken', () => {
  const lines = xxd.print(direct, 0n).split('\n')
  lines.splice(5, 0, lines[4]!)
  expect(readTextRings(lines.join('\n'), undefined)[0]!.findings).toEqual([])
  lines.splice(6, 0, lines[3]!.replace(/: 0000/, ': ffff'))
  const [found] = readTextRings(lines.join('\n'), undefined)
  expect(found!.findings.map((f) => f.message)).toEqual([
    'line 7, column 1: the bytes at 0x30 were there before, and were others; the first are taken',
  ])
  expect(Buffer.from(found!.bytes).equals(direct)).toBe(true)
})

test.each([
  ['of which the text gives nothing at its beginning, is not at hand', 0x2c0, 4096, undefined],
  ['that the text breaks off, is as long as what is there', 0, 0x2c0, 0x2c0],
  ['that the text gives whole, is a page', 0, 4096, 4096],
])('an indirect page %s', (_, from, to, length) => {
  const page = new Uint8Array(4096).fill(0x11)
  const text = `${xxd.print(direct, 0n)}# indirect 5\n${rd.print(page.subarray(from, to), 0xffff888003c0a000n + BigInt(from))}`
  const [found] = readTextRings(text, undefined)
  expect(found!.indirectPages.get(5)?.length).toBe(length)
  const [first, last] = from > 0 ? [0, from - 1] : [to, 4095]
  const missing = `bytes 0x${first.toString(16)} to 0x${last.toString(16)} of the page of gref 5 are not in the text`
  expect(found!.findings.map((f) => f.message.replace(/ \(lines.*/, ''))).toEqual(to - from < 4096 ? [missing] : [])
})

/** Of hexdump, from 0 to 0x50. */
const LINES = format('hexdump')
  .print(direct.subarray(0x40, 0x90), 0n)
  .replace(/^\d+\n$/m, '')

test.each([
  [`${LINES}*\n`, 'text-mistake', 'line 6, column 1: "*" without an address'],
  [`${LINES}*\nffffffffffffff0\n`, 'text-mistake', 'line 6, column 1: "*" without an address'],
  [`${'00'.repeat(64)}\n*\n`, 'text-mistake', 'line 2, column 1: "*" in a dump without addresses'],
  [`b'${'\\x00'.repeat(64)}`, 'text-mistake', 'line 1, column 3: the bytes that begin here have no end'],
])('%j', (text, code, message) => {
  const [found] = readTextRings(text, undefined)
  expect(found!.findings.filter((f) => f.code === code && f.message.startsWith(message))).toHaveLength(1)
  expect(found!.bytes.length).toBe(4096)
})

const much = (line: (i: number) => string) => {
  const lines: string[] = []
  for (let [i, length] = [0, 0]; length < 2 ** 21; i++) length += lines[lines.push(line(i)) - 1]!.length
  return lines.join('')
}

test.each([
  ['Python bytes, many', much(() => "b'\\x00'\n")],
  ['Python bytes, never ended', much(() => " b'a")],
  ['dumps of one line, each at a page of its own', much((i) => `${(i * 0x100000).toString(16).padStart(12, '0')}: 0000 0000\n`)],
  ['a file that leaves out more than it gives', much((i) => `${(i * 0xf000).toString(16).padStart(12, '0')}: 0000 0000\n`)],
  ['"*" that stand for much', much((i) => `${(i * 0x100000).toString(16).padStart(12, '0')} 0000 0000\n*\n`)],
  ['"*" and nothing else', `0000000 0000 0000\n${much(() => '*\n')}`],
  ['one address for all', much((i) => `00000000: ${(i % 65536).toString(16).padStart(4, '0')} 0000\n`)],
  ['a line of spaces', `0000000 0000${much(() => ' ')}x`],
  ['a line of digits', much(() => '00')],
  ['quoting', much(() => '> ')],
  ['no lines', much(() => '\n')],
  ['names of rings', much((i) => `# ring\n# indirect ${i}\n${'00'.repeat(70)}\n`)],
])('%s: no more is made of it than a text may stand for', (_, text) => {
  const found = readTextRings(text, undefined)
  const bytes = found.reduce((sum, ring) => sum + ring.bytes.length + 4096 * ring.indirectPages.size, 0)
  expect(bytes).toBeLessThan(2 ** 25)
  for (const { findings } of found) expect(findings.length).toBeLessThan(100)
})

test('text of chance: rings of whole pages, findings, no more of them than can be read', () => {
  const token = fc.oneof(
    fc.constantFrom(
      '00',
      '0000',
      '0x00',
      '0x00000000',
      '*',
      ':',
      '  ',
      '\t',
      ' ',
      '|',
      '> ',
      "b'",
      '\\x00',
      '# ring',
      '# indirect 5',
      '\n',
      '\n',
      ',',
    ),
    fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16).padStart(8, '0')),
    fc.integer({ min: 0, max: 0xff }).map((n) => n.toString(16).padStart(2, '0')),
    fc.string({ unit: 'binary', maxLength: 6 }),
  )
  const wound = fc.record({ at: fc.nat(), delete: fc.nat(40), insert: token })
  const text = fc.oneof(
    fc.array(token, { maxLength: 200 }).map((tokens) => tokens.join('')),
    fc
      .tuple(fc.constantFrom(...FORMATTERS.map(({ print }) => print(direct, 0x3c0a000n))), fc.array(wound, { maxLength: 12 }))
      .map(([printed, wounds]) =>
        wounds.reduce((t, w) => t.slice(0, w.at % t.length) + w.insert + t.slice((w.at % t.length) + w.delete), printed),
      ),
  )
  const codes = new Set<string>()
  fc.assert(
    fc.property(text, fc.option(fc.integer({ min: 1, max: 16 }), { nil: undefined }), (said, pages) => {
      for (const { bytes, findings, indirectPages } of readTextRings(said, pages)) {
        expect([bytes.length % 4096, bytes.length > 0]).toEqual([0, true])
        // A page that the text does not give whole ends before its first hole.
        for (const page of indirectPages.values()) expect([page.length > 0, page.length <= 4096]).toEqual([true, true])
        expect(findings.length).toBeLessThan(100)
        for (const { code, message } of findings) {
          codes.add(code)
          expect(message).toMatch(/^\S.*\S$/s)
        }
      }
    }),
    { numRuns: 1000 },
  )
  expect([...codes].sort()).toEqual(expect.arrayContaining(['text-bytes-missing', 'text-mistake', 'text-page-unused']))
})

eachCapture('pages before the ring', pagesBefore, { only: hasPages })

function pagesBefore({ path }: Capture): void {
  const { ring, indirect } = pagesOf(path)
  for (const { print } of [rd, hexdump]) {
    const text = [...indirect.map(({ page }, i) => print(page, frame(i + 1) + 0x100000n)), print(ring, frame(0))].join('')
    const [found, ...more] = readTextRings(text, undefined)
    expect(more).toEqual([])
    expect(Buffer.compare(found!.bytes, ring)).toBe(0)
    const unused = found!.findings.filter(({ code }) => code === 'text-page-unused').length
    expect(found!.indirectPages.size + unused).toBe(indirect.length)
    for (const { gref, page } of indirect) {
      const got = found!.indirectPages.get(gref)
      if (got) expect(Buffer.compare(got, page)).toBe(0)
    }
  }
}

test('behind the end of a dump another of another format', () => {
  const octal = format('od -b')!
  const hex = format('hexdump')!
  const page = Uint8Array.from(onePage())
  for (const [first, second] of [
    [octal, hex],
    [hex, octal],
  ] as const) {
    const rings = readTextRings(first.print(page, 0x1f000000000n) + second.print(page, 0xfffe00000n), undefined)
    expect(rings.map(({ bytes, findings }) => [Buffer.from(bytes).equals(page), findings])).toEqual([
      [true, []],
      [true, []],
    ])
  }
})

test('lines that begin with an address and are damaged behind it are no dump', () => {
  expect(readTextRings('17516447560000 zzz zzz zzz\n'.repeat(3) + LINES, undefined).map(({ origin }) => origin)).toEqual([
    expect.stringContaining('lines 4 to'),
  ])
})

/** A captured ring of one page. */
function onePage(): Uint8Array {
  return pagesOf(join(dumps, 'direct')).ring
}
