// What an error advises can be done: no message offers a flag that the command lacks.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { inProcess } from '../support/in-process.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const { commands } = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, { flags: Record<string, unknown> }>
}
const direct = readFileSync(join(root, 'dumps/direct/ring.bin'))
const core = gunzipSync(readFileSync(join(root, 'dumps/image/core.gz')))
const packed = (...magic: number[]) => Buffer.concat([Buffer.from(magic), Buffer.alloc(100, 0x55)])

const BAD: Readonly<Record<string, Uint8Array>> = {
  empty: new Uint8Array(),
  'cut page': direct.subarray(0, 3000),
  'three pages': Buffer.concat([direct, direct, direct]),
  'forty pages': Buffer.concat(Array.from({ length: 40 }, () => direct)),
  'a memory image': core,
  'a text': Buffer.from('hello\nworld\n'),
  'a listing': Buffer.from('/local/domain/1/device/vbd/51712/protocol = "x86_64-abi"\n'),
  'text in a page': Buffer.from(`${'hello '.repeat(682)}...\n`),
  xz: packed(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0),
  ELF: packed(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1),
}

const COMMANDS: Readonly<Record<string, (file: string) => readonly string[]>> = {
  decode: (file) => [file],
  'decode --pages': (file) => ['--pages', '2', file],
  'decode --parquet': (file) => ['--force', '--parquet', join(scratch, 'out.parquet'), file],
  'decode --ring': (file) => ['--ring', '0', file],
  check: (file) => [file],
  doctor: (file) => [file],
  stats: (file) => [file],
  'stats --pages': (file) => ['--pages', '2', file],
  inspect: (file) => [file],
  diff: (file) => [file, 'dumps/direct'],
  'diff --snapshots': (file) => ['--snapshots', file, 'dumps/direct'],
  find: (file) => [file],
  'find --xenstore': (file) => ['--xenstore', file, 'dumps/image/core.gz'],
  'find --grant-table': (file) => ['--grant-table', file, 'dumps/image/core.gz'],
  vbds: (file) => [file],
  'generate --from-trace': (file) => ['-o', '-', '--from-trace', file],
  generate: (file) => ['-o', '-', file],
}

/** Flags in a message, each with the command that it is said of. */
function advised(message: string, own: string): [string, string][] {
  let command = own
  return [...message.matchAll(/\bblkring ([a-z]+)\b|(?<![\w-])--([a-z][a-z-]*)/g)].flatMap(
    ([, named, flag]): [string, string][] => {
      if (named && commands[named]) command = named
      return flag ? [[command, flag]] : []
    },
  )
}

/** The paths of all bad inputs: each a file, and a folder that holds it as its ring. */
const PATHS = Object.entries(BAD).flatMap(([what, bytes]) => {
  const folder = join(scratch, what.replaceAll(' ', '-'))
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'ring.bin')
  writeFileSync(file, bytes)
  return [
    { what: `a file: ${what}`, path: file },
    { what: `a folder: ${what}`, path: folder },
  ]
})

test.each(Object.entries(COMMANDS))('%s', (name, args) => {
  const [command] = name.split(' ') as [string]
  const printed = inProcess(PATHS.map(({ path }) => ({ args: [command, ...args(path)], env: {} })))
  for (const [i, { stderr, exit }] of printed.entries()) {
    const of = `${name} of ${PATHS[i]!.what}: ${stderr}`
    expect(exit ?? 0, of).toBeLessThanOrEqual(2)
    expect(stderr).not.toMatch(/\bIMAGE\b|\bundefined\b|\bat .*:\d+:\d+/)
    for (const [owner, flag] of advised(stderr, command)) expect(Object.keys(commands[owner]!.flags), of).toContain(flag)
  }
})

test('a packing is spoken of in one way, by every command', () => {
  const file = join(scratch, 'packed')
  writeFileSync(file, BAD['xz']!)
  const runs = Object.entries(COMMANDS).map(([name, args]) => ({ args: [name.split(' ')[0]!, ...args(file)], env: {} }))
  expect(new Set(inProcess(runs).map(({ stderr }) => stderr))).toEqual(
    new Set([`blkring: ${file}: compressed with xz, which is not unpacked here; unpack it: xzcat ${file}\n`]),
  )
})
