// How pages were cut, in a report: what a scenario tells, what two slots of one request tell, and nothing where neither does.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { mayHaveLargePages, type ProtocolChoice } from '../../src/capture/protocol.ts'
import { decodeRing } from '../../src/codec/ring/decode-ring.ts'
import { wireOf } from '../../src/codec/ring/field-offsets.ts'
import { ringGeometry, slotOffset } from '../../src/codec/ring/geometry.ts'
import { type Abi, arm, x86_32, x86_64 } from '../../src/codec/struct/abi.ts'
import { BLKIF_OP_INDIRECT } from '../../src/codec/xen/blkif.ts'
import { inputOptions } from '../../src/commands/shared/input-flags.ts'
import { openedInputs } from '../../src/commands/shared/inputs.ts'
import { type CutPage, cutsOfRing, cutsOfScenario, type ReportCuts } from '../../src/report/cuts.ts'
import { gatherReport } from '../../src/report/gather.ts'
import { ringMarkup } from '../../src/report/render/ring.ts'
import { PlayedScenarios } from '../../src/report/scenarios.ts'
import { type PlainScenario, scriptOf } from '../../src/scenario/file/index.ts'
import { ringsPlayed } from '../../src/scenario/input.ts'
import { cutRows, type ExplainedRequest, explainRequest, Player } from '../../src/scenario/player/index.ts'

async function reportOf(...inputs: string[]) {
  const { report } = await gatherReport(inputs, {
    ...inputOptions({ abi: 'auto', raw: false, text: false }),
    open: openedInputs,
    scenarios: new PlayedScenarios(),
    onError(error) {
      throw error
    },
  })
  return report
}

const drawn = ({ cells }: CutPage) =>
  cells.map(({ chunk, lastChunk, grants }) => [chunk, lastChunk, grants && [grants.slot, grants.seg, grants.gref, grants.sectors]])

function explained(scenario: object): ExplainedRequest[] {
  const player = new Player(scriptOf(scenario as never))
  const found: ExplainedRequest[] = []
  for (const step of player.play())
    if (step.type === 'step' && step.outcome.type === 'submit') found.push(explainRequest(player.emulator, step.outcome, step.idle))
  return found
}

function ringOf(scenario: PlainScenario): Uint8Array {
  const player = new Player(scriptOf(scenario))
  for (const _ of player.play());
  return player.emulator.frontend.ring.bytes
}

describe('of a scenario', () => {
  test('a page over two slots, as --explain has it', async () => {
    const { cuts } = await reportOf('docs/examples/split.yaml')
    const [only] = cuts as [ReportCuts]
    expect(only.known).toContain('known from the scenario')
    expect(only.cuts.map(({ slots, pages }) => [slots, pages.map(drawn)])).toEqual([
      [
        [0, 1],
        [
          [
            [0, 0, [0, '0', '9', '8-12']],
            [1, 10, [0, '1-10', '10-19', '13-92']],
            [11, 14, [1, '0-3', '20-23', '96-127']],
            [15, 15, [1, '4', '24', '128-130']],
          ],
        ],
      ],
    ])
  })

  test('every chunk of every page is drawn once, with a grant or without', () => {
    const requests = explained({
      page_size: 65536,
      steps: [{ workload: { op: 'write', bs: '92K', offset: 3584, count: 12 } }],
    })
    expect(requests.length).toBeGreaterThan(4)
    for (const request of requests) {
      const chunks = new Map<number, number[]>()
      let grants = 0
      for (const row of cutRows(request)) {
        if (row.kind === 'indirect-page') continue
        const own = chunks.get(row.page) ?? []
        chunks.set(row.page, own)
        const runs = row.kind === 'skipped' ? row.skipped : [[row.chunk, row.lastChunk] as const]
        if (row.kind === 'chunks') grants += row.lastChunk - row.chunk + 1
        for (const [from, to] of runs) for (let chunk = from; chunk <= to; chunk++) own.push(chunk)
      }
      expect(grants).toBe(request.grants.length)
      for (const own of chunks.values()) expect(own.sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i))
    }
  })

  test('pages of 4 KiB have no picture', () => {
    const workload = { op: 'write', bs: '64K', count: 2 }
    expect(cutsOfScenario(explained({ page_size: 4096, steps: [{ workload }] }), 'it')).toBeUndefined()
    expect(cutsOfScenario(explained({ page_size: 16384, steps: [{ workload }] }), 'it')!.cuts[0]!.perPage).toBe(4)
  })

  test('of the ring before a resume, and of the new one', async () => {
    const { cuts } = await reportOf('docs/examples/resume.yaml')
    expect(cuts.map((own) => own?.cuts.map(({ title }) => title))).toEqual([
      ['write of 256 sectors at 0', 'write of 256 sectors at 256', 'read of 8 sectors at 8000'],
      ['write of 2048 sectors at 0', 'read of 8 sectors at 8000'],
    ])
  })
})

