// npm run mutants: mutations that tests once let live (test/mutants.json), each put into its module as the tests load it (vitest.config.ts),
// must fail the tests of its own room.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const mutants = JSON.parse(readFileSync(join(root, 'test/mutants.json'), 'utf8'))
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
let alive = 0
for (const [i, { what, tests }] of mutants.entries()) {
  const env = { ...process.env, BLKRING_MUTANT: String(i), NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', ...tests], { cwd: root, env, encoding: 'utf8' })
  // It must be an expectation that fails, not the loading of the module.
  const failed = /Tests .*?(\d+) failed/.exec(stdout)?.[1]
  if (status !== 0 && failed === undefined) throw new Error(`${what}: the tests did not run\n${stdout}${stderr}`)
  if (status === 0) alive++
  process.stdout.write(`${status === 0 ? 'ALIVE' : `noticed by ${failed}`}: ${what} (${tests.join(', ')})\n`)
}
process.exitCode = alive > 0 ? 1 : 0
