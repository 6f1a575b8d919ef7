// A ring has one protocol, one size and one device, whoever says it: `find`, `decode --ring N`, and `decode` of the folder that
// `find --extract` wrote of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Capture } from '../../src/capture/capture.ts'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { captureOfRing } from '../../src/capture/image-ring.ts'
import { extractRings } from '../../src/commands/find/extract.ts'
import { findJson } from '../../src/commands/find/json.ts'
import type { ImageOptions } from '../../src/inputs/loaded-image.ts'
import { loadImage } from '../../src/node/read/image-dumps.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { captures } from '../support/captures.ts'
import { SHARED, testShared } from '../support/shared.ts'
import { dumpCore, elfCore, lime, PAGE } from './memory.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-protocol-'))
afterAll(() => rmSync(scratch, { recursive: true }))
let folders = 0

const EM_X86_64 = 62
const EM_AARCH64 = 183

interface Said {
  readonly protocol: string
  readonly pages: number
  readonly device: string | undefined
  readonly queue: number | undefined
}

/** What `decode` says of a dump. */
function saidOf(dump: Capture): Said {
  const { protocol, ring } = decodeCapture(dump)
  return {
    protocol: protocol.protocol,
    pages: ring.geometry.pages,
    device: dump.xenstore?.frontend.get('backend'),
    queue: dump.queue,
  }
}

/** Checks every ring of the image, and returns how many there are. */
async function check(path: string, options: ImageOptions = {}): Promise<number> {
  const image = await loadImage(path, options)
  const found = findJson(image, { source: 'image', grantTable: undefined }) as {
    rings: readonly { protocol: string; pages: number; device?: string; queue?: number }[]
  }
  const folder = join(scratch, `out-${folders++}`)
  const places = image.rings.length > 0 ? await extractRings(image, folder, { source: 'image', grantTable: undefined }) : []
  for (const [n, { protocol, pages, device, queue }] of found.rings.entries()) {
    const taken = saidOf(captureOfRing(image, n))
    expect(taken, `ring ${n}: decode --ring`).toMatchObject({ protocol, pages, queue })
    expect(taken.device?.replace(/^.*backend\/\w+\/(\d+)\/(\d+)$/, 'vbd-$1-$2'), `ring ${n}: device`).toBe(device)
    const [extracted, ...more] = [...loadDumps(join(folder, places[n]!.place))]
    expect(more).toEqual([])
    expect(saidOf(extracted!), `ring ${n}: the folder`).toEqual(taken)
    expect(extracted!.extracted!.place).toBe(captureOfRing(image, n).extracted!.place)
  }
  return found.rings.length
}

const core = join(root, 'dumps/image/core.gz')
const beside = { grantTable: join(root, 'dumps/image/gnttab.bin'), xenstore: join(root, 'dumps/image/xenstore.txt') }

test('dumps/image, with what lies beside it and without', async () => {
  expect(await check(core)).toBe(2)
  expect(await check(core, beside)).toBe(2)
  expect(await check(core, { xenstore: beside.xenstore })).toBe(2)
})

testShared('the images of the collection', async () => {
  for (const name of ['x86_64-4k-pv-hung', 'x86_64-4k-pv'])
    expect(await check(join(SHARED, 'captures/images', `${name}.xl-dump-core.gz`))).toBeGreaterThan(1)
})

/** Pages of nothing before and behind. */
function memoryOf(rings: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(rings.reduce((sum, ring) => sum + ring.length + PAGE, PAGE))
  let at = PAGE
  for (const ring of rings) {
    bytes.set(ring, at)
    at += ring.length + PAGE
  }
  return bytes
}

const IMAGES: readonly (readonly [name: string, make: (memory: Uint8Array) => Uint8Array])[] = [
  ['raw memory', (memory) => memory],
  ['LiME', (bytes) => lime([{ frame: 0x100, bytes }])],
  ['an ELF core of x86', (bytes) => elfCore([{ frame: 0x100, bytes }], 64, EM_X86_64)],
  ['an ELF core of Arm', (bytes) => elfCore([{ frame: 0x40000, bytes }], 64, EM_AARCH64)],
  [
    'an xl dump-core',
    (bytes) =>
      dumpCore(
        bytes,
        Array.from({ length: bytes.length / PAGE }, (_, i) => i),
      ),
  ],
]

describe.each(IMAGES)('every ring of the repo in %s', (name, make) => {
  const path = join(scratch, `${name.replace(/\W/g, '')}.image`)

  test('all in one', async () => {
    writeFileSync(path, make(memoryOf(captures.map(({ path }) => [...loadDumps(path)][0]!.bytes))))
    expect(await check(path)).toBeGreaterThan(20)
  })

  test('each with its listing of XenStore', async () => {
    let named = 0
    for (const capture of captures) {
      const dumps = [...loadDumps(capture.path)].filter(({ snapshot }) => snapshot === 0)
      writeFileSync(path, make(memoryOf(dumps.map(({ bytes }) => bytes))))
      const xenstore = join(capture.path, 'xenstore.txt')
      if (dumps.some((dump) => dump.xenstore)) named += (await check(path, { xenstore })) > 0 ? 1 : 0
    }
    expect(named).toBeGreaterThan(20)
  })
})

test('rings have the same numbers whether near misses are listed or not', async () => {
  const [plain, all] = [await loadImage(core), await loadImage(core, { least: 0 })]
  expect(all.rings.length).toBeGreaterThan(plain.rings.length)
  expect(all.rings.slice(0, plain.rings.length).map(({ offsets }) => offsets)).toEqual(plain.rings.map(({ offsets }) => offsets))
})
