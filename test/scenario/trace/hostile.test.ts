// Traces as blkparse really writes them, and requests larger than anything that the driver takes.
import { expect, test } from 'vitest'
import { MadeSteps, type Script, scriptOf } from '../../../src/scenario/file/index.ts'
import { Player, stepsOfTrace } from '../../../src/scenario/player/index.ts'
import { parseBlkparseLine, parseBlockTrace, parseFtraceLine } from '../../../src/scenario/trace/index.ts'

const line = (action: string, rest: string) => `202,0    1      205     3.141592653   811  ${action}  ${rest}`
const traceOf = (...lines: string[]) => `${lines.join('\n')}\n`

function stepsOf(text: string, keys: object = {}, depth = 32) {
  const { config } = scriptOf(keys)
  const made = stepsOfTrace(parseBlockTrace(text), { config, depth, offset: 0 })
  return { ...made, steps: [...made.steps] }
}

test.each([
  [line('D', ' R 4096 + 24 [dd]'), 'issue', 4096n, 24],
  [line('C', ' R 4096 + 24 [0]'), 'complete', 4096n, 24],
  [line('C', ' R 4096 + 24 (   72800) [0]'), 'complete', 4096n, 24],
  [line('C', 'FN 0 [0]'), 'complete', 0n, 0],
  [line('C', 'WS 77 (     500) [0]'), 'complete', 77n, 0],
  [line('D', 'FN [dd]'), 'issue', 0n, 0],
  [line('D', ' R 36 (12 00 00 00 24 00) [dd]'), 'issue', 0n, 0],
  [line('D', ' R (12 00 ..) [dd]'), 'issue', 0n, 0],
])('%s', (text, type, sector, nrSectors) => {
  expect(parseBlkparseLine(text)).toMatchObject({ type, device: '202,0', sector, nrSectors })
})

test('the completion of a SCSI command completes nothing', () => {
  expect(parseBlkparseLine(line('C', ' R (12 00 ..) [0]'))).toBe('other')
  const trace = traceOf(line('D', 'FN [dd]'), line('D', ' R 36 (12 00 ..) [dd]'), line('C', ' R (12 00 ..) [0]'))
  expect(stepsOf(trace)).toMatchObject({ steps: [{ queue: { flush: {} } }], issued: 1, completed: 0, unfit: 1, unmatched: 0 })
})

test('an empty flush is completed wherever blkparse says that it lies', () => {
  for (const place of ['0', '4096', '18446744073709551615'])
    expect(stepsOf(traceOf(line('D', 'FF [dd]'), line('C', ` F ${place} [0]`)))).toMatchObject({
      steps: [{ queue: { flush: {} } }, { complete: { requests: [0] } }],
      completed: 1,
      unmatched: 0,
    })
  // The end of a write whose data went out in a request of its own.
  expect(stepsOf(traceOf(line('D', 'FF [dd]'), line('C', 'WS 0 [0]')))).toMatchObject({ completed: 0, unmatched: 1 })
})

test.each([
  ['R', 99999999999999],
  ['W', 99999999999999],
  ['R', Number.MAX_SAFE_INTEGER],
])('a %s of %d sectors is refused', (letter, sectors) => {
  const trace = traceOf(line('D', ' R 0 + 8 [dd]'), line('D', ` ${letter} 1 + ${sectors} [dd]`))
  expect(() => stepsOf(trace)).toThrow(`the driver takes 256 sectors at a time: ${sectors} at sector 1 are too many to cut`)
})

test('many large requests are refused like one', () => {
  const trace = traceOf(...Array.from({ length: 200 }, (_, i) => line('D', ` R ${i} + 4000000 [dd]`)))
  expect(() => stepsOf(trace)).toThrow('the driver takes 256 sectors at a time: 4000000 at sector 1 are too many to cut')
})

test('a request that ends beyond 2^64 is refused, and a flush has no place', () => {
  const last = '18446744073709551615'
  expect(() => stepsOf(traceOf(line('D', ` W ${last} + 1 [dd]`)))).toThrow(`sector ${last} + 1 lies beyond 2^64`)
  expect(stepsOf(traceOf(line('D', ` FF ${last} + 8 [dd]`)))).toMatchObject({ steps: [{ queue: { flush: {} } }] })
})

test('steps are made whenever they are gone through, and are the same each time', () => {
  const keys = { features: { flush: false, barrier: true, secure_discard: true } }
  const { config } = scriptOf(keys)
  const trace = traceOf(
    line('D', ' W 0 + 2560 [dd]'),
    line('C', ' W 0 + 2560 [0]'),
    ...['R', 'WFS', 'FF', 'D', 'DE'].map((letters) => line('D', `${letters} 8 + 8 [dd]`)),
  )
  const { steps } = stepsOfTrace(parseBlockTrace(trace), { config, depth: 32, offset: 512 })
  // What draws chance is a function, another each time.
  const read = (script: Script) => [...script.steps].map((step) => ({ ...step, random: undefined }))
  const script = scriptOf({ ...keys, steps })
  const first = read(script)
  expect(first).toEqual(read(scriptOf({ ...keys, steps: [...steps] })))
  expect(read(script)).toEqual(first)
  expect(first).toHaveLength(steps.length)
  expect(() => scriptOf({ steps: new MadeSteps(1_000_001, () => [], String) })).toThrow(
    'steps: 1000001 entries; at most 1000000 are possible',
  )
})

