// `generate --from-ring` as a user has it: what it reads, what it refuses, and `diff` behind it.
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runScript } from '../support/in-process.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-from-ring-'))
symlinkSync(join(import.meta.dirname, '../../dumps'), join(scratch, 'dumps'))
writeFileSync(join(scratch, 'empty'), '')
writeFileSync(join(scratch, 'noise'), Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 167 + 29) % 251)))
afterAll(() => rmSync(scratch, { recursive: true }))

const run = (line: string) => runScript(line, { cwd: scratch })

test.each([
  ['a folder', '--from-ring dumps/indirect -o a', 'diff a dumps/indirect'],
  ['its scenario, all bytes', '--from-ring dumps/flush -o b', 'diff --level bytes b/scenario.json dumps/flush'],
  ['one queue of several', '--from-ring dumps/multi-queue --queue 1 -o c', 'diff c dumps/multi-queue/queue-1'],
  ['another layout', '--from-ring dumps/x86_32 -o d', 'diff --level bytes d dumps/x86_32'],
  ['two-slot requests', '--from-ring dumps/64k-split-pair -o e', 'diff --level bytes e dumps/64k-split-pair'],
])('what Linux wrote is no difference: %s', (_, flags, diff) => {
  const made = run(`blkring generate ${flags}`)
  expect(made.stderr).toBe('')
  expect(made.exit).toBe(0)
  expect(run(`blkring ${diff}`)).toMatchObject({ stdout: '', stderr: '', exit: 0 })
})

test('a ring by a pipe, and raw pages by another', () => {
  const { stdout, exit } = run(
    'xxd dumps/direct/ring.bin | blkring generate --from-ring - -o - | blkring diff - dumps/direct && echo same',
  )
  expect({ stdout, exit }).toEqual({ stdout: 'same\n', exit: 0 })
})

test('of bytes that are not in the input nothing is said', () => {
  run('blkring generate --op read --bs 4K --count 2 -o two')
  const cut = run('xxd two/ring.bin | head -64 | blkring generate --from-ring - -o cut')
  expect(cut.stdout).toContain('modern writes the bytes of the ring that are in the input; 3072 bytes are not in it\n')
  expect(cut.stdout).not.toContain('byte for byte')
  const json = (input: string, output: string) =>
    JSON.parse(run(`${input} | blkring generate --json --from-ring - -o ${output}`).stdout).fromRing
  expect(json('xxd two/ring.bin', 'of-whole').equal).toBe(true)
  expect(json('xxd two/ring.bin | head -64', 'of-cut')).not.toHaveProperty('equal')
})

test('what is left out is named, and the exit code is 1', () => {
  const { stdout, stderr, exit } = run('blkring generate --from-ring dumps/hostile/malformed -o left')
  expect(exit).toBe(1)
  expect(stderr).toContain('slot 0 is left out: operation 77 is none of blkif.h; and 6 more')
  expect(stdout).toContain('slot 9: read of 8 sectors at 424; modern: id 9 instead of 18446612682375452280')
})

test('a ring without requests in flight is like no driver', () => {
  const { stdout, stderr, exit } = run('blkring generate --from-ring dumps/idle -o idle')
  expect(exit).toBe(0)
  expect(stderr).toContain('no request is in flight in it')
  expect(stdout).toContain('\nno request says how its driver writes\n')
  expect(stdout).not.toContain('byte for byte')
})

test.each([
  ['--from-ring empty -o x', /the file is empty/],
  ['--from-ring noise -o x', /indices are impossible/],
  ['--from-ring dumps/direct --op read -o x', /the ring says what is asked for/],
  ['--from-ring dumps/direct --queues 2 -o x', /the ring says its queues itself/],
  ['--from-ring dumps/direct --driver seed --page-size 64K --max-indirect-segments 0 -o x', /the seed driver dies/],
  ['--from-ring dumps/direct --unchecked -o x', /what no driver would/],
])('refused, and nothing written: %s', (flags, words) => {
  const { stderr, exit } = run(`blkring generate ${flags}`)
  expect(stderr).toMatch(words)
  expect(exit).toBe(2)
  expect(readdirSync(scratch)).not.toContain('x')
})
