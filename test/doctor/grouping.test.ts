// Which dumps are moments of one ring: true series and pairs are put together, rings that have nothing to do with each other are not.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { continuityOf } from '../../src/codec/ring/continuity.ts'
import { distance } from '../../src/codec/ring/ring-idx.ts'
import type { Moment } from '../../src/doctor/index.ts'
import { allCaptures, type Capture, captures, eachCapture, textOf } from '../support/captures.ts'
import { devicesOf, loaded, made, snapshots } from './moments.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-grouping-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** Which ring a capture is of, from what its makers say: the collection's folder of the configuration; the guest and its disk. */
function ringOf(capture: Capture): string {
  const [arch, configuration] = capture.name.split('/')
  const text = textOf(capture, 'xenstore.txt') ?? ''
  const [disk] = /backend\/\w+\/\d+\/\d+/.exec(text) ?? []
  const guest = /\/name = "([^"]*)"/.exec(text)?.[1]
  const protocol = /protocol = "([^"]*)"/.exec(text)?.[1]
  // Rings of the first request are of a disk that was attached for it.
  return configuration === undefined ? `${guest} ${disk} ${protocol}` : `${arch} ${configuration} ${disk}`
}

const bare = (moment: Moment): Moment => ({ ...moment, xenstore: undefined })
const named = (moment: Moment, series: string): Moment => ({ ...moment, series, source: `${series}: ${moment.source}` })
const groups = (moments: readonly (Moment | Moment[])[]) => devicesOf(moments).devices.length

allCaptures('rings that have nothing to do with each other are never put together, with XenStore or without', (all) => {
  const ends = all.flatMap((capture) => {
    const moments = loaded(capture.path).filter(({ queue = 0 }) => queue === 0)
    return [...new Set([moments[0]!, moments.at(-1)!])].map((moment) => ({ ring: ringOf(capture), moment, name: capture.name }))
  })
  const wrong: string[] = []
  let pairs = 0
  for (const a of ends)
    for (const b of ends) {
      if (a.ring === b.ring) continue
      pairs++
      for (const keep of [(m: Moment) => m, bare])
        if (groups([named(keep(a.moment), 'a'), named(keep(b.moment), 'b')]) !== 2) wrong.push(`${a.name} ${b.name}`)
    }
  expect(wrong).toEqual([])
  expect(pairs).toBeGreaterThan(500)
})

const isLive = ({ name }: Capture) => /j-series$|^series$/.test(name)

eachCapture(
  'two snapshots of a series in folders of their own are put together',
  ({ path }) => {
    const moments = loaded(path)
    for (const [i, then] of moments.entries())
      for (const now of moments.slice(i + 1)) {
        const pair = [named(then, 'a'), named(now, 'b')]
        if (then.xenstore) expect(groups(pair), `${then.source} ${now.source}`).toBe(1)
        // Without XenStore the slots that both have must bear it out, and of a ring that went on there are none.
        const { alike } = continuityOf(then.shown!, now.shown!)
        const isFar = distance(then.sring.req_prod, now.sring.req_prod) >= then.nr_ents
        if (isFar || alike >= 8) expect(groups(pair.map(bare)), `${then.source} ${now.source}`).toBe(isFar ? 2 : 1)
      }
  },
  { only: isLive },
)

describe('captures that are two moments of one ring', () => {
  const pairs = [
    ['out-of-order', 'out-of-order-later'],
    ['out-of-order-later', 'unconsumed-responses'],
    ['direct', 'small-sectors'],
    ['unconsumed-requests', 'eopnotsupp'],
  ]
  test.each(pairs)('%s, then %s', (first, second) => {
    const [a, b] = [first, second].map((name) => loaded(captures.find((c) => c.name === name)!.path)[0]!)
    expect(groups([named(a!, 'a'), named(b!, 'b')])).toBe(1)
    expect(groups([named(bare(a!), 'a'), named(bare(b!), 'b')])).toBe(1)
    expect(groups([named(b!, 'b'), named(a!, 'a')])).toBe(2)
  })
})

