// Node 20 runs no TypeScript: bundles a script with what it imports, and returns what it exports.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'

/** Packages that are CommonJS require what Node has. */
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);"

/** @param url of the TypeScript file @param outfile the module that it becomes, alone */
export function bundleTypeScript(url, outfile) {
  buildSync({
    entryPoints: [fileURLToPath(url)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: REQUIRE },
    logLevel: 'error',
  })
}

/** @param url of the TypeScript file */
export async function importTypeScript(url) {
  const folder = mkdtempSync(join(tmpdir(), 'blkring-'))
  const outfile = join(folder, 'script.mjs')
  try {
    bundleTypeScript(url, outfile)
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
