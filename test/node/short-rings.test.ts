// Raw pages that are no whole ring: what is not there is unknown, for every command, and nothing else changes.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { onlyRing } from '../../src/capture/raw-ring.ts'
import { x86_32 } from '../../src/codec/struct/abi.ts'
import { layoutOf } from '../../src/codec/struct/layout.ts'
import { blkifSringEntry } from '../../src/codec/xen/blkif.ts'
import { type LoadOptions, loadDumps } from '../../src/node/read/load.ts'
import { streamRings } from '../../src/node/read/stream-rings.ts'
import { run } from '../support/in-process.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const root = join(import.meta.dirname, '../..')
const dumps = join(root, 'dumps')
const four = readFileSync(join(dumps, 'multi-page/ring.bin'))
const direct = readFileSync(join(dumps, 'direct/ring.bin'))

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(scratch, name)
  writeFileSync(path, bytes)
  return path
}

const load = (path: string, options?: LoadOptions) => [...loadDumps(path, options)]

const blkring = (args: readonly string[]) => run({ args, cwd: scratch })

/** Fewer bytes behind a ring are none of a larger one's. */
const SMALLEST_SLOT = layoutOf(blkifSringEntry, x86_32).size

test('any length from the indices up to the largest ring is a ring of the fewest pages, or of as many as something says', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 16, max: 65_536 }),
      fc.option(fc.integer({ min: 1, max: 16 }), { nil: undefined }),
      (length, said) => {
        const part = new Uint8Array(length).fill(1)
        const { bytes, missing, findings } = onlyRing(part, 'x', length, () => said)
        const before = [1, 2, 4, 8].find((n) => length > n * 4096 && length - n * 4096 < SMALLEST_SLOT)
        if (before !== undefined && (said === undefined || said === before)) {
          expect(bytes).toEqual(part.subarray(0, before * 4096))
          expect(findings.map(({ code }) => code)).toEqual(['bytes-after-ring'])
          return
        }
        const given = Math.ceil(length / 4096)
        const pages = bytes.length / 4096
        if (said !== undefined && said >= given) expect(pages).toBe(said)
        else expect([1, 2, 4, 8, 16].find((n) => n >= given)).toBe(pages)
        expect(bytes.subarray(0, length).every((b) => b === 1) && bytes.subarray(length).every((b) => b === 0)).toBe(true)
        const whole = length === bytes.length
        expect(missing).toEqual(whole ? [] : [{ from: length, to: bytes.length }])
        expect(findings.map(({ code }) => code)).toEqual(whole ? [] : ['snapshot-cut'])
      },
    ),
    {
      examples: [4097, 4096 + SMALLEST_SLOT - 1, 4096 + SMALLEST_SLOT, 8 * 4096 + 1].flatMap(
        (n): [number, number | undefined][] => [
          [n, undefined],
          [n, 2],
          [n, 1],
          [n, 8],
        ],
      ),
    },
  )
})

test('nothing, less than the indices, and more than sixteen pages are none', async () => {
  for (const [length, message] of [
    [0, 'the file is empty'],
    [15, "15 bytes are less than a ring's four indices, which take 16"],
    [65_537, '65537 bytes: too large for one ring'],
  ] as const) {
    const path = fileOf(`none-${length}`, new Uint8Array(length))
    expect(() => load(path)).toThrow(message)
    await expect(streamRings(path, undefined).next()).rejects.toThrow(message)
  }
  expect(() => load(fileOf('tail', direct.subarray(0, 4096 - 8)), { pages: 1 })).not.toThrow()
  expect(() => load(fileOf('tail', Buffer.concat([direct, direct.subarray(0, 8)])), { pages: 1 })).toThrow(
    'ends 8 bytes into ring 1',
  )
})

test('a file and a stream of one ring are cut alike', async () => {
  const path = fileOf('three', four.subarray(0, 3 * 4096))
  const [dump] = load(path)
  const { value } = await streamRings(path, undefined).next()
  expect([value!.bytes, value!.cut]).toEqual([dump!.bytes, dump!.missing![0]!.from])
  expect(load(path, { pages: 4 })[0]!.missing).toEqual(dump!.missing)
})

test.each([1, 2, 3])('%d of the four pages that XenStore names', (pages) => {
  const folder = join(scratch, `of-four-${pages}`)
  cpSync(join(dumps, 'multi-page'), folder, { recursive: true })
  const whole = decodeCapture(load(folder)[0]!).ring
  writeFileSync(join(folder, 'ring.bin'), four.subarray(0, pages * 4096))
  const { ring, findings } = decodeCapture(load(folder)[0]!)
  expect([ring.geometry.pages, ring.outstanding, ring.sring]).toEqual([4, whole.outstanding, whole.sring])
  expect(findings.map(({ code }) => code)).toEqual(['snapshot-cut'])
  for (const [i, slot] of ring.slots.entries()) {
    const there = 64 + 112 * (i + 1) <= pages * 4096
    if (there && slot.state !== 'request' && slot.state !== 'response') expect(slot).toEqual(whole.slots[i])
    else if (!there) expect(slot).toMatchObject({ state: 'unknown', index: whole.slots[i]!.index })
  }
  // --pages comes first.
  expect(load(folder, { pages })[0]!.missing).toBeUndefined()
})

