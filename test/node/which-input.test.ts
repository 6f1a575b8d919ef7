// What an input is: the bytes of whole pages are a ring's, whatever they spell; other texts are texts, for every command.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { DumpError } from '../../src/capture/dump-error.ts'
import { isDump } from '../../src/inputs/ring-stream.ts'
import { openInput } from '../../src/node/read/inputs.ts'
import { loadVbds } from '../../src/node/read/listing.ts'
import { type LoadOptions, loadDumps } from '../../src/node/read/load.ts'
import { FORMATTERS } from '../hexdump/formatters.ts'
import { run } from '../support/in-process.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const root = join(import.meta.dirname, '../..')
const dumps = join(root, 'dumps')
const xxd = FORMATTERS.find(({ name }) => name === 'xxd')!
const direct = readFileSync(join(dumps, 'direct/ring.bin'))

/** A page that a guest filled with the hexdump of an idle ring, and of others of its kind. */
const idle =
  '00000000: 0000 0000 0100 0000 0000 0000 0100 0000  ................\n*\n00000ff0: 0000 0000 0000 0000 0000 0000 0000 0000\n'
const padded = (text: string, size = 4096) => Buffer.from(`${text.padEnd(size - 1, ' ')}\n`)
const FORGED: Readonly<Record<string, Uint8Array>> = {
  'a hexdump': padded(idle),
  'a hexdump of two pages': padded(idle, 8192),
  'an io_ring': padded('nr_ents 32\nreq prod 5 cons 5 event 6\nrsp prod 5 pvt 5 event 6\n'),
  'a listing': padded('/local/domain/1/device/vbd/51712/protocol = "x86_64-abi"\n'),
  'UTF-16': Buffer.from(idle.padEnd(2048, ' '), 'utf16le'),
  spaces: Buffer.alloc(4096, 0x20),
  'a list of numbers': padded(`[${'1, '.repeat(1300)}1]`),
  ELF: imageLike([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]),
  LiME: imageLike([0x45, 0x4d, 0x69, 0x4c, 1, 0, 0, 0]),
  gzip: Buffer.concat([gzipSync(direct), Buffer.alloc(8192)]).subarray(0, 8192),
}

/** A page with the header of an image and noise behind it. */
function imageLike(magic: readonly number[]): Uint8Array {
  const page = Uint8Array.from({ length: 4096 }, (_, i) => (i * 31 + 7) & 0xff)
  page.set(magic)
  return page
}

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(scratch, name.replace(/\W/g, '-'))
  writeFileSync(path, bytes)
  return path
}

const load = (path: string, options: LoadOptions = {}) => [...loadDumps(path, options)].map(({ bytes }) => Buffer.from(bytes))

const blkring = (args: readonly string[], input?: Uint8Array) => run({ args, ...(input && { input }) })

describe.each(Object.entries(FORGED))('whole pages that spell %s', (name, bytes) => {
  test('are a ring, in a file and in a folder, gzipped or not', () => {
    const notes: string[] = []
    const path = fileOf(name, bytes)
    expect(load(path, { onNote: (note) => notes.push(note) })).toEqual([Buffer.from(bytes)])
    if (!['spaces', 'an image'].includes(name)) expect(notes.length).toBeLessThanOrEqual(1)
    expect(load(fileOf(`${name}.gz`, gzipSync(bytes)))).toEqual([Buffer.from(bytes)])
    const folder = join(scratch, `folder ${name}`)
    mkdirSync(folder)
    for (const file of ['ring-000.bin', 'ring-001.txt', 'ring-002.hex']) writeFileSync(join(folder, file), bytes)
    expect(load(folder)).toEqual([bytes, bytes, bytes].map((b) => Buffer.from(b)))
  })

  test('are a stream of rings', async () => {
    const path = fileOf(`stream ${name}`, bytes)
    let length = 0
    const input = await openInput({ name: path, place: 0 }, { pages: 1, asStream: true })
    for await (const piece of input.pieces()) length += isDump(piece) ? -1 : piece.bytes.length
    expect(length).toBe(bytes.length)
  })
})

const COMMANDS = ['decode', 'decode --pages 1', 'check', 'doctor', 'stats', 'stats --pages 1', 'inspect']

