// Files of compiled code: V8 crashes over damaged code, so that none may reach it.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownUser } from '../../src/start/cache-folder.ts'
import { isAsWritten, readCodeCache, writeCodeCache } from '../../src/start/code-cache.ts'

const user = ownUser()!
const BUNDLES = new Map([
  ['one.cjs', { source: 0xdeadbeef, code: new Uint8Array(1001).map((_, i) => i * 7) }],
  ['none.cjs', { source: 0, code: new Uint8Array(0) }],
  ['two.cjs', { source: 1, code: new Uint8Array(64).fill(9) }],
])
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blkring-'))
  path = join(folder, 'decode')
  writeCodeCache(folder, 'decode', BUNDLES)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const read = (as = user) => readCodeCache(path, as)
const NONE = new Map()

test('what is written is read, alone in its folder, at places that V8 takes without a copy', () => {
  expect([...read()].map(([name, { source, code }]) => [name, { source, code }])).toEqual([...BUNDLES])
  expect(readdirSync(folder)).toEqual(['decode'])
  for (const { code } of read().values()) expect(code.byteOffset % 8).toBe(0)
})

test('no byte of it is changed unseen, and it is not shorter or longer', () => {
  const bytes = readFileSync(path)
  for (let at = 0; at < bytes.length; at++) {
    const changed = Uint8Array.from(bytes)
    changed[at]! ^= 0x20
    writeFileSync(path, changed)
    // What is not code, but for names and sums of sources that are then other ones, is padding.
    for (const [name, bundle] of read())
      if (BUNDLES.has(name) && isAsWritten(bundle)) expect(bundle.code).toEqual(BUNDLES.get(name)!.code)
  }
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length))
    expect(read()).toEqual(NONE)
  }
  writeFileSync(path, Buffer.concat([bytes, bytes]))
  expect(read()).toEqual(NONE)
})

test.each([
  'blkring code 1 ',
  'blkring code 1 [{}]\n',
  'blkring code 1 null\n',
  'blkring code 1 7\n',
  'blkring code 1 [{"name":"one.cjs","source":1,"bytes":-8,"sum":0}]\n',
  'blkring code 1 [{"name":"one.cjs","source":1,"bytes":1e99,"sum":0}]\n',
  'other',
])('forged: %s', (text) => {
  writeFileSync(path, text)
  expect(read()).toEqual(NONE)
})

test('a file that anyone else can have written is not read: theirs, writable by them, a link of either kind, a pipe', () => {
  expect(read(user + 1)).toEqual(NONE)
  for (const mode of [0o620, 0o602]) {
    chmodSync(path, mode)
    expect(read()).toEqual(NONE)
  }
  chmodSync(path, 0o600)
  linkSync(path, join(folder, 'other'))
  expect(read()).toEqual(NONE)
  renameSync(path, join(folder, 'away'))
  rmSync(join(folder, 'other'))
  symlinkSync(join(folder, 'away'), path)
  expect(read()).toEqual(NONE)
  rmSync(path)
  execFileSync('mkfifo', ['-m', '600', path])
  expect(read()).toEqual(NONE)
})

test('what cannot be written leaves what was there, and nothing beside it', () => {
  const before = readFileSync(path)
  writeFileSync(join(folder, `decode.${process.pid}`), 'of another')
  expect(() => writeCodeCache(folder, 'decode', NONE)).toThrow('EEXIST')
  expect(() => writeCodeCache(join(folder, 'missing'), 'decode', NONE)).toThrow('ENOENT')
  expect(readFileSync(path)).toEqual(before)
})
