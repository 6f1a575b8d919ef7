// esbuild plugins: what a command imports inside execute() is a bundle of its own, so that Node compiles the code of one
// command only. What all of them must have one copy of (the output that waits, classes of errors, the ABIs, which are told apart by identity) is in a shared bundle.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

const SHARED = ['src/cli/output.ts', 'src/cli/failure.ts', 'src/cli/style.ts', 'src/dump/dump-error.ts', 'src/codec/struct/abi.ts']
const COMMANDS = 'src/commands'

const exportAll = (paths) => paths.map((path) => `export * from './${path}'`).join('\n')

/** Source of the shared bundle. */
export const sharedEntry = exportAll(SHARED)

/** Of every command, its name and the source of its bundle. */
export function commandEntries(root) {
  return readdirSync(join(root, COMMANDS)).map((file) => {
    const text = readFileSync(join(root, COMMANDS, file), 'utf8')
    const modules = [...text.matchAll(/\bimport\('\.\.\/([^']+)'\)/g)].map((match) => `src/${match[1]}`)
    return { name: basename(file, '.ts'), contents: exportAll(modules) }
  })
}

/** In the bundle of the command line: a command's own code is elsewhere. */
export const commandBundles = {
  name: 'command-bundles',
  setup(build) {
    build.onResolve({ filter: /^\.\.\// }, ({ kind, importer }) => {
      if (kind !== 'dynamic-import' || !importer.includes(`/${COMMANDS}/`)) return undefined
      return { path: `./${basename(importer, '.ts')}.cjs`, external: true }
    })
  },
}

/** Rooms that a command imports when it needs them, each a bundle of its own. */
export const LATE = { parquet: 'src/parquet/index.ts' }

/** In the bundles of commands. */
export const lateBundles = {
  name: 'late-bundles',
  setup(build) {
    const late = new Map(Object.entries(LATE).map(([name, path]) => [resolve(build.initialOptions.absWorkingDir, path), name]))
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const name = late.get(resolve(resolveDir, path))
      return name === undefined ? undefined : { path: `./${name}.cjs`, external: true }
    })
  },
}

/** In every bundle but the shared one. */
export const sharedBundle = {
  name: 'shared-bundle',
  setup(build) {
    const shared = new Set(SHARED.map((path) => resolve(build.initialOptions.absWorkingDir, path)))
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      return shared.has(resolve(resolveDir, path)) ? { path: './shared.cjs', external: true } : undefined
    })
  },
}
