// One memory as a compressed kdump, flattened or not: the rings are those of the core.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import zlib from 'node:zlib'
import { expect, test } from 'vitest'
import { findRings } from '../../src/image/index.ts'
import { unpackLzo } from '../../src/image/unpack-lzo.ts'
import { unpackSnappy } from '../../src/image/unpack-snappy.ts'
import { find, foundIn, memory, wanted } from './core-memory.ts'
import { flattened, type KdumpPage, kdump, zlibPages } from './kdump.ts'
import { BytesReader, elfCore, PAGE } from './memory.ts'

const { zstdCompressSync } = zlib as unknown as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array }

/** A kdump is of a machine, or of a translated guest: grants name its frames. */
const pages: KdumpPage[] = memory.map(({ gmfn, bytes }) => ({ pfn: gmfn!, bytes: bytes! })).sort((a, b) => a.pfn - b.pfn)
/** Frames are the machine's, and everything else is as in the core. */
const here = { ...wanted, rings: wanted.rings.map((ring) => ({ ...ring, pfn: ring.gmfn })) }

test.each([
  ['64 bits', kdump(pages)],
  ['64 bits, an older header', kdump(pages, { version: 5 })],
  ['32 bits', kdump(pages, { bits: 32, machine: 'i686' })],
  ['pages as they are', kdump(pages, { pack: (bytes) => ({ flags: 0, bytes }) })],
  ['flattened', flattened(kdump(pages))],
  ['flattened in small pieces', flattened(kdump(pages), 777)],
])('a kdump: %s', async (_, image) => {
  const found = await find(image)
  expect(found.map).toMatchObject({ format: 'kdump', arm: false, more: false, notes: [] })
  expect(found.pages).toBe(pages.length)
  expect(found.unread).toEqual({ bytes: 0, more: false })
  expect(foundIn(found)).toEqual(here)
  expect(foundIn(await find(image, false))).toEqual(here)
})

test('of a dump in several files each has its pages', async () => {
  const middle = pages[40]!.pfn
  const files = [kdump(pages, { split: [0, middle] }), kdump(pages, { split: [middle, 2 ** 40] })]
  const found = await Promise.all(files.map((file) => find(file)))
  expect(found.map((image) => image.pages)).toEqual([40, pages.length - 40])
  expect(found.flatMap(({ rings }) => rings.map(({ numbers }) => numbers!.gmfn)).sort()).toEqual(
    wanted.rings.map(({ gmfn }) => gmfn!).sort(),
  )
})

test('pages of 64 KiB are of 16 frames', async () => {
  const frames = Array.from({ length: 16 }, (_, i) => memory[i % memory.length]!.bytes!)
  const ring = memory.find(({ gmfn }) => gmfn === wanted.rings[0]!.gmfn)!.bytes!
  frames[5] = ring
  const found = await find(kdump([{ pfn: 7, bytes: Buffer.concat(frames) }], { block: 65_536, machine: 'aarch64' }))
  expect(found.map.arm).toBe(true)
  expect(found.rings.map(({ numbers }) => numbers?.gmfn)).toContain(7 * 16 + 5)
})

test('a flattened ELF core', async () => {
  const elf = elfCore(pages.map(({ pfn, bytes }) => ({ frame: pfn, bytes })))
  const found = await find(flattened(elf))
  expect(found.map.format).toBe('ELF core')
  expect(foundIn(found)).toEqual(here)
})

test.skipIf(zstdCompressSync === undefined)('zstd, where Node has it', async () => {
  const image = kdump(pages, { pack: (page) => ({ flags: 0x20, bytes: zstdCompressSync!(page) }) })
  expect(foundIn(await find(image))).toEqual(here)
})

/** Eight pages of the core, as liblzo2 2.10 (lzo1x_1) and Google's snappy (through cramjam 2.14) pack them, in base64. */
const packed: Readonly<Record<'lzo' | 'snappy', string>>[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'inputs/packed-pages.json'), 'utf8'),
)

test.each([
  ['lzo', 2, unpackLzo],
  ['snappy', 4, unpackSnappy],
] as const)('pages that are packed with %s', async (name, flags, unpack) => {
  const known = packed.map((row) => Buffer.from(row[name], 'base64'))
  const unpacked = known.map((bytes) => unpack(bytes, PAGE)!)
  const seen = new Set<number>()
  const image = kdump(pages, {
    pack: (page) => {
      const n = unpacked.findIndex((other) => Buffer.compare(page, other) === 0)
      if (n < 0) return zlibPages(page)
      seen.add(n)
      return { flags, bytes: known[n]! }
    },
  })
  expect(seen.size).toBe(packed.length)
  expect(foundIn(await find(image))).toEqual(here)
  // What is cut, longer or changed is a page, or none: never more bytes than it has, and no error.
  for (const bytes of known) {
    for (let length = 0; length < bytes.length; length += 97) expect(unpack(bytes.subarray(0, length), PAGE)).toBeUndefined()
    expect(unpack(bytes, PAGE - 1)).toBeUndefined()
    expect(unpack(bytes, PAGE + 1)).toBeUndefined()
    for (let at = 0; at < bytes.length; at += 61) {
      const changed = Buffer.from(bytes)
      changed[at]! ^= 0x5a
      expect([undefined, PAGE]).toContain(unpack(changed, PAGE)?.length)
    }
  }
})

