// What prints of one hung guest say, each alone; cut anywhere, and with anything in them, they say no more than they have.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { XENBUS_STATES } from '../../src/codec/xen/xenbus.ts'
import { readStatements } from '../../src/evidence/read.ts'
import type { Statement } from '../../src/evidence/statement.ts'

const here = import.meta.dirname
const text = (path: string) => readFileSync(join(here, path), 'utf8')
const said = (path: string) => readStatements(path, text(path)).statements
const of = <K extends Statement['kind']>(path: string, kind: K) =>
  said(path).filter((one): one is Extract<Statement, { kind: K }> => one.kind === kind)

test('the guest: 19 requests at its driver, 18 accounted', () => {
  const [list] = of('hung/guest/hctx-busy.txt', 'busy')
  expect(list).toMatchObject({ by: 'list', requests: 19, idle: 0 })
  expect(list!.ops).toEqual(
    new Map([
      ['READ', 7],
      ['WRITE', 11],
      ['FLUSH', 1],
    ]),
  )
  expect(of('hung/guest/hctx-tags.txt', 'busy')).toMatchObject([{ by: 'tags', requests: 19, of: { queue: 0 } }])
  expect(of('hung/guest/sys-block-xvda.txt', 'busy')).toMatchObject([{ requests: 18, of: { disk: 'xvda' } }, { requests: 18 }])
  expect(of('hung/guest/proc-diskstats.txt', 'busy').map((one) => [one.of.disk, one.requests])).toEqual([
    ['xvdz', 0],
    ['xvda', 18],
  ])
  expect(of('thawed/guest/hctx-tags.txt', 'busy')).toMatchObject([{ requests: 0 }])
})

test('the host: threads asleep, a device suspended, counters of two disks', () => {
  for (const file of ['hung/host/blkback-threads-stack.txt', 'hung/host/ps.txt'])
    expect(of(file, 'thread').map(({ of: { domid, disk, queue }, frames }) => [domid, disk, queue, frames[0]])).toEqual([
      [1, 'xvdz', 0, 'xen_blkif_schedule'],
      [1, 'xvda', 0, 'xen_blkif_schedule'],
    ])
  expect(of('hung/host/dmsetup-info.txt', 'storage')).toMatchObject([{ device: 'bt0', number: 'fd:0', suspended: true }])
  expect(of('hung/host/proc-interrupts.txt', 'counter').map(({ of: { irq }, value }) => [irq, value])).toEqual([
    [41, 7],
    [42, 30],
  ])
  const counters = of('hung/host/sys-bus-xen-backend.txt', 'counter').filter(({ of: { vdev } }) => vdev === 51712)
  expect(Object.fromEntries(counters.map(({ counter, value }) => [counter, value]))).toEqual({
    wr_req: 0,
    ds_req: 0,
    rd_req: 0,
    f_req: 8,
    oo_req: 0,
    rd_sect: 1579,
    wr_sect: 4457,
  })
  expect(
    of('hung/host/xentop-b-i1-x.txt', 'counter').filter(({ of: { guest, vdev } }) => guest === 'web1' && vdev === 51712),
  ).toHaveLength(5)
})

test('stacks of other forms: a log, crash, frames that the unwinder doubts', () => {
  const sysrq = `[  659.2] task:1.xvda-1        state:D stack:0     pid:297   ppid:2      flags:0x00004000
[  659.2] Call Trace:
[  659.2]  <TASK>
[  659.2]  __schedule+0x34d/0x9e0
[  659.2]  ? submit_bio_noacct+0x1/0x2
[  659.2]  submit_bio_wait+0x5e/0x90
[  659.2]  blkdev_issue_discard+0x80/0xd0
[  659.2]  xen_blkif_schedule+0x13b3/0x17d0 [xen_blkback]
[  659.2]  kthread+0xd7/0x100
[  659.2]  </TASK>
`
  const crash = `PID: 297      TASK: ffff888007f20000  CPU: 0    COMMAND: "1.xvda-1"
 #0 [ffffc9000019bd28] __schedule at ffffffff819f4b3e
 #1 [ffffc9000019be10] submit_bio_wait at ffffffff81456b3e
 #2 [ffffc9000019be20] blkdev_issue_discard at ffffffff81466b3e
 #3 [ffffc9000019be30] xen_blkif_schedule at ffffffffc0256b3e [xen_blkback]
`
  for (const stack of [sysrq, crash])
    expect(readStatements('stack', stack).statements).toMatchObject([
      {
        kind: 'thread',
        thread: '1.xvda-1',
        of: { domid: 1, disk: 'xvda', queue: 1 },
        frames: expect.arrayContaining(['blkdev_issue_discard']),
      },
    ])
})

const files = ['hung/guest', 'hung/host'].flatMap((folder) => readdirSync(join(here, folder)).map((name) => `${folder}/${name}`))

test('what is cut says no more, and lines that were used are lines of the text', () => {
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.double({ min: 0, max: 1, noNaN: true }), (file, share) => {
      const whole = text(file)
      const part = whole.slice(0, Math.floor(whole.length * share))
      const { statements, used, lines } = readStatements(file, part)
      const count = part.split('\n').length
      expect(used.every((line) => line >= 1 && line <= count)).toBe(true)
      expect(used.length).toBeLessThanOrEqual(lines)
      expect(statements.every(({ line }) => line === undefined || line <= count)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

const PIECES = [
  '[<0>] ',
  'xen_blkif_schedule+0x1/0x2',
  '1.xvda-0',
  'busy=',
  '.state=in_flight',
  '==> ',
  'inflight:',
  '9'.repeat(40),
  ' ',
  '\n',
  '(XEN) ',
  'VBD BlkBack 1 [1: 2]',
  ':',
  '/',
  '\u202e',
  'xvda: ',
  'Name: x',
  'State: SUSPENDED',
  'Major, minor: 1, 2',
  '  1:  2 a b blkif',
]

test('anything is read without a mistake', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 12 })), { maxLength: 60 }), (pieces) => {
      const { statements } = readStatements('any', pieces.join(''))
      for (const one of statements) if (one.kind === 'counter') expect(Number.isFinite(one.value)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('lines of a megabyte, and a megabyte of lines', () => {
  for (const unit of ['[<0>] a+0x1/0x2\n', '1', ' ', '==> ', 'a/', '9: ', '\tbusy=1\n', '(1.xvda-0): oo ', 'vbd vbd-1: 1 '])
    readStatements('long', unit.repeat(Math.floor(2 ** 20 / unit.length)))
})

test('states of sysfs are those of xenbus.h, all nine', () => {
  for (const [number, word] of XENBUS_STATES.entries()) {
    const [one] = readStatements('sys', `==> /sys/bus/xen-backend/devices/vbd-1-51712/state <==\n${word}\n`).statements
    expect(one?.kind === 'device' && one.nodes.backend.get('state')).toBe(String(number))
  }
})

// One digit more doubled the time.
test('a line of digits is no count, and is seen to be none at once', () => {
  const { statements } = readStatements('stat', `==> /sys/block/sda/stat <==\n${'1'.repeat(100_000)}x\n`)
  expect(statements).toEqual([])
})
