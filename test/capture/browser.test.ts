// The library in a browser: bundled without Node, run in a context that has nothing but the language and TextDecoder, and held
// against what the commands print of the same dumps.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { textOfPages } from '../../src/commands/find/page-text.ts'
import { run } from '../support/in-process.ts'
import type { DumpInput, ImageInput } from './browser-program.ts'

const root = join(import.meta.dirname, '../..')

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, 'browser-program.ts')],
  bundle: true,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  write: false,
  logLevel: 'silent',
})
const program = outputFiles[0]!.text

/** A page's world: the language, and what texts are read with. @param strict code may not be made at run time */
function page(strict: boolean) {
  const context = createContext({ TextDecoder, TextEncoder }, { codeGeneration: { strings: !strict, wasm: false } })
  runInContext(program, context)
  return context
}

const PAGES = { free: page(false), strict: page(true) }

/** Calls one of the program's tools. Values go in and out as text, so that none is of another context's making. */
async function inBrowser(tool: string, args: readonly unknown[], where: keyof typeof PAGES = 'free'): Promise<unknown> {
  const call = `Promise.resolve(tools[${JSON.stringify(tool)}](...${JSON.stringify(args)})).then(JSON.stringify)`
  return JSON.parse((await runInContext(call, PAGES[where])) as string)
}

const hexOf = (path: string) => readFileSync(join(root, path)).toString('hex')

function dump(folder: string): DumpInput {
  const pages = readdirSync(join(root, folder)).flatMap((name) => {
    const gref = /^indirect-(\d+)\.bin$/.exec(name)?.[1]
    return gref === undefined ? [] : [[Number(gref), hexOf(`${folder}/${name}`)] as const]
  })
  const xenstore = readFileSync(join(root, folder, 'xenstore.txt'), 'utf8')
  return { source: `${folder}/ring.bin`, ring: hexOf(`${folder}/ring.bin`), xenstore, pages }
}

function printed(...args: string[]): unknown {
  return JSON.parse(run({ args }).stdout)
}

const DUMPS = ['dumps/indirect', 'dumps/x86_32', 'dumps/multi-page', 'dumps/error', 'dumps/qdisk-storage-frozen']

/** What a tool says of a dump, and what its command prints of it. */
const TOOLS: Readonly<Record<string, (folder: string) => unknown>> = {
  decode: (folder) => printed('decode', '--json', folder),
  vbds: (folder) => printed('vbds', '--json', folder),
  check: (folder) => (printed('check', '--json', '--severity', 'note', folder) as { rings: unknown[] }).rings[0],
  doctor: (folder) => {
    const { devices } = printed('doctor', '--json', folder) as { devices: Record<string, unknown>[] }
    // The program judges a ring, and puts nothing together by what devices are called.
    return { ...devices[0], device: undefined }
  },
  inspect: (folder) => printed('inspect', '--json', folder),
}

test('nothing of Node is in it', () => {
  expect(program).not.toMatch(/\brequire\(|\bprocess\.|\bBuffer\.(from|alloc)/)
})

describe.each([
  ['where code may be made at run time', 'free'],
  ['where it may not', 'strict'],
] as const)('%s', (_, where) => {
  test.each(Object.keys(TOOLS))('%s', async (tool) => {
    for (const folder of DUMPS) expect(await inBrowser(tool, [dump(folder)], where), folder).toEqual(TOOLS[tool]!(folder))
  })

  test('diff', async () => {
    const [a, b] = ['dumps/unconsumed-requests', 'dumps/unconsumed-responses']
    expect(await inBrowser('diff', [dump(a), dump(b)], where)).toEqual(printed('diff', '--json', a, b))
  })
})

test('a hexdump', async () => {
  const text = textOfPages({ bytes: readFileSync(join(root, 'dumps/direct/ring.bin')), offsets: [0] })
  const command = JSON.parse(run({ args: ['decode', '--json', '-'], input: text }).stdout) as unknown
  expect(await inBrowser('hexdump', ['-', text])).toEqual([command])
})

test('rings of a memory image', async () => {
  const source = 'dumps/image/core.gz'
  const [grantTable, xenstore] = ['dumps/image/gnttab.bin', 'dumps/image/xenstore.txt']
  const input: ImageInput = {
    source,
    image: gunzipSync(readFileSync(join(root, source))).toString('hex'),
    grantTable: { source: grantTable, hex: hexOf(grantTable) },
    xenstore: readFileSync(join(root, xenstore), 'utf8'),
  }
  const beside = ['--grant-table', grantTable, '--xenstore', xenstore, source]
  const rings = [0, 1].map((n) => printed('decode', '--json', '--ring', String(n), ...beside))
  expect(await inBrowser('find', [input])).toEqual({ found: printed('find', '--json', ...beside), rings })
})
