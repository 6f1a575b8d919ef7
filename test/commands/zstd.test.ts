// Input packed with zstd is read where Node unpacks it (22.15, 23.8 and later); elsewhere one line says what to do.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ENTRY, NODE } from '../support/transcripts.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const [version, unpacks] = JSON.parse(
  execFileSync(NODE, ['-p', 'JSON.stringify([process.version, !!require("zlib").createZstdDecompress])'], { encoding: 'utf8' }),
) as [string, boolean]

function blkring(args: readonly string[], input?: Uint8Array) {
  const { stdout, stderr, status } = spawnSync(NODE, [ENTRY, ...args], { cwd: root, input, maxBuffer: 2 ** 26, encoding: 'utf8' })
  return { stdout, stderr, status }
}

/** By the Node that has it, with a checksum, as the command zstd does. */
function packed(bytes: Uint8Array): Buffer {
  const code = `const zlib = require('zlib')
    const params = { [zlib.constants.ZSTD_c_checksumFlag]: 1 }
    process.stdout.write(zlib.zstdCompressSync(require('fs').readFileSync(0), { params }))`
  return execFileSync(NODE, ['-e', code], { input: bytes, maxBuffer: 2 ** 26 })
}

/** A test where Node unpacks zstd; skipped elsewhere. */
function zstdTest(name: string, fn: () => void): void {
  test(name, ({ skip }) => {
    if (!unpacks) skip(`Node ${version} has no zstd; npm run check:package runs it under Node 22 and 24`)
    fn()
  })
}

const folder = join(root, 'dumps/series')
const rings = readdirSync(folder)
  .filter((name) => /^ring-\d+\.bin$/.test(name))
  .map((name) => readFileSync(join(folder, name)))

zstdTest('a series, as a file and through a pipe, in one frame and in several', () => {
  const path = join(scratch, 'series.bin')
  writeFileSync(path, Buffer.concat(rings))
  const plain = blkring(['decode', '--pages', '1', '--ndjson', path])
  expect(plain.stdout.split('\n').length).toBeGreaterThan(1000)
  const frames = [
    packed(Buffer.concat(rings)),
    Buffer.concat([packed(Buffer.concat(rings.slice(0, 7))), packed(Buffer.concat(rings.slice(7)))]),
  ]
  for (const bytes of frames) {
    writeFileSync(`${path}.zst`, bytes)
    expect(blkring(['decode', '--pages', '1', '--ndjson', `${path}.zst`])).toEqual(plain)
    expect(blkring(['decode', '--pages', '1', '--ndjson', '-'], bytes)).toEqual(plain)
  }
})

zstdTest('one ring, and a folder whose files are packed', () => {
  const own = join(scratch, 'direct')
  mkdirSync(own)
  const source = join(root, 'dumps/direct')
  for (const name of readdirSync(source).filter((name) => /\.bin$|^xenstore\.txt$/.test(name)))
    writeFileSync(join(own, `${name}.zst`), packed(readFileSync(join(source, name))))
  const slots = (input: string) => JSON.parse(blkring(['decode', '--json', input]).stdout).slots
  expect(slots(own)).toEqual(slots('dumps/direct'))
  expect(slots(join(own, 'ring.bin.zst'))).toEqual(slots('dumps/direct/ring.bin'))
})

zstdTest('data that breaks off, or is damaged', () => {
  const whole = packed(Buffer.concat(rings))
  const path = join(scratch, 'broken.zst')
  for (const [bytes, problem] of [
    [whole.subarray(0, whole.length / 2), /zstd data breaks off/],
    [Buffer.concat([whole.subarray(0, 100), Buffer.alloc(99, 0xff), whole.subarray(199)]), /zstd data is damaged/],
  ] as const) {
    writeFileSync(path, bytes)
    const { stderr, status } = blkring(['decode', '--pages', '1', path])
    expect([stderr, status]).toEqual([expect.stringMatching(problem), 2])
  }
})

test('where Node has no zstd, one line says so, and the cure', ({ skip }) => {
  if (unpacks) skip(`Node ${version} has zstd`)
  const path = join(scratch, 'packed.zst')
  // An empty frame, as zstd 1.5 writes it.
  writeFileSync(path, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x00, 0x01, 0x00, 0x00, 0x99, 0xe9, 0xd8, 0x51))
  const { stderr, status } = blkring(['decode', path])
  expect(stderr).toMatch(/^blkring: .*packed\.zst: .*zstd.*; unpack it: zstdcat .*\n$/)
  expect(status).toBe(2)
})
