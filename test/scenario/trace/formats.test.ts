// One trace as each tool prints it: what a guest really did (dumps/direct/trace.txt.gz, of ftrace) written as the others write it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { parseBlockTrace, parseFtrace, type RequestEvent } from '../../../src/scenario/trace/index.ts'
import { SHARED, testShared } from '../../support/shared.ts'

const dump = join(import.meta.dirname, '../../../dumps/direct/trace.txt.gz')
const requests = parseFtrace(gunzipSync(readFileSync(dump)).toString()).events.filter(
  (e): e is RequestEvent => e.type === 'issue' || e.type === 'complete',
)
const time = (i: number) => (10 + i / 1000).toFixed(6)

const kernelText = ({ type, device, rwbs, sector, nrSectors }: RequestEvent) =>
  type === 'issue'
    ? `${device} ${rwbs} ${nrSectors * 512} () ${sector} + ${nrSectors} [dd]`
    : `${device} ${rwbs} () ${sector} + ${nrSectors} [0]`
const named = ({ type, device, rwbs, sector, nrSectors }: RequestEvent, equals: string, join: string) => {
  const [major, minor] = device.split(',').map(Number)
  const fields = { dev: major! * 2 ** 20 + minor!, sector, nr_sector: nrSectors, ...(type === 'issue' ? {} : { error: 0 }), rwbs }
  return Object.entries(fields)
    .map(([name, value]) => `${name}${equals}${value}`)
    .join(join)
}

test.each<[string, string, (event: RequestEvent, i: number) => string]>([
  ['perf script', '', (e, i) => `   my dd  998 [002]  ${time(i)}: block:block_rq_${e.type}: ${kernelText(e)}`],
  [
    'perf script',
    '',
    (e, i) => `dd 998/1001 ${time(i)}:          1  block:block_rq_${e.type}: ${kernelText(e)}`.replace('  block', ' block'),
  ],
  ['trace-cmd report', 'cpus=4', (e, i) => `          dd-998   [002]  ${time(i)}: block_rq_${e.type}:       ${kernelText(e)}`],
  ['ftrace', 'cpus=4', (e, i) => `          dd-998   [002] d..1.  ${time(i)}: block_rq_${e.type}:       ${kernelText(e)}`],
  ['bpftrace', 'Attaching 2 probes...', (e) => `block_rq_${e.type} ${named(e, '=', ' ')} dd`],
  ['bpftrace', '', (e, i) => `  ${i}.000 dd/998 block:block_rq_${e.type}(${named(e, ': ', ', ')})`],
  ['bpftrace', 'Attaching 2 probes...', (e) => `${e.type} ${e.device} ${e.rwbs} ${e.sector} + ${e.nrSectors} dd`],
])('%s', (format, head, print) => {
  const lines = requests.map(print)
  // `cpus=` begins what trace-cmd reports, whatever the newer ones put into its lines.
  const name = head === 'cpus=4' ? 'trace-cmd report' : format
  const text = [...(head === '' ? [] : [head]), ...lines].join('\r\n')
  const trace = parseBlockTrace(text)
  expect(trace).toMatchObject({ format: name, device: '202,0', skipped: 0, otherDevices: 0 })
  expect(trace.events).toEqual(requests)
  const quoted = text
    .split('\r\n')
    .map((line) => `> ${line}`)
    .join('\n')
  expect(parseBlockTrace(`# perf script\nroot@web1:~# less trace\n${quoted}`).events).toEqual(requests)
  // Cut anywhere, nothing but the last line is lost.
  const cut = parseBlockTrace(text.slice(0, -7))
  expect(cut.events.length).toBeGreaterThanOrEqual(requests.length - 1)
})

const BIOSNOOP = `TIME(s)     COMM           PID     DISK      T SECTOR     BYTES  LAT(ms)
0.000000    Web Content    1950    xvda      W 13092560   4096      0.74
0.001000    dd             1951    xvda      R 2048       45056     5.00
0.002000    jbd2/xvda1-8   412     xvda      W 18446744073709551615 0 0.50
0.002100    dd             1951    xvdb      R 8          512       0.10
garbage
`

