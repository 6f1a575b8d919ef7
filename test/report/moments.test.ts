// The moments of a ring in a report are what the command decodes of each: pages that are cut or gone, units that change.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Capture } from '../../src/capture/capture.ts'
import { type DecodedCapture, decodeCapture } from '../../src/capture/decode-capture.ts'
import type { SectorUnit } from '../../src/codec/ring/sector-unit.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { RingMoments } from '../../src/report/moments.ts'
import { depthMarkup } from '../../src/report/render/depth.ts'
import { ReportedRing } from '../../src/report/ring-of.ts'

const folder = mkdtempSync(join(tmpdir(), 'blkring-moments-'))
afterAll(() => rmSync(folder, { recursive: true }))

function loaded(path: string): Capture {
  const [capture] = [...loadDumps(path)]
  return capture!
}

/** A dump with one indirect page, which is put in as it is given. */
function withPage(name: string, page: Uint8Array | undefined): DecodedCapture {
  const path = join(folder, name)
  const from = 'dumps/hostile/series-changed-page'
  writeFileSync(`${path}.bin`, readFileSync(`${from}/ring-000.bin`))
  if (page) writeFileSync(`${path}.indirect-9.bin`, page)
  return decodeCapture(loaded(`${path}.bin`))
}

function reported(moments: readonly DecodedCapture[]) {
  const record = new ReportedRing(moments[0]!)
  for (const [i, moment] of moments.entries()) {
    expect(record.fits(moment)).toBe(true)
    record.add(moment, `moment ${i}`, [])
  }
  return record.ring('a ring')
}

const whole = readFileSync('dumps/hostile/series-changed-page/ring-000.indirect-9.bin')
const segments = ({ ring }: Pick<DecodedCapture, 'ring'>) =>
  ring.slots.flatMap((slot) =>
    slot.state === 'request' && slot.request.kind === 'indirect' ? [slot.request.segments?.length] : [],
  )

describe('of each moment the report reads what the command decodes', () => {
  const pages = [whole, whole.subarray(0, 4), undefined, whole, whole.subarray(0, 0), Buffer.concat([whole, whole])]
  const moments = pages.map((page, i) => withPage(`ring-${String(i).padStart(3, '0')}`, page))
  const views = new RingMoments(reported(moments))

  test('whether its indirect page is whole, cut, missing, there again, empty or too long', () => {
    for (const [i, moment] of moments.entries()) expect(views.view(i).ring.slots).toEqual(moment.ring.slots)
    const counts = moments.map((_, i) => segments(views.view(i))[0])
    expect(counts[0]).toBeGreaterThan(0)
    expect(counts).toEqual([counts[0], undefined, undefined, counts[0], undefined, counts[0]])
  })

  test('and has as many bytes of the page as there are', () => {
    expect(moments.map((_, i) => views.view(i).indirectPages.get(9)?.length)).toEqual([4096, 4, undefined, 4096, 0, 4096])
  })

  test('in the unit of its sectors, and with a listing or without', () => {
    const capture = loaded('dumps/hostile/multi-slot')
    const { abi } = decodeCapture(capture).protocol
    const unlisted = decodeCapture({ ...capture, xenstore: undefined }, abi)
    const units: readonly (SectorUnit | undefined)[] = [undefined, 4096, 512]
    const read = [unlisted, ...units.map((unit) => decodeCapture(capture, abi, unit))]
    const again = new RingMoments(reported(read))
    for (const [i, { ring }] of read.entries()) {
      const { sectorUnit, slots } = again.view(i).ring
      expect({ sectorUnit, slots }).toEqual({ sectorUnit: ring.sectorUnit, slots: ring.slots })
    }
    expect(read[0]!.ring.slots).not.toEqual(read[1]!.ring.slots)
  })
})

test('bytes that one of two moments does not have are not a change', () => {
  const capture = loaded('dumps/direct')
  const bytes = capture.bytes.slice()
  const missing = [{ from: 0x200, to: 0x300 }]
  bytes.fill(0, 0x200, 0x300)
  bytes[0x400]! ^= 1
  const moments = [capture, { ...capture, bytes, missing }, capture].map((one) => decodeCapture(one))
  const views = new RingMoments(reported(moments))
  expect(views.before(0, views.view(0))).toBeUndefined()
  for (const i of [1, 2]) {
    const after = views.view(i)
    const before = views.before(i, after)!
    expect([...after.bytes.keys()].filter((at) => before.bytes[at] !== after.bytes[at])).toEqual([0x400])
  }
})

test('the chart of requests in flight says what is known, and no more', () => {
  const chart = (...inFlight: (number | null)[]) => {
    const ring = { ...reported([decodeCapture(loaded('dumps/direct'))]) }
    const moments = inFlight.map((n) => ({ source: '', findings: 0, inFlight: n }))
    return /<figcaption>.*: (.*)<\/figcaption>/.exec(depthMarkup({ ...ring, moments }, 32).html)![1]
  }
  expect(chart(0, 0)).toBe('at most 0 of 32 slots')
  expect(chart(3, 7, 2)).toBe('at most 7 of 32 slots')
  expect(chart(null, null)).toBe('not known')
  expect(chart(0, null)).toBe('at most 0 of 32 slots, not known of 1')
})
