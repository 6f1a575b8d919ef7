// The manual is made of the commands: their pages, the man page, what shells complete.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { builtManual, writtenManual } from '../../scripts/manual.ts'
import { RULES } from '../../src/check/index.ts'

const root = join(import.meta.dirname, '../..')
const built = builtManual(root)

test.each([...writtenManual(root)])('%s is what the command says', async (path, text) => {
  await expect(text).toMatchFileSnapshot(join(root, path))
})

test.each([...built])('%s is what the build wrote', (path, text) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(text)
})

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What bash offers for the last of the words. */
function offered(...words: string[]): string[] {
  const script = `source dist/completions/blkring.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _blkring; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script, 'bash', 'blkring', ...words], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')
}

describe.skipIf(!has('bash'))('bash completes', () => {
  test('commands', () => expect(offered('d')).toEqual(['decode', 'diff', 'doctor']))
  test('flags', () => expect(offered('decode', '--nd')).toEqual(['--ndjson']))
  test('values of a flag', () => expect(offered('decode', '--abi', 'x86_')).toEqual(['x86_64', 'x86_32']))
  test('rules', () => expect(offered('check', '--rule', '')).toEqual(RULES.map(({ id }) => id)))
  test('shells', () => expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']))
  test('files', () => expect(offered('decode', 'dumps/dir')).toEqual(['dumps/direct']))
})

test.skipIf(!has('zsh'))('zsh takes its completions', () => {
  execFileSync('zsh', ['-n', 'dist/completions/_blkring'], { cwd: root })
})

test.skipIf(!has('fish'))('fish offers flags and values', () => {
  const script = `source dist/completions/blkring.fish; complete -C 'blkring check --rule split'; complete -C 'blkring decode --nd'`
  const lines = execFileSync('fish', ['-c', script], { cwd: root, encoding: 'utf8' })
  expect(lines).toContain('split-gap')
  expect(lines).toContain('--ndjson')
})

test.skipIf(!has('groff'))('the man page is one', () => {
  const text = execFileSync('groff', ['-man', '-Tascii', '-ww', '-z', 'dist/man/blkring.1'], {
    cwd: root,
    encoding: 'utf8',
    stdio: 'pipe',
  })
  expect(text).toBe('')
})