describe('of a scenario, known only where it is', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'blkring-cuts-'))
  afterAll(() => rmSync(scratch, { recursive: true }))

  /** A folder with the ring that a scenario leaves, and perhaps a scenario beside it. */
  function folderWith(name: string, scenario: PlainScenario, beside?: PlainScenario): string {
    const folder = join(scratch, name)
    mkdirSync(folder)
    writeFileSync(join(folder, 'ring.bin'), ringOf(scenario))
    if (beside) writeFileSync(join(folder, 'scenario.json'), JSON.stringify(beside))
    return folder
  }

  const reading = (page_size: number) => ({
    page_size,
    features: { max_indirect_segments: 0 },
    steps: [{ read: { sector: 8, vectors: [[1, 0, 32768]] } }],
  })

  test('of a ring that is mostly not there, nothing', async () => {
    const folder = folderWith('cut', reading(65536), reading(65536))
    expect((await reportOf(folder)).cuts).toHaveLength(1)
    expect((await reportOf(folder)).cuts[0]?.known).toContain('byte for byte')
    const ring = ringOf(reading(65536))
    const lines = Array.from({ length: 24 }, (_, i) => {
      const hex = Buffer.from(ring.subarray(16 * i, 16 * i + 16)).toString('hex')
      return `${(16 * i).toString(16).padStart(8, '0')}: ${hex.replaceAll(/(.{4})(?=.)/g, '$1 ')}  ................`
    })
    rmSync(join(folder, 'ring.bin'))
    writeFileSync(join(folder, 'ring.xxd'), `${lines.join('\n')}\n`)
    const { cuts } = await reportOf(join(folder, 'ring.xxd'), folderWith('whole', reading(65536), reading(65536)))
    expect(cuts.map((own) => own?.known.includes('byte for byte') ?? false).sort()).toEqual([false, true])
  })

  test('two scenarios of the same bytes: that of its own folder; of a folder without one neither', async () => {
    const [small, large] = [reading(16384), reading(65536)]
    // One page of 64 KiB, and two of 16 KiB end to end, are the same grants.
    const halves = {
      ...small,
      steps: [
        {
          read: {
            sector: 8,
            vectors: [
              [4, 0, 16384],
              [5, 0, 16384],
            ],
          },
        },
      ],
    }
    expect(ringOf(halves)).toEqual(ringOf(large))
    const a = folderWith('a', large, halves)
    const b = folderWith('b', large, large)
    const perPage = async (...inputs: string[]) =>
      (await reportOf(...inputs)).cuts.map((own) => own?.cuts.map((cut) => cut.perPage))
    expect((await perPage(a, b)).sort()).toEqual([[16], [4]])
    const none = folderWith('none', large)
    const all = await perPage(a, b, none)
    expect(all).toContainEqual(undefined)
    expect(all.filter(Boolean).sort()).toEqual([[16], [4]])
  })

  test('moments of a scenario take no more than they may', async () => {
    const text = JSON.stringify({ ring_pages: 16, steps: Array.from({ length: 2000 }, () => 'suspend') })
    await expect(ringsPlayed(text, { yaml: () => import('yaml') })).rejects.toThrow(/more than/)
    const two = JSON.stringify({ steps: [{ read: { sector: 8, bytes: '4K' } }, 'suspend'] })
    await expect(ringsPlayed(two, { yaml: () => import('yaml') }, 8192)).resolves.toHaveLength(2)
    await expect(ringsPlayed(two, { yaml: () => import('yaml') }, 8191)).rejects.toThrow(/more than 8191 bytes/)
  })
})

