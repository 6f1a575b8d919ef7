// Transcripts: commands, and how one is run so that it prints the same everywhere.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Printed, run, runScript } from './in-process.ts'

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
const isPackaged = process.env['BLKRING_ENTRY'] !== undefined

interface RunOptions {
  /** What $SCRATCH names. */
  readonly scratch: string
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Not in a process shared with others. */
  readonly alone?: boolean
  /** Arguments of Node before the command's, where it has a process of its own. */
  readonly node?: string
}

/** Runs a command in the root of the repo. @returns its block of a transcript */
export function runBlock(command: string, { scratch, env, alone = false, node = '' }: RunOptions): string {
  const simple = alone || isPackaged ? undefined : argsOf(command)
  if (simple) return blockOf(command, run({ args: simple, env }))
  const blkring = `"${NODE}" ${node} "${ENTRY}"`
  const own = alone || isPackaged ? { alone: true } : {}
  return blockOf(command, runScript(command, { env: { SCRATCH: scratch, ...env }, blkring, ...own }))
}

/** Words, and text in single quotes, of which no shell makes anything else. */
const SIMPLE = /^blkring ((?:[\w./:=,+@% -]|'[^']*')+)$/

/** Of a command that needs no shell and no standard input. */
function argsOf(command: string): string[] | undefined {
  const args = SIMPLE.exec(command)?.[1]?.match(/(?:[^\s']|'[^']*')+/g)
  return args?.map((word) => word.replaceAll("'", ''))
}

/** A command as a transcript has it. */
function blockOf(command: string, { stdout, stderr, exit }: Printed): string {
  const errors = stderr && `${stderr.trimEnd().replace(/^/gm, '! ')}\n`
  const output = stdout && !stdout.endsWith('\n') ? `${stdout}\n` : stdout
  return `$ ${command}\n${output}${errors}exit ${exit}\n`
}
