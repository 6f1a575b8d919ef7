// The data of writes that never reached the disk: `find --extract DIR --data`, and what `inspect --data` shows of it. The guests' I/O tool
// wrote into every sector what its number is.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { decodeCapture } from '../../src/capture/decode-capture.ts'
import { isDumpPath } from '../../src/capture/dump-names.ts'
import { extractRings } from '../../src/commands/find/extract.ts'
import { salvagedText } from '../../src/commands/find/salvage.ts'
import { ringViewOf } from '../../src/commands/inspect/text.ts'
import type { ImageOptions } from '../../src/inputs/loaded-image.ts'
import { type DataPageView, dataGrefsInFlight, dataPageView } from '../../src/inspect/index.ts'
import { loadImage } from '../../src/node/read/image-dumps.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { SHARED, testShared } from '../support/shared.ts'

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'blkring-test-'))
afterAll(() => rmSync(scratch, { recursive: true }))
let folders = 0

async function salvage(path: string, options: ImageOptions) {
  const folder = join(scratch, `out-${folders++}`)
  let rings: Awaited<ReturnType<typeof extractRings>> = []
  const onFound: ImageOptions['onFound'] = async (image, reader) => {
    rings = await extractRings(image, folder, { source: 'image', grantTable: undefined }, reader)
  }
  await loadImage(path, { ...options, dataPages: true, onFound })
  const [ring] = rings
  const dump = join(folder, ring!.place)
  const [capture] = [...loadDumps(dump)]
  const view = ringViewOf(decodeCapture(capture!, undefined, undefined))
  const pages = dataGrefsInFlight(view.ring).flatMap((gref) => dataPageView(view, gref) ?? [])
  return { dump, data: ring!.data!, view, pages }
}

/** Which sector each sector of a write says that it is, and to which it goes. */
function sectorsOf(pages: readonly DataPageView[]) {
  return pages.flatMap(({ bytes, owners }) =>
    owners.flatMap(({ slot: { request }, from, to, sector }) => {
      const op = 'indirect_op' in request ? request.indirect_op : request.operation
      if (op !== 1) return []
      return Array.from({ length: (to - from) / 512 }, (_, i) => {
        const said = String.fromCharCode(...bytes.subarray(from + i * 512, from + i * 512 + 15))
        return { said, wanted: `S${(sector + BigInt(i)).toString(16).padStart(14, '0')}` }
      })
    }),
  )
}

const image = (name: string) => join(root, 'dumps/image', name)
const beside = { grantTable: image('gnttab.bin'), xenstore: image('xenstore.txt') }

test('writes that wait carry what goes to their sectors, and pages that are not in the image are named', async () => {
  const { data, pages, view, dump } = await salvage(image('core.gz'), beside)
  // dumps/README.md: the first twelve data pages are kept; one of the 89 others is one, too.
  expect([data.pages.length, data.missing.length]).toEqual([13, 298])
  expect([...data.pages, ...data.missing].sort((a, b) => a - b)).toEqual(dataGrefsInFlight(view.ring).sort((a, b) => a - b))
  expect(pages.map(({ gref }) => gref).sort((a, b) => a - b)).toEqual(data.pages)
  const sectors = sectorsOf(pages)
  expect(sectors.length).toBe(8)
  for (const { said, wanted } of sectors) expect(said).toBe(wanted)
  expect(salvagedText(data)).toBe('13 data pages (52 KiB); 298 not in the image: gref 24, 25, 26, 27, 28, 29, 30, 31 and 290 more')
  expect(readFileSync(join(dump, 'origin.txt'), 'utf8')).toContain('data of requests in flight: 13 data pages (52 KiB); 298 not')
  for (const name of readdirSync(dump)) expect(isDumpPath(name)).toBe(true)
})

test('of a core that is cut, and without the grant table, all pages are missing', async () => {
  const cut = join(scratch, 'cut')
  const core = gunzipSync(readFileSync(image('core.gz')))
  // Its tables of frames lie behind the pages.
  writeFileSync(cut, core.subarray(0, core.length - 6000))
  for (const [path, options] of [
    [cut, beside],
    [image('core.gz'), { xenstore: beside.xenstore }],
  ] as const) {
    const { data, pages } = await salvage(path, options)
    expect(pages).toEqual([])
    expect(data.pages).toEqual([])
    expect(data.missing.length).toBeGreaterThan(0)
  }
})

test('a page that cannot be written leaves nothing behind', async () => {
  const folder = join(scratch, 'whole')
  const onFound: ImageOptions['onFound'] = async (found) => {
    const broken = { size: undefined, read: () => Promise.reject(new Error('no more')) }
    await extractRings(found, folder, { source: 'image', grantTable: undefined }, broken)
  }
  const before = readdirSync(scratch)
  await expect(loadImage(image('core.gz'), { ...beside, dataPages: true, onFound })).rejects.toThrow('no more')
  expect(existsSync(folder)).toBe(false)
  expect(readdirSync(scratch)).toEqual(before)
})

testShared('../shared: every page of 19 requests is found, and holds what dom0 saw through its grants', async () => {
  const truth = join(SHARED, 'field/real/a-persistent-all-kinds/truth')
  const core = join(SHARED, 'captures/images/x86_64-4k-pv-hung.xl-dump-core.gz')
  const { data, pages } = await salvage(core, { grantTable: join(truth, 'gnttab.bin'), xenstore: join(truth, 'xenstore.txt') })
  const heads = readFileSync(join(truth, 'dataheads.txt'), 'utf8').matchAll(
    /^slot (\d+) seg (\d+) gref (\d+) first (\d) last (\d) \| (.*)$/gm,
  )
  let seen = 0
  for (const [, slot, segment, gref, first, last, sectors] of heads) {
    const page = pages.find((p) => p.gref === Number(gref))!
    expect(page.owners).toMatchObject([
      { slot: { slot: Number(slot) }, segment: Number(segment), first_sect: Number(first), last_sect: Number(last) },
    ])
    const said = Array.from({ length: 8 }, (_, i) =>
      String.fromCharCode(...page.bytes.subarray(i * 512, i * 512 + 15)).replace(/[^!-~]/g, '.'),
    )
    expect(said).toEqual(sectors!.split(' ').map((word) => word.replace(/[[\]]/g, '')))
    seen++
  }
  expect({ seen, written: data.pages.length, missing: data.missing }).toEqual({ seen: 326, written: 326, missing: [] })
  const written = sectorsOf(pages)
  expect(written.length).toBeGreaterThan(2000)
  for (const { said, wanted } of written) expect(said).toBe(wanted)
})
