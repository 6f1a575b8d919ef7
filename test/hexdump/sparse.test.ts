// Dumps that leave out lines of zeros: which bytes belong to which page, and that none that is not there is made up.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { readTextRings } from '../../src/hexdump/rings.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { FORMATTERS, type Formatter } from './formatters.ts'

const PAGE = 4096
/** With addresses, and without `*`. */
const ADDRESSED = FORMATTERS.filter(({ name }) => /^(?:xxd(?: -g1 -c8)?|gdb x\w|QEMU xp x\w|crash rd -\d+)$/.test(name))

/** A ring of which most lines are zeros: a header, and requests in a few slots. */
const sparseRing = fc
  .record({
    pages: fc.constantFrom(1, 2, 4, 8, 16),
    rsp: fc.integer({ min: 0, max: 1000 }),
    outstanding: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ pages, rsp, outstanding }) => {
    const bytes = new Uint8Array(pages * PAGE)
    const view = new DataView(bytes.buffer)
    const slots = 32 * pages
    const req = rsp + outstanding
    for (const [i, index] of [req, req + 1, rsp, rsp + 1].entries()) view.setUint32(4 * i, index, true)
    for (let index = rsp; index < req; index++) {
      const at = 64 + 112 * (index % slots)
      bytes.set([index % 2, 1, 0, 0xca], at)
      view.setBigUint64(at + 8, BigInt(index), true)
      view.setBigUint64(at + 16, BigInt(8 * index), true)
      view.setUint32(at + 24, 100 + index, true)
      bytes[at + 29] = 7
    }
    return { bytes, pages }
  })

/** The dump of bytes without some of the lines of zeros. @param which whether the n-th of them is left out */
function thinned({ print }: Formatter, bytes: Uint8Array, base: bigint, which: (n: number) => boolean): string {
  const zeros = new Set(print(new Uint8Array(bytes.length), base).split('\n'))
  let n = 0
  return print(bytes, base)
    .split('\n')
    .filter((line) => line === '' || !(zeros.has(line) && which(n++)))
    .join('\n')
}

const dump = fc.record({
  ring: sparseRing,
  formatter: fc.constantFrom(...ADDRESSED),
  base: fc.constantFrom(0n, 0x7f0000n, 0xffff888012340000n),
  keep: fc.constantFrom(0, 1, 3, 17, 256),
})

test('with the number of pages, each byte is where it was, or is said to be missing', () => {
  fc.assert(
    fc.property(dump, ({ ring: { bytes, pages }, formatter, base, keep }) => {
      const text = thinned(formatter, bytes, base, (n) => keep === 0 || n % keep !== 0)
      const [ring, ...more] = readTextRings(text, pages)
      expect(more).toEqual([])
      expect(ring!.bytes.length).toBe(bytes.length)
      expect(Buffer.compare(ring!.bytes, bytes)).toBe(0)
      for (const { from, to } of ring!.missing) expect(bytes.subarray(from, to).every((byte) => byte === 0)).toBe(true)
      // No slot is made up: each is as it was, or unknown.
      const { slots } = decodeRing(bytes, x86_64)
      for (const slot of decodeRing(ring!.bytes, x86_64, { missing: ring!.missing }).slots)
        if (slot.state !== 'unknown') expect(slot).toEqual(slots[slot.slot])
    }),
    { numRuns: 60 },
  )
}, 30_000)

test('captures of several pages keep them, when lines of zeros are left out and nothing says how many there are', () => {
  const bytes = readFileSync(join(import.meta.dirname, '../../dumps/multi-page/ring.bin'))
  for (const formatter of ADDRESSED)
    for (const base of [0n, 0xffff888012340000n])
      for (const keep of [0, 3, 17]) {
        const text = thinned(formatter, bytes, base, (n) => keep === 0 || n % keep !== 0)
        const [ring, ...more] = readTextRings(text, undefined)
        expect([ring!.bytes.length, more.length], `${formatter.name} at ${base}, each ${keep}`).toEqual([bytes.length, 0])
        expect(Buffer.compare(ring!.bytes, bytes), `${formatter.name} at ${base}, each ${keep}`).toBe(0)
      }
})

test('a page that is left out between two others has its place', () => {
  const bytes = new Uint8Array(4 * PAGE)
  new Uint32Array(bytes.buffer).set([70, 71, 69, 70])
  bytes[64 + 112 * 69] = 1
  bytes.fill(0xa5, 3 * PAGE + 16, 3 * PAGE + 32)
  for (const base of [0n, 0xffff888012340000n]) {
    const text = thinned(ADDRESSED[0]!, bytes, base, () => true)
    const [ring, ...more] = readTextRings(text, 4)
    expect(more).toEqual([])
    expect(Buffer.compare(ring!.bytes, bytes)).toBe(0)
  }
})

