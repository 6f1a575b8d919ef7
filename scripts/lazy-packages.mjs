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
const BUILTINS = ['node:child_process', 'node:crypto', 'node:perf_hooks', 'node:readline', 'node:stream', 'node:zlib']
/** Imported by our own code when it is needed, each from a bundle of its own. */
export const IMPORTED = ['cli-progress', 'terminal-kit', 'yaml']
/** Called while oclif loads, so that it cannot wait. */
const DEBUG = 'debug'
/** Asked by oclif at its start whether this is Windows' Linux; the rest of it starts programs. */
const WSL = 'wsl-utils'
const PROMISES = 'node:fs/promises'

const escaped = [...PACKAGES, ...BUILTINS, DEBUG, WSL, PROMISES].map((name) => name.replace(/[/:]/g, '\\$&'))
const FILTER = new RegExp(`^(${escaped.join('|')})$`)

/**
 * What oclif, and a package of its, does at its start and no run of ours needs: by file, its words and ours. It sorts the ids of
 * commands, which are ASCII, by the rules of a locale: loading those takes 6 ms. It makes the streams of standard output and of errors,
 * for which Node loads sockets: they are made when it writes, and only then does it listen for pipes that end. It touches Node's
 * promises of files, and reads none.
 */
const CHANGES = {
  '@oclif/core/lib/config/plugin.js': [['a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)']],
  '@oclif/core/lib/command.js': [[/process\.stdout\.on\('error'[^}]*\}\);/g, '']],
  '@oclif/core/lib/ux/write.js': [
    [
      'const stdout = (str, ...args) => {',
      `let hears = false;
const stdout = (str, ...args) => {
    if (!hears) process.stdout.on('error', (error) => { if (error.code !== 'EPIPE') throw error });
    hears = true;`,
    ],
  ],
  '@oclif/core/lib/screen.js': [[/exports\.(\w+) = (columns .*);/g, "Object.defineProperty(exports, '$1', { get: () => $2 });"]],
  '@oclif/core/lib/ux/index.js': [
    ['const ACTION_TYPE = (', 'const actionType = () => ('],
    [
      /exports\.action = ACTION_TYPE (.*);/g,
      "let action;\nObject.defineProperty(exports, 'action', { get: () => (action ??= actionType() $1) });",
    ],
    ['action: exports.action,', 'get action() { return exports.action },'],
  ],
  'lilconfig/src/index.js': [[/= (fs\.promises\.\w+);/g, '= (...args) => $1(...args);']],
}

/** @param bundle file name of the second bundle, beside the first */
export function lazyPackages(bundle) {
  const load = (name) => `require('./${bundle}')[${JSON.stringify(name)}]()`
  return {
    name: 'lazy-packages',
    setup(build) {
      build.onResolve({ filter: FILTER }, ({ path, namespace, kind, importer }) => {
        if (namespace === 'lazy' || (kind === 'dynamic-import' && BUILTINS.includes(path))) return undefined
        if (BUILTINS.includes(path)) refuseNames(importer, path)
        return { path, namespace: 'lazy' }
      })
      build.onResolve({ filter: new RegExp(`^(${IMPORTED.join('|')})$`) }, ({ path }) => ({
        path: `./${path}.cjs`,
        external: true,
      }))
      build.onResolve({ filter: new RegExp(`^\\./${bundle}$`) }, ({ path }) => ({ path, external: true }))
      build.onLoad({ filter: /\/(@oclif\/core\/lib|lilconfig\/src)\/.*\.js$/ }, ({ path }) => {
        const changes = CHANGES[path.split('/node_modules/').at(-1)]
        return changes && { contents: changed(readFileSync(path, 'utf8'), changes), loader: 'js' }
      })
      build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => {
        if (path === DEBUG) return { contents: quietUnlessAsked(load(path)), loader: 'js' }
        if (path === WSL) return { contents: wslAlone(load(path)), loader: 'js', resolveDir: build.initialOptions.absWorkingDir }
        if (path === PROMISES) return { contents: promisesAtOnce, loader: 'js' }
        return { contents: standIn(BUILTINS.includes(path) ? `require(${JSON.stringify(path)})` : load(path)), loader: 'js' }
      })
    },
  }
}

/** The second bundle's source: a function for each package that loads it. */
export const lazyEntry = [...PACKAGES, DEBUG, WSL].map((name) => `exports['${name}'] = () => require('${name}')`).join('\n')

/** A name of a module is looked up when the bundle is loaded, and a stand-in has none. */
function refuseNames(importer, path) {
  if (importer.endsWith('.ts') && new RegExp(`^import \\{[^}]*\\} from '${path}'`, 'm').test(readFileSync(importer, 'utf8')))
    throw new Error(`${importer}: import ${path} as a whole: it is loaded when it is first touched (scripts/lazy-packages.mjs)`)
}

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

function wslAlone(real) {
  return `import isWsl from 'is-wsl'
export { isWsl }
export const powerShellPath = () => ${real}.powerShellPath()`
}

/** oclif reads a file or two: threads for it, and what Node loads beside, take longer than the reading. */
const promisesAtOnce = `const fs = require('node:fs')
for (const name of ['access', 'readFile', 'readdir', 'stat']) exports[name] = async (...args) => fs[name + 'Sync'](...args)`

function changed(source, changes) {
  return changes.reduce((text, [from, to]) => {
    const next = text.replaceAll(from, to)
    if (next === text) throw new Error(`a package no longer says ${from}: CHANGES are out of date`)
    return next
  }, source)
}