test('a discard is not cut', () => {
  const { steps } = stepsOf(traceOf(line('D', ' D 8 + 99999999999999 [dd]')))
  expect(steps).toEqual([{ queue: { discard: { sector: '8', sectors: 99999999999999 } } }])
})

test.each([
  ['direct requests only', ' R', 4096, { features: { max_indirect_segments: 0 } }, 47],
  ['indirect requests', ' R', 65536, {}, 256],
  ['a barrier', 'WF', 4096, { features: { flush: false, barrier: true } }, 47],
])('a request of more parts than are in flight at a time: %s', (_, letters, sectors, keys, parts) => {
  const large = [line('D', `${letters} 8 + ${sectors} [dd]`), line('C', `${letters} 8 + ${sectors} [0]`)]
  const trace = traceOf(line('D', ' R 0 + 8 [dd]'), ...large)
  const { steps, ...counts } = stepsOf(trace, keys)
  // The small one and the large one.
  expect(counts).toEqual({ issued: 2, completed: 1, unfit: 0, unmatched: 0, cut: 1, early: 2, late: 0 })
  const player = new Player(scriptOf({ ...keys, steps }))
  let queued = 0
  let completed = 0
  for (const played of player.play()) {
    if (played.type !== 'step') continue
    if (played.outcome.type === 'queueRq' && played.outcome.result === 'queued') queued++
    if (played.outcome.type === 'interrupt') completed += played.outcome.completed.length
  }
  expect({ queued, completed }).toEqual({ queued: parts + 1, completed: parts + 1 })
})

const LONG = 200_000

/** Lines that patterns with two ways to read a character went through again and again. */
test.each([
  ['brackets', line('D', ` R 0 + 8 (${')['.repeat(LONG / 2)}`)],
  ['spaces', line('D', ` R${' '.repeat(LONG)}x`)],
  ['spaces behind', `${line('D', ' R 0 + 8 [dd]')}${' '.repeat(LONG)}x`],
  ['digits', line('D', ` R ${'1'.repeat(LONG)} + 8 [dd]`)],
  ['letters', line('D', ` ${'R'.repeat(LONG)} 0 + 8 [dd]`)],
  ['a device', `${'1'.repeat(LONG)},0 0 1 0.0 1 D R 0 + 8 [dd]`],
  ['processors of ftrace', `x ${'[0] '.repeat(LONG / 4)}1.0: block_rq_issue: 202,0 R 4096 () 0 + 8 [dd`],
  ['a place of ftrace', `x [000] ..... 1.0: block_rq_issue: 202,0 R 4096 () ${'9'.repeat(LONG)} + 8 [dd]`],
  ['arguments of ftrace', `x [000] ..... 1.0: block_rq_issue: 202,0 R 4096 (${') 1'.repeat(LONG / 3)} + 8 [dd]`],
])('a line is gone through once: %s', (_, odd) => {
  const before = process.cpuUsage().user
  expect([parseBlkparseLine(odd), parseFtraceLine(odd)]).toContain('unknown')
  // Microseconds; what took the square of the length took a minute.
  expect(process.cpuUsage().user - before).toBeLessThan(1e6)
})

test('a completion before the first request, and those of requests that are not waited for, have names of their own', () => {
  const early = line('C', ' R 8 + 8 [0]')
  const noData = [line('D', '  N [dd]'), line('C', '  N 0 [0]')]
  expect(stepsOf(traceOf(early, line('D', ' R 0 + 8 [dd]'), ...noData))).toMatchObject({
    issued: 1,
    unfit: 1,
    unmatched: 1,
    late: 1,
  })
})

test('damaged lines are counted, each by its own number', () => {
  const text = [line('D', ' R 0 + 8 [dd]'), line('D', ' R 8 + x [dd]'), 'garbage', line('D', ' W 16 + 8 [dd')].join('\n')
  expect(parseBlockTrace(text)).toMatchObject({ skipped: 3, skippedLines: [2, 3, 4], otherEvents: 0 })
})

test('the first line that is of a kind says which', () => {
  const foreign = 'x [000] ..... 1.0: block_rq_issue: 202,0 R 4096 () 0 + 8 [dd]'
  expect(parseBlockTrace(`${line('D', ' R 0 + 8 [dd]')}\n${foreign}`)).toMatchObject({ format: 'blkparse', skippedLines: [2] })
})
