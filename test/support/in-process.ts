import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Printed {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

/** Runs commands of dist/ in the root of the repo, one after another in one process, and returns what each printed. */
export function inProcess(runs: readonly { readonly args: readonly string[]; readonly env: object }[]): Printed[] {
  const input = JSON.stringify(runs)
  const child = [join(root, 'test/support/in-process.cjs')]
  return JSON.parse(execFileSync(process.execPath, child, { cwd: root, input, encoding: 'utf8', maxBuffer: 2 ** 28 }))
}
