// Files and pipes print through columns what they print through objects, to the byte and to the exit code.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test, vi } from 'vitest'
import { abiByName } from '../../src/codec/struct/abi.ts'
import type { DecodeOptions } from '../../src/commands/decode/printers.ts'
import { decodeInputs } from '../../src/commands/decode/run.ts'
import { loadDumps } from '../../src/node/read/load.ts'
import { plainStyle } from '../../src/print/style.ts'
import { whereOf } from '../../src/rows/where/where.ts'
import { captures } from '../support/captures.ts'
import { decodeByObjects } from '../support/decode-by-objects.ts'
import { rings } from '../support/rings.ts'

const printed = vi.hoisted(() => ({ text: '' }))
vi.mock('../../src/terminal/output.ts', () => ({
  write: (text: string) => {
    printed.text += text
  },
  writeBytes: (bytes: Uint8Array) => {
    printed.text += Buffer.from(bytes).toString('latin1')
  },
  writeAll: (_: number, bytes: Uint8Array) => {
    printed.text += Buffer.from(bytes).toString('latin1')
  },
  flush: () => {},
}))

const scratch = mkdtempSync(join(tmpdir(), 'blkring-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const PAGE = 4096
const real = captures.flatMap((c) => [...loadDumps(c.path)].map((d) => Uint8Array.from(d.bytes)))

/** Everything printed, errors included, and the exit code. */
async function outcome(work: () => number | Promise<number>): Promise<readonly [string, number]> {
  printed.text = ''
  const exit = await work()
  return [printed.text, exit]
}

async function same(inputs: readonly string[], options: DecodeOptions): Promise<void> {
  const objects = await outcome(() => decodeByObjects(inputs, options))
  expect(await outcome(() => decodeInputs(inputs, plainStyle, options))).toEqual(objects)
}

const options = fc.record({
  abi: fc.constantFrom(undefined, undefined, abiByName('x86_64'), abiByName('x86_32'), abiByName('arm')),
  pages: fc.constantFrom(1, 2, 4),
  filter: fc.constantFrom('all', 'in-flight', 'responses'),
  segments: fc.boolean(),
  format: fc.constantFrom('ndjson', 'csv', 'ndjson', 'csv', 'json', 'text'),
  where: fc.constantFrom(undefined, undefined, whereOf('op == write'), whereOf('snapshot < 3 && id > 0 || status < 0')),
} as const)

test('series of captured rings of both layouts, and of rings of chance; one input and several', async () => {
  const file = (pages: number) => {
    const fitting = real.filter((bytes) => bytes.length === pages * PAGE)
    return fc.array(fc.oneof(fc.constantFrom(...fitting), rings(pages)), { minLength: 1, maxLength: 70, size: 'max' })
  }
  const input = options.chain((o) =>
    fc.record({ o: fc.constant(o), files: fc.array(file(o.pages), { minLength: 1, maxLength: 2 }) }),
  )
  await fc.assert(
    fc.asyncProperty(input, async ({ o, files }) => {
      const paths = files.map((all, i) => {
        const path = join(scratch, `${i}.bin`)
        writeFileSync(path, Buffer.concat(all))
        return path
      })
      await same(paths, o)
      await same(['dumps/multi-queue', ...paths, 'dumps/no-such-folder'], o)
    }),
    { numRuns: 20 },
  )
})

test('one ring alone, and a series in which it is the first', async () => {
  const one = join(scratch, 'one.bin')
  for (const bytes of real.filter((bytes) => bytes.length === PAGE).slice(0, 20)) {
    writeFileSync(one, bytes)
    for (const format of ['ndjson', 'csv'] as const)
      for (const inputs of [[one], [one, one], [one, 'dumps/direct'], ['dumps/direct', one]])
        await same(inputs, { ...PLAIN, format })
  }
})

const PLAIN: DecodeOptions = { abi: undefined, pages: 1, filter: 'all', segments: false, format: 'json' }

test('a ring that was cut off: its whole slots, and a finding', async () => {
  const [bytes] = [...loadDumps('dumps/direct')].map((d) => d.bytes)
  const whole = join(scratch, 'whole.bin')
  writeFileSync(whole, bytes!)
  const [text] = await outcome(() => decodeInputs([whole], plainStyle, { ...PLAIN, filter: 'responses' }))
  const { slots } = JSON.parse(text)
  expect(slots.length).toBe(17)
  const cut = join(scratch, 'cut.bin')
  for (const length of [16, 64, 64 + 111, 64 + 112, 64 + 112 * 20 + 5, 4095]) {
    writeFileSync(cut, Buffer.concat([bytes!, bytes!.subarray(0, length)]))
    const there = Math.min(Math.max(Math.floor((length - 64) / 112), 0), 32)
    const [text, exit] = await outcome(() =>
      decodeInputs([cut], plainStyle, { ...PLAIN, filter: 'responses', abi: abiByName('x86_64') }),
    )
    const [first, second, ...rest] = JSON.parse(text)
    expect([exit, rest.length, first.findings]).toEqual([1, 0, []])
    // What lies beneath is judged by what is there, and may be judged otherwise.
    const places = (all: { slot: number; index: number; response: object }[]) =>
      all.map(({ slot, index, response }) => ({ slot, index, response }))
    expect(places(second.slots)).toEqual(places(slots.filter((s: { slot: number }) => s.slot < there)))
    expect(second.findings[0]).toEqual({
      code: 'snapshot-cut',
      message: `the input ends ${length} bytes into this ring of 4096; what slots that are not whole hold is unknown`,
    })
    for (const format of ['ndjson', 'csv', 'text'] as const) {
      const [lines, code] = await outcome(() => decodeInputs([cut], plainStyle, { ...PLAIN, abi: abiByName('x86_64'), format }))
      const shown = lines
        .split('\n')
        .filter((line) => (format === 'ndjson' ? line.startsWith('{"snapshot":1,') : format === 'csv' && line.startsWith('1,')))
      // What is not there has lines that say so.
      const known = shown.filter((line) => !/"state":"unknown"|,unknown,/.test(line))
      if (format !== 'text') expect([shown.length, known.length]).toEqual([32, there])
      expect(code).toBe(1)
    }
  }
})

test('gzipped input prints as it does unpacked', async () => {
  const once = real.filter((bytes) => bytes.length === PAGE)
  const all = Buffer.concat([...once, ...once])
  const [plain, zipped] = [join(scratch, 'series.bin'), join(scratch, 'series.bin.gz')]
  writeFileSync(plain, all)
  writeFileSync(zipped, gzipSync(all))
  for (const format of ['ndjson', 'csv'] as const) {
    const options = { ...PLAIN, format }
    const expected = await outcome(() => decodeInputs([plain], plainStyle, options))
    expect(await outcome(() => decodeInputs([zipped], plainStyle, options))).toEqual(expected)
    expect(expected[0].length).toBeGreaterThan(100_000)
  }
})
