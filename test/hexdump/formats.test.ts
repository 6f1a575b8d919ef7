// Every format, there and back: over captured rings, as the real tools print them, and with what happens to text on its way.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { readTextRings } from '../../src/hexdump/index.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { type Capture, captures, sharedCaptures } from '../support/captures.ts'
import { runScript } from '../support/in-process.ts'
import { describeShared } from '../support/shared.ts'
import { FORMATTERS, type Formatter } from './formatters.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const ringsOf = (captures: readonly Capture[]) =>
  captures.flatMap((c) => [...loadDumps(c.path)].slice(0, 1).map(({ bytes }) => ({ name: c.name, bytes })))
const rings = ringsOf(captures)
const BASES = [0n, 0x3c0a000n, 0xffff888003c0a000n]

/** The text is one ring of these bytes, and nothing is said against it. */
function expectRing(text: string, bytes: Uint8Array, what: string, pages?: number): void {
  const found = readTextRings(text, pages)
  expect([found.length, found[0]?.findings], what).toEqual([1, []])
  expect(Buffer.compare(found[0]!.bytes, bytes), what).toBe(0)
}

function thereAndBack({ print }: Formatter, rings: ReturnType<typeof ringsOf>): void {
  for (const { name, bytes } of rings) expectRing(print(bytes, BASES[bytes[8]! % 3]!), bytes, name, bytes.length / 4096)
}

test.each(FORMATTERS)('$name: every captured ring, there and back', (format) => thereAndBack(format, rings))

describeShared('every captured ring, there and back', () => {
  const all = ringsOf(sharedCaptures())
  test.each(FORMATTERS)('$name', (format) => thereAndBack(format, all))
})

test.each(FORMATTERS.filter(({ command }) => command))('$name is what the tool prints', ({ command, print }) => {
  if (runScript(`type ${command!.split(' ')[0]}`).exit !== 0) return
  const path = join(scratch, 'tool.bin')
  for (const { bytes } of rings.slice(0, 12)) {
    writeFileSync(path, bytes)
    expect(print(bytes, 0n)).toBe(runScript(`${command} ${path}`).stdout)
  }
})

const real = readdirSync(join(import.meta.dirname, 'real')).filter((name) => name.endsWith('.gz'))
const direct = readFileSync(join(import.meta.dirname, '../../dumps/direct/ring.bin'))

test.each(real)('%s, as it came from the tool', (name) => {
  const text = gunzipSync(readFileSync(join(import.meta.dirname, 'real', name))).toString()
  expectRing(text, direct, name)
  // A terminal breaks what is wider than itself, which only a line that is one whole survives.
  if (name.startsWith('drgn')) expectRing(text.replace(/.{80}/g, '$&\n'), direct, name)
})

/** What a text has been through, that leaves its lines whole. */
const MANNERS: readonly (readonly [string, (text: string) => string])[] = [
  ['CRLF', (t) => t.replaceAll('\n', '\r\n')],
  ['no line end at the end', (t) => t.trimEnd()],
  ['a mark before the text', (t) => `\ufeff${t}`],
  ['spaces behind the lines', (t) => t.replaceAll('\n', '   \n')],
  ['quoted in a mail', (t) => `On Sunday he wrote:\n\n${t.replace(/^/gm, '> ')}\nRegards`],
  ['quoted twice', (t) => t.replace(/^/gm, '> > ')],
  ['the log of a kernel', (t) => t.replace(/^/gm, '[   12.345678] ')],
  ['the journal', (t) => t.replace(/^(?=.)/gm, 'Nov 22 23:54:21 dom0 kernel: ')],
  ["Xen's console", (t) => t.replace(/^(?=.)/gm, '(XEN) ')],
  ['quoted without spaces', (t) => t.replace(/^/gm, '>')],
  ['spaces of HTML', (t) => t.replaceAll(' ', '\u00a0')],
  ['quotes of a mail program', (t) => t.replace(/b'/, 'b\u2018').replace(/'$/m, '\u2019')],
  ['blank lines', (t) => t.replaceAll('\n', '\n\n')],
  ['colours', (t) => t.replace(/^(.*)$/gm, '\u001b[32m$1\u001b[0m')],
  ['upper case', (t) => t.replace(/\b(?:0x)?[0-9a-f]{4,16}\b/g, (word) => word.toUpperCase().replace('0X', '0x'))],
  [
    'a session around it',
    (t) => `root@dom0:~# cat notes\nadded 10 disks to 4 guests\nroot@dom0:~# dump\n${t}root@dom0:~# exit\nlogout\n`,
  ],
]

test.each(MANNERS)('%s', (manner, change) => {
  for (const { name, print } of FORMATTERS) {
    // The text of Python, and what stands beside the words, is another in upper case.
    if (manner === 'upper case' && /Python|xxd|kernel|crash|-C/.test(name)) continue
    if (manner === 'spaces of HTML' && /Python/.test(name)) continue
    if (manner === 'colours' && name === 'bytes of Python') continue
    expectRing(change(print(direct, 0x3c0a000n)), direct, `${name}, ${manner}`)
  }
})

test('lines behind prompts', () => {
  for (const prompt of ['crash> ', '(gdb) ', '(qemu) ', '> '])
    for (const { name, print } of FORMATTERS.filter((f) => /crash|gdb|QEMU/.test(f.name)))
      expectRing(prompt + print(direct, 0x3c0a000n), direct, `${prompt}${name}`)
})

