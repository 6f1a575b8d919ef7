// What the memory of a real guest holds beside its rings: old rings, copies, relocations that read as grants, programs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findRings, parseGrantTable } from '../../src/image/index.ts'
import { BytesReader, elfCore, grantFrames, PAGE, randomPages } from './memory.ts'

const dump = (name: string) => readFileSync(join(import.meta.dirname, '../../dumps', name))

/** Pages of a memory that is noise but for these. */
function memoryOf(pages: number, parts: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const memory = randomPages(pages, 77)
  for (const [page, bytes] of parts) memory.set(bytes, page * PAGE)
  return memory
}

/** Relocations of x86-64 (Elf64_Rela): offset, type 1 and symbol, addend. To many readings they are grants of frames. */
function relocations(pages: number): Uint8Array {
  const bytes = new Uint8Array(pages * PAGE)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at + 24 <= bytes.length; at += 24) {
    view.setUint32(at, (at / 24) << 16, true)
    view.setUint32(at + 8, 1, true)
    view.setUint32(at + 12, 1 + ((at / 24) % 40), true)
    view.setUint32(at + 16, at / 24, true)
  }
  return bytes
}

const split = (bytes: Uint8Array, pages: readonly number[]) =>
  pages.map((page, i) => [page, bytes.subarray(i * PAGE, (i + 1) * PAGE)] as const)

test.each([1, 2] as const)(
  'a table of version %d in the image joins pages that lie apart, though none reads as a ring alone',
  async (version) => {
    const ring = dump('ring-full-4-pages/ring.bin')
    const pages = [90, 30, 60, 45]
    const grants = new Map(pages.map((page, i) => [20 + i, page]))
    const table = grantFrames(new Map([[0, 3], [1, 4], ...grants]), version, 1)
    const memory = memoryOf(120, new Map([...split(ring, pages), [100, table]]))
    const { rings, tables } = await findRings(new BytesReader(memory))
    expect(tables.map(({ table: { version: v }, offset }) => [v, offset])).toEqual([[version, 100 * PAGE]])
    expect(rings).toHaveLength(1)
    expect(rings[0]!.offsets).toEqual(pages.map((page) => page * PAGE))
    expect(rings[0]!.bytes).toEqual(new Uint8Array(ring))
    expect(rings[0]!.refs).toEqual([20, 21, 22, 23])
  },
)

test('relocations are no grant table, whatever ring they seem to name', async () => {
  const memory = memoryOf(
    120,
    new Map([
      [30, dump('direct/ring.bin')],
      [50, relocations(8)],
    ] as [number, Uint8Array][]),
  )
  const { rings, tables } = await findRings(new BytesReader(memory))
  expect(tables).toEqual([])
  expect(rings.map(({ table }) => table)).toEqual([undefined])
})

test('rings of the past and copies are called so', async () => {
  const table = parseGrantTable(
    grantFrames(
      new Map([
        [9, 30],
        [10, 31],
        [11, 32],
      ]),
      1,
      1,
    ),
  )!
  const parts: [number, Uint8Array][] = [
    [10, dump('wrapped/ring.bin')],
    [30, dump('direct/ring.bin')],
    [70, dump('direct/ring.bin')],
  ]
  const { rings } = await findRings(new BytesReader(memoryOf(120, new Map(parts))), { grantTable: table })
  expect(rings.map(({ doubts }) => doubts)).toEqual([[{ kind: 'ungranted' }], [], [{ kind: 'ungranted' }, { kind: 'copy', of: 1 }]])
})

test('a ring that has not wrapped may have more pages than were used', async () => {
  const memory = memoryOf(20, new Map([[4, dump('virgin-x86_64-4-pages/ring.bin').subarray(0, PAGE)]]))
  const { rings } = await findRings(new BytesReader(memory))
  expect(rings.map(({ doubts }) => doubts)).toEqual([[{ kind: 'maybe-longer' }]])
})

test('where memory begins is seen though most rings in it are old ones', async () => {
  const first = 0x40000
  const grants = new Map(Array.from({ length: 150 }, (_, i) => [8 + i, first + ((i * 97) % 1000)]))
  const [ring] = [grants.get(20)! - first]
  const parts: [number, Uint8Array][] = [[ring, dump('direct/ring.bin')]]
  for (const page of [111, 222, 333, 444, 555]) parts.push([page, dump('wrapped/ring.bin')])
  const table = parseGrantTable(grantFrames(grants, 1, 1))!
  const { map, rings } = await findRings(new BytesReader(memoryOf(1000, new Map(parts))), { grantTable: table })
  expect(map.extents[0]!.frame).toBe(first)
  expect(rings.find(({ offsets }) => offsets[0] === ring * PAGE)!.refs).toEqual([20])
})

test('raw memory may begin with a program: only a core says where memory lies', async () => {
  const memory = memoryOf(20, new Map([[4, dump('direct/ring.bin')]]))
  const program = elfCore([{ frame: 0, bytes: new Uint8Array(PAGE) }])
  new DataView(program.buffer).setUint16(16, 2, true)
  memory.set(program.subarray(0, 128))
  const { map, rings, notes } = await findRings(new BytesReader(memory))
  expect([map.format, rings.map(({ offsets }) => offsets)]).toEqual(['raw memory', [[4 * PAGE]]])
  expect(notes[0]).toMatch(/an ELF file that is no core/)
})

test('more program headers than e_phnum can count: section 0 counts them', async () => {
  const count = 70_000
  const headers = new Uint8Array(64 + 56 * count + 64)
  const view = new DataView(headers.buffer)
  headers.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  view.setUint16(16, 4, true)
  view.setBigUint64(32, 64n, true)
  view.setBigUint64(40, BigInt(64 + 56 * count), true)
  for (const [at, value] of [
    [54, 56],
    [56, 0xffff],
    [58, 64],
    [60, 1],
  ] as const)
    view.setUint16(at, value, true)
  view.setUint32(64 + 56 * count + 44, count, true)
  const last = 64 + 56 * (count - 1)
  view.setUint32(last, 1, true)
  view.setBigUint64(last + 8, BigInt(headers.length), true)
  view.setBigUint64(last + 24, BigInt(9 * PAGE), true)
  view.setBigUint64(last + 32, BigInt(PAGE), true)
  const image = new Uint8Array(headers.length + PAGE)
  image.set(headers)
  image.set(dump('direct/ring.bin'), headers.length)
  const { rings } = await findRings(new BytesReader(image))
  expect(rings.map(({ numbers }) => numbers)).toEqual([{ pfn: 9, gmfn: 9 }])
})
