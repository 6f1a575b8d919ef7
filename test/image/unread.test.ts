// Images that are cut: how much of the memory that they say they hold could not be read.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { findJson } from '../../src/commands/find/json.ts'
import { findText } from '../../src/commands/find/text.ts'
import { findRings } from '../../src/image/index.ts'
import { loadImage } from '../../src/node/read/image-dumps.ts'
import { plainStyle } from '../../src/print/style.ts'
import { BytesReader, dumpCore, elfCore, lime, PAGE, randomPages } from './memory.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-unread-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const PAGES = 40
const memory = randomPages(PAGES, 7)
const half = { frame: 0x100, bytes: memory.subarray(0, 24 * PAGE) }
const rest = { frame: 0x900, bytes: memory.subarray(24 * PAGE) }
const pfns = Array.from({ length: PAGES }, (_, i) => i)

/** Each holds 40 pages, the last byte of which is at `end`. */
const IMAGES: readonly (readonly [name: string, image: Uint8Array, end: (image: Uint8Array) => number])[] = [
  ['an ELF core', elfCore([half, rest]), (image) => image.length],
  ['a 32-bit ELF core', elfCore([half, rest], 32), (image) => image.length],
  ['a LiME image', lime([half, rest]), (image) => image.length],
  // Frames and section names lie behind the pages.
  ['an xl dump-core', dumpCore(memory, pfns, pfns), (image) => image.length - (image.length - 64 - 4 * 64 - memory.length)],
]

describe.each(IMAGES)('%s', (_, image, endOf) => {
  test('whole: nothing is unread', async () => {
    expect((await findRings(new BytesReader(image))).unread).toEqual({ bytes: 0, more: false })
    expect((await findRings(new BytesReader(image, false))).unread).toEqual({ bytes: 0, more: false })
  })

  test('cut anywhere behind its headers: what was read and what was not are all of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (n, sized) => {
        // The second LiME header lies between the ranges.
        const length = endOf(image) - 1 - (n % (rest.bytes.length - PAGE))
        const { pages, unread } = await findRings(new BytesReader(image.subarray(0, length), sized))
        expect(pages * PAGE + unread.bytes).toBe(PAGES * PAGE)
        expect(unread.more).toBe(false)
        expect(pages).toBe(PAGES - Math.ceil((endOf(image) - length) / PAGE))
      }),
      { numRuns: 25 },
    )
  })
})

test('LiME: what lies behind a damaged header is counted, and there can be more', async () => {
  const image = lime([half, rest])
  image[32 + half.bytes.length] = 0
  const { pages, unread } = await findRings(new BytesReader(image))
  expect(pages).toBe(24)
  expect(unread).toEqual({ bytes: 32 + rest.bytes.length, more: true })
})

test('ELF: program headers that are cut off name memory that nobody can count', async () => {
  // The pages come first: the headers are what is cut.
  const image = elfCore([half, rest])
  const moved = new Uint8Array(64 + half.bytes.length + 56 + 20)
  moved.set(image.subarray(0, 64))
  moved.set(half.bytes, 64)
  moved.set(image.subarray(64, 64 + 56), 64 + half.bytes.length)
  const view = new DataView(moved.buffer)
  view.setBigUint64(32, BigInt(64 + half.bytes.length), true)
  view.setBigUint64(64 + half.bytes.length + 8, 64n, true)
  const { pages, unread, notes } = await findRings(new BytesReader(moved))
  expect(pages).toBe(24)
  expect(unread).toEqual({ bytes: 0, more: true })
  expect(notes.join()).toContain('1 of 2 are there')
})

test('xl dump-core: pages that only the table of frames names', async () => {
  const image = dumpCore(memory.subarray(0, 30 * PAGE), pfns, pfns)
  const { pages, unread } = await findRings(new BytesReader(image))
  expect([pages, unread]).toEqual([30, { bytes: 10 * PAGE, more: false }])
})

test('xl dump-core: pages without a frame, which it could not read', async () => {
  const image = dumpCore(new Uint8Array(PAGES * PAGE), pfns, pfns)
  const table = 64 + 4 * 64 + PAGES * PAGE
  for (let i = 0; i < 12; i++) image.fill(0xff, table + 3 * i * 16, table + 3 * i * 16 + 16)
  const { pages, unread, notes } = await findRings(new BytesReader(image))
  expect([pages, unread]).toEqual([PAGES, { bytes: 12 * PAGE, more: false }])
  expect(notes.join()).toContain('12 of 40 pages have no frame')
})

test('raw memory: bytes behind the last whole page', async () => {
  for (const sized of [true, false]) {
    const { pages, unread } = await findRings(new BytesReader(memory.subarray(0, 3 * PAGE + 100), sized))
    expect([pages, unread]).toEqual([3, { bytes: 100, more: false }])
  }
})

test('ranges that several headers name are counted once', async () => {
  const image = elfCore([half, half])
  new DataView(image.buffer).setBigUint64(64 + 56 + 8, 64n + 112n, true)
  const { pages, unread } = await findRings(new BytesReader(image.subarray(0, 64 + 112 + half.bytes.length)))
  expect([pages, unread]).toEqual([24, { bytes: 0, more: false }])
})

describe('gzip that breaks off', () => {
  test.each([
    ['an ELF core says how much it held', elfCore([half, rest]), false],
    ['raw memory does not', memory, true],
  ])('%s', async (name, bytes, more) => {
    const path = join(scratch, `${name}.gz`)
    const packed = gzipSync(bytes)
    writeFileSync(path, packed.subarray(0, packed.length / 2))
    const image = await loadImage(path)
    expect(image.problem!.message).toContain('the gzip stream is damaged')
    expect(image.unread.more).toBe(more)
    if (!more) expect(image.pages * PAGE + image.unread.bytes).toBe(PAGES * PAGE)
    expect(findJson(image, { source: 'x', grantTable: undefined })).toMatchObject({ unread: image.unread })
    const text = findText(image, { style: plainStyle, width: 80, source: 'x', grantTable: undefined })
    expect(text).toMatch(
      more ? /unread +at least|unread +the image breaks off/ : /unread +\d+ bytes \(\d+ pages\) that the image says it holds/,
    )
  })
})