test('a packing that is not unpacked here is refused by its name', async () => {
  await expect(findRings(new BytesReader(kdump(pages)))).rejects.toThrow('packed with zlib, which is not unpacked here')
})

test('a page that is damaged is lost, and no other', async () => {
  const indirect = memory.find(({ bytes }) => Buffer.compare(bytes!, indirectPage()) === 0)!
  const at = pages.findIndex(({ pfn }) => pfn === indirect.gmfn)
  const whole = await find(kdump(pages))
  for (const bytes of [Buffer.alloc(200, 0x78), Buffer.alloc(0), Buffer.alloc(9000)]) {
    const found = await find(kdump(pages, { pack: (page, n) => (n === at ? { flags: 1, bytes } : zlibPages(page)) }))
    expect(found.unread).toEqual({ bytes: PAGE, more: false })
    expect(found.notes.join()).toContain('1 page cannot be unpacked')
    expect(found.rings[0]!.indirect.size).toBe(whole.rings[0]!.indirect.size - 1)
    expect(found.rings[0]!.missing).toHaveLength(1)
  }
  function indirectPage(): Uint8Array {
    return [...wantedIndirect.values()][0]!.bytes
  }
})
const wantedIndirect = (await find(kdump(pages))).rings[0]!.indirect

test('cut anywhere, what is there is read', async () => {
  for (const image of [kdump(pages), flattened(kdump(pages), 3000)])
    for (let length = 100; length < image.length; length += 40_009) {
      const found = await find(image.subarray(0, length)).catch((error: Error) => error)
      if (found instanceof Error) expect(found.name).toBe('ImageError')
      else expect(found.unread.bytes > 0 || found.unread.more).toBe(true)
    }
})

const broken = (change: (bytes: Buffer) => void) => {
  const bytes = kdump(pages)
  change(bytes)
  return bytes
}

test.each([
  ['no size of a block', broken((b) => b.writeUInt32LE(1000, 428)), 'a kdump whose header is damaged'],
  ['a bitmap without end', broken((b) => b.writeUInt32LE(2 ** 32 - 1, 436)), 'without a page of memory'],
  ['a sub header without end', broken((b) => b.writeUInt32LE(2 ** 31, 432)), 'a kdump whose header is damaged'],
  ['no page', broken((b) => b.fill(0, 3 * 4096, 4 * 4096)), undefined],
  ['flattened twice', flattened(flattened(kdump(pages))), 'a flattened image of a flattened image'],
])('hostile: %s', async (_, image, message) => {
  const found = find(image)
  if (message === undefined) await found.catch((error: Error) => expect(error.name).toBe('ImageError'))
  else await expect(found).rejects.toThrow(message)
})

test.each([
  ['QFI\xfb\0\0\0\x03', 'a qcow2 disk'],
  ['KDMV', 'a VMDK disk'],
  ['# Disk DescriptorFile\nversion=1', 'a VMDK disk'],
  ['\xd2\xbe\xd2\xbe', 'VMware'],
  ['PAGEDU64', 'a crash dump of Windows'],
  ['AVML', 'AVML'],
  ['conectix', 'a VHD disk'],
])('what is no memory image is refused with its cure: %j', async (magic, what) => {
  const bytes = Buffer.alloc(3 * PAGE)
  bytes.write(magic, 'latin1')
  await expect(find(bytes)).rejects.toMatchObject({ message: expect.stringContaining(what), cure: expect.stringMatching(/\w/) })
})

test('a vmcore of a Xen host says so', async () => {
  const host = [pages[0]!, pages[1]!].map(({ pfn, bytes }) => ({ frame: pfn, bytes }))
  const note = Buffer.concat([Buffer.from(new Uint32Array([4, 5, 0x1000001]).buffer), Buffer.from('Xen\0'), Buffer.alloc(8)])
  const cpu = Buffer.concat([Buffer.from(new Uint32Array([5, 3, 1]).buffer), Buffer.from('CORE\0\0\0\0'), Buffer.alloc(4)])
  const elf = Buffer.from(elfCore([...host, { frame: 0, bytes: Buffer.concat([cpu, note]) }]))
  // The last of its segments is that of the notes.
  elf.writeUInt32LE(4, 64 + 2 * 56)
  const { map } = await find(elf)
  expect(map.extents).toHaveLength(2)
  expect(map.notes).toEqual([expect.stringMatching(/^a vmcore of a Xen host/)])
})
