// Where code may not be made at run time (a Content-Security-Policy without unsafe-eval), the same tables are read without it.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { buildSync } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as ring from '../../../src/codec/ring/index.ts'
import * as struct from '../../../src/codec/struct/index.ts'
import * as xen from '../../../src/codec/xen/index.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { allCaptures, captures } from '../../support/captures.ts'
import { rings } from '../../support/rings.ts'

const root = join(import.meta.dirname, '../../..')
const FORBIDDEN = createContext({ TextDecoder, Map, Set }, { codeGeneration: { strings: false, wasm: false } })

const codec = { ...ring, ...struct, ...xen }
/** The codec, loaded where strings cannot become code. */
const apart: typeof codec = loadApart()

function loadApart(): typeof codec {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    stdin: {
      contents: ['ring', 'struct', 'xen'].map((room) => `export * from './src/codec/${room}/index.ts'`).join('\n'),
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'codec',
  })
  return runInContext(`${outputFiles[0]!.text};codec`, FORBIDDEN)
}

/** Values of any realm as text. */
function shown(value: unknown): string {
  return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : ArrayBuffer.isView(v) ? [...(v as Uint8Array)] : v))
}

/** What comes of it, or the error's words. */
function outcome(make: () => unknown): string {
  try {
    return shown(make())
  } catch (error) {
    const { name, message } = error as Error
    return `${name}: ${message}`
  }
}

/** Every table of the public headers that is a struct or a union, by its name in the index. */
const tables = Object.entries(codec).flatMap(([name, value]) =>
  typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'struct' || value.kind === 'union')
    ? [name as 'blkifRequest']
    : [],
)
const abis = ['x86_64', 'x86_32', 'arm'] as const

test('code cannot be made there, and binary-parser needs it', () => {
  expect(() => runInContext('new Function("return 1")', FORBIDDEN)).toThrow('Code generation from strings disallowed')
  const { parserOf, blkifResponse, x86_64 } = apart
  expect(() => parserOf(blkifResponse, x86_64).parse(new Uint8Array(16))).toThrow('Code generation from strings disallowed')
})

test.each(abis)('every table reads alike, and fails alike where bytes are short: %s', (abi) => {
  expect(tables).toContain('grantEntryV2')
  const kinds = fc.record({
    name: fc.constantFrom(...tables),
    bytes: fc.uint8Array({ maxLength: 5000, size: 'max' }),
    at: fc.nat(130),
  })
  fc.assert(
    fc.property(kinds, ({ name, bytes, at }) => {
      const whole = codec.sizeOf(codec[name], codec[abi]) + at
      for (const given of [bytes, Uint8Array.from({ length: whole }, (_, i) => bytes[i] ?? i)]) {
        const expected = outcome(() => codec.decode(codec[name], codec[abi], given, at))
        expect(outcome(() => apart.decode(apart[name], apart[abi], given, at))).toBe(expected)
        expect(expected.startsWith('CodecError')).toBe(given.length < whole)
      }
    }),
    { numRuns: 300 },
  )
})

describe('rings', () => {
  allCaptures('of captures', (all) => {
    for (const { bytes, indirectPages, missing } of all.flatMap(({ path }) => [...loadDumps(path)]))
      for (const abi of abis) {
        const options = { indirectPages, missing }
        const expected = outcome(() => codec.decodeRing(bytes, codec[abi], options))
        expect(outcome(() => apart.decodeRing(bytes, apart[abi], options))).toBe(expected)
      }
  })

  test.each(['hostile', 'made'])('of dumps/%s', (folder) => {
    for (const bytes of ringFiles(join(root, 'dumps', folder)).map(bytesOf))
      for (const abi of abis) {
        const expected = outcome(() => codec.decodeRing(bytes, codec[abi]))
        expect(outcome(() => apart.decodeRing(bytes, apart[abi]))).toBe(expected)
      }
  })

  test.each([1, 2])('of chance, %i pages, and what is no ring', (pages) => {
    const cut = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(4096))
    fc.assert(
      fc.property(rings(pages), fc.constantFrom(...abis), cut, (whole, abi, less) => {
        const bytes = whole.subarray(0, whole.length - less)
        const expected = outcome(() => codec.decodeRing(bytes, codec[abi]))
        expect(outcome(() => apart.decodeRing(bytes, apart[abi]))).toBe(expected)
        const geometry = codec.ringGeometry(codec[abi], pages)
        const wire = outcome(() => codec.decodeWireRing(bytes, geometry))
        expect(outcome(() => apart.decodeWireRing(bytes, geometry))).toBe(wire)
      }),
      { numRuns: 150 },
    )
  })
})

test('the built library decodes in a process that forbids it', () => {
  const files = captures.slice(0, 12).flatMap(({ path }) => ringFiles(path))
  const script = `
    import { readFileSync } from 'node:fs'
    import { decodeRing, x86_64, x86_32 } from ${JSON.stringify(join(root, 'dist/lib/index.js'))}
    const json = (ring) => JSON.stringify(ring.slots, (_, v) => (typeof v === 'bigint' ? String(v) : ArrayBuffer.isView(v) ? [...v] : v))
    for (const file of process.argv.slice(1))
      for (const abi of [x86_64, x86_32]) console.log(json(decodeRing(Uint8Array.from(readFileSync(file)), abi)))`
  const args = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', script, '--', ...files]
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
    .trimEnd()
    .split('\n')
  const expected = files.flatMap((file) =>
    [codec.x86_64, codec.x86_32].map((abi) => shown(codec.decodeRing(bytesOf(file), abi).slots).replaceAll(/"(\d+)n"/g, '"$1"')),
  )
  expect(printed.length).toBeGreaterThan(20)
  expect(printed).toEqual(expected)
})

/** As an array of its own: a Buffer makes Buffers of what is copied from it. */
function bytesOf(file: string): Uint8Array {
  return Uint8Array.from(readFileSync(file))
}

function ringFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /(^|\/)ring(-\d+)?\.bin$/.test(name))
  return files.sort().map((name) => join(folder, name))
}