test('biosnoop: a line is a request when it ended, and those of one time were in flight together', () => {
  const { events, ...rest } = parseBlockTrace(BIOSNOOP)
  expect(rest).toMatchObject({ format: 'biosnoop', device: 'xvda', otherDevices: 2, skipped: 1, skippedLines: [6] })
  expect(events.map(({ type, rwbs, sector, nrSectors }) => [type, rwbs, sector, nrSectors])).toEqual([
    ['issue', 'R', 2048n, 88],
    ['issue', 'W', 13092560n, 8],
    ['complete', 'W', 13092560n, 8],
    ['complete', 'R', 2048n, 88],
    ['issue', 'FF', 2n ** 64n - 1n, 0],
    ['complete', 'FF', 2n ** 64n - 1n, 0],
  ])
  expect(parseBlockTrace(BIOSNOOP, 'xvdb').events).toHaveLength(2)
})

test('biosnoop of bpftrace says neither sector nor length', () => {
  const text =
    'Attaching 3 probes...\nTIME(ms)     DISK COMM             PID    LAT(ms)\n611          xvda bash             4179        10\n'
  expect(() => parseBlockTrace(text)).toThrow('biosnoop.bt prints neither sectors nor lengths')
})

test.each([
  ['TIME(s) COMM PID DISK T SECTOR BYTES LAT(ms)\n1 a 1 xvda W 99999999999999999999 4096 1'],
  ['TIME(s) COMM PID DISK T SECTOR BYTES LAT(ms)\n1 a 1 xvda W 8 4095 1'],
  ['TIME(s) COMM PID DISK T SECTOR BYTES LAT(ms)\n1 a 1 xvda W 8'],
  [`dev=${'9'.repeat(40)} sector=1 nr_sector=8 rwbs=R`],
  [`dev=1 sector=${'9'.repeat(20)} nr_sector=8 rwbs=R`],
  [`x ${'1.1: '.repeat(50_000)}block:block_rq_issue`],
  [`${'sector='.repeat(50_000)}`],
  [`TIME(s) COMM DISK SECTOR BYTES ${'T '.repeat(100_000)}\n1 2 3`],
])('a hostile line is no request: %.60s', (text) => {
  expect(() => parseBlockTrace(text)).toThrow('no request is issued in it')
})

const input = (name: string) => readFileSync(join(import.meta.dirname, 'inputs', name), 'utf8')
const short = (text: string) => parseBlockTrace(text).events.map((e) => `${e.type} ${e.rwbs} ${e.sector}+${e.nrSectors}`)

test('traces as people have them', () => {
  const [write, read] = ['WS 1062912+8', 'R 2048+88']
  expect(parseBlockTrace(input('perf-script.txt'))).toMatchObject({ format: 'perf script', device: '202,0', skipped: 0 })
  expect(short(input('perf-script.txt'))).toEqual([`issue ${write}`, `issue ${read}`, `complete ${read}`])
  const flush = 'FF 18446744073709551615+0'
  const ended = [write, read, flush].flatMap((request) => [`issue ${request}`, `complete ${request}`])
  expect(parseBlockTrace(input('ftrace-6.x.txt')).format).toBe('ftrace')
  expect(short(input('ftrace-6.x.txt'))).toEqual(ended)
  expect(short(input('blkparse-ec2.txt')).filter((e) => e.startsWith('issue'))).toEqual([
    ...[`issue ${write}`, `issue ${read}`],
    ...['issue FWS 0+0', 'issue DS 4096+2048', 'issue WFS 1062920+8'],
  ])
})

testShared('../shared: what a hung guest traced, and its ring holds unanswered', () => {
  const folder = join(SHARED, 'field/real/a-persistent-all-kinds')
  const { events, skipped } = parseBlockTrace(readFileSync(join(folder, '1-inflight/guest/trace.txt'), 'utf8'))
  const truth = JSON.parse(readFileSync(join(folder, 'TRUTH.json'), 'utf8'))
  const open = new Map<string, number>()
  for (const { type, sector, nrSectors } of events) {
    // A flush has no place: 0 in the trace, all ones on the ring.
    const key = nrSectors === 0 ? 'flush' : `${sector}+${nrSectors * 512}`
    open.set(key, (open.get(key) ?? 0) + (type === 'issue' ? 1 : -1))
  }
  const left = [...open].filter(([, n]) => n > 0).map(([key]) => key)
  const wanted: string[] = truth.queues[0].outstanding.map((o: { sector: number | string; req_bytes: number; op_name: string }) =>
    o.op_name.startsWith('FLUSH') ? 'flush' : `${o.sector}+${o.req_bytes}`,
  )
  expect({ skipped, left: left.sort() }).toEqual({ skipped: 0, left: wanted.sort() })
})