describe('made rings', () => {
  const indices = { req_prod: 20, req_event: 21, rsp_prod: 14, rsp_event: 15 }
  const later = { req_prod: 22, req_event: 23, rsp_prod: 16, rsp_event: 17 }

  test('rings of two disks that are named as a series are told apart by the handle of their requests', () => {
    const other = made(later, { handle: 51728 })
    const { devices, notes } = devicesOf([made(indices), other])
    expect(devices).toHaveLength(2)
    expect(notes.join()).toContain('its requests carry handle 51728, not 51712: another disk')
  })

  test('moments come back between those of other disks', () => {
    const [a, b] = [0, 1000].map((base) => (at: typeof indices, t: string) => named(made(at, { base }), `${t}/${base}`))
    const { devices, notes } = devicesOf([a!(indices, 't0'), b!(indices, 't0'), a!(later, 't1'), b!(later, 't1')])
    expect(devices.map(({ queues: [h] }) => [h!.total, h!.firstSource])).toEqual([
      [2, 't0/0: made'],
      [2, 't0/1000: made'],
    ])
    expect(notes).toHaveLength(1)
  })

  test('the first requests of guests of one kind are the same, and prove nothing', () => {
    const at = { req_prod: 3, req_event: 4, rsp_prod: 3, rsp_event: 4 }
    expect(groups([named(made(at), 'a'), named(made(at), 'b')])).toBe(2)
    const { notes } = devicesOf([named(made(at), 'a'), named(made(at), 'b')])
    expect(notes.join()).toMatch(/b: made is not taken for a later moment of a: made/)
  })

  test('a ring of which nothing is left shown is put together by XenStore alone, if all of that agrees', () => {
    const nodes = (channel: string, params = '/dev/a') => ({
      frontend: new Map([
        ['backend', '/local/domain/0/backend/vbd/3/51712'],
        ['ring-ref', '8'],
        ['event-channel', channel],
      ]),
      backend: new Map([['params', params]]),
    })
    const far = { req_prod: 5020, req_event: 5021, rsp_prod: 5014, rsp_event: 5015 }
    const pair = (a: Moment['xenstore'], b: Moment['xenstore']) =>
      groups([named(made(indices, { xenstore: a }), 'a'), named(made(far, { xenstore: b }), 'b')])
    expect(pair(nodes('9'), nodes('9'))).toBe(1)
    expect(pair(nodes('9'), nodes('10'))).toBe(2)
    expect(pair(nodes('9'), nodes('9', '/dev/b'))).toBe(2)
    expect(pair(nodes('9'), undefined)).toBe(2)
  })

  test('what rests on XenStore or on indices alone is said; a cure is said once', () => {
    const nodes = {
      frontend: new Map([
        ['backend', '/local/domain/0/backend/vbd/3/51712'],
        ['ring-ref', '8'],
        ['event-channel', '9'],
      ]),
      backend: new Map(),
    }
    const far = { req_prod: 5020, req_event: 5021, rsp_prod: 5014, rsp_event: 5015 }
    const { notes } = devicesOf([
      named(made(indices, { xenstore: nodes }), 'a'),
      named(made(far, { xenstore: nodes }), 'b'),
      named(made({ ...far, req_prod: 9020, rsp_prod: 9014 }), 'c'),
      named(made({ ...far, req_prod: 99020, rsp_prod: 99014 }), 'd'),
    ])
    expect(notes[0]).toMatch(/^b: made is taken for a later moment of a: made: XenStore names the same ring pages/)
    expect(notes.filter((note) => note.includes('ring-000.bin'))).toHaveLength(1)
    expect(notes).toHaveLength(3)
  })

  test('io_ring: by the place that tapdisk gives it, or by indices that are near each other, late', () => {
    const io = (at: typeof indices, series: string, device?: string): Moment => {
      const { shown: _, ...moment } = made(at)
      return { ...named({ ...moment, shown: undefined }, series), device }
    }
    expect(groups([io(indices, 'a'), io(later, 'b')])).toBe(2)
    expect(groups([io(indices, 'a', 'vbd3-3-51712'), io(later, 'b', 'vbd3-3-51712')])).toBe(1)
    expect(groups([io(indices, 'a', 'vbd3-3-51712'), io(later, 'b', 'vbd3-4-51712')])).toBe(2)
    const late = { req_prod: 9020, req_event: 9021, rsp_prod: 9014, rsp_event: 9015 }
    const near = { req_prod: 9025, req_event: 9026, rsp_prod: 9014, rsp_event: 9015 }
    expect(groups([io(late, 'a'), io(near, 'b')])).toBe(1)
    expect(groups([io(late, 'a', 'vbd3-3-51712'), io(near, 'b', 'vbd3-4-51712')])).toBe(2)
    expect(groups([io(late, 'a'), io({ ...near, req_prod: 19020, rsp_prod: 19014 }, 'b')])).toBe(2)
    expect(devicesOf([io(indices, 'a'), io(later, 'b')]).notes.join()).toContain('vbd3-DOMID-DEVID')
  })

  test('queues of one device stay together: one that has no requests goes with the others', () => {
    const queue = (at: typeof indices, number: number, series: string) => ({ ...named(made(at), series), queue: number })
    const none = { req_prod: 0, req_event: 1, rsp_prod: 0, rsp_event: 1 }
    const { devices } = devicesOf([
      [queue(none, 0, 'a'), queue(indices, 1, 'a')],
      [queue(none, 0, 'b'), queue(later, 1, 'b')],
    ])
    expect(devices.map(({ queues }) => queues.map(({ total }) => total))).toEqual([[2, 2]])
    const broken = devicesOf([
      [queue(none, 0, 'a'), queue(later, 1, 'a')],
      [queue(none, 0, 'a'), queue(indices, 1, 'a')],
    ])
    expect(broken.devices.map(({ queues }) => queues.map(({ total }) => total))).toEqual([
      [1, 1],
      [1, 1],
    ])
  })

  test('rings of one image are never moments, however alike', () => {
    const from = (place: string, image = 'core') => ({
      ...named(made(indices), place),
      extracted: { image, place, protocol: 'x86_64-abi' },
    })
    const { devices, notes } = devicesOf([from('0x1000'), from('0x2000'), from('0x3000')])
    expect(devices).toHaveLength(3)
    expect(notes).toEqual(['3 rings of one memory image, core, are rings of as many disks or queues: each is judged on its own'])
    expect(groups([from('0x1000'), { ...from('0x2000', 'second core') }])).toBe(1)
  })
})

test('a folder of folders with a ring each', () => {
  const folder = join(scratch, 'split')
  const series = join(captures.find((c) => c.name === 'series')!.path)
  const files = readdirSync(series)
    .filter((name) => /^ring-\d+\.bin$/.test(name))
    .sort()
  for (const [i, name] of files.slice(0, 6).entries()) {
    mkdirSync(join(folder, String(i)), { recursive: true })
    cpSync(join(series, name), join(folder, String(i), 'ring.bin'))
  }
  const { devices } = devicesOf(snapshots(folder))
  expect(devices.map(({ queues: [history] }) => history!.total)).toEqual([6])
  for (const [i] of files.slice(0, 6).entries())
    writeFileSync(
      join(folder, String(i), 'origin.txt'),
      `image: a, b.core, raw memory\nring: ${i}, x86_64-abi, score 90\nring pages at: 0x${i + 1}000\n`,
    )
  const extracted = devicesOf(snapshots(folder))
  expect(extracted.devices).toHaveLength(6)
  expect(extracted.notes.join()).toMatch(/^6 rings of one memory image, a, b\.core, are/)
})
