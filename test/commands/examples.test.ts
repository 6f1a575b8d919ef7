// The examples of every command's help, run as they stand, in a folder that holds what the package ships.
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runScript } from '../support/in-process.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
for (const name of ['docs', 'dumps']) symlinkSync(join(root, name), join(scratch, name))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, { id: string; examples: string[] }>
}

const examples = Object.values(manifest.commands).flatMap(({ id, examples }) =>
  examples.map((example) => example.replaceAll('<%= config.bin %>', 'blkring').replaceAll('<%= command.id %>', id)),
)

test('every command has examples', () => {
  expect(Object.values(manifest.commands).every(({ examples }) => examples.length >= 3)).toBe(true)
})

test.each(examples)('%s', (example) => {
  const { stdout, stderr, exit } = runScript(example, { cwd: scratch })
  // 1 is a finding or a difference, which examples may show; a mistake in an example is 2.
  expect(exit, stderr).toBeLessThan(2)
  expect(stdout.length + (example.includes('>') ? 1 : 0)).toBeGreaterThan(0)
})
