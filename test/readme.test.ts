// What the README shows is what the tool prints: every console block is run again. `npm test -- -u` rewrites it.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const readme = join(root, 'README.md')
const BLOCK = /```console\n\$ (npx )?(blkring [^\n]*)\n[\s\S]*?```/g

test('console blocks of the README', async () => {
  const text = readFileSync(readme, 'utf8')
  const again = text.replace(
    BLOCK,
    (_, npx: string | undefined, command: string) => `\`\`\`console\n$ ${npx ?? ''}${command}\n${run(command)}\`\`\``,
  )
  expect([...text.matchAll(BLOCK)].length).toBeGreaterThan(0)
  await expect(again).toMatchFileSnapshot(readme)
})

function run(command: string): string {
  const args = command.split(' ').slice(1)
  return execFileSync(process.execPath, ['bin/run.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  })
}
