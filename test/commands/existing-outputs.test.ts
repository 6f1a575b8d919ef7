// Every command that writes a file or a folder treats one that is there alike: it is refused, --force replaces what is of the
// output's kind and nothing else, and the message offers --force where the command has it.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { inProcess } from '../support/in-process.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const at = (...names: string[]) => join(scratch, ...names)

interface Writer {
  readonly name: string
  readonly what: 'file' | 'folder'
  readonly hasForce: boolean
  readonly args: (path: string) => string[]
}

const WRITERS: readonly Writer[] = [
  { name: 'stats --svg', what: 'file', hasForce: true, args: (path) => ['stats', 'dumps/idle', '--svg', path] },
  { name: 'decode --parquet', what: 'file', hasForce: true, args: (path) => ['decode', 'dumps/idle', '--parquet', path] },
  { name: 'decode --pcapng', what: 'file', hasForce: true, args: (path) => ['decode', 'dumps/idle', '--pcapng', path] },
  {
    name: 'decode --parquet --partition',
    what: 'folder',
    hasForce: true,
    args: (path) => ['decode', 'dumps/idle', '--partition', '--parquet', path],
  },
  { name: 'report -o', what: 'file', hasForce: true, args: (path) => ['report', 'dumps/idle', '-o', path] },
  { name: 'generate -o', what: 'folder', hasForce: true, args: (path) => ['generate', '--op', 'read', '-o', path] },
  { name: 'find --extract', what: 'folder', hasForce: false, args: (path) => ['find', 'dumps/image/core.gz', '--extract', path] },
]

describe.each(WRITERS)('$name', ({ what, hasForce, args, name }) => {
  const folder = at(name.replaceAll(' ', ''))
  const path = (entry: string) => join(folder, entry)
  /** One after another, each with further arguments. */
  const run = (...runs: (readonly [entry: string, ...more: string[]])[]) =>
    inProcess(runs.map(([entry, ...more]) => ({ args: [...args(path(entry)), ...more], env: {} })))
  mkdirSync(folder)

  test('new, and there already', () => {
    const [first, again, forced] = run(['out'], ['out'], ['out', '--force'])
    expect(first!.stderr).toBe('')
    const cure = hasForce ? '--force replaces it' : `name another ${what}`
    expect(again).toMatchObject({ exit: 2, stderr: `blkring: ${path('out')}: exists already; ${cure}\n` })
    expect(forced!.stderr).toMatch(hasForce ? /^$/ : /Nonexistent flag: --force/)
    expect(readdirSync(folder)).toEqual(['out'])
  })

  test('empty: nothing is lost', () => {
    if (what === 'file') writeFileSync(path('empty'), '')
    else mkdirSync(path('empty'))
    expect(run(['empty'])[0]!.stderr).toBe('')
    rmSync(path('empty'), { recursive: true })
  })

  test('something else stays, whatever is given', () => {
    const mine = what === 'file' ? 'mine' : 'mine/notes'
    if (what === 'folder') mkdirSync(path('mine'))
    writeFileSync(path(mine), 'mine')
    if (what === 'file') mkdirSync(path('other'))
    else writeFileSync(path('other'), '')
    symlinkSync('nowhere', path('link'))
    const [other, link, nowhere, ...foreign] = run(
      ['other'],
      ['link'],
      ['no/such/folder'],
      ['mine'],
      ...(hasForce ? [['mine', '--force'] as const] : []),
    )
    for (const { stderr } of foreign)
      expect(stderr).toMatch(/: exists (and is no \w+ file|and holds .*, which is no part of a \w+|already); name another /)
    expect(readFileSync(path(mine), 'utf8')).toBe('mine')
    expect(other!.stderr).toMatch(what === 'file' ? /: is a folder; name a file/ : /: exists and is no folder; name another one/)
    expect(link!.stderr).toMatch(/: (is a link that leads nowhere; name another file|exists and is no folder; name another one)\n/)
    expect(statSync(path('link'), { throwIfNoEntry: false })).toBe(undefined)
    expect(nowhere!.exit).toBe(2)
    expect(readdirSync(folder).filter((entry) => entry.includes('.tmp-'))).toEqual([])
  })
})