test('in a dump folder, the ring-refs of XenStore say how many pages a ring has', () => {
  const folder = mkdtempSync(join(tmpdir(), 'blkring-'))
  try {
    // The first requests of a ring of four pages: the others are zeros, and not in the text.
    const bytes = new Uint8Array(4 * PAGE)
    new Uint32Array(bytes.buffer).set([3, 4, 0, 1])
    for (const slot of [0, 1, 2]) bytes.set([1, 1, 0, 0xca, 0, 0, 0, 0, slot], 64 + 112 * slot)
    for (const slot of [0, 1, 2]) bytes.set([9], 64 + 112 * slot + 24)
    writeFileSync(
      join(folder, 'ring.txt'),
      thinned(ADDRESSED[0]!, bytes, 0n, () => true),
    )
    expect([...loadDumps(folder)].map((dump) => dump.bytes.length)).toEqual([PAGE])
    cpSync(join(import.meta.dirname, '../../dumps/multi-page/xenstore.txt'), join(folder, 'xenstore.txt'))
    const [dump, ...more] = [...loadDumps(folder)]
    expect(more).toEqual([])
    expect(Buffer.compare(dump!.bytes, bytes)).toBe(0)
    expect(decodeCapture(dump!).ring.slots.filter(({ state }) => state === 'response')).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a "*" does not reach over a line behind it that cannot be read: its bytes are not known', () => {
  const lines = [
    '00000000  38 00 00 00 39 00 00 00  29 00 00 00 2a 00 00 00  |8...9...)...*...|',
    '00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|',
    '*',
    'OOOOOO4O  O1 O1 OO ca OO OO OO OO  O8 OO OO OO OO OO OO OO  |................|',
    '00000050  08 00 00 00 00 00 00 00  11 00 00 00 00 07 00 00  |................|',
  ]
  const read = (text: readonly string[]) => readTextRings(`${text.join('\n')}\n`, undefined)[0]!
  const damaged = read(lines)
  expect(damaged.missing![0]).toEqual({ from: 0x40, to: 0x50 })
  expect(damaged.findings.map(({ message }) => message)).toContain(
    'line 4, column 1: no line of the dump, and it stands where "*" ends; 16 bytes are not known',
  )
  for (const between of ['--More--', '']) expect(read(lines.with(3, between)).missing![0]!.from).toBeGreaterThanOrEqual(0x60)
})

test('a prompt that sets the title of its window stands before a line', () => {
  const read = (text: string) => readTextRings(text, undefined)[0]!
  const line = '00000000  38 00 00 00 39 00 00 00  29 00 00 00 2a 00 00 00  |8...9...)...*...|\n'
  const rest = '00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00001000\n'
  for (const title of ['\u001b]0;root@dom0: ~\u0007', '\u001b]2;root@dom0\u001b\\'])
    expect([...read(title + line + rest).bytes]).toEqual([...read(line + rest).bytes])
})

test('the head of a paste of several pages is of a ring with a slot for all that is outstanding, and not impossible', () => {
  const full = readFileSync(join(import.meta.dirname, '../../dumps/ring-full-4-pages/ring.bin'))
  const xxd = FORMATTERS.find(({ name }) => name === 'xxd')!
  const lines = xxd.print(full, 0n).split('\n')
  const pages = (text: readonly string[]) => readTextRings(text.join('\n'), undefined)[0]!.bytes.length / PAGE
  for (const count of [8, 100, 255, 300, 600, 1000]) expect([count, pages(lines.slice(0, count))]).toEqual([count, 4])
  expect(pages(lines.slice(1, 100))).toBe(1)
  // Fewer than a page has slots are outstanding: that they read as nothing tells.
  const some = readFileSync(join(import.meta.dirname, '../../dumps/multi-page/ring.bin'))
  const first = xxd.print(some, 0n).split('\n').slice(0, 120)
  expect(pages(first)).toBe(some.length / PAGE)
})

test('pages that are left out at the end: more are read where the indices need them, else a note says so; no request is made up', () => {
  const two = (rsp: number, req: number) => {
    const bytes = new Uint8Array(2 * PAGE)
    const view = new DataView(bytes.buffer)
    for (const [i, index] of [req, req + 1, rsp, rsp + 1].entries()) view.setUint32(4 * i, index, true)
    // Slots 0 and 1 of the second lap; those of page 1 are of zeros, or not in the text.
    for (const index of [64, 65]) {
      const at = 64 + 112 * (index % 64)
      bytes.set([1, 1, 0, 0xca], at)
      view.setBigUint64(at + 8, BigInt(index), true)
      view.setBigUint64(at + 16, BigInt(8 * index), true)
      view.setUint32(at + 24, 100 + index, true)
      bytes[at + 29] = 7
      bytes.fill(0xa5, at + 32, at + 112)
    }
    return bytes
  }
  const xxd = ADDRESSED.find(({ name }) => name === 'xxd')!
  const read = (bytes: Uint8Array, pages?: number) => {
    const [ring] = readTextRings(
      thinned(xxd, bytes, 0n, () => true),
      pages,
    )
    const requests = decodeRing(ring!.bytes, x86_64, { missing: ring!.missing }).slots.filter(({ state }) => state === 'request')
    const notes = ring!.findings.filter(({ message }) => message.includes('--pages says how many'))
    return { pages: ring!.bytes.length / PAGE, requests: requests.length, notes: notes.length }
  }
  // 40 outstanding are more than one page has slots; it may have four.
  expect(read(two(26, 66))).toEqual({ pages: 2, requests: 2, notes: 1 })
  // 2 are not; whether there is a page more, nothing tells.
  expect(read(two(64, 66))).toEqual({ pages: 1, requests: 2, notes: 1 })
  expect(read(two(64, 66), 2)).toEqual({ pages: 2, requests: 2, notes: 0 })
  // All lines are there: none is left out behind them.
  const whole = two(64, 66).slice(0, PAGE)
  const [ring] = readTextRings(xxd.print(whole, 0n), undefined)
  expect(ring!.findings).toEqual([])
})
