// Transcripts: commands, and how one is run so that it prints the same everywhere.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
export const TRANSCRIPTS = join(import.meta.dirname, '../transcripts')

/** Files of transcripts. */
export function transcriptNames(): string[] {
  return readdirSync(TRANSCRIPTS).filter((name) => name.endsWith('.txt'))
}

export interface Transcribed {
  readonly command: string
  /** The command behind `$ `, what it prints and its exit code, as the transcript has it. */
  readonly block: string
}

export function transcribed(name: string): Transcribed[] {
  return readFileSync(join(TRANSCRIPTS, name), 'utf8')
    .split(/\n?^(?=\$ )/m)
    .filter((block) => block.startsWith('$ '))
    .map((block) => ({ command: block.slice(2, block.indexOf('\n')), block }))
}

/** The Node that runs commands, where not that of the tests; and the entry of the package that it runs, where not the checkout's. */
export const NODE = process.env['BLKRING_NODE'] ?? process.execPath
export const ENTRY = process.env['BLKRING_ENTRY'] ?? join(root, 'bin/run.js')
/** Whether it is not the checkout's commands that run. */
export const isPackaged = process.env['BLKRING_ENTRY'] !== undefined

interface RunOptions {
  /** What $SCRATCH names. */
  readonly scratch: string
  readonly env?: Readonly<Record<string, string>>
  /** Arguments of Node before the command's. */
  readonly node?: string
}

/** Runs a command in the root of the repo. @returns its block of a transcript */
export function runBlock(command: string, { scratch, env, node = '' }: RunOptions): Promise<string> {
  const script = `blkring() { "${NODE}" ${node} "${ENTRY}" "$@"; }\n${command}`
  const all = { PATH: process.env['PATH'], LC_ALL: 'C', SCRATCH: scratch, ...env }
  return new Promise((resolve) => {
    const bash = ['--norc', '--noprofile', '-o', 'pipefail', '-c', script]
    const child = execFile('bash', bash, { cwd: root, env: all, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve(blockOf(command, { stdout, stderr, exit: error ? error.code : 0 }))
    })
    child.stdin?.end()
  })
}

interface Printed {
  readonly stdout: string
  readonly stderr: string
  readonly exit: unknown
}

/** A command as a transcript has it. */
export function blockOf(command: string, { stdout, stderr, exit }: Printed): string {
  const errors = stderr && `${stderr.trimEnd().replace(/^/gm, '! ')}\n`
  const output = stdout && !stdout.endsWith('\n') ? `${stdout}\n` : stdout
  return `$ ${command}\n${output}${errors}exit ${exit}\n`
}
