// esbuild plugin: what oclif requires at its start and needs only for help, errors or debugging is loaded when first
// touched, from a bundle of its own. It halves what Node has to compile before a command can run.
import { readFileSync } from 'node:fs'

const PACKAGES = [
  'ansis',
  'clean-stack',
  'cli-spinners',
  'ejs',
  'indent-string',
  'minimatch',
  'string-width',
  'supports-color',
  'tinyglobby',
  'widest-line',
  'wrap-ansi',
]
const BUILTINS = ['node:child_process', 'node:perf_hooks', 'node:readline', 'node:zlib']
/** Imported by our own code when it is needed, each from a bundle of its own. */
export const IMPORTED = ['cli-progress', 'terminal-kit', 'yaml']
/** Called while oclif loads, so that it cannot wait. */
const DEBUG = 'debug'

const escaped = [...PACKAGES, ...BUILTINS, DEBUG].map((name) => name.replace(/[/:]/g, '\\$&'))
const FILTER = new RegExp(`^(${escaped.join('|')})$`)
const OCLIF_PLUGIN = /@oclif\/core\/lib\/config\/plugin\.js$/

/** @param bundle file name of the second bundle, beside the first */
export function lazyPackages(bundle) {
  const load = (name) => `require('./${bundle}')[${JSON.stringify(name)}]()`
  return {
    name: 'lazy-packages',
    setup(build) {
      build.onResolve({ filter: FILTER }, ({ path, namespace }) => (namespace === 'lazy' ? undefined : { path, namespace: 'lazy' }))
      build.onResolve({ filter: new RegExp(`^(${IMPORTED.join('|')})$`) }, ({ path }) => ({
        path: `./${path}.cjs`,
        external: true,
      }))
      build.onResolve({ filter: new RegExp(`^\\./${bundle}$`) }, ({ path }) => ({ path, external: true }))
      build.onLoad({ filter: OCLIF_PLUGIN }, ({ path }) => ({ contents: comparePlainly(readFileSync(path, 'utf8')), loader: 'js' }))
      build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => {
        if (path === DEBUG) return { contents: quietUnlessAsked(load(path)), loader: 'js' }
        return { contents: standIn(BUILTINS.includes(path) ? `require(${JSON.stringify(path)})` : load(path)), loader: 'js' }
      })
    },
  }
}

/** The second bundle's source: a function for each package that loads it. */
export const lazyEntry = [...PACKAGES, DEBUG].map((name) => `exports['${name}'] = () => require('${name}')`).join('\n')

/** A module that becomes the real one when it is called or any of its members is read. */
function standIn(real) {
  return `let loaded
const real = () => (loaded ??= ${real})
module.exports = new Proxy(function () {}, {
  get: (_, key) => (key === '__esModule' ? false : real()[key]),
  apply: (_, self, args) => real().apply(self, args),
})`
}

function quietUnlessAsked(real) {
  return `const quiet = Object.assign(() => {}, { enabled: false })
module.exports = process.env.DEBUG ? ${real} : () => quiet`
}

/** oclif sorts the ids of commands, which are ASCII, by the rules of a locale: loading those takes 6 ms. */
function comparePlainly(source) {
  const plain = source.replaceAll('a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)')
  if (plain === source) throw new Error('oclif no longer sorts its commands as it did: comparePlainly is out of date')
  return plain
}
