import { execFileSync } from 'node:child_process'

/** Whether there is script(1) of util-linux, which runs a command in a terminal of its own. */
export function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
}
