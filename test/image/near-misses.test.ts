// What is no ring of block requests is not taken for one.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findRings, mapImage, RING_SCORE, scoreRing } from '../../src/image/index.ts'
import { Locator } from '../../src/image/locator.ts'
import { BytesReader, PAGE, randomPages } from './memory.ts'
import { nearMisses } from './near-misses.ts'

const root = join(import.meta.dirname, '../..')

test('rings of other protocols, and what begins like a ring', () => {
  const worst = new Map<string, number>()
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
      const random = (below: number) => numbers.next().value! % below
      for (const { name, page } of nearMisses(random)) {
        const bytes = new Uint8Array(16 * PAGE)
        bytes.set(page)
        worst.set(name, Math.max(worst.get(name) ?? 0, scoreRing(bytes)?.score ?? 0))
      }
    }),
    { numRuns: 150 },
  )
  // Small numbers among zeros come nearest: 41 in 6,000 such pages.
  const { counters, ...others } = Object.fromEntries(worst)
  expect(counters).toBeLessThan(RING_SCORE)
  expect(Object.values(others)).toEqual(Array.from({ length: 11 }, () => 0))
  expect(worst.size).toBe(12)
})

test('100,000 pages of noise, zeros, text and near misses hold no ring', async () => {
  const PIECES = 100
  const text = new TextEncoder().encode('ring-ref = "9" and so on, as text in memory goes.\n'.repeat(PAGE)).subarray(0, 100 * PAGE)
  let pages = 0
  for (let piece = 0; piece < PIECES; piece++) {
    let state = piece + 1
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 8) % below
    }
    const misses = Array.from({ length: 20 }, () => nearMisses(random).map(({ page }) => page)).flat()
    const memory = new Uint8Array(1000 * PAGE)
    memory.set(randomPages(500, piece * 77 + 1))
    memory.set(text, 500 * PAGE)
    for (const [i, page] of misses.entries()) memory.set(page, (600 + i) * PAGE)
    const found = await findRings(new BytesReader(memory))
    expect(found.rings).toEqual([])
    expect(found.nearMisses).toBeGreaterThan(60)
    pages += found.pages
  }
  expect(pages).toBe(100_000)
})

test('the other rings of a real guest', async () => {
  const image = gunzipSync(readFileSync(join(root, 'dumps/image/core.gz')))
  const reader = new BytesReader(image)
  const pages = await ringsOfDomain(reader)
  expect(pages.length).toBe(2)
  for (const page of pages) {
    expect(page.some((byte) => byte !== 0)).toBe(true)
    expect(scoreRing(page)?.score ?? 0).toBe(0)
  }
  const found = await findRings(reader, { least: 0 })
  // Two rings, and a page that begins like one.
  expect(found.rings.map(({ score }) => score.score)).toEqual([RING_IN_FLIGHT, RING_IDLE, 0])
})

const RING_IN_FLIGHT = 94
const RING_IDLE = 76

/** The pages that xenstore.txt names as rings of the console and of XenStore, by the image's own list of frames. */
async function ringsOfDomain(reader: BytesReader): Promise<Uint8Array[]> {
  const text = readFileSync(join(root, 'dumps/image/xenstore.txt'), 'utf8')
  const frames = [/console\/ring-ref = "(\d+)"/, /store\/ring-ref = "(\d+)"/].map((name) => Number(name.exec(text)![1]))
  const locator = new Locator(reader, await mapImage(reader))
  const pages = await locator.pagesOf(frames)
  return frames.map((frame) => pages.get(frame)!.bytes)
}
