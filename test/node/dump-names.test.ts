// The names of a dump folder's files: one table for who reads, writes and replaces them.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { dumpOfQueue, isDumpPath, memberOf, pageNames } from '../../src/capture/dump-names.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { FolderWriter } from '../../src/node/write/write-folder.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const dumps = join(import.meta.dirname, '../../dumps')

test.each([
  ['ring.bin', 'ring', undefined, undefined],
  ['ring-007.bin.gz', 'ring', 7, undefined],
  ['ring.hex.xz', 'ring', undefined, undefined],
  ['indirect-72.bin', 'indirect', undefined, 72],
  ['ring-003.indirect-72.txt.zst', 'indirect', 3, 72],
  ['data-9.bin', 'data', undefined, 9],
  ['xenstore.txt.gz', 'xenstore', undefined, undefined],
  ['gnttab.bin', 'grant-table', undefined, undefined],
  ['io_ring.gz', 'io-ring', undefined, undefined],
  ['origin.txt', 'origin', undefined, undefined],
  ['scenario.json', 'scenario', undefined, undefined],
])('%s is a %s', (name, kind, moment, gref) => {
  expect(memberOf(name)).toMatchObject({ kind, moment, gref })
  expect(isDumpPath(name)).toBe(true)
  expect(isDumpPath(`queue-3/${name}`)).toBe(true)
})

test.each(['ring', 'ring.bin.bak', 'myring.bin', 'notes.txt', 'indirect-x.bin', 'xenstore.txt~'])('%s is no part', (name) => {
  expect(memberOf(name)).toBeUndefined()
  expect(isDumpPath(name)).toBe(false)
})

test.each([
  ['d/queue-0/ring.bin', 'd'],
  ['a/d/queue-12/ring.txt.gz', 'a/d'],
  ['d/queue-0/ring-003.bin', 'd/queue-0/ring-003.bin'],
  ['d/ring.bin', 'd/ring.bin'],
  ['queue-0/ring.bin', 'queue-0/ring.bin'],
  ['d/queue-0/notes.txt', 'd/queue-0/notes.txt'],
])('the dump of %s', (path, dump) => expect(dumpOfQueue(path)).toBe(dump))

test('a page is looked for under every name that the table has', () => {
  for (const kind of ['indirect', 'data'] as const)
    for (const name of pageNames(kind, 72, 'ring-001.bin.gz')) expect(memberOf(name)).toMatchObject({ kind, gref: 72 })
})

test('a folder that find --extract made, origin.txt and all, may be replaced by force', () => {
  const folder = join(scratch, 'extracted')
  for (const queue of ['queue-0', 'queue-1']) {
    mkdirSync(join(folder, queue), { recursive: true })
    for (const name of ['ring.bin', 'origin.txt', 'gnttab.bin', 'io_ring', 'data-5.bin'])
      writeFileSync(join(folder, queue, name), '')
  }
  new FolderWriter(folder, { replace: true }).discard()
  writeFileSync(join(folder, 'queue-0', 'diary.md'), '')
  expect(() => new FolderWriter(folder, { replace: true })).toThrow('holds queue-0/diary.md, which is no part of a dump')
})

test('of a ring that is there packed and unpacked, there is one', () => {
  const folder = join(scratch, 'twice')
  mkdirSync(folder)
  const ring = readFileSync(join(dumps, 'direct/ring.bin'))
  writeFileSync(join(folder, 'ring.bin'), ring)
  writeFileSync(join(folder, 'ring.bin.gz'), gzipSync(ring))
  expect([...loadDumps(folder)].map(({ source }) => source)).toEqual([join(folder, 'ring.bin')])
})

test('what is packed so that nobody here unpacks it is named with its cure', () => {
  const folder = join(scratch, 'xz')
  mkdirSync(folder)
  const path = join(folder, 'ring.bin.xz')
  writeFileSync(path, Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4))
  expect(() => [...loadDumps(folder)]).toThrow(`${path}: compressed with xz, which is not unpacked here; unpack it: xzcat ${path}`)
  renameSync(path, join(scratch, 'ring'))
  expect(() => [...loadDumps(join(scratch, 'ring'))]).toThrow('compressed with xz')
})
