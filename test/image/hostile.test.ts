// Images that someone made to do harm: bounded work, a clear word, nothing crashes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { findJson } from '../../src/commands/find/json.ts'
import { findText } from '../../src/commands/find/text.ts'
import { findRings, ImageError, parseGrantTable } from '../../src/image/index.ts'
import { loadImage } from '../../src/node/read/image-dumps.ts'
import { openImage } from '../../src/node/read/image-source.ts'
import { openFile } from '../../src/node/read/open-file.ts'
import { plainStyle } from '../../src/print/style.ts'
import { BytesReader, dumpCore, elfCore, grantFrames, lime, PAGE, randomPages } from './memory.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const ring = readFileSync(join(root, 'dumps/direct/ring.bin'))
const memory = randomPages(24, 3)
memory.set(ring, 5 * PAGE)
memory.set(readFileSync(join(root, 'dumps/multi-page/ring.bin')), 12 * PAGE)
const frames = Array.from({ length: 24 }, (_, i) => i)
const grantTable = parseGrantTable(grantFrames(new Map(frames.map((frame) => [frame + 8, frame])), 1, 1))!

const images = [
  elfCore([
    { frame: 0, bytes: memory },
    { frame: 64, bytes: memory },
  ]),
  elfCore([{ frame: 0, bytes: memory }], 32, 3),
  dumpCore(memory, frames, [...frames].reverse()),
  dumpCore(memory, frames),
  lime([
    { frame: 0, bytes: memory },
    { frame: 64, bytes: memory },
  ]),
]

/** Words that headers are broken with: nothing, everything, and what lies just at their limits. */
const odd = fc.oneof(
  fc.constantFrom(0n, 1n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 53n, 2n ** 53n - 1n, 2n ** 32n, 4095n, 4096n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: 0n, max: 4096n * 40n }),
)

/** The head of the image, where all headers lie, and its end, where tables and names do. */
const edits = fc.array(
  fc.record({ at: fc.oneof(fc.nat(400), fc.integer({ min: -800, max: -1 })), size: fc.constantFrom(1, 2, 4, 8), value: odd }),
  {
    minLength: 1,
    maxLength: 6,
  },
)

test('headers with any numbers in them', async () => {
  const seen = { errors: 0, rings: 0 }
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...images), edits, fc.boolean(), async (image, changes, sized) => {
      const bytes = image.slice()
      for (const { at, size, value } of changes) {
        const place = at < 0 ? bytes.length + at : at
        for (let i = 0; i < size && place + i < bytes.length; i++) bytes[place + i] = Number((value >> BigInt(8 * i)) & 0xffn)
      }
      const reader = new BytesReader(bytes, sized)
      try {
        const found = await findRings(reader, { grantTable, dataPages: true })
        const text = findText(found, { style: plainStyle, width: 80, source: 'x', grantTable: 'y' })
        expect(text).not.toMatch(/undefined|NaN|\[object/)
        const json = findJson(found, { source: 'x', grantTable: 'y' })
        expect(JSON.parse(JSON.stringify(json))).toEqual(json)
        seen.rings += found.rings.length
      } catch (error) {
        expect(error).toBeInstanceOf(ImageError)
        expect((error as Error).message).toMatch(/^[^\n]+$/)
        seen.errors++
      }
      // Every page once, headers and tables a few times.
      expect(reader.bytesRead).toBeLessThan(8 * bytes.length)
    }),
    { numRuns: 1500 },
  )
  expect(seen.errors).toBeGreaterThan(50)
  expect(seen.rings).toBeGreaterThan(500)
})

test('ranges over ranges: each byte is looked at once', async () => {
  const [core] = images
  // The second segment says that it is the first.
  const bytes = core!.slice()
  bytes.set(bytes.subarray(64, 64 + 56), 64 + 56)
  const found = await findRings(new BytesReader(bytes))
  expect(found.pages).toBe(24)
  const many = elfCore(Array.from({ length: 1000 }, (_, i) => ({ frame: i, bytes: new Uint8Array() })))
  await expect(findRings(new BytesReader(many))).rejects.toThrow('an ELF file without memory in it')
})

test('a page that looks like a ring, again and again', async () => {
  const PAGES = 20_000
  const flood = new Uint8Array(PAGES * PAGE)
  for (let page = 0; page < PAGES; page++) flood.set(ring, page * PAGE)
  const found = await findRings(new BytesReader(flood))
  expect(found.rings.length).toBe(1024)
  expect(found.notes).toEqual([`${PAGES - 1024} more pages begin like a ring and are left out: so many are made, not found`])
})

