// npm run fuzz -- [--seconds N] [--count N] [--seed N] [--target TARGET]
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleTypeScript, importTypeScript } from './run-typescript.mjs'

const packageRoot = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'blkring-fuzz-'))
const print = (line) => process.stdout.write(`${line}\n`)
try {
  if (!existsSync(join(packageRoot, 'dist/cli'))) throw new Error('dist is not there: npm run build')
  const { main } = await importTypeScript(new URL('fuzz.ts', import.meta.url))
  const worker = join(folder, 'worker.mjs')
  bundleTypeScript(new URL('fuzz/worker.ts', import.meta.url), worker)
  // A campaign without a seed of its own tries what none before it tried; it prints the seed.
  process.exitCode = await main(process.argv.slice(2), Date.now() % 2 ** 31, { worker, packageRoot }, print)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
