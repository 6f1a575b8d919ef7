// Lines of blkparse and ftrace, and what becomes of a trace.
import { expect, test } from 'vitest'
import { scriptOf } from '../../../src/scenario/file/index.ts'
import { stepsOfTrace } from '../../../src/scenario/player/index.ts'
import { parseBlkparseLine, parseBlockTrace, parseFtraceLine, parseRwbs } from '../../../src/scenario/trace/index.ts'
import { eachCapture, textOf } from '../../support/captures.ts'

test.each([
  ['R', { op: 'read' }],
  ['RA', { op: 'read', readahead: true }],
  ['RM', { op: 'read', metadata: true }],
  ['W', { op: 'write' }],
  ['WS', { op: 'write', sync: true }],
  ['WFS', { op: 'write', fua: true, sync: true }],
  ['FWFSM', { op: 'write', preflush: true, fua: true, sync: true, metadata: true }],
  ['FF', { op: 'flush', preflush: true }],
  ['FN', { op: 'flush', preflush: true }],
  ['F', { op: 'flush', preflush: true }],
  ['D', { op: 'discard' }],
  ['DS', { op: 'discard', sync: true }],
  ['DE', { op: 'secdiscard' }],
  ['N', { op: undefined }],
])('%s', (letters, wanted) => {
  const nothing = { op: undefined, preflush: false, fua: false, sync: false, metadata: false, readahead: false }
  expect(parseRwbs(letters)).toEqual({ ...nothing, ...wanted })
})

test.each(['', 'XX', 'RR', 'r', 'W!'])('%j is none', (letters) => {
  expect(parseRwbs(letters)).toBeUndefined()
})

test.each([
  ['  8,0    3        1     0.000000000   812  D   R 51216 + 8 [flusher]', 'issue', 'R', 51216n, 8],
  ['  8,0    3        2     0.000001000   812  C  WS 51216 + 8 [0]', 'complete', 'WS', 51216n, 8],
  ['259,12   0       11     1.250000000     0  C   R 100 + 8 ( 500) [0]', 'complete', 'R', 100n, 8],
  ['  8,16   1        5     0.100000000    12  D  FN [kworker/0:1H]', 'issue', 'FN', 0n, 0],
  ['  8,0    3        9     0.000000000   812  D   W 18446744073709551615 + 1 [a b [c]]', 'issue', 'W', 2n ** 64n - 1n, 1],
])('%s', (line, type, rwbs, sector, nrSectors) => {
  expect(parseBlkparseLine(line)).toMatchObject({ type, rwbs, sector, nrSectors })
})

test.each([
  ['', 'empty'],
  ['  8,0    3        1     0.000000000   812  Q   R 51216 + 8 [flusher]', 'other'],
  ['  8,0    3        1     0.000000000   812  A   W 1 + 8 <- (8,1) 0', 'other'],
  ['  8,0    3        1     0.000000000     0  m   N cfq2519S dispatch', 'other'],
  ['CPU0 (8,0):', 'unknown'],
  [' Reads Queued:          20,       80KiB', 'unknown'],
])('%j: %s', (line, what) => {
  expect(parseBlkparseLine(line)).toBe(what)
})

test('ftrace lines', () => {
  const prefix = '             iot-40      [000] d....    16.891826: '
  const issue = parseFtraceLine(`${prefix}block_rq_issue: 202,0 WS 61440 () 701 + 120 [iot]`)
  expect(issue).toEqual({ type: 'issue', device: '202,0', rwbs: 'WS', sector: 701n, nrSectors: 120 })
  const grant = parseFtraceLine(`${prefix}grant: (gnttab_grant_foreign_access_ref+0x0/0x30) ref=10 domid=0 frame=287696 readonly=0`)
  expect(grant).toEqual({ type: 'grant', gref: 10, gfn: 287696, readonly: false })
  expect(parseFtraceLine(`${prefix}endgrant: (gnttab_try_end_foreign_access+0x0/0x70) ref=12`)).toEqual({
    type: 'endgrant',
    gref: 12,
  })
  expect(parseFtraceLine('# tracer: nop')).toBe('empty')
  expect(parseFtraceLine('nonsense')).toBe('unknown')
})

const BLKPARSE = `  8,0    3        1     0.000000000   812  Q   W 100 + 16 [x]
  8,0    3        2     0.000001000   812  D   W 100 + 16 [x]
  8,16   3        3     0.000002000   812  D   R 5 + 8 [y]
  8,0    3        4     0.000003000   812  D  WFS 200 + 8 [x]
  8,0    3        5     0.000004000     0  C   W 100 + 16 [0]
  8,0    3        6     0.000005000   812  D   R 1000 + 1024 [x]
  8,0    3        7     0.000006000   812  D   N [x]
  8,0    3        8     0.000007000     0  C   R 9999 + 8 [0]
CPU3 (8,0):
`

