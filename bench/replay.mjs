// Replaying recorded vectors, in CPU time. Prints a section of docs/benchmarks.md.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const COMPLETE = join(root, '../shared/vectors')

export function replaySection() {
  const [name, folder] = existsSync(COMPLETE) ? ['the complete set', COMPLETE] : ['the selection in test/vectors', 'test/vectors']
  const script = 'TIMEFORMAT="%U %S"; time "$@"'
  const args = ['-c', script, 'bash', process.execPath, 'scripts/replay.mjs', folder]
  const { stdout, stderr } = spawnSync('bash', args, { cwd: root, encoding: 'utf8' })
  const [, user, system] = /([\d.]+) ([\d.]+)\s*$/.exec(stderr)
  return `## Replay

Of ${name}: ${stdout.trim().split('\n').at(-1)}, in ${(Number(user) + Number(system)).toFixed(1)} s of CPU time. The bound is 90 s.
`
}
