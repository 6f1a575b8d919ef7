// What the README, docs/testing.md and the commands' manuals show is what the tool prints: every console block is run again, its commands one after another
// in an empty folder that has dumps/ and docs/. `npm test -- -u` rewrites them.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runScript } from './support/in-process.ts'

const root = join(import.meta.dirname, '..')
const commands = join(root, 'src/commands')
const manuals = readdirSync(commands).map((name) => join(commands, name, 'manual.md'))
const texts = [join(root, 'README.md'), join(root, 'docs/testing.md'), ...manuals.filter((path) => existsSync(path))]
const BLOCK = /```console\n([\s\S]*?)```/g

test.each(texts.filter((path) => readFileSync(path, 'utf8').match(BLOCK)))('console blocks of %s', async (path) => {
  const again = readFileSync(path, 'utf8').replace(BLOCK, (_, block: string) => `\`\`\`console\n${runBlock(block)}\`\`\``)
  await expect(again).toMatchFileSnapshot(path)
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
  const { stdout, stderr, exit } = runScript(`npx() { "$@"; }; ${command}`, { cwd })
  expect(exit, `${command}: ${stderr}`).toBeLessThan(2)
  return stdout
}
