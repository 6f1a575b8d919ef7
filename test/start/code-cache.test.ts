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
import { CodeCache, type CompiledBundle, writeCodeCache } from '../../src/start/code-cache.ts'

const user = ownUser()!
const BUNDLES = new Map<string, CompiledBundle>([
  ['one.cjs', { source: Buffer.from('f()'), code: Buffer.from(new Uint8Array(1001).map((_, i) => i * 7)) }],
  ['none.cjs', { source: Buffer.from(''), code: Buffer.from('') }],
  ['two.cjs', { source: Buffer.from('g(1, 2)  '), code: Buffer.alloc(64, 9) }],
])
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blkring-'))
  path = join(folder, 'decode')
  writeCodeCache(folder, 'decode', BUNDLES)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs with the file opened: undefined where it is refused. */
function opened<T>(look: (cache: CodeCache) => T, as = user): T | undefined {
  let cache: CodeCache
  try {
    cache = new CodeCache(path, as)
  } catch {
    return undefined
  }
  try {
    return look(cache)
  } finally {
    cache.close()
  }
}
const read = (as = user) => opened((cache) => [...cache.bundles()], as)
const codeOf = (name: string, source: string) => opened((cache) => cache.codeOf(name, Buffer.from(source)))
const NONE = new Map()

test('what is written is read, alone in its folder, at places that V8 takes without a copy', () => {
  expect(read()).toEqual([...BUNDLES])
  expect(readdirSync(folder)).toEqual(['decode'])
  for (const [name, { source, code }] of BUNDLES) {
    const found = codeOf(name, source.toString())!
    expect(found).toEqual(code)
    expect(found.byteOffset % 8).toBe(0)
  }
})

test('code is that of its source, to the byte', () => {
  for (const source of ['F()', 'f())', '', 'g(1, 2)  ']) expect(codeOf('one.cjs', source)).toBeUndefined()
  expect(codeOf('three.cjs', 'f()')).toBeUndefined()
})

test('no byte of it is changed unseen, and it is not shorter or longer', () => {
  const bytes = readFileSync(path)
  for (let at = 0; at < bytes.length; at++) {
    const changed = Uint8Array.from(bytes)
    changed[at]! ^= 0x20
    writeFileSync(path, changed)
    for (const [name, { source, code }] of BUNDLES) expect([undefined, code]).toContainEqual(codeOf(name, source.toString()))
  }
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length))
    expect(read()).toBeUndefined()
  }
  writeFileSync(path, Buffer.concat([bytes, bytes]))
  expect(read()).toBeUndefined()
})

test('a file that becomes shorter, or is changed, after it was opened', () => {
  const bytes = readFileSync(path)
  const cache = new CodeCache(path, user)
  writeFileSync(path, bytes.subarray(0, 300))
  expect(cache.codeOf('one.cjs', BUNDLES.get('one.cjs')!.source)).toBeUndefined()
  cache.close()
})

test.each([
  'blkring code 2 ',
  'blkring code 2 [{}]\n',
  'blkring code 2 null\n',
  'blkring code 2 7\n',
  'blkring code 2 [{"name":"one.cjs","source":1,"code":-8}]\n',
  'blkring code 2 [{"name":"one.cjs","source":-8,"code":4}]\n',
  'blkring code 2 [{"name":"one.cjs","source":1,"code":1e99}]\n',
  'blkring code 1 [{"name":"one.cjs","source":1,"bytes":0,"sum":0}]\n',
  'other',
])('forged: %s', (text) => {
  writeFileSync(path, text)
  expect(read()).toBeUndefined()
})

test('a file that anyone else can have written is not read: theirs, writable by them, a link of either kind, a pipe', () => {
  expect(read(user + 1)).toBeUndefined()
  for (const mode of [0o620, 0o602]) {
    chmodSync(path, mode)
    expect(read()).toBeUndefined()
  }
  chmodSync(path, 0o600)
  linkSync(path, join(folder, 'other'))
  expect(read()).toBeUndefined()
  renameSync(path, join(folder, 'away'))
  rmSync(join(folder, 'other'))
  symlinkSync(join(folder, 'away'), path)
  expect(read()).toBeUndefined()
  rmSync(path)
  execFileSync('mkfifo', ['-m', '600', path])
  expect(read()).toBeUndefined()
})

test('what cannot be written leaves what was there, and nothing beside it', () => {
  const before = readFileSync(path)
  writeFileSync(join(folder, `decode.${process.pid}`), 'of another')
  expect(() => writeCodeCache(folder, 'decode', NONE)).toThrow('EEXIST')
  expect(() => writeCodeCache(join(folder, 'missing'), 'decode', NONE)).toThrow('ENOENT')
  expect(readFileSync(path)).toEqual(before)
})