test('grants that lead in circles', async () => {
  // The indirect page of every request is the ring itself, or the page that named it.
  const circle = readFileSync(join(root, 'dumps/indirect/ring.bin'))
  const image = new Uint8Array(3 * PAGE)
  image.set(circle, PAGE)
  const table = parseGrantTable(grantFrames(new Map(Array.from({ length: 900 }, (_, gref) => [gref + 1, 1])), 1, 2))!
  const { rings, data } = await findRings(new BytesReader(image), { grantTable: table, dataPages: true, named: [] })
  expect(rings.length).toBe(1)
  for (const { offset } of rings[0]!.indirect.values()) expect(offset).toBe(PAGE)
  expect(rings[0]!.indirect.size).toBeGreaterThan(0)
  expect(data!.pages[0]!.every(({ offset }) => offset === undefined || offset === PAGE)).toBe(true)
})

test('a gzip bomb stops at the limit, and what lies before it is found', async () => {
  const path = join(scratch, 'bomb.gz')
  const bytes = new Uint8Array(64 * 2 ** 20)
  bytes.set(ring, 3 * PAGE)
  writeFileSync(path, gzipSync(bytes))
  const image = await loadImage(path, { limit: 2 ** 20 })
  expect(image.rings.map(({ offsets }) => offsets[0])).toEqual([3 * PAGE])
  expect(image.pages).toBeLessThan(2 ** 21 / PAGE)
  expect(image.problem!.message).toMatch(
    /bomb\.gz: it unpacks to more than 1048576 bytes, of which the rest was not looked at; --limit reads on$/,
  )
})

test('a gzip stream that ends early, or is damaged', async () => {
  const packed = gzipSync(memory)
  const path = join(scratch, 'short.gz')
  writeFileSync(path, packed.subarray(0, packed.length - 5 * PAGE))
  const image = await loadImage(path)
  expect(image.rings.map(({ offsets }) => offsets[0])).toContain(5 * PAGE)
  expect(image.problem!.message).toMatch(/the gzip stream is damaged behind \d+ unpacked bytes \(unexpected end of file\)$/)
})

test('a listing that names more rings than there can be: few are fetched, and each is spoken of', async () => {
  const names = (domain: number, pages: number) =>
    Array.from({ length: 40 }, (_, n) => ({
      device: `vbd/${domain}/${n}`,
      domain: String(domain),
      vdev: undefined,
      queue: undefined,
      abi: undefined,
      refs: Array.from({ length: pages }, () => 5 + 8),
    }))
  const named = [...Array.from({ length: 100 }, (_, domain) => names(domain, 16)).flat(), ...names(0, 200_000)]
  const reader = new BytesReader(dumpCore(memory, frames, frames))
  const { rings, missing } = await findRings(reader, { grantTable, named })
  const byRefs = rings.filter(({ named }) => named?.by === 'ring-ref')
  expect(byRefs.length).toBe(2048 / 16)
  expect(byRefs.length + missing.length).toBe(named.length)
  expect(new Set(missing.map(({ why }) => why))).toEqual(
    new Set(['XenStore names more rings than any host has', 'XenStore names 200000 pages for it, and a ring has 16 at most']),
  )
  expect(reader.bytesRead).toBeLessThan(8 * memory.length)
})

test('a gzipped image is unpacked no more often than its bytes are asked for backwards', async () => {
  const path = join(scratch, 'back.gz')
  const bytes = randomPages(300, 5)
  writeFileSync(path, gzipSync(bytes, { level: 1 }))
  const { reader, close } = openImage(openFile(path), 2 ** 30)
  const look = async (page: number, pages: number) => {
    const into = new Uint8Array(pages * PAGE)
    expect(await reader.read(page * PAGE, into)).toBe(into.length)
    expect(Buffer.compare(into, bytes.subarray(page * PAGE, (page + pages) * PAGE))).toBe(0)
  }
  // Over the end of a piece that is unpacked at once, back behind it, over it again, and to the front.
  for (const [page, pages] of [
    [120, 16],
    [121, 16],
    [127, 1],
    [127, 2],
    [290, 10],
    [64, 200],
    [16, 1],
    [0, 300],
  ] as const)
    await look(page, pages)
  await close()
})
