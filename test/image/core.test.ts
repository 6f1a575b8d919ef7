// The memory of a real guest, paused with requests in flight: what was dumped from the running guest at that moment is found in it,
// byte for byte. The whole image lies with the captures; dumps/image has a cut of it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { captureOfRing } from '../../src/capture/image-ring.ts'
import { loadImage } from '../../src/node/read/image-dumps.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { SHARED, testShared } from '../support/shared.ts'

const root = join(import.meta.dirname, '../..')
const captures = join(SHARED, 'captures')
const whole = join(captures, 'images/x86_64-4k-pv.xl-dump-core.gz')
const folder = join(captures, 'x86_64-4k/p9-core/k-core')
const cut = join(root, 'dumps/image/core.gz')
const beside = { grantTable: join(root, 'dumps/image/gnttab.bin'), xenstore: join(root, 'dumps/image/xenstore.txt') }

testShared('the whole image: rings, indirect pages, data pages', async () => {
  const image = await loadImage(whole, { ...beside, dataPages: true })
  expect(image.pages).toBe(24_576)
  expect(image.missing).toEqual([])
  expect(image.rings.map(({ named, refs, score }) => [named!.ring.device, [...refs], score.abi.name, score.pages])).toEqual([
    ['vbd-9-51712', [9], 'x86_64', 1],
    ['vbd-9-268441856', [8], 'x86_64', 1],
  ])
  const [ring] = image.rings
  expect(ring!.bytes).toEqual(new Uint8Array(readFileSync(join(folder, 'ring.bin'))))
  const names = readdirSync(folder).filter((name) => name.startsWith('indirect-'))
  expect(ring!.indirect.size).toBe(names.length)
  for (const name of names) {
    const page = ring!.indirect.get(Number(/\d+/.exec(name)![0]))
    expect(page!.bytes).toEqual(new Uint8Array(readFileSync(join(folder, name))))
  }
  const [found, dumped] = [decodeCapture(captureOfRing(image, 0)), decodeCapture([...loadDumps(folder)][0]!)]
  expect(found.ring).toEqual(dumped.ring)
  expect(found.protocol).toEqual(dumped.protocol)
  expectHeads(gunzipSync(readFileSync(whole)), image.data!.pages[0]!)
})

/** What the backend's host saw in each data page when it mapped it. */
function expectHeads(
  bytes: Uint8Array,
  pages: readonly { slot: number; segment: number; gref: number; offset: number | undefined }[],
): void {
  const text = gunzipSync(readFileSync(join(folder, 'dataheads.txt.gz'))).toString()
  const lines = [...text.matchAll(/^slot (\d+) seg (\d+) gref (\d+) first \d+ last \d+ \| (.*)$/gm)]
  expect(pages.length).toBe(lines.length)
  expect(lines.length).toBeGreaterThan(300)
  for (const [i, [, slot, segment, gref, heads]] of lines.entries()) {
    const page = pages[i]!
    expect([page.slot, page.segment, page.gref]).toEqual([slot, segment, gref].map(Number))
    const own = Array.from({ length: 8 }, (_, sector) => head(bytes.subarray(page.offset! + sector * 512)))
    expect(own).toEqual(heads!.split(' ').map((shown) => shown.replace(/^\[(.*)\]$/, '$1')))
  }
}

function head(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 15)).replace(/[^\x20-\x7e]/g, '.')
}

test('the cut has the same rings, with the same indirect pages', async () => {
  const image = await loadImage(cut, beside)
  expect(image.rings.map(({ indirect, missing }) => [indirect.size, missing.length])).toEqual([
    [10, 0],
    [0, 0],
  ])
  const { findings, ring } = decodeCapture(captureOfRing(image, 0))
  expect(findings).toEqual([])
  expect(ring.outstanding).toBe(14)
})

testShared('the ring of the cut is that of the whole image', async () => {
  const image = await loadImage(cut, beside)
  expect(image.rings[0]!.bytes).toEqual(new Uint8Array(readFileSync(join(folder, 'ring.bin'))))
})

test('without the grant table rings are named by the numbers in their requests, and by what is left', async () => {
  const { rings, missing } = await loadImage(cut, { xenstore: beside.xenstore })
  expect(rings.map(({ named }) => [named!.ring.device, named!.by])).toEqual([
    ['vbd-9-51712', 'handle'],
    ['vbd-9-268441856', 'only'],
  ])
  expect(missing).toEqual([])
  expect(rings[0]!.indirect.size).toBe(0)
})
