// What the README shows is what the tool prints: every console block is run again, its commands one after another in an empty
// folder that has dumps/ and docs/. `npm test -- -u` rewrites it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const readme = join(root, 'README.md')
const BLOCK = /```console\n([\s\S]*?)```/g

test('console blocks of the README', async () => {
  const text = readFileSync(readme, 'utf8')
  const again = text.replace(BLOCK, (_, block: string) => `\`\`\`console\n${runBlock(block)}\`\`\``)
  expect([...text.matchAll(BLOCK)].length).toBeGreaterThan(0)
  await expect(again).toMatchFileSnapshot(readme)
})

function runBlock(block: string): string {
  const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
  try {
    for (const folder of ['dumps', 'docs']) symlinkSync(join(root, folder), join(scratch, folder))
    const commands = block.split('\n').filter((line) => line.startsWith('$ '))
    return commands.map((command) => `${command}\n${run(command.slice(2), scratch)}`).join('')
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** Differences and findings exit with 1. */
function run(command: string, cwd: string): string {
  const script = `blkring() { "${process.execPath}" "${root}/bin/run.js" "$@"; }; npx() { "$@"; }; ${command}`
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '--noprofile', '-c', script], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  })
  expect(status, `${command}: ${stderr}`).toBeLessThan(2)
  return stdout
}
