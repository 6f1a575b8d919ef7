// Files that the documents name are there, and so are the documents that they link to.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { runScript } from './support/in-process.ts'

const root = join(import.meta.dirname, '..')
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'))
const sources = ['src', 'scripts', 'test', 'bench'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `/${folder}/${name}`),
)

test.each(documents)('%s names what is there', (document) => {
  const text = readFileSync(join(root, document), 'utf8')
  const named = [...text.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs))`/g)].map(([, name]) => name!)
  expect(named.filter((name) => !sources.some((source) => source.endsWith(`/${name}`)))).toEqual([])
  const folders = [...text.matchAll(/`((?:src|test|scripts|bench)\/[\w/-]+)\/?`/g)].map(([, name]) => name!)
  expect(folders.filter((name) => !existsSync(join(root, name)))).toEqual([])
  const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!)
  expect(links.filter((link) => !existsSync(join(root, dirname(document), link)))).toEqual([])
})

test('what docs/capturing.md leads to runs', () => {
  const text = readFileSync(join(root, 'docs/capturing.md'), 'utf8')
  const lines = [...text.matchAll(/^(?:blkring|printf) .*$/gm)].map(([line]) => line.replace(/ {2,}# .*/, ''))
  const tried = lines.filter((line) => line.includes('dumps/') || line.startsWith('printf') || line.includes('--explain'))
  expect(tried.length).toBeGreaterThan(6)
  for (const line of tried) {
    const { stdout, stderr, exit } = runScript(line, { cwd: root })
    expect(exit, `${line}: ${stderr}`).toBeLessThan(2)
    expect(stdout, line).not.toBe('')
  }
})
