// The command as it was built.
import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** @param cwd below the root @returns what it printed @throws where it does not exit with 0 */
export function runCli(args: readonly string[], cwd = '.'): string {
  return execFileSync(process.execPath, [join(root, 'bin/run.js'), ...args], {
    cwd: resolve(root, cwd),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}
