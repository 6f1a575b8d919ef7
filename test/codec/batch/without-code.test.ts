// Columns where machine code may be made and where not: in a browser, without WebAssembly, and where its memory cannot be reserved.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { buildSync } from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import * as columns from '../../../src/codec/batch/index.ts'
import * as ring from '../../../src/codec/ring/index.ts'
import * as struct from '../../../src/codec/struct/index.ts'
import { XEN_PAGE_SIZE } from '../../../src/codec/xen/ring.ts'
import { loadDumps } from '../../../src/node/read/load.ts'
import { captures } from '../../support/captures.ts'
import { runScript } from '../../support/in-process.ts'

const root = join(import.meta.dirname, '../../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** Rings of one page, end to end: more of them than are read before machine code is made. */
const pages = captures
  .flatMap(({ path }) => Array.from(loadDumps(path), ({ bytes }) => bytes))
  .filter(({ length }) => length === XEN_PAGE_SIZE)
const bytes = Uint8Array.from(Buffer.concat(pages.slice(0, 24)))

const library = { ...ring, ...struct, ...columns }
const { outputFiles } = buildSync({
  absWorkingDir: root,
  stdin: {
    contents: ['ring', 'struct', 'batch'].map((room) => `export * from './src/codec/${room}/index.ts'`).join('\n'),
    resolveDir: root,
  },
  bundle: true,
  platform: 'browser',
  write: false,
  format: 'iife',
  globalName: 'library',
})

/** The library in a page's world, which has the language alone. @param wasm whether machine code may be made @param before what is run first */
function page(wasm: boolean, before = ''): typeof library {
  const context = createContext({ TextDecoder }, { codeGeneration: { strings: false, wasm } })
  return runInContext(`${before};${outputFiles[0]!.text};library`, context)
}

/** All rows, as text, and what is written of them. */
function rowsBy(
  { Batch, ringGeometry, x86_64, readBatch, writeBatch, slotOfRow }: typeof library,
  engine?: columns.BatchEngine,
): string {
  const batch = new Batch(ringGeometry(x86_64, 1), 24, { engine })
  // The first goes through the table, if that is left to the batch.
  for (let time = 0; time < 2; time++) readBatch(batch, bytes)
  const over = new Uint8Array(bytes.length)
  writeBatch(batch, over)
  const slots = Array.from({ length: batch.rows }, (_, row) => slotOfRow(batch, row))
  return JSON.stringify([slots, Buffer.from(over).toString('hex')], (_, v) => (typeof v === 'bigint' ? `${v}n` : v))
}

test('a page has machine code if it may be made, and the table if not', () => {
  expect(pages.length).toBeGreaterThan(24)
  const expected = rowsBy(library, 'interpreted')
  const [free, strict, bare] = [page(true), page(false), page(true, 'delete globalThis.WebAssembly')]
  expect(rowsBy(free, 'compiled') === expected).toBe(true)
  for (const each of [library, free, strict, bare]) expect(rowsBy(each) === expected).toBe(true)
  expect(() => rowsBy(strict, 'compiled')).toThrow('machine code may not be made here')
  expect(() => rowsBy(bare, 'compiled')).toThrow('there is no memory for machine code')
})

test('commands print the same with --jitless, and with little room for addresses', () => {
  const file = join(scratch, 'rings.bin')
  writeFileSync(file, bytes)
  const command = `blkring decode --pages 1 --ndjson ${file}; blkring stats --pages 1 ${file}`
  const expected = runScript(command)
  expect(expected.stdout.length).toBeGreaterThan(10_000)
  const jitless = `${process.execPath} --jitless ${join(root, 'bin/run.js')}`
  expect(runScript(command, { blkring: jitless, alone: true }).stdout).toBe(expected.stdout)
  expect(runScript(`ulimit -v 4000000; ${command}`, { alone: true }).stdout).toBe(expected.stdout)
})
