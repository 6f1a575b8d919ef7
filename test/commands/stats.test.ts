// A stream says what a folder of the same rings says, and so do files that are named one by one.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { statsOfInputs } from '../../src/commands/stats/inputs.ts'
import { statsJson } from '../../src/commands/stats/json.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { whereOf } from '../../src/rows/where/where.ts'
import { reportOf } from '../../src/stats/index.ts'
import { captures } from '../support/captures.ts'
import { rings } from '../support/rings.ts'

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const PAGE = 4096
const real = captures.flatMap((c) => [...loadDumps(c.path)].map((d) => Uint8Array.from(d.bytes)))

/** Everything but the names. */
async function figures(inputs: readonly string[], pages: number | undefined, where?: string) {
  const { rings, exit } = await statsOfInputs(inputs, {
    abi: undefined,
    pages,
    where: where === undefined ? undefined : whereOf(where),
  })
  const json = statsJson(reportOf(rings.stats, rings.diskSectors), rings.findings, where)
  return [exit, JSON.parse(JSON.stringify(json, (key, value) => (key === 'source' ? undefined : value)))]
}

let folders = 0
function seriesFolder(list: readonly Uint8Array[]): { folder: string; files: string[] } {
  const folder = join(scratch, String(folders++))
  mkdirSync(folder)
  const files = list.map((bytes, i) => {
    const file = join(folder, `ring-${String(i).padStart(3, '0')}.bin`)
    writeFileSync(file, bytes)
    return file
  })
  return { folder, files }
}

test('a file of many rings, plain and gzipped, a folder, and its files one by one', async () => {
  const series = fc.constantFrom(1, 2).chain((pages) => {
    const captured = real.filter((bytes) => bytes.length === pages * PAGE)
    return fc.record({
      pages: fc.constant(pages),
      list: fc.array(fc.oneof(fc.constantFrom(...captured), rings(pages)), { minLength: 1, maxLength: 70 }),
      where: fc.constantFrom(undefined, 'op == write || status < 0', 'snapshot > 1'),
    })
  })
  await fc.assert(
    fc.asyncProperty(series, async ({ pages, list, where }) => {
      const { folder, files } = seriesFolder(list)
      const file = join(scratch, 'all.bin')
      writeFileSync(file, Buffer.concat(list))
      writeFileSync(`${file}.gz`, gzipSync(Buffer.concat(list)))
      const wanted = await figures([folder], undefined, where)
      expect(await figures([file], pages, where)).toEqual(wanted)
      expect(await figures([`${file}.gz`], pages, where)).toEqual(wanted)
      expect(await figures(files, undefined, where)).toEqual(wanted)
    }),
    { numRuns: 12 },
  )
}, 60_000)

test('of a ring that was cut off, the slots that are there', async () => {
  const [whole] = [...loadDumps('dumps/direct')]
  const file = join(scratch, 'cut.bin')
  writeFileSync(file, Buffer.concat([whole!.bytes, whole!.bytes.subarray(0, 1200)]))
  const [exit, json] = await figures([file], 1)
  expect(exit).toBe(0)
  // 64 bytes of header and ten slots of 112.
  expect(json.slots.request + json.slots.response).toBe(32 + 10)
  expect(json.snapshots).toBe(2)
})

test('queues are rings of their own, and can be chosen', async () => {
  const [, both] = await figures(['dumps/multi-queue'], undefined)
  const [, second] = await figures(['dumps/multi-queue'], undefined, 'queue == 1')
  expect(both.rings.map((r: { queue: number }) => r.queue)).toEqual([0, 1])
  expect(second.rings.map((r: { requests: number }) => r.requests)).toEqual([0, both.rings[1].requests])
  expect(second.requests).toBeGreaterThan(0)
})
