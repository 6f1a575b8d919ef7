// Code that lies outside the package is not run, wherever oclif or Node would look for it: each place gets a file that leaves a mark.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

let scratch: string
let mark: string
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
  mark = join(scratch, 'MARK')
  // A copy, so that a folder above the package is ours to write in. tsconfig.json is in a clone only.
  for (const name of ['bin', 'dist/cli', 'package.json', 'oclif.manifest.json', 'tsconfig.json'])
    cpSync(name, join(scratch, 'package', name), { recursive: true })
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
beforeEach(() => rmSync(mark, { force: true }))

function plant(path: string, content = `require('fs').writeFileSync(${JSON.stringify(mark)}, 'x');module.exports=()=>{}`): void {
  mkdirSync(dirname(join(scratch, path)), { recursive: true })
  writeFileSync(join(scratch, path), content)
}

function blkring(env: Readonly<Record<string, string>>, ...args: string[]) {
  const run = spawnSync(process.execPath, [join(scratch, 'package/bin/run.js'), ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: join(scratch, 'home'), ...env },
  })
  return { status: run.status, err: run.stderr, marked: existsSync(mark) }
}

/** A plugin as `oclif plugins install` leaves it, of both kinds. */
function plantPlugins(folder: string): void {
  const types = ['user', 'link'] as const
  const plugins = types.map((type) => ({ name: `evil-${type}`, type, root: join(scratch, folder, 'node_modules', `evil-${type}`) }))
  plant(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', oclif: { schema: 1, plugins } }))
  for (const { name } of plugins) {
    const at = join(folder, 'node_modules', name)
    const oclif = { commands: './c', hooks: { init: './h', preparse: './h', prerun: './h', finally: './h' } }
    plant(join(at, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'i.js', oclif }))
    for (const file of ['h.js', 'i.js', 'c/decode.js', 'c/evil.js']) plant(join(at, file))
  }
}

const PLACES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['data/blkring', { XDG_DATA_HOME: 'data' }],
  ['home/.local/share/blkring', {}],
  ['own', { BLKRING_DATA_DIR: 'own' }],
]

test.each(PLACES)('plugins in %s', (folder, env) => {
  plantPlugins(folder)
  const inScratch = Object.fromEntries(Object.entries(env).map(([key, path]) => [key, join(scratch, path)]))
  for (const args of [['decode', 'dumps/direct'], ['--help'], ['evil'], ['layout']])
    expect(blkring(inScratch, ...args)).toMatchObject({ marked: false })
  expect(blkring(inScratch, 'decode', 'dumps/direct')).toEqual({ status: 0, err: '', marked: false })
})

test.each(['development', 'test', 'production'])('loaders of TypeScript in a folder above, NODE_ENV=%s', (NODE_ENV) => {
  for (const name of ['ts-node', 'tsx', 'typescript']) {
    plant(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'i.js' }))
    for (const file of ['i.js', 'cjs/api.js', 'cjs/api/index.js']) plant(`node_modules/${name}/${file}`)
  }
  expect(blkring({ NODE_ENV }, 'decode', 'dumps/direct')).toEqual({ status: 0, err: '', marked: false })
})

test('a wrong flag is one line where NODE_ENV says development', () => {
  const err = expect.stringMatching(/^blkring: Nonexistent flag: --wrong .*\n$/)
  expect(blkring({ NODE_ENV: 'development' }, 'doctor', '--wrong')).toEqual({ status: 2, err, marked: false })
})

test('themes and other configuration', () => {
  const env = { XDG_CONFIG_HOME: join(scratch, 'config'), FORCE_COLOR: '1' }
  const plain = blkring(env, '--help')
  plant('config/blkring/theme.json', JSON.stringify({ bin: 'red', command: 'red', sectionHeader: 'not a colour' }))
  plant('home/.oclifrc.js')
  plant('.oclifrc.js')
  expect(blkring(env, '--help')).toEqual(plain)
})

test('compiled code is kept in the package, not where others can write', () => {
  const marks = join(scratch, 'tmp')
  mkdirSync(marks, { recursive: true })
  blkring({ TMPDIR: marks }, 'decode', 'dumps/direct')
  expect(existsSync(join(marks, 'node-compile-cache'))).toBe(false)
})
