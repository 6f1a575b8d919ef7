// esbuild plugins: what a command imports inside execute() is a bundle of its own, so that Node compiles the code of one
// command only; so is every file of src/cli that another imports when it needs it. What all of them must have one copy of (the output that waits, classes of errors, the ABIs, which are told apart by identity) is in a shared bundle.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

const SHARED = ['src/cli/output.ts', 'src/cli/failure.ts', 'src/cli/style.ts', 'src/dump/dump-error.ts', 'src/codec/struct/abi.ts']
const COMMANDS = 'src/commands'
const CLI = 'src/cli'

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

/** The same of every file of src/cli that is imported when it is needed. */
export function laterEntries(root) {
  const texts = readdirSync(join(root, CLI)).map((file) => readFileSync(join(root, CLI, file), 'utf8'))
  const names = new Set(texts.flatMap((text) => [...text.matchAll(/\bimport\('\.\/([^']+)\.ts'\)/g)].map((match) => match[1])))
  return [...names].sort().map((name) => ({ name, contents: exportAll([`${CLI}/${name}.ts`]) }))
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

/** In every bundle but the shared one. */
export const sharedBundle = {
  name: 'shared-bundle',
  setup(build) {
    const shared = new Set(SHARED.map((path) => resolve(build.initialOptions.absWorkingDir, path)))
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind, importer }) => {
      if (kind === 'dynamic-import' && importer.includes(`/${CLI}/`))
        return { path: `./${basename(path, '.ts')}.cjs`, external: true }
      return shared.has(resolve(resolveDir, path)) ? { path: './shared.cjs', external: true } : undefined
    })
  },
}
