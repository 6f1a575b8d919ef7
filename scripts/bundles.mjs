// The bundles of the command line: Node compiles the code of one command only, and of a command what a run needs. A module that is
// imported with import() is in one of the bundles below, else the build fails; so does a name that two bundles have.
import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'

/** Of each bundle of dist/cli the modules that it exports. A command's own modules come before those that others share with it. */
export const BUNDLES = [
  ['answer', ['src/commands/answer/run.ts']],
  ['check', ['src/commands/check/run.ts', 'src/commands/check/rules.ts']],
  ['decode', ['src/commands/decode/run.ts']],
  ['decode-pair', ['src/commands/decode/pair.ts']],
  ['decode-parquet', ['src/commands/decode/parquet.ts']],
  ['decode-pcapng', ['src/commands/decode/pcapng.ts']],
  ['decode-stream', ['src/commands/decode/stream.ts']],
  ['diff', ['src/commands/diff/run.ts']],
  ['doctor', ['src/commands/doctor/run.ts']],
  ['encode', ['src/commands/encode/run.ts']],
  ['find', ['src/commands/find/run.ts']],
  ['find-words', ['src/commands/find/words.ts']],
  ['generate', ['src/commands/generate/run.ts']],
  ['image', ['src/node/read/image-dumps.ts', 'src/capture/image-ring.ts']],
  ['inspect', ['src/commands/inspect/run.ts', 'src/commands/inspect/browser.ts']],
  ['layout', ['src/commands/layout/run.ts']],
  ['mistakes', ['src/commands/shared/mistakes.ts']],
  ['mutate', ['src/commands/mutate/run.ts']],
  ['parquet', ['src/rows/parquet/index.ts']],
  ['progress', ['src/terminal/progress.ts']],
  ['screen', ['src/terminal/screen.ts']],
  ['reduce', ['src/commands/reduce/run.ts']],
  ['report', ['src/commands/report/run.ts']],
  ['stats', ['src/commands/stats/run.ts']],
  ['stats-svg', ['src/commands/stats/svg-file.ts']],
  ['vbds', ['src/commands/vbds/text.ts', 'src/node/read/listing.ts']],
  ['watch', ['src/commands/watch/run.ts']],
  ['where', ['src/rows/where/where.ts']],
]

/** Rooms, or a module, that few inputs need, but where they do, at once: their functions load a bundle when they are called. */
export const ON_CALL = [
  ['evidence', ['src/evidence/read.ts']],
  ['hexdump', ['src/hexdump/index.ts']],
  ['scenario', ['src/scenario/input.ts']],
  ['testimony', ['src/testimony/read.ts']],
]

/** What there must be one copy of: the output that waits, classes of errors, the ABIs, which are told apart by identity. */
export const SHARED = [
  'shared',
  [
    'src/terminal/output.ts',
    'src/terminal/failure.ts',
    'src/terminal/terminal-style.ts',
    'src/capture/dump-error.ts',
    'src/codec/struct/abi.ts',
  ],
]

/** The source of a bundle. */
export function entryOf([, modules]) {
  return modules.map((path) => `export * from './${path}'`).join('\n')
}

/** @throws where two files of one folder would have one name */
export function refuseTwins(names) {
  const twins = names.filter((name, i) => names.indexOf(name) !== i)
  if (twins.length > 0) throw new Error(`two bundles are called ${[...new Set(twins)].join(', ')}`)
}

const commandOf = (path) => /^src\/commands\/([^/]+)\//.exec(path)?.[1]

/** The bundle that an import() of a module loads: the importing command's own, where it has the module. */
function bundleOf(module, importer) {
  const having = BUNDLES.filter(([, modules]) => modules.includes(module)).map(([name]) => name)
  const own = commandOf(importer)
  if (having.includes(own)) return own
  if (having.length === 1) return having[0]
  throw new Error(
    `${importer}: import('${module}'): ${having.length === 0 ? 'no bundle has' : 'several bundles have'} it (scripts/bundles.mjs)`,
  )
}

/** esbuild plugin, for every bundle but the shared one. */
export const bundlesApart = {
  name: 'bundles-apart',
  setup(build) {
    const root = build.initialOptions.absWorkingDir
    const shared = new Set(SHARED[1])
    const rooms = new Map(ON_CALL.map(([name, [path]]) => [path, name]))
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind, importer, namespace }) => {
      if (namespace === 'on-call') return { path, external: true }
      const module = relative(root, resolve(resolveDir, path))
      if (kind === 'dynamic-import') return { path: `./${bundleOf(module, relative(root, importer))}.cjs`, external: true }
      if (shared.has(module)) return { path: './shared.cjs', external: true }
      // The bundle of the room itself begins with no file.
      return rooms.has(module) && importer !== '<stdin>' ? { path: module, namespace: 'on-call' } : undefined
    })
    build.onLoad({ filter: /.*/, namespace: 'on-call' }, ({ path }) => {
      const source = readFileSync(resolve(root, path), 'utf8')
      const functions = [...source.matchAll(/^export (?:\{([^}]+)\}|function (\w+))/gm)]
        .flatMap(([, names, name]) => name ?? names.split(','))
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '))
      const call = (name) => `export const ${name} = (...args) => require('./${rooms.get(path)}.cjs').${name}(...args)`
      return { contents: functions.map(call).join('\n'), loader: 'js' }
    })
  },
}
