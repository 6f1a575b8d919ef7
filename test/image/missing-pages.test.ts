// A ring of several pages of which the image lacks some: what they hold is unknown, and all else is as it was.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { x86_64 } from '../../src/codec/struct/abi.ts'
import { findRings, missingOfRing, type NamedRing, parseGrantTable } from '../../src/image/index.ts'
import { scriptOf } from '../../src/scenario/file/index.ts'
import { Player } from '../../src/scenario/player/index.ts'
import { run } from '../support/in-process.ts'
import { BytesReader, dumpCore, grantFrames, PAGE, randomPages } from './memory.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const player = new Player(
  scriptOf({ ring_pages: 4, handle: 51712, steps: [{ workload: { count: 100, bs: '4K', in_flight: 100 } }, 'push'] }),
)
for (const _ of player.play());
const ring = player.emulator.frontend.ring.bytes.slice()
const refs = player.emulator.frontend.ringGrefs
const whole = decodeRing(ring, x86_64)

/** A core of a few pages, among them those of the ring that are not lost; and the table that names all four. */
function imageWithout(lost: readonly number[]) {
  const frames = refs.map((_, page) => 40 + 3 * page)
  const pages: (readonly [number, Uint8Array])[] = [[16, randomPages(1, 7)]]
  for (const [page, frame] of frames.entries())
    if (!lost.includes(page)) pages.push([frame, ring.subarray(page * PAGE, (page + 1) * PAGE)])
  const memory = new Uint8Array(pages.length * PAGE)
  for (const [i, [, page]] of pages.entries()) memory.set(page, i * PAGE)
  const grants = new Map(refs.map((gref, page) => [gref, frames[page]!] as const))
  return {
    core: dumpCore(
      memory,
      pages.map(([frame]) => frame),
    ),
    table: grantFrames(grants, 1, 1),
  }
}

const lostPages = fc.subarray([1, 2, 3], { minLength: 1 })
const named: NamedRing = { device: 'vbd-1-51712', domain: '1', vdev: 51712, queue: undefined, abi: undefined, refs }

test('found under its number, with the pages that are there; the slots of the others are unknown', async () => {
  await fc.assert(
    fc.asyncProperty(lostPages, async (lost) => {
      const { core, table } = imageWithout(lost)
      const { rings, missing } = await findRings(new BytesReader(core), { grantTable: parseGrantTable(table)!, named: [named] })
      expect([rings.length, missing]).toEqual([1, []])
      const [found] = rings
      expect(found!.offsets.map((offset) => offset === undefined)).toEqual([0, 1, 2, 3].map((page) => lost.includes(page)))
      expect([found!.score.pages, found!.score.abi.name]).toEqual([4, 'x86_64'])
      expect(found!.score.score).toBeGreaterThan(50)
      const { slots, sring } = decodeRing(found!.bytes, x86_64, { missing: missingOfRing(found!) })
      expect(sring).toEqual(whole.sring)
      for (const [slot, { state }] of slots.entries()) {
        const at = 64 + 112 * slot
        const there = !lost.some((page) => at < (page + 1) * PAGE && at + 112 > page * PAGE)
        expect(state === 'unknown').toBe(!there)
        if (there) expect(state).toBe(whole.slots[slot]!.state)
      }
    }),
    { numRuns: 20 },
  )
})

test('joined by grants alone, where its last page is there', async () => {
  for (const lost of [[1], [2], [1, 2]]) {
    const { core, table } = imageWithout(lost)
    const { rings } = await findRings(new BytesReader(core), { grantTable: parseGrantTable(table)! })
    expect(rings.map(({ joined, offsets }) => [joined, offsets.map((offset) => offset === undefined)])).toEqual([
      ['grants', [0, 1, 2, 3].map((page) => lost.includes(page))],
    ])
    expect(rings[0]!.refs).toEqual(refs)
  }
})

test('without its first page it is not found', async () => {
  const { core, table } = imageWithout([0])
  const { missing } = await findRings(new BytesReader(core), { grantTable: parseGrantTable(table)!, named: [named] })
  expect(missing.map(({ why }) => why)).toEqual([`frame 40 of reference ${refs[0]} is not in the image`])
})

test.each([[[1]], [[3]], [[1, 2]], [[2, 3]]])(
  'pages %j: decode --ring and the extracted folder say the same',
  (lost) => {
    const folder = join(scratch, `without-${lost.join('-')}`)
    mkdirSync(folder)
    const { core, table } = imageWithout(lost)
    const [image, grants, xenstore] = ['core', 'gnttab.bin', 'xenstore.txt'].map((name) => join(folder, name))
    writeFileSync(image!, core)
    writeFileSync(grants!, table)
    const node = (key: string, value: string | number) => `/local/domain/1/device/vbd/51712/${key} = "${value}"\n`
    const backend = '/local/domain/0/backend/vbd-1-51712'
    writeFileSync(
      xenstore!,
      node('backend', backend) +
        node('virtual-device', 51712) +
        node('protocol', 'x86_64-abi') +
        refs.map((ref, i) => node(`ring-ref${i}`, ref)).join('') +
        `${backend}/frontend = "/local/domain/1/device/vbd/51712"\n`,
    )
    const blkring = (...args: string[]) => run({ args, cwd: folder })
    const flags = ['--grant-table', grants!, '--xenstore', xenstore!]
    const find = blkring('find', ...flags, '--extract', 'out', image!)
    expect(find.stdout.replace(/\s+/g, ' ')).toContain(
      lost.length === 1 ? `page ${lost[0]} of 0 to 3 is not in the image` : `of 0 to 3 are not`,
    )
    expect(find.exit).toBe(1)
    const [place] = readdirSync(join(folder, 'out'))
    expect(readdirSync(join(folder, 'out', place!)).sort()).toEqual(['origin.txt', 'ring.txt', 'xenstore.txt'])
    const slotsOf = (...args: string[]) => {
      const { stdout } = blkring('decode', '--json', ...args)
      const { slots, req_prod, rsp_prod, pages } = JSON.parse(stdout)
      return { slots, req_prod, rsp_prod, pages }
    }
    const extracted = slotsOf(join('out', place!))
    expect(extracted.pages).toBe(4)
    expect(extracted).toEqual(slotsOf('--ring', '0', ...flags, image!))
    expect(extracted.slots.filter(({ state }: { state: string }) => state === 'unknown').length).toBeGreaterThan(10)
  },
  30_000,
)
