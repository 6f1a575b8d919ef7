// The examples of every command's help, run as they stand, in a folder that holds what the package ships.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

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
  const script = `blkring() { "${process.execPath}" "${root}/bin/run.js" "$@"; }\n${example}`
  const { stdout, status } = spawnSync('bash', ['--norc', '-o', 'pipefail', '-c', script], {
    cwd: scratch,
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  })
  // 1 is a finding or a difference, which examples may show; a mistake in an example is 2.
  expect(status).toBeLessThan(2)
  expect(stdout.length + (example.includes('>') ? 1 : 0)).toBeGreaterThan(0)
})
