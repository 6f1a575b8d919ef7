import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = import.meta.dirname
const wantsShared = !!process.env['BLKRING_SHARED']
/** Where to write results as JSON as well. */
const results = process.env['BLKRING_RESULTS']

const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => ({ name: `test/${name}`, text: readFileSync(join(root, 'test', name), 'utf8') }))
  // Where only tests of the collection run, files without any need not be loaded.
  .filter(({ text }) => !wantsShared || /support\/(shared|captures)\.ts/.test(text))
/** Replaces modules, and must not find them loaded. */
const isApart = ({ text }: { text: string }) => text.includes('vi.mock(')

/** A module with a fault in it, for `npm run mutants`. */
const mutant = mutantOf(process.env['BLKRING_MUTANT'])
const mutate = mutant && {
  name: 'mutate',
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    if (!id.endsWith(mutant.file)) return
    if (!code.includes(mutant.from)) throw new Error(`${mutant.file} does not have what is to be changed: ${mutant.from}`)
    return code.replace(mutant.from, mutant.to)
  },
}

export default defineConfig({
  plugins: [mutate],
  test: {
    projects: [
      // Modules are loaded once for all files: this takes a third of the CPU time less.
      { extends: true, test: { name: 'together', isolate: false, include: names(files.filter((file) => !isApart(file))) } },
      { extends: true, test: { name: 'apart', isolate: true, include: names(files.filter(isApart)) } },
    ],
    pool: 'threads',
    // Another one loads and compiles everything again; on two cores it saved no time, since much of the work is one process's, which runs commands.
    maxWorkers: 1,
    ...(results ? { reporters: ['default', ['json', { outputFile: results }]] } : {}),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})

function names(some: readonly { readonly name: string }[]): string[] {
  return some.map(({ name }) => name)
}

interface Mutant {
  readonly file: string
  readonly from: string
  readonly to: string
}

function mutantOf(number: string | undefined): Mutant | undefined {
  return number === undefined ? undefined : JSON.parse(readFileSync(join(root, 'test/mutants.json'), 'utf8'))[Number(number)]
}