describe('what pairs of slots tell', () => {
  /** A read of 64 KiB in flight on a ring of 4 KiB pages and without indirect requests: 44 KiB in a slot, 20 in the next. */
  const small = { features: { max_indirect_segments: 0 }, steps: [{ workload: { op: 'read', bs: '64K', count: 1 } }] }
  const cutsOf = (abi: Abi, how: ProtocolChoice['how'], ring: Uint8Array) =>
    cutsOfRing(decodeRing(ring, abi), ring, mayHaveLargePages({ abi, how }))

  test('full halves are no fact: either reading, and of x86 none', () => {
    const ring = ringOf(small)
    expect(decodeRing(ring, x86_64).sring.req_prod).toBe(2)
    expect(cutsOf(x86_64, 'xenstore', ring)).toBeUndefined()
    expect(cutsOf(x86_64, 'flag', ring)).toBeUndefined()
    expect(cutsOf(x86_32, 'score', ringOf({ ...small, abi: 'x86_32' }))).toBeUndefined()
    for (const [abi, how] of [
      [x86_64, 'score'],
      [arm, 'xenstore'],
    ] as const)
      expect(cutsOf(abi, how, ring)).toMatchObject({ cuts: [], known: expect.stringContaining('either one page of 64 KiB') })
  })

  test('a half that begins behind fewer than 88 sectors is inferred, but of x86, or beside an indirect request', () => {
    const read = { read: { sector: 8, vectors: [[1, 512, 60 * 1024]] } }
    const ring = ringOf({ page_size: 65536, features: { max_indirect_segments: 0 }, steps: [read] })
    expect(cutsOf(arm, 'xenstore', ring)?.cuts).toHaveLength(1)
    expect(cutsOf(x86_64, 'score', ring)?.known).toContain('inferred, not known')
    expect(cutsOf(x86_64, 'xenstore', ring)).toBeUndefined()
    const { indirect, sring } = wireOf(arm)
    const at = slotOffset(ringGeometry(arm, 1), 2)
    ring[at + indirect.operation] = BLKIF_OP_INDIRECT
    ring[at + indirect.nr_segments] = 32
    ring[sring.req_prod] = 3
    expect(cutsOf(arm, 'xenstore', ring)).toBeUndefined()
  })

  test('a scenario of 4 KiB pages is known to have none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'blkring-cuts-'))
    try {
      writeFileSync(join(folder, 'ring.bin'), ringOf(small))
      expect((await reportOf(folder)).cuts).toMatchObject([{ cuts: [] }])
      writeFileSync(join(folder, 'scenario.json'), JSON.stringify(small))
      expect((await reportOf(folder)).cuts).toEqual([undefined])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('of a capture', () => {
  test('pairs of slots, for what they seem; the page without its script says so', async () => {
    const report = await reportOf('dumps/64k-split-pair')
    const [only] = report.cuts as [ReportCuts]
    expect(only.known).toContain('inferred, not known')
    expect(only.cuts.map(({ slots, from }) => [...slots, from])).toEqual([
      [2, 3, 'page'],
      [5, 6, 'first chunk'],
      [7, 8, 'first chunk'],
      [9, 10, 'page'],
      [11, 12, 'page'],
      [13, 14, 'first chunk'],
      [15, 16, 'page'],
    ])
    const { html } = ringMarkup(report, report.rings[0]!, 1)
    expect(html.match(/<table class="chunks">/g)).toHaveLength(7)
    expect(html).toContain('inferred, not known')
  })

  test.each(['{"steps": [[[', '{"steps": 1}', '\0'])('a scenario.json beside it that is none, %j, tells nothing', async (text) => {
    const folder = mkdtempSync(join(tmpdir(), 'blkring-cuts-'))
    try {
      copyFileSync('dumps/direct/ring.bin', join(folder, 'ring.bin'))
      writeFileSync(join(folder, 'scenario.json'), text)
      expect((await reportOf(folder)).cuts).toEqual([undefined])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('the frames that the guest granted bear it out: each pair is one page of 64 KiB, in these chunks', async () => {
    const frames = new Map<number, number>()
    const trace = gunzipSync(readFileSync('dumps/64k-split-pair/trace.txt.gz')).toString()
    for (const [, ref, frame] of trace.matchAll(/ grant: .* ref=(\d+) domid=\d+ frame=(\d+)/g))
      frames.set(Number(ref), Number(frame))
    const [only] = (await reportOf('dumps/64k-split-pair')).cuts as [ReportCuts]
    for (const { pages, from } of only.cuts) {
      const chunks = pages[0]!.cells.flatMap(({ chunk, lastChunk, grants }) => {
        const [first, last] = grants!.gref.split('-').map(Number) as [number, number?]
        const step = last !== undefined && last < first ? -1 : 1
        return Array.from({ length: lastChunk - chunk + 1 }, (_, i) => ({ chunk: chunk + i, frame: frames.get(first + step * i)! }))
      })
      const [{ chunk, frame }] = chunks as [{ chunk: number; frame: number }]
      if (from === 'page') expect(frame % 16).toBe(0)
      expect(new Set(chunks.map((one) => Math.floor(one.frame / 16))).size).toBe(1)
      expect(chunks.map((one) => one.frame - one.chunk)).toEqual(chunks.map(() => frame - chunk))
    }
  })

  test.each(['dumps/direct', 'dumps/64k-odd-offsets', 'dumps/indirect'])(
    '%s: where nothing tells the size of pages, none',
    async (dump) => {
      expect((await reportOf(dump)).cuts).toEqual([undefined])
    },
  )
})
