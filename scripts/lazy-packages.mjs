// esbuild plugin: packages that oclif requires at its start and needs only for help or errors are loaded when first
// touched, from a bundle of their own. It halves what Node has to compile before a command can run.

import { readFileSync } from 'node:fs'

const PACKAGES = [
  'clean-stack',
  'cli-spinners',
  'ejs',
  'indent-string',
  'minimatch',
  'string-width',
  'tinyglobby',
  'widest-line',
  'wrap-ansi',
]
const BUILTINS = ['node:child_process', 'node:readline']

const escape = (name) => name.replace(/[/:]/g, '\\$&')
const FILTER = new RegExp(`^(${[...PACKAGES, ...BUILTINS].map(escape).join('|')})$`)

const OCLIF_PLUGIN = /@oclif\/core\/lib\/config\/plugin\.js$/

/** oclif sorts the ids of commands, which are ASCII, with the locale's rules: loading those takes 6 ms. */
function comparePlainly(source) {
  return source.replaceAll('a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)')
}

/** @param bundle file name of the second bundle, beside the first */
export function lazyPackages(bundle) {
  return {
    name: 'lazy-packages',
    setup(build) {
      build.onResolve({ filter: FILTER }, ({ path, namespace }) => (namespace === 'lazy' ? undefined : { path, namespace: 'lazy' }))
      build.onResolve({ filter: /^\.\/rarely\.cjs$/ }, () => ({ path: `./${bundle}`, external: true }))
      build.onLoad({ filter: OCLIF_PLUGIN }, ({ path }) => ({ contents: comparePlainly(readFileSync(path, 'utf8')), loader: 'js' }))
      build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({ contents: standIn(path), loader: 'js' }))
    },
  }
}

/** The second bundle's source: a function for each package that loads it. */
export const lazyEntry = PACKAGES.map((name) => `exports[${JSON.stringify(name)}] = () => require(${JSON.stringify(name)})`).join(
  '\n',
)

/** A module that becomes the real one when it is called or any of its members is read. */
function standIn(path) {
  const real = BUILTINS.includes(path)
    ? `process.getBuiltinModule?.(${JSON.stringify(path)}) ?? require(${JSON.stringify(path)})`
    : `require('./rarely.cjs')[${JSON.stringify(path)}]()`
  return `let loaded
const real = () => (loaded ??= ${real})
module.exports = new Proxy(function () {}, {
  get: (_, key) => (key === '__esModule' ? false : real()[key]),
  apply: (_, self, args) => real().apply(self, args),
})`
}
