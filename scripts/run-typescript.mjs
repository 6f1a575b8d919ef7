// Node 20 runs no TypeScript: bundles a script with what it imports, and returns what it exports.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'

/** @param url of the TypeScript file */
export async function importTypeScript(url) {
  const folder = mkdtempSync(join(tmpdir(), 'blkring-'))
  const outfile = join(folder, 'script.mjs')
  try {
    buildSync({
      entryPoints: [fileURLToPath(url)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'error',
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
