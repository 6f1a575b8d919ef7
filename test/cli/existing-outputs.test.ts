// Every command that writes a file or a folder treats one that is there alike: it is refused, --force replaces what is of the
// output's kind and nothing else, and the message offers --force where the command has it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
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
  {
    name: 'decode --parquet --partition',
    what: 'folder',
    hasForce: true,
    args: (path) => ['decode', 'dumps/idle', '--partition', '--parquet', path],
  },
  { name: 'generate -o', what: 'folder', hasForce: true, args: (path) => ['generate', '--op', 'read', '-o', path] },
  { name: 'find --extract', what: 'folder', hasForce: false, args: (path) => ['find', 'dumps/image/core.gz', '--extract', path] },
]

describe.each(WRITERS)('$name', ({ what, hasForce, args, name }) => {
  const run = (path: string, ...more: string[]) => inProcess([{ args: [...args(path), ...more], env: {} }])[0]!
  const folder = at(name.replaceAll(' ', ''))
  const path = (entry: string) => join(folder, entry)
  mkdirSync(folder)

  test('new, and there already', () => {
    expect(run(path('out')).stderr).toBe('')
    const again = run(path('out'))
    expect(again).toMatchObject({ exit: 2 })
    expect(again.stderr).toBe(
      `blkring: ${path('out')}: exists already; ${hasForce ? '--force replaces it' : `name another ${what}`}\n`,
    )
    if (hasForce) expect(run(path('out'), '--force').stderr).toBe('')
    else expect(run(path('out'), '--force').stderr).toContain('Nonexistent flag: --force')
    expect(readdirSync(folder)).toEqual(['out'])
  })

  test('empty: nothing is lost', () => {
    if (what === 'file') writeFileSync(path('empty'), '')
    else mkdirSync(path('empty'))
    expect(run(path('empty')).stderr).toBe('')
    rmSync(path('empty'), { recursive: true })
  })

  test('something else stays, whatever is given', () => {
    if (what === 'file') writeFileSync(path('mine'), 'mine')
    else {
      mkdirSync(path('mine'))
      writeFileSync(path('mine/notes'), 'mine')
    }
    for (const more of hasForce ? [[], ['--force']] : [[]])
      expect(run(path('mine'), ...more).stderr).toMatch(
        /: exists (and is no \w+ file|and holds .*, which is no part of a \w+|already); name another /,
      )
    expect(readFileSync(path(what === 'file' ? 'mine' : 'mine/notes'), 'utf8')).toBe('mine')
    if (what === 'file') mkdirSync(path('other'))
    else writeFileSync(path('other'), '')
    expect(run(path('other')).stderr).toMatch(
      what === 'file' ? /: is a folder; name a file/ : /: exists and is no folder; name another one/,
    )
    symlinkSync('nowhere', path('link'))
    expect(run(path('link')).stderr).toMatch(
      /: (is a link that leads nowhere; name another file|exists and is no folder; name another one)\n/,
    )
    expect(statSync(path('link'), { throwIfNoEntry: false })).toBe(undefined)
    expect(run(path('no/such/folder')).exit).toBe(2)
    expect(readdirSync(folder).filter((entry) => entry.includes('.tmp-'))).toEqual([])
  })
})