test('raw pages in a file that is called so: whole, and replaced only with --force', () => {
  const folder = at('raw')
  mkdirSync(folder)
  const json = at('ring.json')
  writeFileSync(json, '{"protocol":"x86_64-abi","pages":1,"req_prod":0,"req_event":1,"rsp_prod":0,"rsp_event":1,"slots":[]}')
  const queuesYaml = at('queues.yaml')
  writeFileSync(queuesYaml, 'queues: 2\nsteps: [{write: {sector: 8, bytes: 4K}}]\n')
  const name = join(folder, 'r.bin')
  const inTurn = (...runs: readonly (readonly string[])[]) => inProcess(runs.map((args) => ({ args, env: {} })))
  const [made, again, forced] = inTurn(
    ['generate', '--op', 'read', '-o', name],
    ['encode', json, '-o', name],
    ['encode', json, '-o', name, '-f'],
  )
  expect(made).toMatchObject({ exit: 0, stderr: '', stdout: expect.stringContaining('r.bin: ring of 1 page, 1 request') })
  expect(again).toMatchObject({ exit: 2, stderr: expect.stringContaining('r.bin: exists already; --force replaces it') })
  expect(forced).toMatchObject({ exit: 0, stderr: '' })
  expect([readFileSync(name).length, readFileSync(name)[0]]).toEqual([4096, 0])

  const twoQueues = at('two-queues.json')
  writeFileSync(twoQueues, inTurn(['decode', '--json', 'dumps/multi-queue'])[0]!.stdout)
  const [mutants, reduced, folders, queues, extracted, slash, encoded] = inTurn(
    ['mutate', 'dumps/idle', '--count', '3', '-o', join(folder, 'm.bin')],
    ['reduce', 'dumps/hostile/split-gap', '--rule', 'split-gap', '-o', join(folder, 's.BIN')],
    ['mutate', 'dumps/idle', '--count', '3', '--folders', '-o', join(folder, 'x.bin')],
    ['generate', queuesYaml, '-o', join(folder, 'x.bin')],
    ['find', 'dumps/image/core.gz', '--extract', join(folder, 'x.bin')],
    ['encode', json, '-o', join(folder, 'd.bin/')],
    ['encode', twoQueues, '-o', join(folder, 'x.bin')],
  )
  for (const run of [mutants, reduced, slash]) expect(run).toMatchObject({ exit: 0, stderr: '' })
  expect(readFileSync(join(folder, 'm.bin')).length).toBe(3 * 4096)
  expect(folders!.stderr).toMatch(/--folders: name a folder\n$/)
  for (const { stderr } of [queues!, encoded!])
    expect(stderr).toMatch(/x\.bin: raw pages are of one ring, and the device has \d queues; -o DIR writes all\n$/)
  expect(extracted!.stderr).toMatch(/x\.bin: is the name of a file, and a \w+ is a folder; name a folder\n$/)
  expect(readdirSync(folder).sort()).toEqual(['d.bin', 'm.bin', 'r.bin', 's.BIN'])
})

test('a report of nothing is none, and says so', () => {
  const folder = at('nothing')
  mkdirSync(folder)
  writeFileSync(join(folder, 'a.txt'), 'good morning\n')
  for (const output of [at('nothing.html'), '-'])
    expect(inProcess([{ args: ['report', folder, '-o', output], env: {} }])[0]).toMatchObject({
      exit: 2,
      stdout: '',
      stderr: expect.stringMatching(/note: 1 file says nothing.*\n.*nothing: nothing in it says anything of a block device\n$/),
    })
  expect(existsSync(at('nothing.html'))).toBe(false)
})
