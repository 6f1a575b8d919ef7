// Loads the bundles of dist/cli, with what V8 compiled of them before where there is any.
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'
import type { CodeCache, CompiledBundle } from './code-cache.ts'

interface Loaded {
  readonly script: Script
  readonly source: Uint8Array
}

/** As Node wraps a module. */
const HEAD = '(function (exports, require, module, __filename, __dirname) {'

export class Bundles {
  readonly #folder: string
  readonly #cache: CodeCache | undefined
  readonly #require: (id: string) => unknown
  readonly #modules = new Map<string, { exports: unknown }>()
  readonly #loaded = new Map<string, Loaded>()
  /** Whether a bundle was loaded that V8 had to compile. */
  isNew = false

  /** @param folder of the bundles @param cache code of an earlier run @param require for what is none of them */
  constructor(folder: string, cache: CodeCache | undefined, require: NodeJS.Require) {
    this.#folder = folder
    this.#cache = cache
    this.#require = Object.assign((id: string) => this.#bundleOr(id, require), require)
  }

  /** What a bundle exports: bundles are modules, run once. */
  load(name: string): unknown {
    const known = this.#modules.get(name)
    if (known !== undefined) return known.exports
    const module: { exports: unknown } = { exports: {} }
    this.#modules.set(name, module)
    const filename = join(this.#folder, name)
    const run = this.#script(name, filename).runInThisContext()
    run(module.exports, this.#require, module, filename, this.#folder)
    return module.exports
  }

  /** The code of all bundles that were loaded, with every function that was compiled meanwhile, beside that of those that were not. */
  compiledNow(): Map<string, CompiledBundle> {
    const now = new Map(this.#cache?.bundles())
    for (const [name, { script, source }] of this.#loaded) now.set(name, { source, code: script.createCachedData() })
    return now
  }

  #script(name: string, filename: string): Script {
    const source = readFileSync(filename)
    const cachedData = this.#cache?.codeOf(name, source)
    // Bundles are ASCII.
    const script = new Script(`${HEAD}${source.toString('latin1')}\n})`, { filename, columnOffset: -HEAD.length, cachedData })
    if (cachedData === undefined || script.cachedDataRejected) this.isNew = true
    this.#loaded.set(name, { script, source })
    return script
  }

  #bundleOr(id: string, require: (id: string) => unknown): unknown {
    if (id.startsWith('./')) return this.load(id.slice(2))
    // oclif requires its commands by the path that package.json names.
    return dirname(id) === this.#folder ? this.load(basename(id)) : require(id)
  }
}
