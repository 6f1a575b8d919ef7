// Programs that others wrote, and what they answer.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Corpus } from './corpus.ts'

/** A tool that is not installed: nothing is known of what it would say. */
export class NotHere extends Error {}

export interface Work {
  readonly corpora: readonly Corpus[]
  /** Folders of dumps. */
  readonly dumps: readonly string[]
  /** An empty folder of the consumer's own. */
  readonly folder: string
}

export interface Consumer {
  readonly name: string
  /** @returns what was found to be so @throws NotHere, or another error for what is wrong */
  run(work: Work): readonly string[] | Promise<readonly string[]>
}

const MAX_OUTPUT = 2 ** 30

interface Circumstances {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Exit codes that are no failure. */
  readonly fine?: readonly number[]
  /** Milliseconds after which it is ended. */
  readonly timeout?: number
}

/** @returns what it wrote on standard output @throws NotHere without the command, and with its standard error where it fails */
export function ran(command: string, args: readonly string[], { cwd, env, fine = [0], timeout }: Circumstances = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout,
    maxBuffer: MAX_OUTPUT,
  })
  if (error && 'code' in error && error.code === 'ENOENT') throw new NotHere(`no ${command}`)
  if (error) throw error
  if (status === null || !fine.includes(status))
    throw new Error(`${command} ${args.join(' ')}: exit code ${status}\n${(stderr || stdout).slice(0, 2000)}`)
  return stdout
}

/** The first line of what a command says of itself. @throws NotHere */
export function versionOf(command: string, ...args: readonly string[]): string {
  return ran(command, args.length > 0 ? args : ['--version']).split('\n')[0]!
}

/** Milliseconds that the installation of a package may take. */
const TOO_LONG = 180_000

/** Kept between runs; `npm ci` takes it away. */
const CACHE = 'node_modules/.cache/blkring-consumers'

/** A Python that has a package of PyPI, in an environment of its own. @param name as it is imported @throws NotHere */
export function pythonWith(name: string, requirement: string): string {
  const venv = join(process.cwd(), CACHE, name)
  const path = join(venv, 'bin/python')
  const works = (command: string, ...args: string[]) =>
    spawnSync(command, args, { stdio: 'ignore', timeout: TOO_LONG }).status === 0
  const has = () => works(path, '-c', `import ${name}`)
  if (has()) return path
  mkdirSync(CACHE, { recursive: true })
  if (works('python3', '-m', 'venv', venv) && works(path, '-m', 'pip', 'install', '-q', requirement) && has()) return path
  throw new NotHere(`no ${requirement} of PyPI`)
}
