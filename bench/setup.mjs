// What the benchmarks run with: Node in several versions, C compiled on the spot, packages of Python in an environment of their own.
// What cannot be had is undefined, and its rows say so.
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { importTypeScript } from '../scripts/run-typescript.mjs'

export const root = join(import.meta.dirname, '..')
const here = import.meta.dirname
/** Kept between runs; `npm ci` takes it away. */
const CACHE = join(root, 'node_modules/.cache/blkring-bench')
const NODES = ['20.20.2', '22.23.3', '24.21.0']
const PYTHON = ['construct==2.10.70', 'kaitaistruct==0.11']
const MIB = 2 ** 20

const works = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0

/** @param majors of Node, as numbers @returns {{ major: number, version: string, path: string }[]} those that are there, or can be installed */
export function nodes(majors) {
  return NODES.filter((version) => majors.includes(Number.parseInt(version, 10))).flatMap((version) => {
    const major = Number.parseInt(version, 10)
    if (Number.parseInt(process.versions.node, 10) === major)
      return [{ major, version: process.versions.node, path: process.execPath }]
    const prefix = join(CACHE, `node-${version}`)
    const path = join(prefix, 'node_modules/node/bin/node')
    const install = ['install', '--silent', '--no-audit', '--no-fund', '--no-save', '--prefix', prefix, `node@${version}`]
    return existsSync(path) || works('npm', ...install) ? [{ major, version, path }] : []
  })
}

/** @returns {string | undefined} a Python that has the packages */
function python() {
  const venv = join(CACHE, 'python')
  const path = join(venv, 'bin/python')
  const has = () => works(path, '-c', 'import construct, kaitaistruct')
  if (has()) return path
  mkdirSync(CACHE, { recursive: true })
  return works('python3', '-m', 'venv', venv) && works(path, '-m', 'pip', 'install', '-q', ...PYTHON) && has() ? path : undefined
}

/**
 * A folder of inputs and programs for as long as `use` runs.
 * @param megabytes of the captures
 */
export async function withBench(megabytes, use) {
  const folder = mkdtempSync(join(tmpdir(), 'blkring-bench-'))
  try {
    return await use(makeBench(folder, megabytes))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function makeBench(folder, megabytes) {
  const made = new Map()
  const once = (name, make) => {
    if (!made.has(name)) made.set(name, make(join(folder, name)))
    return made.get(name)
  }
  const compiled = (name) =>
    once(name, (path) => {
      execFileSync('gcc', ['-O2', '-o', path, join(here, `${name}.c`)])
      return path
    })
  const bench = {
    folder,
    megabytes,
    /** A file or a value that several groups need: made by `make(path)` when it is first asked for. */
    once,
    /** The program of bench/NAME.c. */
    compiled,
    /** Python with the packages of its peers, or undefined. */
    get python() {
      return once('python', python)
    },
    /** A module of bench/NAME.ts, for `node MODULE ARGUMENTS`. */
    script: (name) =>
      once(`${name}.mjs`, (outfile) => {
        const options = { bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' }
        buildSync({ entryPoints: [join(here, `${name}.ts`)], outfile, ...options })
        return outfile
      }),
    /** The synthetic capture (bulk-capture.ts). @param answered of 32 slots a ring, how many are responses @param part one of so many */
    capture: (answered = 0, part = 1) =>
      once(`capture-${answered}-${part}.bin`, async (path) => {
        const { makeCapture } = await importTypeScript(new URL('bulk-capture.ts', import.meta.url))
        const fd = openSync(path, 'w')
        makeCapture((megabytes * MIB) / part, answered, (page) => writeSync(fd, page))
        closeSync(fd)
        return path
      }),
    /**
     * Captured rings of one page laid end to end (captured.ts).
     * @param bytes in all @param most bytes of each ring that are changed at the most
     */
    captured: (bytes, most = 0) =>
      once(`captured-${bytes}-${most}.bin`, async (path) => {
        const { layEndToEnd } = await importTypeScript(new URL('captured.ts', import.meta.url))
        const shared = process.env.BLKRING_SHARED
        const fd = openSync(path, 'w')
        layEndToEnd(bytes / 4096, shared ? join(root, shared, 'captures') : join(root, 'dumps'), most, (ring) =>
          writeSync(fd, ring),
        )
        closeSync(fd)
        return path
      }),
  }
  return bench
}
