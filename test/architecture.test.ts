// The floors of the house (docs/architecture.md): imports run down only, and the lower floors are pure.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')

/** From the ground up; rooms of one row do not know each other unless `beside` says so. */
const FLOORS = [
  ['paste'],
  ['codec/wasm'],
  ['codec/struct'],
  ['codec/xen'],
  ['codec/recognise/slot'],
  ['codec/ring'],
  ['codec/recognise'],
  ['codec/batch'],
  ['codec'],
  ['xenstore', 'layouts'],
  ['image', 'hexdump', 'hypervisor'],
  ['structtext'],
  ['capture'],
  ['evidence', 'testimony'],
  ['blkback'],
  ['blkfront', 'check', 'diff', 'doctor', 'inspect', 'pairs', 'stats'],
  ['print'],
  ['scenario'],
  ['inputs', 'mutate', 'rows'],
  ['gather'],
  ['report'],
  ['page'],
  ['node', 'start'],
  ['terminal'],
  ['commands'],
]

const PURE = [
  'paste',
  'codec',
  'xenstore',
  'layouts',
  'hexdump',
  'hypervisor',
  'structtext',
  'capture',
  'evidence',
  'testimony',
  'blkback',
  'blkfront',
  'check',
  'diff',
  'doctor',
  'gather',
  'image',
  'inputs',
  'scenario',
  'inspect',
  'mutate',
  'pairs',
  'stats',
  'print',
  'rows',
  'report',
  'page',
]

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'))

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8')
  return [...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^'"]*?from\s*'([^']+)'|\bimport\('([^']+)'\)/g)].map(
    (m) => m[1] ?? m[2]!,
  )
}

function roomOf(file: string): string {
  const rooms = FLOORS.flat().filter((room) => file.startsWith(`${room}/`))
  return rooms.sort((a, b) => b.length - a.length)[0] ?? ''
}

const floorOf = (room: string) => FLOORS.findIndex((rooms) => rooms.includes(room))

test('every file has a room', () => {
  expect(files.filter((file) => roomOf(file) === '')).toEqual(['index.ts'])
})

test('imports run down', () => {
  const upward = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => path.startsWith('.'))
      .map((path) => relative(src, resolve(src, dirname(file), path)))
      .filter((target) => {
        const [from, to] = [roomOf(file), roomOf(target)]
        return from !== '' && from !== to && floorOf(to) >= floorOf(from)
      })
      .map((target) => `${file} imports ${target}`),
  )
  expect(upward).toEqual([])
})

test('what the codec says names neither files nor flags: who calls it may have none', () => {
  const code = files.filter((file) => /^(codec|xenstore)\//.test(file))
  const texts = (file: string) => readFileSync(join(src, file), 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
  const found = code.flatMap((file) => texts(file).match(/['`][^'`\n]*(?:\.(?:bin|txt|json)\b|\s--[a-z])[^'`\n]*['`]/g) ?? [])
  expect(found).toEqual([])
})

test('files do not import each other in circles', () => {
  const targets = new Map(
    files.map((file) => [
      file,
      importsOf(file)
        .filter((path) => path.startsWith('.'))
        .map((path) => relative(src, resolve(src, dirname(file), path))),
    ]),
  )
  const reached = new Map(files.map((file) => [file, reachedFrom(file, targets)]))
  const circles = files.filter((file) => reached.get(file)!.has(file))
  expect(circles).toEqual([])
})

function reachedFrom(file: string, targets: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>()
  const next = [...(targets.get(file) ?? [])]
  for (let target = next.pop(); target !== undefined; target = next.pop()) {
    if (seen.has(target)) continue
    seen.add(target)
    next.push(...(targets.get(target) ?? []))
  }
  return seen
}

/** Lines of logs are quoted there, with the paths and words of whoever writes them. */
const QUOTES = 'evidence/messages/'

test('paths of XenStore are made and read by its room', () => {
  const others = files.filter((file) => !file.startsWith('xenstore/') && !file.startsWith(QUOTES))
  const code = (file: string) => readFileSync(join(src, file), 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
  expect(others.filter((file) => /local(\\?\/)domain|(backend|device)\\?\/(vbd|qdisk|tap|\\w|\[|\()/.test(code(file)))).toEqual([])
})

/** Inputs have paths, which are the machine's: in a page, src/page/paths.ts stands for `node:path` (scripts/page.mjs). */
const mayNamePaths = (file: string) => /^(inputs|gather)\//.test(file)

test('bytes and values know nothing of Node', () => {
  const impure = files
    .filter((file) => PURE.some((room) => file.startsWith(`${room}/`)) && !file.startsWith(QUOTES))
    .flatMap((file) => {
      const modules = importsOf(file).filter((path) => path.startsWith('node:') && !(path === 'node:path' && mayNamePaths(file)))
      const globals = /\b(process\.|Buffer\b|console\.)/.exec(
        readFileSync(join(src, file), 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, ''),
      )
      return [...modules, ...(globals ? [globals[0]] : [])].map((what) => `${file} uses ${what}`)
    })
  expect(impure).toEqual([])
})

test('what is printed as JSON goes through jsonText', () => {
  const printers = files.filter((file) => /^(terminal|commands|print|rows)\//.test(file) && file !== 'print/printable.ts')
  const found = printers.filter((file) => readFileSync(join(src, file), 'utf8').includes('JSON.stringify('))
  // A message that quotes what it was given; messages are made safe where they leave.
  expect(found).toEqual(['commands/shared/number-flag.ts'])
})

const DECLARED = /^export (?:declare |abstract |async )*(?:const|let|function\*?|class|interface|type|enum) +([\w$]+)/gm

test('one exported name, one meaning: no two files declare the same', () => {
  const having = new Map<string, Set<string>>()
  for (const file of files)
    for (const [, name] of readFileSync(join(src, file), 'utf8').matchAll(DECLARED))
      having.set(name!, (having.get(name!) ?? new Set()).add(file))
  const twice = [...having].filter(([, where]) => where.size > 1)
  expect(twice.map(([name, where]) => `${name}: ${[...where].sort().join(', ')}`)).toEqual([])
})

test('the faults of mutants.json have their places', () => {
  const mutants: { readonly file: string; readonly from: string }[] = JSON.parse(
    readFileSync(join(import.meta.dirname, 'mutants.json'), 'utf8'),
  )
  const lost = mutants.filter(({ file, from }) => {
    const path = join(src, '..', file)
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(from)
  })
  expect(lost.map(({ file, from }) => `${file}: ${from}`)).toEqual([])
})