test('tabs where spaces were, and one space where several were', () => {
  for (const { name, print } of FORMATTERS) {
    const text = print(direct, 0x3c0a000n)
    expectRing(text.replace(/ {2,}/g, '\t'), direct, `${name}, tabs`)
    if (!/crash|-C|Python|WinDbg/.test(name)) expectRing(text.replace(/(\S) {2,}/g, '$1 '), direct, `${name}, single spaces`)
  }
})

test('UTF-16, as a terminal of Windows redirects it', () => {
  const path = join(scratch, 'utf-16.txt')
  const text = FORMATTERS[0]!.print(direct, 0n)
  writeFileSync(path, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]))
  expect(Buffer.compare([...loadDumps(path)][0]!.bytes, direct)).toBe(0)
})

test('UTF-16 without a mark, and the other way round', () => {
  const path = join(scratch, 'utf-16.txt')
  const little = Buffer.from(FORMATTERS[0]!.print(direct, 0n), 'utf16le')
  const big = Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(little).swap16()])
  for (const bytes of [little, big]) {
    writeFileSync(path, bytes)
    expect(Buffer.compare([...loadDumps(path)][0]!.bytes, direct)).toBe(0)
  }
})

test('words of numbers and of bytes, without text columns, in texts that look alike', () => {
  for (const { name, bytes } of rings)
    for (const word of [2, 4, 8])
      for (const little of [false, true]) {
        const lines = Array.from({ length: bytes.length / 16 }, (_, i) => {
          const words = Array.from({ length: 16 / word }, (_, w) => [...bytes.subarray(16 * i + word * w, 16 * i + word * (w + 1))])
          const digits = words.map((b) => Buffer.from(little ? b.reverse() : b).toString('hex'))
          return `${(16 * i).toString(16).padStart(8, '0')}: ${digits.join(' ')}`
        })
        const what = `${name}, words of ${word}, ${little ? 'numbers' : 'bytes'}`
        expectRing(lines.join('\n'), bytes, what, bytes.length / 4096)
      }
})

test('a disassembly, and columns of numbers, are no dumps', () => {
  let at = 0x401000
  const code = Array.from({ length: 200 }, (_, i) => {
    const size = 1 + ((i * i) % 7)
    at += size
    return `  ${(at - size).toString(16)}:\t${'48 '.repeat(size).padEnd(21)}\tmov    %rsp,%rbp`
  })
  const columns = Array.from({ length: 300 }, (_, i) => [i, 3 * i, 5 * i].map((n) => String(n).padStart(8, '0')).join(' '))
  for (const lines of [code, columns]) expect(readTextRings(lines.join('\n'), undefined)).toEqual([])
})

test('lines that are left out: the bytes are 0, and their range is said', () => {
  const addressed = FORMATTERS.filter(({ name }) => !/Python|xxd -p|WinDbg/.test(name))
  fc.assert(
    fc.property(
      fc.constantFrom(...addressed),
      fc.constantFrom(...BASES),
      fc.nat(),
      fc.integer({ min: 1, max: 6 }),
      (f, base, at, n) => {
        // No line is like the one before, so that none is squeezed.
        const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i % 16 < 2 ? i >> (4 * (i % 16)) : 0x80 + (i % 7)))
        bytes.set([9, 0, 0, 0, 10, 0, 0, 0, 9, 0, 0, 0, 10, 0, 0, 0])
        const lines = f.print(bytes, base).trimEnd().split('\n')
        const end = /^[\da-f]+$/.test(lines.at(-1)!) ? 1 : 0
        const head = lines[0]!.startsWith('ADDRESS') ? 1 : 0
        const width = 4096 / (lines.length - end - head)
        const from = 2 + (at % (lines.length - end - head - n - 4))
        lines.splice(from + head, n)
        const [ring, ...more] = readTextRings(lines.join('\n'), undefined)
        expect(more).toEqual([])
        const expected = Uint8Array.from(bytes)
        expected.fill(0, from * width, (from + n) * width)
        expect(Buffer.compare(ring!.bytes, expected)).toBe(0)
        expect(ring!.findings.map(({ code, offset }) => [code, offset])).toEqual([['text-bytes-missing', from * width]])
        const hex = (n: number) => `0x${n.toString(16)}`
        expect(ring!.findings[0]!.message).toContain(`bytes ${hex(from * width)} to ${hex((from + n) * width - 1)} of the ring`)
      },
    ),
    { numRuns: 300 },
  )
})

test('a text that begins or ends in the middle of a page', () => {
  for (const { name, print } of FORMATTERS) {
    if (/Python|xxd -p|annotated|WinDbg/.test(name)) continue
    const lines = print(direct, 0x3c0a000n).trimEnd().split('\n')
    const [head] = readTextRings(lines.slice(0, 10).join('\n'), undefined)
    expect([head!.bytes.length, head!.findings.map((f) => f.code)], name).toEqual([4096, ['text-bytes-missing']])
    const [tail] = readTextRings(lines.slice(-12).join('\n'), undefined)
    expect([tail!.bytes.length, tail!.findings.map((f) => f.code)], name).toEqual([4096, ['text-bytes-missing']])
    expect(tail!.findings[0]!.offset, name).toBe(0)
    expect(Buffer.compare(tail!.bytes.subarray(4000), direct.subarray(4000)), name).toBe(0)
  }
})