describe.each(COMMANDS)('%s', (command) => {
  const args = [...command.split(' '), '--json']
  const forged = fileOf(`forged ${args.join(' ')}`, FORGED['a hexdump']!)
  test('does not read a page as text, but says what it reads like', () => {
    const file = blkring([...args, forged])
    const piped = blkring([...args, '-'], FORGED['a hexdump'])
    for (const { stdout, stderr } of [file, piped]) {
      expect(stderr).toContain("whole pages, which are a ring's; they read like text, and --text reads them as such")
      expect(stdout).not.toContain('xxd')
    }
    const raw = blkring([...args, '--raw', forged])
    expect([raw.exit, raw.stdout, raw.stderr.includes('note')]).toEqual([file.exit, file.stdout, false])
    expect(blkring([...args, '--text', forged]).stdout).not.toBe(file.stdout)
  })

  test('reads every other text as text', () => {
    const text = xxd.print(direct, 0n)
    const [lines, packed, piped, named] = [
      blkring([...args, '-'], Buffer.from(text)),
      blkring([...args, '-'], gzipSync(text)),
      blkring([...args, '-'], Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le')),
      blkring([...args, '--text', '-'], Buffer.from(text)),
    ]
    expect(lines.stdout).toMatch(/^\{/)
    expect(lines.stderr).not.toContain('note')
    for (const same of [packed, piped, named]) expect([same.stdout, same.exit]).toEqual([lines.stdout, lines.exit])
  })
})

test('a ring of which a part is missing is raw all the same; a folder of letters, by --raw', () => {
  const [cut] = load(fileOf('cut', direct.subarray(0, 4000)))
  expect([cut!.length, cut!.subarray(0, 4000).equals(direct.subarray(0, 4000))]).toEqual([4096, true])
  expect(() => load(fileOf('letters', Buffer.from('hello\n')), { readAs: 'raw' })).toThrow('6 bytes are less than')
})

test('req_prod may spell the magic of anything', () => {
  for (const magic of [
    [0x7f, 0x45, 0x4c, 0x46],
    [0x45, 0x4d, 0x69, 0x4c],
    [0x1f, 0x8b, 8],
    [0x28, 0xb5, 0x2f, 0xfd],
    [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
    [0x50, 0x4b, 3, 4],
  ]) {
    const ring = Buffer.from(direct)
    ring.set(magic)
    expect(load(fileOf(`magic ${magic.join('-')}`, ring))).toEqual([ring])
    const series = Buffer.concat(Array.from({ length: 40 }, () => ring))
    expect(load(fileOf(`series ${magic.join('-')}`, series), { pages: 1 })).toHaveLength(40)
  }
})

test('an ELF core of more pages than a ring has is an image, with --pages as well', () => {
  const core = Buffer.alloc(17 * 4096)
  core.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  core.writeUInt16LE(4, 16)
  core.writeUInt16LE(62, 18)
  core.writeUInt32LE(1, 20)
  const path = fileOf('core', core)
  for (const pages of [undefined, 1]) expect(() => load(path, { pages })).toThrow(`${path}: a memory image; blkring find`)
})

describe('folders', () => {
  const ring = (folder: string) => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'ring.bin'), direct)
    return folder
  }

  test('each real one is read once, whatever links lead to it', () => {
    const top = join(scratch, 'dag')
    for (let i = 0; i < 24; i++) mkdirSync(join(top, `d${i}`), { recursive: true })
    for (let i = 0; i < 23; i++) for (const q of [0, 1]) symlinkSync(`../d${i + 1}`, join(top, `d${i}/queue-${q}`))
    ring(join(top, 'd23'))
    const errors: DumpError[] = []
    expect([...loadDumps(join(top, 'd0'), { onError: (error) => errors.push(error) })]).toHaveLength(1)
    expect(errors).toHaveLength(23)
    expect(errors.at(-1)!.message).toBe(`${top}/d0/queue-1: is the folder ${top}/d0/queue-0 again, which is read once`)
  })

  test.each(['decode', 'check', 'doctor', 'stats', 'inspect'])('%s names a bad queue and shows the rest', (command) => {
    const top = join(scratch, `loop-${command}`)
    ring(join(top, 'queue-0'))
    symlinkSync('queue-1', join(top, 'queue-1'))
    symlinkSync('nowhere', join(top, 'queue-2'))
    symlinkSync('.', join(top, 'queue-3'))
    const { stdout, stderr, exit } = blkring([command, top])
    expect(exit).toBe(2)
    expect(stdout).not.toBe('')
    expect(stderr).toBe(
      `blkring: ${top}/queue-1: too many symbolic links\nblkring: ${top}/queue-2: no such file or directory\nblkring: ${top}/queue-3: is the folder ${top} again, which is read once\n`,
    )
  })

  test('doctor looks into a folder of dump folders past a link to itself', () => {
    const top = join(scratch, 'below')
    ring(join(top, 'first'))
    symlinkSync('loop', join(top, 'loop'))
    symlinkSync('first', join(top, 'second'))
    const { stdout, stderr } = blkring(['doctor', top])
    expect(stdout).toContain('verdict')
    expect(stderr).toBe(`blkring: ${top}/loop: too many symbolic links\n`)
  })
})

