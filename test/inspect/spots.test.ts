// What lies at each byte: names, values and meanings, against the decoded ring and against what was on the disk.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { slotOffset } from '../../src/codec/ring/geometry.ts'
import { ABIS } from '../../src/codec/struct/abi.ts'
import {
  areaAt,
  areasOf,
  locate,
  locateInPage,
  type PageView,
  pageOwners,
  pageView,
  type RingView,
  type Spot,
  slotArea,
  spotsOf,
  type TreeNode,
  treeOf,
} from '../../src/inspect/index.ts'
import { allCaptures, eachCapture, textOf } from '../support/captures.ts'
import { anyView, viewsOf } from './rings.ts'

const onlyView = (path: string) => viewsOf(path, 1)[0]!

/** `path = value  meaning` of the spots of a slot that carry a value. */
function named(view: RingView, slot: number): string[] {
  const spots = spotsOf(view, slotArea(view.ring.geometry, view.ring.slots[slot]!))
  return spots.flatMap(({ path, value, meaning }) => (value === undefined ? [] : [`${path} = ${value}  ${meaning ?? ''}`.trim()]))
}

test('a write with one segment', () => {
  expect(named(onlyView('dumps/out-of-order'), 11).slice(0, 8)).toEqual([
    'ring[11].req.operation = 1  BLKIF_OP_WRITE',
    'ring[11].req.nr_segments = 1',
    'ring[11].req.handle = 51712  xvda',
    'ring[11].req.id = 8',
    'ring[11].req.sector_number = 80001  byte 40960512 of the disk',
    'ring[11].req.seg[0].gref = 29  the page of sectors 1..3, disk 80001..80003',
    'ring[11].req.seg[0].first_sect = 1  from byte 512 of the page',
    'ring[11].req.seg[0].last_sect = 3  to byte 2047 of the page: disk 80001..80003',
  ])
})

test('a response of status -2, over what is left of a discard', () => {
  const view = onlyView('dumps/eopnotsupp')
  const slot = view.ring.slots.find((s) => s.state === 'response' && s.response.status === -2)!.slot
  expect(named(view, slot).slice(0, 3)).toEqual([
    expect.stringMatching(/\.rsp\.id = \d+$/),
    expect.stringMatching(/\.rsp\.operation = 5 {2}BLKIF_OP_DISCARD$/),
    expect.stringMatching(/\.rsp\.status = -2 {2}BLKIF_RSP_EOPNOTSUPP$/),
  ])
})

test('an indirect request, a flush, a discard', () => {
  expect(named(onlyView('dumps/indirect'), 10).slice(0, 7)).toEqual([
    'ring[10].req.operation = 6  BLKIF_OP_INDIRECT',
    'ring[10].req.indirect_op = 0  BLKIF_OP_READ',
    'ring[10].req.nr_segments = 32  in 1 page',
    'ring[10].req.id = 17',
    'ring[10].req.sector_number = 2304  byte 1179648 of the disk',
    'ring[10].req.handle = 51712  xvda',
    'ring[10].req.indirect_grefs[0] = 118  a page of segments',
  ])
  const of = (path: string, op: string) => {
    const view = onlyView(path)
    return named(view, view.ring.slots.find((s) => s.state === 'request' && s.request.op === op)!.slot)
  }
  expect(of('dumps/flush', 'flush')).toContainEqual(
    expect.stringMatching(/sector_number = 18446744073709551615 {2}no sector: an empty flush$/),
  )
  expect(of('dumps/discard', 'discard')).toContainEqual(expect.stringMatching(/nr_sectors = 128 {2}65536 bytes$/))
})

test('the shared indices, beside each other', () => {
  const words = (path: string) =>
    spotsOf(onlyView(path), areaAt(onlyView(path).ring, 0)).flatMap(({ path, meaning }) => (meaning ? [`${path}: ${meaning}`] : []))
  expect(words('dumps/unconsumed-requests')).toContainEqual(expect.stringMatching(/^sring\.req_event: req_prod - \d+$/))
  expect(words('dumps/out-of-order')).toEqual([
    'sring.req_prod: slot 13 comes next',
    'sring.req_event: req_prod + 1: the backend has taken all',
    'sring.rsp_prod: slot 8 comes next',
    'sring.rsp_event: rsp_prod + 1: the frontend has seen all',
  ])
})

