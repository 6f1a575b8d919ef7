// Code that lies outside the package is not run, wherever oclif or Node would look for it: each place gets a file that leaves a mark.
import { execFile, spawnSync } from 'node:child_process'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

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

test('Node keeps no compiled code where others can write', () => {
  const marks = join(scratch, 'tmp')
  mkdirSync(marks, { recursive: true })
  blkring({ TMPDIR: marks }, 'decode', 'dumps/direct')
  expect(existsSync(join(marks, 'node-compile-cache'))).toBe(false)
})

describe('compiled code of an earlier run', () => {
  const decode = (env: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, [join(scratch, 'package/bin/run.js'), 'decode', 'dumps/direct'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: join(scratch, 'home'), ...env },
    })
  const folder = () => join(scratch, 'home/.cache/blkring')
  const cache = () => join(folder(), readdirSync(folder()).find((name) => name.startsWith('decode_'))!)
  const plain = () => decode({ BLKRING_NO_CODE_CACHE: '1' })
  beforeEach(() => {
    rmSync(join(scratch, 'home'), { recursive: true, force: true })
    mkdirSync(join(scratch, 'home'), { mode: 0o700 })
  })

  test('is written once, and used', () => {
    expect(decode()).toMatchObject({ status: 0, stderr: '' })
    const { ino } = statSync(cache())
    expect(decode().stdout).toBe(plain().stdout)
    expect(statSync(cache()).ino).toBe(ino)
    expect(readdirSync(join(scratch, 'home'))).toEqual(['.cache'])
  })

  test('is neither written nor used where the environment says so, or the home is none', () => {
    for (const env of [
      { BLKRING_NO_CODE_CACHE: '1' },
      { NODE_DISABLE_COMPILE_CACHE: '1' },
      { HOME: '/proc' },
      { HOME: '/dev/null' },
    ])
      expect(decode(env)).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(join(scratch, 'home'))).toEqual([])
  })

  test('is thrown away and written anew where it is damaged, or of another source', () => {
    decode()
    const good = readFileSync(cache())
    const flipped = Uint8Array.from(good, (byte, i) => (i % 1000 === 999 ? byte ^ 1 : byte))
    const bundle = join(scratch, 'package/dist/cli/decode.cjs')
    // A source of the same length, which V8 takes for the same.
    writeFileSync(bundle, readFileSync(bundle, 'latin1').replaceAll('outstanding', 'OUTSTANDING'))
    expect(decode().stdout).toBe(plain().stdout)
    expect(decode().stdout).toContain('OUTSTANDING')
    cpSync('dist/cli/decode.cjs', bundle)
    for (const bytes of [flipped, good.subarray(0, 5000), Buffer.alloc(good.length), Buffer.alloc(0)]) {
      writeFileSync(cache(), bytes)
      expect(decode()).toEqual({ ...plain(), pid: expect.anything() })
      expect(statSync(cache()).size).toBeGreaterThan(good.length / 2)
    }
  })

  test('of runs at once is one whole file', async () => {
    const command = [join(scratch, 'package/bin/run.js'), 'decode', 'dumps/direct']
    const env = { PATH: process.env['PATH'], HOME: join(scratch, 'home') }
    const runs = [1, 2, 3, 4].map(() => promisify(execFile)(process.execPath, command, { env }))
    const { stdout } = plain()
    expect(await Promise.all(runs)).toEqual(runs.map(() => ({ stdout, stderr: '' })))
    expect(readdirSync(folder())).toEqual([cache().slice(folder().length + 1)])
    expect(decode().stdout).toBe(stdout)
  })

  test.runIf(process.getuid!() === 0)('of another user is not used, nor written: sudo with a kept HOME', () => {
    chownSync(join(scratch, 'home'), 65534, 65534)
    expect(decode()).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(join(scratch, 'home'))).toEqual([])
    chownSync(join(scratch, 'home'), 0, 0)
    decode()
    const good = readFileSync(cache())
    for (const path of [join(scratch, 'home'), join(scratch, 'home/.cache'), folder(), cache()]) chownSync(path, 65534, 65534)
    expect(decode()).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(cache())).toEqual(good)
  })
})
