// One memory as `xl save` writes it: the rings are those of the core, with the same frames, references and names.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { findRings, namedRings, parseGrantTable } from '../../src/image/index.ts'
import { PAGE_UNPACKERS } from '../../src/node/read/page-unpackers.ts'
import { parseXenstore } from '../../src/xenstore/devices.ts'
import { SHARED, testShared } from '../support/shared.ts'
import { find, foundIn, memory, memoryOf, wanted } from './core-memory.ts'
import { kdump } from './kdump.ts'
import { BytesReader, PAGE } from './memory.ts'
import { pageData, record, saveStream } from './save-stream.ts'

test.each([
  ['libxc, version 2', { version: 2 }],
  ['libxc, version 3', {}],
  ['small records', { batch: 3 }],
  ['libxl around it', { around: 'libxl' as const }],
  ['xl around that', { around: 'xl' as const }],
])('a save image of a PV guest: %s', async (_, options) => {
  const image = await find(saveStream(memory, options))
  expect(image.map).toMatchObject({ format: 'Xen save image', arm: false, more: false, notes: [] })
  expect(image.unread).toEqual({ bytes: 0, more: false })
  expect(foundIn(image)).toEqual(wanted)
  expect(wanted.rings[0]).toMatchObject({ device: 'vbd-9-51712', 'ring-ref': [9] })
  // Of a pipe the size is not known.
  expect(foundIn(await find(saveStream(memory, options), false))).toEqual(wanted)
})

test('of a translated guest grants name the frames themselves, and Arm is one', async () => {
  const translated = memory.map(({ gmfn, bytes }) => ({ pfn: gmfn!, bytes })).sort((a, b) => a.pfn - b.pfn)
  for (const type of ['hvm', 'pvh', 'arm'] as const) {
    const image = await find(saveStream(translated, { type }))
    expect(image.map.arm).toBe(type === 'arm')
    expect(image.rings.map(({ named: device, refs }) => [device?.ring.device, ...refs])).toEqual([
      ['vbd-9-51712', 9],
      ['vbd-9-268441856', 8],
    ])
  }
})

test('a page that was sent again is the last of its kind, and pages without bytes have none', async () => {
  const old = memory.map((page) => ({ ...page, bytes: new Uint8Array(PAGE).fill(0x55) }))
  const whole = saveStream(memory, { batch: 7 })
  const head = saveStream([], { type: 'hvm' }).length
  expect(head).toBeGreaterThan(0)
  // Behind the headers: the p2m's records come later, which is as good.
  const start = 24 + 16
  const again = Buffer.concat([
    whole.subarray(0, start),
    pageData([{ pfn: 3, bytes: undefined }, ...old, { pfn: 4, bytes: undefined }]),
    whole.subarray(start),
  ])
  const image = await find(again)
  expect(foundIn(image)).toEqual(wanted)
  expect(image.map.notes).toEqual([
    `${memory.length} pages were sent again, as a running guest changed them: the last of each is read`,
  ])
  expect(image.pages).toBe((await find(whole)).pages)
})

test('cut anywhere, what is there is read', async () => {
  const whole = saveStream(memory, { around: 'xl', batch: 8 })
  const pages = (await find(whole)).pages
  for (let length = 60; length < whole.length; length += 30_011) {
    const cut = whole.subarray(0, length)
    const image = await find(cut).catch((error: Error) => error)
    if (image instanceof Error) expect(image.name).toBe('ImageError')
    else {
      expect(image.pages).toBeLessThan(pages)
      expect(image.map.more).toBe(true)
      expect(image.map.notes.join()).toMatch(/ends before its last record|it ends within a record|of the p2m are not/)
    }
  }
})

const broken = (change: (bytes: Buffer) => void) => {
  const bytes = saveStream(memory, { around: 'xl' })
  change(bytes)
  return bytes
}
const libxc = 48 + 29 + 16 + 8

test.each([
  ['another version', broken((b) => b.writeUInt32BE(4, libxc + 12)), 'a save image of version 4, of which 2 and 3 are read'],
  ['an older xl', broken((b) => b.writeUInt32LE(1, 36)), 'a save image of Xen 4.5 or before'],
  ['a legacy stream in it', broken((b) => b.writeUInt32BE(2, 48 + 29 + 12)), 'a save image of Xen 4.5 or before'],
  ['another byte order', broken((b) => b.writeUInt32BE(0x01020304, 32)), 'another byte order'],
  ['a config without end', broken((b) => b.writeUInt32LE(2 ** 32 - 1, 44)), 'without a stream of libxc'],
  ['large pages', broken((b) => b.writeUInt16LE(16, libxc + 28)), 'pages of 2^16 bytes'],
  ['no pages', saveStream([], { type: 'hvm', around: 'xl' }), 'without a page of memory'],
])('refused by name: %s', async (_, bytes, message) => {
  await expect(find(bytes)).rejects.toThrow(message)
})

test.each([
  ['more pages than the record has', Buffer.concat([Buffer.from(new Uint32Array([1, 16, 2 ** 31, 0, 7, 0]).buffer)])],
  ['pages beyond the record', record(1, Buffer.from(new Uint32Array([2, 0, 9, 0, 10, 0]).buffer))],
  ['a record without end', Buffer.from(new Uint32Array([0x80000000, 2 ** 32 - 1]).buffer)],
])('a hostile record ends the image: %s', async (_, hostile) => {
  const whole = saveStream(memory, { type: 'hvm' })
  const image = await find(Buffer.concat([whole.subarray(0, whole.length - 8), hostile, Buffer.alloc(64)]))
  expect(image.map.more).toBe(true)
  expect(image.rings).toHaveLength(2)
})

test('a p2m of 4-byte entries', async () => {
  const small = memory.map(({ gmfn, ...page }, i) => ({ ...page, gmfn: gmfn! < 2 ** 32 ? gmfn : i }))
  expect(foundIn(await find(saveStream(small, { width: 4 })))).toEqual(wanted)
})

testShared('../shared: a whole guest whose disk hangs', async () => {
  const truth = join(SHARED, 'field/real/a-persistent-all-kinds/truth')
  const whole = gunzipSync(readFileSync(join(SHARED, 'captures/images/x86_64-4k-pv-hung.xl-dump-core.gz')))
  const all = await memoryOf(whole)
  const options = {
    grantTable: parseGrantTable(readFileSync(join(truth, 'gnttab.bin')))!,
    named: [...namedRings(parseXenstore(readFileSync(join(truth, 'xenstore.txt'), 'utf8'))).devices.keys()],
    dataPages: true,
    unpackers: PAGE_UNPACKERS,
  }
  const inCore = foundIn(await findRings(new BytesReader(whole), options))
  expect(inCore.rings[0]!.data.filter(({ there }) => there)).toHaveLength(326)
  const saved = await findRings(new BytesReader(saveStream(all, { around: 'xl' })), options)
  expect(foundIn(saved)).toEqual(inCore)
  const frames = all.flatMap(({ gmfn, bytes }) => (gmfn! < 2 ** 40 ? [{ pfn: gmfn!, bytes: bytes! }] : []))
  const dumped = await findRings(new BytesReader(kdump(frames.sort((a, b) => a.pfn - b.pfn))), options)
  expect(foundIn(dumped)).toEqual({ ...inCore, rings: inCore.rings.map((ring) => ({ ...ring, pfn: ring.gmfn })) })
})