test('more pages than ring-refs are as many as there are', () => {
  const [dump] = load(join(dumps, 'hostile/pages-contradict'))
  expect([dump!.bytes.length, dump!.missing]).toEqual([8192, undefined])
})

test('of several devices, the one whose number the requests carry says how many pages', () => {
  const folder = join(scratch, 'devices')
  mkdirSync(folder)
  const nodes = (vdev: number, refs: number) =>
    [
      `/local/domain/1/device/vbd/${vdev}/virtual-device = "${vdev}"`,
      `/local/domain/1/device/vbd/${vdev}/protocol = "x86_64-abi"`,
      ...Array.from({ length: refs }, (_, i) => `/local/domain/1/device/vbd/${vdev}/ring-ref${i} = "${8 + i}"`),
    ].join('\n')
  writeFileSync(join(folder, 'xenstore.txt'), `${nodes(51712, 2)}\n${nodes(51728, 8)}\n`)
  for (const [handle, pages] of [
    [51712, 2],
    [51728, 8],
  ] as const) {
    const ring = direct.slice(0, 3000)
    for (let slot = 0; slot < 26; slot++) ring.writeUInt16LE(handle, 64 + 112 * slot + 2)
    writeFileSync(join(folder, 'ring.bin'), ring)
    expect(load(folder)[0]!.bytes.length).toBe(pages * 4096)
  }
})

test('every command takes what there is', () => {
  const short = fileOf('short.bin', direct.subarray(0, 3000))
  const whole = fileOf('whole.bin', direct)
  const lines = (args: readonly string[]) => blkring([...args, short])
  expect(lines(['decode']).stdout).toContain('unknown      slots 26 to 31 are not in the input')
  for (const format of ['--json', '--ndjson'])
    expect(lines(['decode', format]).stdout.match(/"state": ?"unknown"/g)).toHaveLength(6)
  expect(lines(['decode', '--csv']).stdout.match(/,unknown,/g)).toHaveLength(6)
  expect(lines(['check']).stdout).toMatch(/warning +snapshot-cut/)
  expect(lines(['doctor']).stderr + lines(['doctor']).stdout).toContain('15 of 32 slots outstanding')
  expect(lines(['inspect', '--picture']).stdout).toContain('~ not in the input')
  expect(lines(['stats']).stdout).toContain('6 slots of all snapshots: not in the input')
  const diff = blkring(['diff', short, whole])
  expect([diff.exit, diff.stdout]).toEqual([2, ''])
  expect(diff.stderr).toContain('slot 26 is not in the input, and was not compared (and 5 times more)')
}, 60_000)

test('a ring that is cut has as many pages as what is outstanding takes; impossible indices, and whole pages, change nothing', () => {
  const full = readFileSync(join(dumps, 'ring-full-4-pages/ring.bin'))
  const pages = (bytes: Uint8Array) => onlyRing(bytes, 'x', bytes.length).bytes.length / 4096
  expect([16, 1000, 5000, 12_288, 12_289].map((length) => pages(full.subarray(0, length)))).toEqual([4, 4, 4, 4, 4])
  expect([4096, 8192].map((length) => pages(full.subarray(0, length)))).toEqual([1, 2])
  const impossible = Uint8Array.from(full.subarray(0, 5000))
  impossible[3] = 0x7f
  expect(pages(impossible)).toBe(2)
})

const whole = readdirSync(dumps)
  .map((name) => join(dumps, name, 'ring.bin'))
  .filter((path) => existsSync(path))

test.each(whole)('%s and a line end', (path) => {
  const bytes = readFileSync(path)
  const [capture] = load(fileOf('line-end', Buffer.concat([bytes, Buffer.from('\n')])))
  expect(Buffer.compare(capture!.bytes, bytes)).toBe(0)
  expect(capture!.findings.map(({ code, offset }) => [code, offset])).toEqual([['bytes-after-ring', bytes.length]])
})

test('bytes behind a ring that can be the next page of a larger one are its', () => {
  const [capture] = load(fileOf('page-more', four.subarray(0, 4096 + 200)))
  expect([capture!.bytes.length > 4096, capture!.findings.map(({ code }) => code)]).toEqual([true, ['snapshot-cut']])
})
