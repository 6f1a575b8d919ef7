// The start of the command line, with code that an earlier run compiled (docs/decisions/start-up.md).
import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Bundles } from './bundles.ts'
import { cacheFolder, ownUser } from './cache-folder.ts'
import { CodeCache, writeCodeCache } from './code-cache.ts'

/** Each switches the cache off where it is set: ours, and Node's own (which Node 22 and later document). */
const OFF = ['BLKRING_NO_CODE_CACHE', 'NODE_DISABLE_COMPILE_CACHE']
/** Of a longer run V8 has thrown code away that the start needs. In microseconds. */
const MAX_CPU = 1e6
/** A file that nobody wrote for so long belongs to a version that is gone; another is written anew. In milliseconds. */
const MAX_AGE = 30 * 24 * 3600 * 1000
/** Exit codes above are of mistakes, which need other code. */
const MAX_EXIT = 1

declare const PACKAGE_VERSION: string

/**
 * Runs the command line.
 * @param require that of bin/run.js @param cli the folder of bundles @param manifest path of package.json, for oclif
 */
export function start(require: NodeJS.Require, cli: string, manifest: string): void {
  const user = OFF.some((name) => process.env[name]) ? undefined : ownUser()
  const name = cacheName(process.argv[2])
  // The command line takes some of its environment away.
  const { HOME, XDG_CACHE_HOME } = process.env
  const env = { HOME, XDG_CACHE_HOME }
  const folder = user === undefined ? undefined : quietly(() => cacheFolder(env, user, false))
  const cache = folder === undefined ? undefined : quietly(() => new CodeCache(join(folder, name), user!))
  const bundles = new Bundles(cli, cache, require)
  if (user !== undefined)
    process.on('exit', (code) => {
      if (bundles.isNew && code <= MAX_EXIT && process.cpuUsage().user < MAX_CPU) quietly(() => keep(bundles, env, user, name))
    })
  const { main } = bundles.load('blkring.cjs') as { main(manifest: string): void }
  main(manifest)
}

/**
 * A file for each command, since each runs other functions; and for each version of the package and V8, machine, and flags of V8, which takes code
 * of no other.
 */
function cacheName(command: string | undefined): string {
  const { platform, arch, versions, execArgv, env } = process
  const flags = sum([...execArgv, env['NODE_OPTIONS'] ?? ''].join('\n'))
  const own = command !== undefined && /^[a-z]{1,16}$/.test(command) ? command : 'blkring'
  return [own, PACKAGE_VERSION, versions.v8, platform, arch, flags].join('_')
}

/** A sum of a short text. */
function sum(text: string): string {
  let sum = 0
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 0x01000193) ^ text.charCodeAt(i)) >>> 0
  return sum.toString(16)
}

function keep(bundles: Bundles, env: NodeJS.ProcessEnv, user: number, name: string): void {
  const folder = cacheFolder(env, user, true)
  if (folder === undefined) return
  writeCodeCache(folder, name, bundles.compiledNow())
  for (const other of readdirSync(folder)) {
    const path = join(folder, other)
    if (Date.now() - lstatSync(path).mtimeMs > MAX_AGE) rmSync(path)
  }
}

/** A cache is no reason to fail, or to say anything: where a system call fails, there is none. */
function quietly<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
