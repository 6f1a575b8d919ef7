// The examples of docs/api.md: compiled and run as a user's, by the package's name, against the library as it is built. The page is
// made of them: `npm test -- -u` rewrites it.
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { namesOf, SUBPATHS } from './exports.ts'

const root = join(import.meta.dirname, '../..')
const examples = join(root, 'docs/examples')
const nameOf = (subpath: string) => subpath.split('/')[1] ?? subpath

let folder: string
let outputs: Readonly<Record<string, string>>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blkring-examples-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/blkring'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const names = readdirSync(examples).filter((name) => name.endsWith('.ts'))
  for (const name of names) copyFileSync(join(examples, name), join(folder, name))
  const flags = '--module nodenext --target es2023 --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --skipLibCheck'
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const all = [compiler, ...flags.split(' '), '--types', '', ...names]
  const { status, stdout } = spawnSync(process.execPath, all, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(stdout)
  outputs = run(names.map((name) => name.replace(/\.ts$/, '')))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** All in one process, one after another. */
function run(names: readonly string[]): Record<string, string> {
  const program = `
    import { format } from 'node:util'
    const outputs = {}
    for (const name of ${JSON.stringify(names)}) {
      outputs[name] = ''
      console.log = (...values) => { outputs[name] += format(...values) + '\\n' }
      await import(${JSON.stringify(`file://${folder}/`)} + name + '.js')
    }
    process.stdout.write(JSON.stringify(outputs))`
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' })
  return JSON.parse(text)
}

test('every subpath has an example that imports it, and prints something', () => {
  for (const subpath of SUBPATHS.keys()) {
    expect(readFileSync(join(examples, `${nameOf(subpath)}.ts`), 'utf8')).toContain(`from '${subpath}'`)
    expect(outputs[nameOf(subpath)], subpath).toMatch(/\S/)
  }
  expect(Object.keys(outputs)).toHaveLength(SUBPATHS.size)
})

test('docs/api.md shows them, what they print, and the names', async () => {
  await expect(page()).toMatchFileSnapshot(join(root, 'docs/api.md'))
})

function page(): string {
  const rooms = [...SUBPATHS].map(([subpath, file]) => {
    const name = nameOf(subpath)
    const example = readFileSync(join(examples, `${name}.ts`), 'utf8').trim()
    return `## \`${subpath}\`

${aboutOf(file)}

\`\`\`ts
${example}
\`\`\`

\`\`\`text
${outputs[name]!.trimEnd()}
\`\`\`

${namesText(file)}
`
  })
  return `# The library

\`npm install blkring\` brings a library of ES modules with types, for Node 20.19 and later and for browsers. What a newcomer needs
is in \`blkring\` itself; every room of the library is a subpath. All but \`blkring/node\` and \`blkring/stream\` are pure: no file system, nothing of
Node. An application pays for what it imports only: the layout of a struct takes 2 KB minified, \`decodeRing\` 50 KB.

\`u64\` is a bigint. The ABI is an argument. What is not known is \`undefined\`, and \`unknown\` where it is a state: never zero. Damage in
a ring is \`findings\`, never an exception; exceptions are for arguments that are wrong (\`TypeError\`, \`RangeError\`), bytes that
cannot be a struct (\`CodecError\`) and inputs that cannot be read (\`DumpError\`). The words are those of the [glossary](glossary.md).

The names below stay: \`test/api/names.txt\` freezes them, and the changelog says what replaces one that goes. Each example is
compiled and run by the tests, in the folder of the package; \`docs/examples\` has them as files.

${rooms.join('\n')}`
}

/** The sentences with which a module begins. */
function aboutOf(file: string): string {
  const comment = /^\/\*\*(.*?)\*\//s.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  const lines = comment.split('\n').map((line) => line.replace(/^ *\* ?/, ''))
  return lines
    .filter((line) => !line.startsWith('@'))
    .join('\n')
    .replace(/ *@module *$/, '')
    .trim()
}

function namesText(file: string): string {
  const names = [...namesOf(file)]
  const list = (kind: 'type' | 'value') =>
    names
      .flatMap(([name, is]) => (is === kind ? [name] : []))
      .sort()
      .map((name) => `\`${name}\``)
      .join(', ')
  const types = list('type')
  return types === '' ? list('value') : `${list('value')}\n\nTypes: ${types}`
}