describe('io_ring', () => {
  const text = 'nr_ents 32\nreq prod 27 cons 27 event 28\nrsp prod 21 pvt 21 event 22\n'
  const expected = blkring(['doctor', '--json', '-'], Buffer.from(text)).stdout
  test.each([
    ['gzipped', gzipSync(text)],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['marked UTF-8', Buffer.from(`\ufeff${text}`)],
    ['CRLF', Buffer.from(text.replaceAll('\n', '\r\n'))],
  ])('%s', (name, bytes) => {
    expect(JSON.parse(blkring(['doctor', '--json', '-'], bytes).stdout)).toEqual(JSON.parse(expected))
    const folder = join(scratch, `io ${name}`)
    mkdirSync(folder)
    writeFileSync(join(folder, name === 'gzipped' ? 'io_ring.gz' : 'io_ring'), bytes)
    expect(JSON.parse(blkring(['doctor', '--json', folder]).stdout).devices[0].rings[0].verdicts).toEqual(
      JSON.parse(expected).devices[0].rings[0].verdicts,
    )
  })

  test('of a page, as tapdisk has it, by its name or --text; else it is a ring', () => {
    const page = Buffer.alloc(4096)
    page.write(text)
    const named = fileOf('vbd3-1-768_io_ring', page)
    expect(blkring(['doctor', named]).stdout).toContain('io_ring')
    const other = blkring(['doctor', fileOf('copied', page)])
    expect(other.stderr).toContain('they read like io_ring, and --text reads them as such')
    expect(other.stdout).toContain('corrupt indices')
    expect(JSON.parse(blkring(['doctor', '--json', '--text', '-'], page).stdout)).toEqual(JSON.parse(expected))
  })
})

test.each(['utf16le', 'utf8'] as const)('listings in %s with a mark and CRLF', (encoding) => {
  const folder = join(scratch, `listing ${encoding}`)
  cpSync(join(dumps, 'direct'), folder, { recursive: true })
  const text = readFileSync(join(folder, 'xenstore.txt'), 'utf8')
  writeFileSync(join(folder, 'xenstore.txt'), Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, encoding))
  expect(loadVbds(folder)).toEqual(loadVbds(join(dumps, 'direct')))
  expect([...loadDumps(folder)][0]!.xenstore).toEqual([...loadDumps(join(dumps, 'direct'))][0]!.xenstore)
  expect(readdirSync(folder).length).toBeGreaterThan(1)
})

test.each(
  Object.entries({
    'one long line of JSON': `{"ring": "${direct.toString('hex')}"}`,
    'base64 without line ends': direct.toString('base64'),
    'a log of a terminal': `Script started\n\u001b]0;root@dom0: ~\u0007# hexdumpm\b -C ring.bin\r\nnot found\r\n\f`,
  }),
)('%s is a text, also with --pages', (name, text) => {
  const path = fileOf(name, Buffer.from(text))
  for (const args of [['decode', '--pages', '1'], ['stats', '--pages', '1'], ['doctor']]) {
    const { exit, stdout, stderr } = blkring([...args, path])
    expect([exit, stdout, stderr.split('; ')[0]]).toEqual([2, '', `blkring: ${path}: a text without a hexdump in it`])
  }
})
