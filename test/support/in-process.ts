// Commands of dist/ and scripts that use them, without the price of a process for each: they share one, which runs them one after
// another (in-process.cjs), and scripts are forked from a small shell (in-process.sh), not from the process of the tests.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Printed {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

export interface Run {
  readonly args: readonly string[]
  /** In addition to PATH and LC_ALL. */
  readonly env?: object | undefined
  /** The root of the repo where not given. */
  readonly cwd?: string
  /** What comes through a pipe as standard input; else that is /dev/null. */
  readonly input?: string | Uint8Array
}

/** As much as a pipe holds without a reader. */
const MAX_INPUT = 2 ** 16

/** Runs commands one after another in one process, and returns what each printed. */
export function inProcess(runs: readonly Run[]): Printed[] {
  return runs.map(run)
}

/** Runs a command in that process. */
export function run({ args, env = {}, cwd = root, input }: Run): Printed {
  const { at, requests, replies } = started()
  if (input !== undefined) {
    if (input.length > MAX_INPUT) throw new Error(`${input.length} bytes are more than a pipe holds`)
    writeFileSync(at('input'), input)
  }
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const files = [input === undefined ? '/dev/null' : at('input-pipe'), at('output'), at('errors')]
  return printed(at, () => {
    send(requests, [cwd, ...files, variables.length, ...variables, args.length, ...args])
    return lineOf(replies)
  })
}

export interface ScriptOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** What `blkring` is in a process of its own. */
  readonly blkring?: string
  /** Not in a process shared with others; where not given, only what needs one of its own. */
  readonly alone?: boolean
}

/** Whether `blkring` in a script can share a process, which opens the files of the shell by the names that Linux has for them. */
const canShare = existsSync('/proc/self/fd')
/** What needs processes of its own. */
const OWN: readonly RegExp[] = [
  // Two of blkring at once.
  /blkring[^;&]*\|[^;&]*blkring/,
  /blkring[\s\S]*[^|]\|\s*blkring/,
  /<\(blkring/,
  // One that names a descriptor of the shell; one in the background; a reader of help that goes away.
  /blkring[^|;&]*<\(/,
  /[^&>]&(?![&\d>])/,
  /blkring[^;&]* --(help|version)/,
  // A variable that the other process is not told.
  /[A-Z]=\S* blkring/,
]

/** Runs a script of bash in which `blkring` is a function. */
export function runScript(script: string, options: ScriptOptions = {}): Printed {
  const {
    cwd = root,
    env = {},
    blkring = OWN_PROCESS,
    alone = !canShare || OWN.some((own) => own.test(script.replaceAll(TOLD, ''))),
  } = options
  const { at, scripts, ended } = started()
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  const text = `${exports.join('')}blkring() { ${alone ? blkring : 'shared_blkring'} "$@"; }\n${script}`
  return printed(at, () => {
    send(scripts, [cwd, text])
    return lineOf(ended)
  })
}

const TOLD = /\b(FORCE|NO)_COLOR=1 /g
const OWN_PROCESS = `${quoted(process.execPath)} ${quoted(join(root, 'bin/run.js'))}`

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

interface Started {
  /** A file of the folder that both sides know. */
  readonly at: (name: string) => string
  readonly requests: number
  readonly replies: number
  readonly scripts: number
  readonly ended: number
}

let both: Started | undefined

function started(): Started {
  if (both) return both
  const folder = mkdtempSync(join(tmpdir(), 'blkring-commands-'))
  const at = (name: string) => join(folder, name)
  execFileSync('mkfifo', ['requests', 'replies', 'scripts', 'ended', 'input-pipe'].map(at))
  const { PATH, TMPDIR } = process.env
  const child = spawn('bash', ['--norc', '--noprofile', join(import.meta.dirname, 'in-process.sh'), folder, process.execPath], {
    cwd: root,
    env: { PATH, LC_ALL: 'C', ...(TMPDIR !== undefined && { TMPDIR }) },
    stdio: 'ignore',
  })
  child.unref()
  // Both sides open them in the same order, as each waits for the other.
  const [scripts, ended] = [openSync(at('scripts'), 'w'), openSync(at('ended'), 'r')]
  const [requests, replies] = [openSync(at('requests'), 'w'), openSync(at('replies'), 'r')]
  both = { at, requests, replies, scripts, ended }
  return both
}

function send(fd: number, fields: readonly (string | number)[]): void {
  const bytes = Buffer.from(fields.map((field) => `${field}\0`).join(''))
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}

function lineOf(fd: number): string {
  const buffer = Buffer.alloc(2 ** 16)
  let line = ''
  while (!line.endsWith('\n')) {
    const length = readSync(fd, buffer)
    if (length === 0) throw new Error('the process that runs the commands has ended')
    line += buffer.toString('utf8', 0, length)
  }
  return line
}

function printed(at: Started['at'], runIt: () => string): Printed {
  for (const name of ['output', 'errors']) writeFileSync(at(name), '')
  const reply = runIt()
  if (!/^\d+\n$/.test(reply)) throw new Error(reply)
  return { stdout: readFileSync(at('output'), 'utf8'), stderr: readFileSync(at('errors'), 'utf8'), exit: Number(reply) }
}
