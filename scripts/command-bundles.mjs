// esbuild plugins: what a command imports inside execute() is a bundle of its own, so that Node compiles the code of one
// command only; so is what a file of src/cli imports when it needs it. What all of them must have one copy of (the output that waits, classes of errors, the ABIs, which are told apart by identity) is in a shared bundle.
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

/** The same of every file that one of src/cli imports when it is needed. */
export function laterEntries(root) {
  const texts = readdirSync(join(root, CLI)).map((file) => readFileSync(join(root, CLI, file), 'utf8'))
  const paths = texts.flatMap((text) => [...text.matchAll(/\bimport\('(\.\.?\/[^']+)'\)/g)].map((match) => join(CLI, match[1])))
  return [...new Set(paths)].sort().map((path) => ({ name: basename(path, '.ts'), contents: exportAll([path]) }))
}

/** Rooms that few inputs need, but where they do, at once: their functions load a bundle when they are called. */
const ON_CALL = ['src/text/index.ts']

export const onCallEntries = ON_CALL.map((path) => ({ name: onCallName(path), contents: exportAll([path]) }))

function onCallName(path) {
  return path.split('/').at(-2)
}

/** In every bundle: see ON_CALL. */
export const onCallBundles = {
  name: 'on-call-bundles',
  setup(build) {
    const rooms = new Map(ON_CALL.map((path) => [resolve(build.initialOptions.absWorkingDir, path), onCallName(path)]))
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, importer }) => {
      const room = resolve(resolveDir, path)
      // The bundle of the room itself begins with no file.
      return rooms.has(room) && importer !== '<stdin>' ? { path: room, namespace: 'on-call' } : undefined
    })
    build.onResolve({ filter: /^\.\/[a-z-]+\.cjs$/ }, ({ path, namespace }) =>
      namespace === 'on-call' ? { path, external: true } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'on-call' }, ({ path }) => {
      const functions = [...readFileSync(path, 'utf8').matchAll(/^export \{([^}]+)\}/gm)]
        .flatMap((match) => match[1].split(','))
        .map((name) => name.trim())
        .filter((name) => !name.startsWith('type '))
      const call = (name) => `export const ${name} = (...args) => require('./${rooms.get(path)}.cjs').${name}(...args)`
      return { contents: functions.map(call).join('\n'), loader: 'js' }
    })
  },
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