/** What a field of a decoded request is, by its path below the slot. */
function decodedValue(view: RingView, slot: number, path: string): unknown {
  const s = view.ring.slots[slot]!
  const root =
    s.state === 'request' ? s.request : s.state === 'response' ? (path.includes('.beneath.') ? s.beneath : s.response) : {}
  const parts = path
    .replace(/^ring\[\d+\]\.(req|rsp|beneath)\./, '')
    .replace(/\bseg\[/, 'segments[')
    .split(/[.[\]]+/)
    .filter(Boolean)
  return parts.reduce((value: unknown, part) => (value as Record<string, unknown> | undefined)?.[part], root)
}

eachCapture('values are those that were decoded', ({ path }) => {
  let [compared, used] = [0, 0]
  for (const view of viewsOf(path)) {
    used += view.ring.slots.filter(({ state }) => state !== 'unused').length
    for (const slot of view.ring.slots) {
      for (const spot of spotsOf(view, slotArea(view.ring.geometry, slot))) {
        if (spot.value === undefined || spot.kind === 'stale') continue
        if (decodedValue(view, slot.slot, spot.path) !== spot.value) expect.fail(`${spot.path} is ${spot.value}`)
        compared++
      }
    }
  }
  // Of a ring that was never used there is nothing to compare.
  if (used > 0) expect(compared).toBeGreaterThan(0)
})

const HEAD = /^slot (\d+) seg (\d+) gref (\d+) first (\d+) last (\d+) \| (.*)$/

/** Sector numbers that the disk's own sectors carried, in brackets where first_sect..last_sect names them. */
function writtenSectors(heads: string): number[] {
  return [...heads.matchAll(/\[S([\da-f]{14})/g)].map(([, hex]) => Number.parseInt(hex!, 16))
}

allCaptures('segments of indirect pages lie where the data of writes says', (captures) => {
  let checked = 0
  for (const capture of captures) {
    const meta = textOf(capture, 'meta.json') ?? ''
    const heads = textOf(capture, 'dataheads.txt')
    if (heads === undefined || /"io_in_guest": "[^"]*\bdd\b/.test(meta) || capture.path.includes('p5-')) continue
    const view = onlyView(capture.path)
    const pages = new Map<number, PageView>()
    for (const line of heads.split('\n')) {
      const [, slot, seg, gref, , , text] = HEAD.exec(line) ?? []
      const s = view.ring.slots[Number(slot)]
      if (s?.state !== 'request' || s.request.kind !== 'indirect' || s.request.indirect_op !== 1) continue
      const [reference] = s.request.indirect_grefs as [number]
      const page = pages.get(reference) ?? pageView(view, reference)!
      pages.set(reference, page)
      const spot = page.spots.find((x) => x.path.endsWith(`.seg[${seg}].gref`))!
      const sectors = writtenSectors(text!)
      if (sectors.length === 0) continue
      expect(spot.value).toBe(Number(gref))
      const { start, first_sect, last_sect } = spot.segment!
      expect(sectors).toEqual(Array.from({ length: last_sect - first_sect + 1 }, (_, i) => Number(start) + i))
      checked++
    }
  }
  expect(checked).toBeGreaterThan(500)
})

test('every offset has its field', () => {
  fc.assert(
    fc.property(anyView, fc.nat(), (view, n) => {
      const offset = n % view.bytes.length
      const { spot, area, page, pageOffset } = locate(view, offset)
      expect(spot.offset <= offset && offset < spot.offset + spot.size).toBe(true)
      expect(area!.offset <= offset && offset < area!.offset + area!.size).toBe(true)
      expect(page * 4096 + pageOffset).toBe(offset)
      expect(areasOf(view.ring)).toContainEqual(area)
      if (area!.slot) expect(area!.offset).toBe(slotOffset(view.ring.geometry, area!.slot.slot))
    }),
    { numRuns: 200 },
  )
})

test('a place in a page names the request and its segment', () => {
  const view = onlyView('dumps/indirect')
  const page = pageView(view, 118)!
  expect(locateInPage(page, 0x105).spot).toMatchObject({ path: 'ring[10].req.indirect_grefs[0].seg[32].last_sect', kind: 'stale' })
  expect(locateInPage(page, 8).spot).toMatchObject({ value: 116, meaning: 'the page of sectors 0..7, disk 2312..2319' })
  expect(pageOwners(view.ring, 118).map((o) => [o.slot.slot, o.place, o.used])).toEqual([[10, 0, 32]])
  expect(pageView(view, 4711)).toBeUndefined()
})

test('pages behind the first go on where it ended', () => {
  const { bytes } = onlyView('dumps/indirect')
  const abi = ABIS[0]!
  const changed = bytes.slice()
  const at = slotOffset(decodeRing(bytes, abi).geometry, 10)
  new DataView(changed.buffer).setUint16(at + 2, 600, true)
  const first = new Uint8Array(4096).map((_, i) => (i % 8 === 5 ? 7 : 0))
  const second = new Uint8Array(4096)
  const indirectPages = new Map([
    [118, first],
    [0, second],
  ])
  const ring = decodeRing(changed, abi, { indirectPages })
  const page = pageView({ ring, bytes: changed, indirectPages, findings: [] }, 0)!
  expect(page.spots[0]).toMatchObject({ path: 'ring[10].req.indirect_grefs[1].seg[0].gref' })
  // 2304, and 512 whole pages before it.
  expect(page.spots[0]!.segment).toEqual({ first_sect: 0, last_sect: 0, start: 2304n + 512n * 8n })

  // Without the other, the first page's place is known, the second's is not.
  const startIn = (gref: number, there: Map<number, Uint8Array>) => {
    const partial = decodeRing(changed, abi, { indirectPages: there })
    return pageView({ ring: partial, bytes: changed, indirectPages: there, findings: [] }, gref)!.spots[4]!.segment!.start
  }
  expect(startIn(118, new Map([[118, first]]))).toBe(2304n + 8n)
  expect(startIn(0, new Map([[0, second]]))).toBeUndefined()
})

test('a page that was cut short ends where it ends', () => {
  const view = onlyView('dumps/indirect')
  const cut = view.indirectPages.get(118)!.subarray(0, 257)
  const page = pageView({ ...view, indirectPages: new Map([[118, cut]]) }, 118)!
  expect(page.spots.reduce((sum, s) => sum + s.size, 0)).toBe(257)
  expect(page.spots.at(-1)).toMatchObject({ offset: 256, size: 1, kind: 'stale', value: undefined })
})

/** Leaves in order; a page that is below a reference comes behind it. */
function leaves(node: TreeNode): { page: number | undefined; spot: Spot }[] {
  return [...(node.spot ? [{ page: node.page, spot: node.spot }] : []), ...node.children.flatMap(leaves)]
}

test('the tree has every byte once, and the pages below their references', () => {
  fc.assert(
    fc.property(anyView, (view) => {
      const spots = areasOf(view.ring).flatMap((area) => leaves(treeOf(view, area)))
      const inRing = spots.filter((s) => s.page === undefined).map((s) => s.spot)
      expect(inRing.reduce((at, { offset, size }) => (offset === at ? at + size : Number.NaN), 0)).toBe(view.bytes.length)
      for (const { page, spot } of spots)
        if (page !== undefined) expect(spot.path).toMatch(/^ring\[\d+\]\.req\.indirect_grefs\[\d\]/)
    }),
    { numRuns: 30 },
  )
  const view = onlyView('dumps/indirect')
  const slot = treeOf(view, slotArea(view.ring.geometry, view.ring.slots[10]!))
  const reference = slot.children[0]!.children.find((n) => n.name === 'indirect_grefs[0]')!
  expect(reference.spot?.value).toBe(118)
  expect(reference.children).toHaveLength(512)
  expect(reference.children[31]).toMatchObject({ name: 'seg[31]', page: 118, offset: 248, size: 8 })
})
