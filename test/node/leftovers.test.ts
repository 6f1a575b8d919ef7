// What a run that was killed left beside an output goes with the next run, and nothing else does.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderWriter } from '../../src/node/write/write-folder.ts'

let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
})
afterEach(() => rmSync(scratch, { recursive: true, force: true }))
const at = (name: string) => join(scratch, name)

/** Number of a process that is no more. */
const DEAD = spawnSync(process.execPath, ['--version']).pid

/** A name that a process would have built an output under, on this machine. */
function nameOf(output: string, pid: number): string {
  const writer = new FolderWriter(at('probe'), { replace: false })
  const name = readdirSync(scratch).find((entry) => entry.startsWith('probe.tmp-'))!
  writer.discard()
  expect(name).toContain(`.tmp-${process.pid}-`)
  return name.replace('probe', output).replace(`-${process.pid}-`, `-${pid}-`)
}

function run(): void {
  const writer = new FolderWriter(at('next'), { replace: false })
  writer.write('ring.bin', 'new')
  writer.commit()
}

test('files and folders of a process that is no more', () => {
  const [file, folder] = [nameOf('slots.parquet', DEAD), nameOf('ring', DEAD)]
  writeFileSync(at(file), 'half')
  mkdirSync(at(folder))
  writeFileSync(join(at(folder), 'ring.bin'), 'half')
  run()
  expect(readdirSync(scratch)).toEqual(['next'])
})

test('what was to be replaced goes back, unless the new one came to stand in its place', () => {
  const [building, gone, there] = [nameOf('gone', DEAD), `${nameOf('gone', DEAD)}.old`, `${nameOf('there', DEAD)}.old`]
  for (const name of [gone, there]) {
    mkdirSync(at(name))
    writeFileSync(join(at(name), 'ring.bin'), 'old')
  }
  mkdirSync(at(building))
  mkdirSync(at('there'))
  writeFileSync(join(at('there'), 'ring.bin'), 'new')
  run()
  expect(readdirSync(scratch).sort()).toEqual(['gone', 'next', 'there'])
  expect(readFileSync(join(at('gone'), 'ring.bin'), 'utf8')).toBe('old')
  expect(readFileSync(join(at('there'), 'ring.bin'), 'utf8')).toBe('new')
})

test('not of one that runs, of another machine, nor what only looks like it', () => {
  const dead = nameOf('ring', DEAD)
  const others = [
    nameOf('ring', process.ppid),
    nameOf('ring', process.pid),
    dead.replace(/-[0-9a-f]{6}-/, (machine) => machine.replace(/[0-9a-f]/g, (digit) => (digit === '0' ? '1' : '0'))),
    `${dead}0`,
    dead.slice(0, -1),
    `${dead}.txt`,
    dead.replace('.tmp-', '.temp-'),
    dead.slice('ring'.length),
    'ring.tmp-0123456789ab',
  ]
  for (const name of others) writeFileSync(at(name), 'theirs')
  run()
  expect(readdirSync(scratch).sort()).toEqual([...others, 'next'].sort())
})

test('no link is followed', () => {
  mkdirSync(at('precious'))
  writeFileSync(join(at('precious'), 'ring.bin'), 'theirs')
  const [link, folder] = [nameOf('link', DEAD), nameOf('ring', DEAD)]
  symlinkSync(at('precious'), at(link))
  mkdirSync(at(folder))
  symlinkSync(at('precious'), join(at(folder), 'link'))
  run()
  expect(existsSync(at(folder))).toBe(false)
  expect(readdirSync(scratch).sort()).toEqual([link, 'next', 'precious'].sort())
  expect(readdirSync(at('precious'))).toEqual(['ring.bin'])
})