function stepsOf(text: string, keys: object = {}, device?: string, depth = 32, offset = 0) {
  const { config } = scriptOf(keys)
  const made = stepsOfTrace(parseBlockTrace(text, device), { config, depth, offset })
  return { ...made, steps: [...made.steps] }
}

test('a trace becomes requests and their completions', () => {
  const trace = parseBlockTrace(BLKPARSE)
  expect(trace).toMatchObject({ format: 'blkparse', device: '8,0', otherDevices: 1, otherEvents: 1, skipped: 1, skippedLines: [9] })
  expect(stepsOf(BLKPARSE)).toEqual({
    steps: [
      { queue: { write: { sector: '100', bytes: 8192 } } },
      { queue: { write: { sector: '200', bytes: 4096 } } },
      { queue: { flush: {} } },
      { complete: { requests: [0] } },
      ...[1000, 1256, 1512, 1768].map((sector) => ({ queue: { read: { sector: String(sector), bytes: 131072 } } })),
    ],
    issued: 3,
    completed: 1,
    unfit: 1,
    unmatched: 1,
    cut: 1,
    early: 0,
    late: 0,
  })
})

test('buffers that begin within a page: a request that is cut goes on where the page ends', () => {
  const { steps } = stepsOf(BLKPARSE, {}, undefined, 32, 512)
  const last = [
    { queue: { read: { sector: '1000', bytes: 130560, offset: 512 } } },
    ...[1255, 1511, 1767].map((sector) => ({ queue: { read: { sector: String(sector), bytes: 131072 } } })),
    { queue: { read: { sector: '2023', bytes: 512 } } },
  ]
  expect(steps).toEqual([
    { queue: { write: { sector: '100', bytes: 8192, offset: 512 } } },
    { queue: { write: { sector: '200', bytes: 4096, offset: 512 } } },
    { queue: { flush: {} } },
    { complete: { requests: [0] } },
    ...last,
  ])
  // The emulated driver takes them: 128 KiB from 512 on would need a segment more than it sends.
  expect(() => scriptOf({ steps })).not.toThrow()
  // Pages of 64 KiB: two of them hold 128 KiB less the offset.
  const sizes = (offset: number) =>
    stepsOf(BLKPARSE, { page_size: '64K' }, undefined, 32, offset).steps.flatMap((step) => {
      const { read } = (step as { queue?: { read?: { bytes: number } } }).queue ?? {}
      return read ? [read.bytes] : []
    })
  expect([sizes(0)[0], sizes(512)[0], sizes(4096)[0]]).toEqual([131072, 130560, 126976])
  // A barrier has the eleven grants of its slot, and an offset within the first takes sectors from them.
  const barrier = '8,0 3 1 0.000000001 812 D WFS 200 + 88 [x]\n'
  const { steps: parts } = stepsOf(barrier, { features: { flush: false, barrier: true } }, undefined, 32, 512)
  expect(parts).toEqual([
    { queue: { write: { sector: '200', bytes: 87 * 512, offset: 512, fua: true } } },
    { queue: { write: { sector: '287', bytes: 512, fua: true } } },
  ])
})

test('FUA is FUA where the backend has barriers', () => {
  const { steps } = stepsOf(BLKPARSE, { features: { flush: false, barrier: true } })
  expect(steps[1]).toEqual({ queue: { write: { sector: '200', bytes: 4096, fua: true } } })
})

test('a driver that takes less at a time answers early', () => {
  const { steps, early } = stepsOf(BLKPARSE, {}, undefined, 2)
  expect(early).toBeGreaterThan(0)
  expect(() => scriptOf({ steps })).not.toThrow()
})

test('another device', () => {
  expect(stepsOf(BLKPARSE, {}, '8,16').steps).toEqual([{ queue: { read: { sector: '5', bytes: 4096 } } }])
  expect(() => stepsOf(BLKPARSE, {}, '9,9')).toThrow('no request is issued to device 9,9; there are 8,0 8,16')
  expect(() => stepsOf('hello\n')).toThrow('no request is issued in it: neither D lines of blkparse, nor block_rq_issue')
})

eachCapture('requests of a trace', (capture) => {
  const text = textOf(capture, 'trace.txt')
  if (!text?.includes('block_rq_issue')) return
  const { steps, unfit } = stepsOf(text, { page_size: '64K' })
  expect(unfit).toBe(0)
  expect([...scriptOf({ page_size: '64K', steps }).steps].length).toBeGreaterThanOrEqual(steps.length)
})
