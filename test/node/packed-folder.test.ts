// Dump folders whose files are gzipped, with .gz behind their names or without.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { inputs } from '../../src/node/read/inputs.ts'
import { loadVbds } from '../../src/node/read/listing.ts'
import { loadDumps } from '../../src/node/read/load.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const dumps = join(import.meta.dirname, '../../dumps')
const decoded = (folder: string) => [...loadDumps(folder)].map((dump) => decodeCapture(dump))

/** As commands read it that print many rings. */
async function bytesOfPieces(folder: string, pages: number | undefined): Promise<Uint8Array[]> {
  const bytes: Uint8Array[] = []
  for await (const input of inputs([folder], { pages, asStream: true }))
    for await (const piece of input.pieces()) bytes.push(Uint8Array.from(piece.bytes))
  return bytes
}

test.each(['indirect', 'multi-queue', 'multi-page', 'series'])('%s, gzipped file by file', async (name) => {
  for (const suffix of ['', '.gz']) {
    const folder = join(scratch, `${name}${suffix}`)
    cpSync(join(dumps, name), folder, { recursive: true })
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.bin$|xenstore\.txt$/.test(file)) continue
      const bytes = gzipSync(readFileSync(join(folder, file)))
      rmSync(join(folder, file))
      writeFileSync(join(folder, file + suffix), bytes)
    }
    const [packed, plain] = [decoded(folder), decoded(join(dumps, name))]
    expect(packed.map(({ ring, findings }) => [ring, findings])).toEqual(plain.map(({ ring, findings }) => [ring, findings]))
    expect(loadVbds(folder)).toEqual(loadVbds(join(dumps, name)))
    for (const pages of [undefined, 1]) {
      const [pieces, plainPieces] = [await bytesOfPieces(folder, pages), await bytesOfPieces(join(dumps, name), pages)]
      expect(pieces.length).toBeGreaterThan(0)
      expect(Buffer.compare(Buffer.concat(pieces), Buffer.concat(plainPieces))).toBe(0)
    }
  }
})

test('a page whose segments begin like gzip is a page', () => {
  const folder = join(scratch, 'looks-gzipped')
  cpSync(join(dumps, 'indirect'), folder, { recursive: true })
  const name = readdirSync(folder).find((file) => file.startsWith('indirect-'))!
  const page = readFileSync(join(folder, name))
  page.set([0x1f, 0x8b, 8, 0])
  writeFileSync(join(folder, name), page)
  const [dump] = [...loadDumps(folder)]
  expect(Buffer.from(dump!.indirectPages.get(Number(/\d+/.exec(name)![0]))!)).toEqual(page)
})

test('the listing of a folder is no device, nor a pipe, for which nobody would write', () => {
  const folder = join(scratch, 'device-as-listing')
  mkdirSync(folder)
  symlinkSync('/dev/null', join(folder, 'xenstore.txt'))
  expect(() => loadVbds(folder)).toThrow(/xenstore\.txt: is no regular file$/)
})
