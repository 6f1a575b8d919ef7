// Compiled code is run: nobody but the user can have put it where it is looked for.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cacheFolder, isOwn, keepsEntries, ownUser } from '../../src/start/cache-folder.ts'

const user = ownUser()!
let home: string
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'blkring-')))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const folder = (make = false, as = user) => cacheFolder({ HOME: home }, as, make)

test.each([
  ['the user alone', 1000, 0o40700, true],
  ['the user, and others may read', 1000, 0o40755, true],
  ['the user, and the group may write', 1000, 0o40775, false],
  ['the user, and all may write', 1000, 0o40757, false],
  ['the user, and all may write beside each other', 1000, 0o41777, false],
  ['another user', 1001, 0o40700, false],
  ['root', 0, 0o40700, false],
])('owned by %s', (_, uid, mode, own) => {
  expect(isOwn({ uid, mode }, 1000)).toBe(own)
})

test.each([
  ['/home of root', 0, 0o40755, true],
  ['/tmp', 0, 0o41777, true],
  ['a folder of root where all may write', 0, 0o40777, false],
  ['a home where the group may write', 1000, 0o40770, false],
  ['a home of another', 1001, 0o40755, false],
])('above the cache lies %s', (_, uid, mode, keeps) => {
  expect(keepsEntries({ uid, mode }, 1000)).toBe(keeps)
})

test('it is made for the user alone, in a folder that is made so too, and not only to look', () => {
  expect(() => folder()).toThrow('ENOENT')
  expect(existsSync(join(home, '.cache'))).toBe(false)
  const made = folder(true)
  expect(made).toBe(join(home, '.cache/blkring'))
  expect(folder()).toBe(made)
  const own = join(home, 'own')
  expect(cacheFolder({ HOME: home, XDG_CACHE_HOME: own }, user, true)).toBe(join(own, 'blkring'))
})

test('with the home of another, as under sudo, nothing is made and nothing is used', () => {
  expect(() => folder(true, user + 1)).toThrow('ENOENT')
  expect(existsSync(join(home, '.cache'))).toBe(false)
  folder(true)
  expect(folder(false, user + 1)).toBeUndefined()
  expect(folder(true, user + 1)).toBeUndefined()
})

test.each(['.cache/blkring', '.cache', '.'])('where others may write to %s, it is not used', (path) => {
  folder(true)
  chmodSync(join(home, path), 0o777)
  expect(folder(true)).toBeUndefined()
})

test('a link in its place is not followed; one to where all caches lie is, and what it leads to is looked at', () => {
  const elsewhere = join(home, 'elsewhere')
  mkdirSync(join(elsewhere, 'blkring'), { recursive: true, mode: 0o700 })
  mkdirSync(join(home, '.cache'), { mode: 0o700 })
  symlinkSync(join(elsewhere, 'blkring'), join(home, '.cache/blkring'))
  expect(folder(true)).toBeUndefined()
  rmSync(join(home, '.cache'), { recursive: true })
  symlinkSync(elsewhere, join(home, '.cache'))
  expect(folder(true)).toBe(join(elsewhere, 'blkring'))
  chmodSync(elsewhere, 0o770)
  expect(folder(true)).toBeUndefined()
})

test('paths that depend on the working folder name none', () => {
  expect(cacheFolder({ HOME: '.', XDG_CACHE_HOME: 'x' }, user, true)).toBeUndefined()
  expect(cacheFolder({}, user, true)).toBeUndefined()
})
