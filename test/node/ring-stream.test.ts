// Files and pipes of rings: whatever they are cut into, and whatever happens to them meanwhile.
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test, vi } from 'vitest'
import { streamRings } from '../../src/node/read/stream-rings.ts'

const fault = vi.hoisted(() => ({ after: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY }))
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const readSync = (fd: number, buffer: Uint8Array, at: number, length: number, position: null) => {
    if (fault.after-- <= 0) throw Object.assign(new Error('of the disk'), { code: 'EIO' })
    return fs.readSync(fd, buffer, at, Math.min(length, fault.most), position)
  }
  return { ...fs, readSync }
})

const PAGE = 4096
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const path = join(scratch, 'rings.bin')

/** Pages that can be told from one another. */
const pagesOf = (count: number) => Uint8Array.from({ length: count * PAGE }, (_, i) => (i * 7 + (i >> 12) * 13) & 0xff)

interface Read {
  readonly bytes: Uint8Array
  readonly chunks: number
  readonly cut: number | undefined
  readonly error: string | undefined
}

async function readAll(pages: number, between?: (chunk: number) => void): Promise<Read> {
  const parts: Uint8Array[] = []
  let cut: number | undefined
  let error: string | undefined
  let next = 0
  try {
    for await (const chunk of streamRings(path, pages)) {
      expect(chunk.first).toBe(next)
      expect(chunk.bytes.length).toBe(chunk.rings * pages * PAGE)
      next += chunk.rings
      cut = chunk.cut
      parts.push(Uint8Array.from(cut === undefined ? chunk.bytes : chunk.bytes.subarray(0, cut)))
      if (cut !== undefined) expect(chunk.bytes.subarray(cut).every((b) => b === 0)).toBe(true)
      between?.(parts.length)
    }
  } catch (failed) {
    error = (failed as Error).message
  }
  return { bytes: Buffer.concat(parts), chunks: parts.length, cut, error }
}

test('rings are read where the caller wants them', async () => {
  const bytes = pagesOf(11)
  writeFileSync(path, bytes)
  const into = new Uint8Array(5 * PAGE + 7)
  const read: Uint8Array[] = []
  for await (const chunk of streamRings(path, 2, undefined, into)) {
    expect([chunk.bytes.buffer, chunk.bytes.byteOffset]).toEqual([into.buffer, 0])
    expect(chunk.rings).toBeLessThanOrEqual(2)
    read.push(chunk.bytes.slice(0, chunk.cut))
  }
  expect(Buffer.compare(Buffer.concat(read), bytes)).toBe(0)
  await expect(streamRings(path, 2, undefined, new Uint8Array(PAGE)).next()).rejects.toThrow(
    '4096 bytes do not hold a ring of 8192 bytes',
  )
})

test('a file of any length, gzipped or not, read in pieces of any size', async () => {
  const inputs = fc.record({
    pages: fc.constantFrom(1, 2, 3, 16),
    length: fc.oneof(
      fc.integer({ min: 16, max: 150 * PAGE }),
      fc.integer({ min: 1, max: 40 }).map((n) => n * 16 * PAGE),
    ),
    most: fc.constantFrom(1000, 4096, 65536, 2 ** 30),
    zipped: fc.boolean(),
  })
  const longest = pagesOf(640)
  await fc.assert(
    fc.asyncProperty(inputs, async ({ pages, length, most, zipped }) => {
      const bytes = longest.subarray(0, length)
      // Several members, one of them empty.
      const members = [bytes.subarray(0, length / 2), new Uint8Array(), bytes.subarray(length / 2)]
      writeFileSync(path, zipped ? Buffer.concat(members.map((m) => gzipSync(m, { level: 1 }))) : bytes)
      fault.most = most
      const read = await readAll(pages)
      fault.most = Number.POSITIVE_INFINITY
      const left = length % (pages * PAGE)
      expect(read.cut).toBe(left < 16 ? undefined : left)
      expect(Buffer.compare(read.bytes, bytes.subarray(0, left < 16 ? length - left : length))).toBe(0)
      expect(read.error).toBe(
        left > 0 && left < 16
          ? `${path}: ends ${left} bytes into ring ${(length - left) / (pages * PAGE)}: less than its indices; dump whole pages`
          : undefined,
      )
    }),
    { numRuns: 60 },
  )
})

test('a file that shrinks while it is read: what was there, and an error', async () => {
  writeFileSync(path, pagesOf(200))
  const read = await readAll(1, (chunk) => chunk === 1 && truncateSync(path, 100 * PAGE))
  expect(read.bytes.length).toBe(100 * PAGE)
  expect(read.error).toBe(`${path}: has shrunk while it was read: ${100 * PAGE} of ${200 * PAGE} bytes were there`)
})

test('a file that grows while it is read is read to its new end', async () => {
  writeFileSync(path, pagesOf(100))
  const read = await readAll(1, (chunk) => chunk === 1 && appendFileSync(path, pagesOf(30)))
  expect([read.bytes.length, read.error]).toEqual([130 * PAGE, undefined])
})

test('a read error in the middle: what was read before it, and an error', async () => {
  writeFileSync(path, pagesOf(200))
  fault.after = 5
  fault.most = 50 * PAGE
  const read = await readAll(1)
  fault.after = fault.most = Number.POSITIVE_INFINITY
  expect(read.bytes.length).toBe(64 * PAGE + 50 * PAGE)
  expect(read.error).toBe(`${path}: the device or file cannot be read (input/output error)`)
})

test.each([
  ['breaks off', (zipped: Buffer) => zipped.subarray(0, zipped.length / 2), 'its gzip data breaks off; copy the file again, whole'],
  [
    'is damaged',
    (zipped: Buffer) => Buffer.concat([zipped.subarray(0, 200), Buffer.alloc(99, 0xff), zipped.subarray(299)]),
    'its gzip data is damaged',
  ],
])('gzip data that %s', async (_, spoil, message) => {
  writeFileSync(path, spoil(gzipSync(pagesOf(300).map((b, i) => b ^ (i % 251)))))
  expect((await readAll(1)).error).toContain(`${path}: ${message}`)
})

test('zstd, where Node has it; else the way around', async () => {
  // An empty frame, as zstd 1.5 writes it.
  writeFileSync(path, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x00, 0x01, 0x00, 0x00, 0x99, 0xe9, 0xd8, 0x51))
  const { createZstdDecompress } = (await import('node:zlib')) as unknown as { createZstdDecompress?: unknown }
  const expected = createZstdDecompress
    ? 'the file is empty'
    : `compressed with zstd, which is not unpacked here; unpack it: zstdcat ${path}`
  expect((await readAll(1)).error).toContain(expected)
})

test('a ring whose req_prod looks like gzip', async () => {
  const ring = new Uint8Array(PAGE)
  ring.set([0x1f, 0x8b, 8, 0, 1])
  writeFileSync(path, ring)
  const read = await readAll(1)
  expect([read.bytes.length, read.error]).toEqual([PAGE, undefined])
})

test('nothing at all', async () => {
  writeFileSync(path, '')
  expect((await readAll(1)).error).toBe(`${path}: the file is empty; a ring has 1, 2, 4, 8 or 16 pages of 4096 bytes`)
})
