// What stands in an output's way is a fact; what to do about it is the command's word, and no flag is named that it did not say.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { OutputRefused } from '../../src/node/write/atomic-output.ts'
import { FileWriter } from '../../src/node/write/write-file.ts'
import { FolderWriter } from '../../src/node/write/write-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(root, 'case-'))
})
const at = (name: string) => join(scratch, name)

const KIND = { name: 'SVG', magic: '<svg' }
const CURES = { exists: 'CURE', folder: 'CURE', special: 'CURE', 'other-file': 'CURE', foreign: 'CURE', 'no-folder': 'CURE' }

const file = (path: string, replace: boolean, cures = {}) => new FileWriter(path, { kind: KIND, replace, cures }).discard()
const folder = (path: string, replace: boolean | 'never', cures = {}) => new FolderWriter(path, { replace, cures }).discard()
const dump = (...more: string[]) => {
  mkdirSync(at('dump'))
  for (const name of ['ring.bin', ...more]) writeFileSync(at(`dump/${name}`), 'old')
  return at('dump')
}
const text = (name: string, content: string) => {
  writeFileSync(at(name), content)
  return at(name)
}

function refused(action: () => void): OutputRefused {
  try {
    action()
  } catch (error) {
    if (error instanceof OutputRefused) return error
    throw error
  }
  throw new Error('not refused')
}

const CASES: readonly (readonly [obstacle: string, entry: string | undefined, action: (cures: object) => void])[] = [
  ['exists', undefined, (cures) => file(text('a.svg', '<svg/>'), false, cures)],
  ['other-file', undefined, (cures) => file(text('a.svg', 'mine'), true, cures)],
  ['folder', undefined, (cures) => file(scratch, true, cures)],
  ['special', undefined, (cures) => file(pipe(), true, cures)],
  ['exists', undefined, (cures) => folder(dump(), false, cures)],
  ['exists', undefined, (cures) => folder(dump(), 'never', cures)],
  ['foreign', 'notes.txt', (cures) => folder(dump('notes.txt'), true, cures)],
  ['no-folder', undefined, (cures) => folder(text('b', ''), true, cures)],
]

function link(target: string): string {
  symlinkSync(target, at('link'))
  return at('link')
}

function pipe(): string {
  execFileSync('mkfifo', [at('pipe')])
  return at('pipe')
}

test.each(CASES)('%s, %s', (obstacle, entry, action) => {
  const plain = refused(() => action({}))
  expect([plain.obstacle, plain.entry, plain.message]).toEqual([obstacle, entry, expect.not.stringContaining('--')])
  rmSync(scratch, { recursive: true })
  mkdirSync(scratch)
  expect(refused(() => action(CURES)).message).toMatch(/; CURE$/)
})

test.each([
  ['nameless', () => file('', true)],
  ['nameless', () => folder('/', true)],
  ['working-folder', () => folder('.', true)],
  ['no-parent', () => file(at('no/such/a.svg'), true)],
  ['dangling', () => file(link(at('nowhere')), true)],
])('%s', (obstacle, action) => expect(refused(action).obstacle).toBe(obstacle))

test('what may be replaced is, through a link too, and the link stays', () => {
  text('old.svg', '<svg>old')
  const writer = new FileWriter(link(at('old.svg')), { kind: KIND, replace: true })
  writer.write(Buffer.from('<svg>new'))
  expect(readFileSync(at('old.svg'), 'utf8')).toBe('<svg>old')
  writer.commit()
  expect([readFileSync(at('old.svg'), 'utf8'), readdirSync(scratch).sort()]).toEqual(['<svg>new', ['link', 'old.svg']])
})

test('a folder that cannot be put in its place leaves the old one there', () => {
  const writer = new FolderWriter(dump(), { replace: true })
  // What was built is gone: the last rename fails.
  for (const name of readdirSync(scratch)) if (name.includes('.tmp-')) rmSync(at(name), { recursive: true })
  expect(() => writer.commit()).toThrow('no such file or directory')
  expect([readdirSync(scratch), readFileSync(at('dump/ring.bin'), 'utf8')]).toEqual([['dump'], 'old'])
})
