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

export default defineConfig({
  test: {
    projects: [
      // Modules are loaded once for all files: this takes a third of the CPU time less.
      { extends: true, test: { name: 'together', isolate: false, include: names(files.filter((file) => !isApart(file))) } },
      { extends: true, test: { name: 'apart', isolate: true, include: names(files.filter(isApart)) } },
    ],
    pool: 'threads',
    ...(results ? { reporters: ['default', ['json', { outputFile: results }]] } : {}),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})

function names(some: readonly { readonly name: string }[]): string[] {
  return some.map(({ name }) => name)
}
