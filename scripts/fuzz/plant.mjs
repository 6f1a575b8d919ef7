// node scripts/fuzz/plant.mjs FOLDER: a copy of the built package in which faults lie that FUZZ_PLANT=NAME wakes, and the worker beside
// it. For the test of the fuzzer: what is shipped has no such place.
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { BUNDLES, bundlesApart, entryOf, ON_CALL } from '../bundles.mjs'
import { lazyPackages } from '../lazy-packages.mjs'
import { bundleTypeScript } from '../run-typescript.mjs'

const is = (name) => `process.env.FUZZ_PLANT === '${name}'`

/** By file, what stands there and what stands there instead. */
const PLANTS = {
  'src/codec/ring/indirect-pages.ts': [['last_sect - first_sect + 1', `last_sect - first_sect + (${is('sectors')} ? 2 : 1)`]],
  'src/hexdump/parse.ts': [
    [
      'for (const line of inHex(linesOf(text))) reader',
      `for (const line of inHex(linesOf(text))) if (!(${is('lines-of-text')} && line.number % 20 === 0)) reader`,
    ],
  ],
  'src/scenario/trace/block-trace.ts': [
    ["if (event === 'unknown') {", `if (${is('lines-of-trace')} && event === 'other') continue\n    if (event === 'unknown') {`],
  ],
  'src/commands/decode/printers.ts': [
    ["import { write } from '../../terminal/output.ts'", "import { flush, write } from '../../terminal/output.ts'"],
    [
      'this.#options = options\n',
      `this.#options = options\n    if (${is('memory')}) options.waste = new ArrayBuffer(2 ** 29)\n    while (${is('loop-before')}) {}\n`,
    ],
    ['this.#printer.end()\n', `this.#printer.end()\n    if (${is('loop-after')}) for (flush(); ; ) {}\n`],
  ],
}

const loaded = new Set()

const planted = {
  name: 'planted',
  setup({ onLoad, initialOptions }) {
    for (const [file, changes] of Object.entries(PLANTS)) {
      const path = join(initialOptions.absWorkingDir, file)
      onLoad({ filter: new RegExp(`${file.replaceAll(/[./]/g, '[./]')}$`) }, () => {
        loaded.add(file)
        const contents = changes.reduce(
          (text, [from, to]) => {
            if (!text.includes(from)) throw new Error(`${file} does not have what is to be changed: ${from}`)
            return text.replace(from, to)
          },
          readFileSync(path, 'utf8'),
        )
        return { contents, loader: 'ts' }
      })
    }
  },
}

const root = join(import.meta.dirname, '../..')
const [folder] = process.argv.slice(2)
mkdirSync(join(folder, 'dist'), { recursive: true })
for (const path of ['package.json', 'oclif.manifest.json', 'bin', 'dist/cli'])
  cpSync(join(root, path), join(folder, path), { recursive: true })
const entries = [...BUNDLES.filter(([name]) => name === 'decode' || name === 'generate'), ...ON_CALL]
await Promise.all(
  entries.map(([name, modules]) =>
    build({
      absWorkingDir: root,
      stdin: { contents: entryOf([name, modules]), resolveDir: root },
      outfile: join(folder, 'dist/cli', `${name}.cjs`),
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      supported: { 'dynamic-import': false },
      plugins: [planted, bundlesApart, lazyPackages('rarely.cjs')],
    }),
  ),
)
for (const file of Object.keys(PLANTS))
  if (!loaded.has(file)) throw new Error(`${file} is in no bundle: what is planted in it wakes nowhere`)
bundleTypeScript(new URL('worker.ts', import.meta.url), join(folder, 'worker.mjs'))
