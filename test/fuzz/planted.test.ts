// The fuzzer can fail: faults of the kinds that an earlier one did not see are planted in a copy of the package, and each is
// reported, with the seed that makes its input again.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Campaign, campaign } from '../../scripts/fuzz/campaign.ts'

const packageRoot = mkdtempSync(join(tmpdir(), 'blkring-planted-'))
const worker = join(packageRoot, 'worker.mjs')

beforeAll(() => {
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/fuzz/plant.mjs'), packageRoot], { stdio: 'pipe' })
})
afterAll(() => rmSync(packageRoot, { recursive: true, force: true }))

async function fuzz(plant: string, options: Partial<Campaign> = {}) {
  const lines: string[] = []
  const failures = await campaign(
    {
      targets: ['commands'],
      seed: 1,
      seconds: Number.POSITIVE_INFINITY,
      count: 60,
      mostFailures: 1,
      worker,
      packageRoot,
      // CPU time does not pass while the machine does other things; what waits is given as long as the test has.
      limits: { cpuSeconds: 1.5, wallSeconds: 100, memory: 300 },
      environment: { FUZZ_PLANT: plant },
      ...options,
    },
    (line) => lines.push(line),
  )
  return { failures, text: lines.join('\n') }
}

describe('planted in the package', () => {
  test.each([
    ['sectors', 'a wrong sector count', /ring \d+: slot \d+\S*\.nr_sectors: printed \d+, is \d+|field 11 of CSV/],
    ['lines-of-text', 'dropped lines of a hexdump', /slot \d+.*"unknown"|req_prod: printed|\d+ lines of \d+|state/],
    ['lines-of-trace', 'dropped lines of a trace', /a trace with \d+ lines "left": \d+ accounted for/],
    ['memory', '512 MB that are never touched', /allocation failed|MB of memory/],
    [
      'loop-before',
      'an endless loop before the first output',
      /no answer within 1.5 s of CPU time, in `blkring decode .*`, before its first output/,
    ],
    [
      'loop-after',
      'an endless loop after the first output',
      /no answer within 1.5 s of CPU time, in `blkring decode .*`, after its first output/,
    ],
  ])('%s: %s is reported with its seed', async (plant, _, report) => {
    const { failures, text } = await fuzz(plant)
    expect(text).toMatch(report)
    expect(failures).toBe(1)
    const seed = Number(/--target commands --seed (\d+) --count 1$/m.exec(text)![1])
    expect(text).toContain(`commands, seed ${seed}: `)
    if (plant !== 'sectors') return
    expect((await fuzz(plant, { seed, count: 1 })).text).toMatch(report)
  })

  test('nothing: nothing is reported', async () => {
    expect(await fuzz('none', { count: 12 })).toEqual({ failures: 0, text: expect.stringContaining('0 failures') })
  })
})
