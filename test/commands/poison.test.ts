// Whatever names, listings, traces, scenarios and arguments hold: nothing of it reaches either stream as it is.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inProcess, type Printed } from '../support/in-process.ts'

/** Of each kind one, and some that mean something to SVG, to a shell and to a terminal. Not in file names: what they cannot hold. */
const UNSEEN =
  '\u001b[5;31mred\u001b]0;t\u0007 \u0085 \u009b2J \u007f \u202eabc\u202c \u2066x\u2069 \u200e\u061c \u200b\u200d\u2060\ufeff\u00ad\u180e \u2028\u2029 \ufff9 \u{e0041}\ufe0f \u3164 \ue000 \u00a0'
const NAME = `a${UNSEEN}<b>&"'\r`
const TEXT = `${NAME}\u0008</text><script>`

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00a0]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OURS = /\u001b\[(?:[0127]|22|27|3[0-7]|39|94|9[0-7])m/g
const COLOURS = { FORCE_COLOR: '1' }

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const at = (...names: string[]) => join(scratch, ...names)

function check(runs: readonly (readonly string[])[], envs: readonly object[] = [{}, COLOURS]): Printed[] {
  const all = envs.flatMap((env) => runs.map((args) => ({ args, env })))
  const printed = inProcess(all)
  for (const [i, { stdout, stderr }] of printed.entries()) {
    const what = JSON.stringify(all[i])
    for (const text of [stdout, stderr])
      for (const line of text.replace(OURS, '').split('\n'))
        expect(UNSAFE.exec(line)?.[0], `${what}: ${JSON.stringify(line)}`).toBe(undefined)
    if (!what.includes('--parquet')) expect(stdout + stderr, what).not.toBe('')
    expect(stderr, what).not.toMatch(/\n\s+at |TypeError|undefined/)
  }
  return printed.slice(0, runs.length)
}

const READERS: readonly (readonly string[])[] = [
  ['decode'],
  ['decode', '--json'],
  ['decode', '--ndjson'],
  ['decode', '--csv'],
  ['decode', '--pages', '1'],
  ['check'],
  ['check', '--severity', 'note', '--json'],
  ['check', '--sarif'],
  ['check', '--backend', 'linux'],
  ['doctor'],
  ['doctor', '--json'],
  ['inspect'],
  ['inspect', '--json'],
  ['inspect', '--tree'],
  ['inspect', '--picture'],
  ['stats'],
  ['stats', '--json'],
  ['vbds'],
  ['vbds', '--json'],
  ['find'],
  ['generate'],
  ['generate', '--from-trace'],
  ['generate', '--from-vector'],
  ['diff', 'dumps/idle'],
  ['diff', '--json', 'dumps/idle'],
  ['diff', '--snapshots', 'dumps/idle'],
  ['diff', '--level', 'io', '--stat', 'dumps/idle'],
]

test('names of files', () => {
  const nowhere = check(READERS.map((command) => [...command, at(NAME)]))
  for (const { exit } of nowhere) expect(exit).not.toBe(0)
  mkdirSync(at('names'))
  cpSync(join(root, 'dumps/direct'), at('names', NAME), { recursive: true })
  check(READERS.map((command) => [...command, at('names', NAME)]))
  check(['decode', 'check', 'doctor', 'inspect', 'stats'].map((command) => [command, at('names')]))
  cpSync(join(root, 'dumps/direct/ring.bin'), at(`${NAME}.bin`))
  check(READERS.map((command) => [...command, at(`${NAME}.bin`)]))
  writeFileSync(at(`${NAME}.txt`), 'no listing, no trace and no scenario')
  check(READERS.map((command) => [...command, at(`${NAME}.txt`)]))
})

/** XenStore of a dump in which every value, or every name of a node, is followed by the text. */
function poisonedXenstore(where: 'values' | 'names' | 'protocol'): string {
  const text = readFileSync(join(root, 'dumps/direct/xenstore.txt'), 'utf8')
  if (where === 'values') return text.replace(/= "(.*)"$/gm, (_, value) => `= "${value}${TEXT}"`)
  if (where === 'names')
    return text.replace(/^( *)([\w-]+) =/gm, (_, indent, name) => `${indent}${name}${NAME.replace('\r', '')} =`)
  return text.replace(/protocol = "(.*)"/, `protocol = "${TEXT}"`)
}

test.each(['values', 'names', 'protocol'] as const)('%s of XenStore', (where) => {
  const folder = at(`xenstore-${where}`)
  cpSync(join(root, 'dumps/direct'), folder, { recursive: true })
  const listing = poisonedXenstore(where)
  expect(listing).toMatch(UNSAFE)
  writeFileSync(join(folder, 'xenstore.txt'), listing)
  const printed = check([...READERS.map((command) => [...command, folder]), ['vbds', join(folder, 'xenstore.txt')]])
  for (const [i, command] of READERS.entries())
    if (command.includes('--json') && printed[i]!.exit !== 2) JSON.parse(printed[i]!.stdout)
  const find = [
    'find',
    '--grant-table',
    'dumps/image/gnttab.bin',
    '--xenstore',
    join(folder, 'xenstore.txt'),
    'dumps/image/core.gz',
  ]
  check([find, [...find, '--json']])
})

test('names of guests and disks in the listing that find is given', () => {
  const text = readFileSync(join(root, 'dumps/image/xenstore.txt'), 'utf8')
  const values = /("|=)(.*?)("?)$/gm
  writeFileSync(
    at('image-xenstore.txt'),
    text.replace(values, (_, mark, value, end) =>
      /^[ \d"]+$/.test(value) ? `${mark}${value}${end}` : `${mark}${value}${TEXT}${end}`,
    ),
  )
  const find = ['find', '--grant-table', 'dumps/image/gnttab.bin', '--xenstore', at('image-xenstore.txt'), 'dumps/image/core.gz']
  check([find, [...find, '--json'], ['vbds', at('image-xenstore.txt')]], [{}])
  check([[...find, '--extract', at('extracted')]], [{}])
  for (const name of readdirSync(at('extracted'), { recursive: true, encoding: 'utf8' })) expect(name).toMatch(/^[\w./-]+$/)
})

test('arguments', () => {
  const commands = ['decode', 'check', 'doctor', 'inspect', 'stats', 'vbds', 'find', 'generate', 'diff', 'layout', 'report']
  const printed = check([
    [TEXT],
    ['help', TEXT],
    ['--', TEXT],
    ...commands.flatMap((command) => [
      [command, `--${TEXT}`],
      [command, 'dumps/direct', TEXT, TEXT, TEXT],
      [command, `-${TEXT}`],
    ]),
    ...['--abi', '--slots', '--where', '--pages', '--parquet', '--ring', '--grant-table', '--xenstore', '--sector-unit'].map(
      (flag) => ['decode', flag, TEXT, 'dumps/direct'],
    ),
    ...['--disable', '--explain', '--severity', '--backend'].map((flag) => ['check', flag, TEXT, 'dumps/direct']),
    ...['--interval', '--req-cons', '--rsp-cons'].map((flag) => ['doctor', flag, TEXT, 'dumps/direct']),
    ...['--slot', '--at', '--indirect', '--queue', '--width'].map((flag) => ['inspect', flag, TEXT, 'dumps/direct']),
    ...['--driver', '--op', '--bs', '--offset', '--count', '--seed', '--abi', '--page-size', '-o'].map((flag) => [
      'generate',
      '--op',
      'read',
      flag,
      TEXT,
    ]),
    ...['--svg', '--where'].map((flag) => ['stats', flag, TEXT, 'dumps/direct']),
    ['find', '--extract', TEXT, 'dumps/image/core.gz'],
    ['layout', '--abi', TEXT],
    ['diff', '--level', TEXT, 'dumps/direct', 'dumps/idle'],
  ])
  expect(printed.every(({ exit }) => exit === 2)).toBe(true)
})

test('scenarios', () => {
  const scenarios = [
    `driver: ${JSON.stringify(TEXT)}`,
    `${JSON.stringify(TEXT)}: 1`,
    `steps: [{${JSON.stringify(TEXT)}: {}}]`,
    `steps: [{write: {sector: ${JSON.stringify(TEXT)}}}]`,
    `steps: [{poke: {${JSON.stringify(TEXT)}: 3}}]`,
    `steps: [${TEXT}`,
    `? [${TEXT}`,
    `a: *${NAME}`,
    `a: !!${NAME} b`,
    JSON.stringify({ steps: [{ [TEXT]: TEXT }] }),
    `{"steps": "${TEXT}"`,
  ]
  for (const [i, text] of scenarios.entries()) writeFileSync(at(`${i}.yaml`), text)
  check(
    scenarios.flatMap((_, i) => [
      ['generate', at(`${i}.yaml`)],
      ['generate', '--json', at(`${i}.yaml`)],
    ]),
  )
})

test('traces, vectors and pasted text', () => {
  const trace = `  kworker-1 [000] .... 1.0: block_rq_issue: 202,0 W 4096 () 8 + 8 [kworker]\n ${TEXT} block_rq_issue: 202,0 ${TEXT} 4096 () 8 + 8 [x]\n`
  writeFileSync(at('trace.txt'), `${trace}${TEXT}\n`)
  writeFileSync(at('blkparse.txt'), `8,0 3 1 0.0 812 D R 51216 + 8 [${TEXT}]\n8,0 3 2 0.1 812 D ${TEXT} 8 + 8 [x]\n`)
  writeFileSync(at('vectors.ndjson'), `{"scenario": ${JSON.stringify(TEXT)}, "${NAME.replaceAll('"', '')}": 1}\n`)
  writeFileSync(at('io_ring'), `nr_ents 32\nreq prod 27 cons 22 event 28 ${TEXT}\nrsp prod 21 pvt 21 event 22\n`)
  writeFileSync(at('note.txt'), `ring ${TEXT}:\n00000000: 0100 0000 0200 ${TEXT}\n${TEXT}: 00 00\n`)
  const inputs = ['trace.txt', 'blkparse.txt', 'vectors.ndjson', 'io_ring', 'note.txt'].map((name) => at(name))
  check(inputs.flatMap((input) => READERS.map((command) => [...command, input])))
})

test('a picture and a data set', () => {
  mkdirSync(at('pictures'))
  const [folder, file] = [at('names', NAME), 'a\u001b[5m \u202e\u200b%.bin']
  cpSync(join(root, 'dumps/direct/ring.bin'), at(file))
  check(
    [
      ['stats', '--svg', at('pictures', 'a.svg'), '--where', 'op == write', folder],
      ['decode', '--parquet', at('pictures', 'a.parquet'), '--partition', at(file)],
    ],
    [{}],
  )
  const svg = readFileSync(at('pictures', 'a.svg'), 'utf8')
  expect(svg.replaceAll('\n', '')).not.toMatch(UNSAFE)
  expect(svg).not.toContain('<b>')
  expect(svg).toContain('&lt;b&gt;&amp;&quot;')
  const [device] = readdirSync(at('pictures', 'a.parquet'))
  expect(device).toBe('device=a%1B%5B5m%20%E2%80%AE%E2%80%8B%25.bin')
  expect(existsSync(at('pictures', 'a.parquet', device!, 'queue=0'))).toBe(true)
})
