// Builds dist/lib (the library: declarations of tsc, bundled modules), dist/cli (the commands, bundled and minified for start-up) and
// oclif.manifest.json.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { BUNDLES, bundlesApart, entryOf, ON_CALL, refuseTwins, SHARED } from './bundles.mjs'
import { IMPORTED, lazyEntry, lazyPackages } from './lazy-packages.mjs'
import { buildPage } from './page.mjs'
import { importTypeScript } from './run-typescript.mjs'
import { terminalBundle } from './terminal-bundle.mjs'
import { writeFiles } from './write-files.mjs'

const root = join(import.meta.dirname, '..')
if (process.argv.includes('--if-stale') && isFresh()) process.exit()

// oclif asks a registry for news of itself unless it is told not to.
const env = { ...process.env, OCLIF_SKIP_NEW_VERSION_CHECK: '1' }
const run = (command, args) => execFileSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })

for (const path of ['dist', 'oclif.manifest.json']) rmSync(join(root, path), { recursive: true, force: true })
run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.lib.json'])
const PACKAGE = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const RARELY = 'rarely.cjs'
refuseTwins([...[...BUNDLES, ...ON_CALL, SHARED].map(([name]) => name), ...IMPORTED, 'blkring', 'rarely', 'start'])
const BUNDLE = {
  absWorkingDir: root,
  bundle: true,
  // CommonJS files start faster than ES modules on Node 20.
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minify: true,
  metafile: true,
  // A bundle of its own is required, not imported: its names need no guessing.
  supported: { 'dynamic-import': false },
}
/**
 * The library takes binary-parser from its root, which is an ES module, and so the one that its users import: the schemas of
 * `parserOf` nest in theirs. The sources name the CommonJS file, whose types resolve.
 */
const sharedParser = {
  name: 'shared-parser',
  setup: ({ onResolve }) => onResolve({ filter: /^binary-parser\// }, () => ({ path: 'binary-parser', external: true })),
}
/** Calls that make tables have no effects: what uses none of a file's tables has none of them in its bundle. */
const pureTables = {
  name: 'pure-tables',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        /(?<![\w.]|function )(?:struct|union|array|reserved|sringOf)\(/g,
        '/* @__PURE__ */ $&',
      ),
      loader: 'ts',
    })),
}
/** The source of every export of the package. */
const LIBRARY = Object.values(PACKAGE.exports).flatMap(({ default: path }) =>
  path === undefined ? [] : [path.replace('./dist/lib/', 'src/').replace(/\.js$/, '.ts')],
)
/** No export: what it shares with all others lies in a file that does not import binary-parser. */
const NO_PARSER = 'src/codec/struct/tables.ts'
const bundle = (options) => build({ ...BUNDLE, ...options })
const bundles = [
  // A file for each export and few for what they share, where there were 200: imported in half the time.
  await bundle({
    entryPoints: [...LIBRARY, NO_PARSER],
    plugins: [sharedParser, pureTables],
    outdir: 'dist/lib',
    outbase: 'src',
    format: 'esm',
    splitting: true,
    // Modules import; and what only commands load is no part of the library.
    supported: {},
    external: ['yaml'],
    minify: false,
    chunkNames: '[name]-[hash]',
  }),
  await bundle({
    entryPoints: ['src/commands/table.ts'],
    outfile: 'dist/cli/blkring.cjs',
    plugins: [bundlesApart, lazyPackages(RARELY)],
  }),
  await bundle({ stdin: { contents: entryOf(SHARED), resolveDir: root }, outfile: 'dist/cli/shared.cjs' }),
  await bundle({
    entryPoints: ['src/start/start.ts'],
    outfile: 'dist/cli/start.cjs',
    define: { PACKAGE_VERSION: JSON.stringify(PACKAGE.version) },
  }),
  ...(await Promise.all(
    [...BUNDLES, ...ON_CALL].map(([name, modules]) =>
      bundle({
        stdin: { contents: entryOf([name, modules]), resolveDir: root },
        outfile: `dist/cli/${name}.cjs`,
        plugins: [bundlesApart, lazyPackages(RARELY)],
      }),
    ),
  )),
  await bundle({ stdin: { contents: lazyEntry, resolveDir: root }, outfile: `dist/cli/${RARELY}` }),
  ...(await Promise.all(
    IMPORTED.map((name) =>
      bundle({
        stdin: { contents: `module.exports = require('${name}')`, resolveDir: root },
        outfile: `dist/cli/${name}.cjs`,
        plugins: [terminalBundle],
      }),
    ),
  )),
]
await buildPage(root, pureTables)
const inputs = bundles
  .flatMap(({ metafile }) => Object.values(metafile.outputs))
  .flatMap((output) => Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])))
writeFileSync(join(root, 'dist/cli/LICENSES.txt'), licences(inputs))
run(process.execPath, ['node_modules/oclif/bin/run.js', 'manifest'])
const { builtManual } = await importTypeScript(new URL('manual.ts', import.meta.url))
writeFiles(root, builtManual(root))

/** The licence of every package that went into the bundle. */
function licences(inputs) {
  const packages = new Set(inputs.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))
  const require = createRequire(import.meta.url)
  return [...packages]
    .sort()
    .map((path) => {
      const { name, version, license } = require(join(root, path, 'package.json'))
      return `${name} ${version} (${license})\n\n${licenceText(join(root, path))}\n`
    })
    .join(`${'-'.repeat(80)}\n`)
}

function licenceText(folder) {
  const name = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file))
  if (name === undefined) throw new Error(`${folder} has no licence file, and is in the bundle`)
  return readFileSync(join(folder, name), 'utf8')
}

/** Whether what was built is newer than all that it is made of. */
function isFresh() {
  const built = statSync(join(root, 'dist/man/blkring.1'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const made = ['src', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)),
  )
  return [...made, 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.lib.json'].every(
    (path) => statSync(join(root, path)).mtimeMs < built,
  )
}
