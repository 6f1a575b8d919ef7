// The command as it was built.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** @returns what it printed @throws where it does not exit with 0 */
export function runCli(args: readonly string[]): string {
  return execFileSync(process.execPath, [join(root, 'bin/run.js'), ...args], { cwd: root, encoding: 'utf8' })
}
