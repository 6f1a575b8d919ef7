// One memory in every format: the same rings, at the same frames.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { findRings, type ImageFormat, parseGrantTable } from '../../src/image/index.ts'
import { loadImage } from '../../src/node/read/image-dumps.ts'
import { BytesReader, dumpCore, elfCore, grantFrames, lime, PAGE, randomPages } from './memory.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const dump = (name: string) => readFileSync(join(root, 'dumps', name))

/** 40 pages: a 64-bit ring at 7, a 32-bit one at 20, one of four pages at 30. */
const memory = randomPages(40, 9)
memory.set(dump('direct/ring.bin'), 7 * PAGE)
memory.set(dump('x86_32/ring.bin'), 20 * PAGE)
memory.set(dump('multi-page/ring.bin'), 30 * PAGE)
const RINGS = [
  { page: 7, abi: 'x86_64', pages: 1 },
  { page: 20, abi: 'x86_32', pages: 1 },
  { page: 30, abi: 'x86_64', pages: 4 },
]

const frames = (from: number) => Array.from({ length: 40 }, (_, i) => i + from)
const halves = (first: number, second: number) => [
  { frame: first, bytes: memory.subarray(0, 16 * PAGE) },
  { frame: second, bytes: memory.subarray(16 * PAGE) },
]

const IMAGES: readonly (readonly [name: string, format: ImageFormat, bytes: Uint8Array, pfn: (page: number) => number])[] = [
  ['raw', 'raw memory', memory, (page) => page],
  ['dump-core of a PV guest', 'xl dump-core', dumpCore(memory, frames(5), frames(900).reverse()), (page) => page + 5],
  ['dump-core of a translated guest', 'xl dump-core', dumpCore(memory, frames(0x40000)), (page) => page + 0x40000],
  ['ELF64', 'ELF core', elfCore(halves(0, 0x100000)), (page) => (page < 16 ? page : page - 16 + 0x100000)],
  ['ELF32', 'ELF core', elfCore(halves(1, 0x8000), 32, 3), (page) => (page < 16 ? page + 1 : page - 16 + 0x8000)],
  ['LiME', 'LiME', lime(halves(1, 0x1000)), (page) => (page < 16 ? page + 1 : page - 16 + 0x1000)],
]

for (const [name, format, bytes, pfn] of IMAGES)
  for (const packed of [false, true])
    test(`${name}${packed ? ', gzipped' : ''}`, async () => {
      const path = join(scratch, `${name}${packed ? '.gz' : ''}`)
      writeFileSync(path, packed ? gzipSync(bytes) : bytes)
      const image = await loadImage(path)
      expect(image.map.format).toBe(format)
      expect(image.pages).toBe(40)
      expect(image.problem).toBeUndefined()
      expect(image.rings.map(({ score, numbers }) => ({ pfn: numbers!.pfn, abi: score.abi.name, pages: score.pages }))).toEqual(
        RINGS.map(({ page, abi, pages }) => ({ pfn: pfn(page), abi, pages })),
      )
    })

test('a grant table that lies in the image is found, and followed', async () => {
  for (const version of [1, 2] as const) {
    const image = memory.slice()
    const pages = new Map([
      [0, 2],
      [1, 3],
      [8, 7],
      [9, 20],
      [10, 30],
      [11, 31],
      [12, 32],
      [13, 33],
      [600, 5],
    ])
    image.set(grantFrames(pages, version, version === 1 ? 2 : 3), 24 * PAGE)
    const { tables, rings } = await findRings(new BytesReader(image))
    expect(tables.map(({ offset, table }) => ({ offset, version: table.version }))).toEqual([{ offset: 24 * PAGE, version }])
    expect(tables[0]!.table.get(600)?.frame).toBe(5)
    expect(rings.map(({ refs }) => refs[0])).toEqual([8, 9, 10])
  }
})

test('an xl dump-core that was cut short', async () => {
  const core = gunzipSync(dump('image/core.gz'))
  const { map, rings, notes } = await findRings(new BytesReader(core.subarray(0, 0x50000)))
  expect(map.format).toBe('xl dump-core')
  expect(rings.map(({ offsets }) => offsets[0])).toEqual([0x45000, 0x46000])
  expect(notes.slice(0, 2)).toEqual([
    'the names of its sections are not in the image: they are taken by the size of their entries',
    'the image is cut short: 1 of 1 range of memory reaches beyond its 327680 bytes',
  ])
})

test('where memory begins is seen from the grant table', async () => {
  const grants = new Map([
    [0, 0x40000],
    [8, 0x40000 + 7],
    [9, 0x40000 + 20],
    [10, 0x40000 + 30],
    [11, 0x40000 + 39],
  ])
  const grantTable = parseGrantTable(grantFrames(grants, 1, 1))!
  const { rings, notes } = await findRings(new BytesReader(memory), { grantTable })
  expect(rings.map(({ numbers, refs }) => [numbers!.pfn, refs[0]])).toEqual([
    [0x40007, 8],
    [0x40014, 9],
    [0x4001e, 10],
  ])
  expect(notes).toEqual([
    'its first page is taken to be frame 0x40000, under which the grant table names the rings; --first-frame says otherwise',
  ])
  const said = await findRings(new BytesReader(memory), { grantTable, firstFrame: 0x40000 })
  expect(said.rings.map(({ refs }) => refs[0])).toEqual([8, 9, 10])
  expect(said.notes).toEqual([])
})
