// What is said beside a ring: put to its device, held against its indices, and never firmer than it can be.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { triageText } from '../../src/commands/doctor/triage.ts'
import { caseOf, type DeviceCase, deskOf } from '../../src/doctor/index.ts'
import { readStatements } from '../../src/evidence/read.ts'
import { plainStyle } from '../../src/print/style.ts'
import { devicesOf, snapshots } from './moments.ts'

const hung = join(import.meta.dirname, '../evidence/hung')
const text = (path: string) => readFileSync(join(hung, path), 'utf8')

interface Put {
  readonly cases: DeviceCase[]
  readonly unplaced: string[]
}

function put(inputs: readonly string[], texts: Readonly<Record<string, string>>, interval?: number): Put {
  const statements = Object.entries(texts).flatMap(([name, said]) => readStatements(name, said).statements)
  const { places, unplaced } = deskOf(devicesOf(inputs.flatMap(snapshots)).devices, statements)
  return { cases: places.map((place) => caseOf(place, interval)), unplaced: unplaced.map(({ why }) => why) }
}

const main = ({ verdicts: [v] }: DeviceCase) => `${v!.verdict} ${v!.sureness}`
const said = ({ remarks }: DeviceCase) => remarks.map((r) => `${r.contradicts ? 'AGAINST ' : ''}${r.source}: ${r.text}`).join('\n')

const files = ['guest', 'host'].flatMap((folder) => readdirSync(join(hung, folder)).map((name) => `${folder}/${name}`))

describe('a hung guest: all 19 requests taken, the device below suspended', () => {
  test('all together', () => {
    const { cases } = put([join(hung, 'ring.bin')], Object.fromEntries(files.map((file) => [file, text(file)])))
    const xvda = cases.find(({ name }) => name?.startsWith('vbd-1-51712'))!
    expect(main(xvda)).toBe('storage-below likely')
    expect(xvda.verdicts[0]!.causes[0]).toMatch(/bt0 \(fd:0\) is suspended/)
    expect(said(xvda)).not.toContain('AGAINST')
    expect(said(xvda)).toMatch(
      /accounts 18 requests in flight, and 19 have no answer on the ring: .*flushes out, of which there is 1/,
    )
    expect(said(xvda)).toMatch(/neither pending nor masked/)
    expect(main(cases.find(({ name }) => name?.startsWith('vbd-1-268441856'))!)).toBe('not-shown may')
  })

  test.each(files)('%s alone contradicts nothing of it', (file) => {
    const { cases } = put([], { [file]: text(file) })
    for (const one of cases) expect(['not-shown may', 'some-stuck may', 'storage-below may']).toContain(main(one))
  })

  test.each(files)('%s beside the ring says nothing against it', (file) => {
    const { cases } = put([join(hung, 'ring.bin')], { [file]: text(file) })
    const ring = cases.find(({ diagnoses }) => diagnoses.length > 0)!
    expect(ring.verdicts[0]!.verdict).toBe('storage-below')
    expect(ring.verdicts[0]!.sureness).not.toBe('certain')
    expect(said(ring)).not.toContain('AGAINST')
  })

  test('of another moment it is said', () => {
    const { cases } = put([join(hung, '../thawed/ring.bin')], { busy: text('guest/hctx-busy.txt') })
    expect(said(cases[0]!)).toMatch(/AGAINST busy: .*accounts for/)
  })
})

const DISCARD = (thread: string) => `# cat /proc/297/comm /proc/297/stack
${thread}
[<0>] submit_bio_wait+0x5e/0x90
[<0>] blkdev_issue_discard+0x80/0xd0
[<0>] xen_blkif_schedule+0x9b3/0x17d0 [xen_blkback]
[<0>] kthread+0xd7/0x100
`

describe('threads', () => {
  test('one of two queues is inside a discard', () => {
    const { cases } = put(['dumps/multi-queue'], { stack: DISCARD('18.xvda-1') })
    const [one] = cases
    expect(main(one!)).toBe('backend-blocked likely')
    expect(one!.diagnoses.map(({ last, verdicts: [v] }) => [last.queue, v!.verdict])).toEqual([
      [0, 'idle'],
      [1, 'backend-blocked'],
    ])
  })

  test('of an idle queue it is another moment', () => {
    const { cases } = put(['dumps/multi-queue'], { stack: DISCARD('18.xvda-0') })
    expect(main(cases[0]!)).toBe('storage-below may')
    expect(said(cases[0]!)).toMatch(/AGAINST stack: .*other moments/)
  })

  test('without a ring', () => {
    const { cases } = put([], { stack: DISCARD('7.xvdb-0') })
    expect(cases.map((one) => [one.name, main(one)])).toEqual([['xvdb of domain 7', 'backend-blocked likely']])
  })

  test('one that sleeps is not blocked', () => {
    const sleeping = text('host/blkback-threads-stack.txt').replaceAll('1.xvda-0', '8.xvda-0')
    const { cases } = put(['dumps/unconsumed-requests'], { stack: sleeping })
    const ring = cases.find(({ diagnoses }) => diagnoses.length > 0)!
    expect(ring.verdicts.map(({ verdict }) => verdict)).not.toContain('backend-blocked')
  })
})

const busy = (requests: number) =>
  Array.from(
    { length: requests },
    (_, i) =>
      `${(0xffff0000 + i).toString(16)} {.op=READ, .cmd_flags=, .rq_flags=STARTED, .state=in_flight, .tag=${i}, .internal_tag=-1}\n`,
  ).join('')

describe('busy lists', () => {
  const ring = 'dumps/unconsumed-responses'

  test('answered and not taken: the guest still holds them', () => {
    const { cases } = put([ring], { busy: busy(6) })
    expect(main(cases[0]!)).toBe('responses-not-taken likely')
    expect(said(cases[0]!)).toMatch(/6 were answered and not taken/)
  })

  test('the guest holds none: there may be nothing to take', () => {
    const { cases } = put([ring], { busy: '==> hctx0/tags\nbusy=0\n' })
    expect(main(cases[0]!)).toBe('responses-not-taken may')
  })

  test('more than the ring accounts for', () => {
    const { cases } = put([ring], { busy: busy(32) })
    expect(said(cases[0]!)).toMatch(/AGAINST busy: .*lost 26 of them, or they are of another moment/)
  })
})

describe('logs', () => {
  const log = readFileSync(join(hung, '../disabled.txt'), 'utf8')

  test('a disk that was disabled', () => {
    const { cases } = put([], { log })
    expect(cases.map((one) => [one.name, main(one)])).toEqual([['xvda', 'disk-disabled certain']])
  })

  test('and connected again later: that is past', () => {
    const { cases } = put([], { log: `${log}[ 9000.0] blkfront: xvda: flush diskcache: enabled; persistent grants: enabled;\n` })
    expect(main(cases[0]!)).not.toMatch(/^disk-disabled/)
    expect(said(cases[0]!)).toMatch(/connected again at line 5: that is past/)
  })

  test('a hung task names no disk', () => {
    const { unplaced } = put([], {
      log: 'INFO: task dd:116 blocked for more than 121 seconds.\n',
      store: text('host/xenstore-ls-f.txt'),
    })
    expect(unplaced).toEqual(['it names no device, and there are 2'])
  })
})

test('a busy list that names no disk, and nothing else', () => {
  const { cases, unplaced } = put([], { busy: text('guest/hctx-busy.txt'), tags: text('guest/hctx-tags.txt') })
  expect(cases.map((one) => [one.name, main(one)])).toEqual([[undefined, 'some-stuck may']])
  expect(unplaced).toEqual([])
})

test('counters: once they prove nothing, twice they show what moved', () => {
  const top = (rd: number) =>
    `  web1 --b---  25  0.0  163840  6.3  164864  6.3  1  0  0  0  1  0  0  0  1603  5097  0\nVBD BlkBack 51712 [ca: 0]  OO:  0   RD:  ${rd}   WR:  0   RSECT:  ${8 * rd}   WSECT:  0\n`
  const once = put([], { first: top(5) }).cases[0]!
  expect(said(once)).toMatch(/prove nothing of a hang/)
  const twice = put([], { first: top(5), second: top(9) }).cases[0]!
  expect(said(twice)).toMatch(/grew: reads handed on by 4, sectors read by 32; stood still: /)
  expect(said(put([], { first: top(5), second: top(0) }).cases[0]!)).toMatch(/log_stats set it back/)
})

test('two hundred disks: a line or two each, the worst first, in the width', () => {
  const store = Array.from({ length: 200 }, (_, i) => {
    const [front, back] = [`/local/domain/${i + 1}/device/vbd/51712`, `/local/domain/0/backend/vbd/${i + 1}/51712`]
    const state = i % 50 === 7 ? 2 : 4
    return `${front}/backend = "${back}"\n${front}/virtual-device = "51712"\n${front}/state = "${state === 4 ? 4 : 3}"\n${front}/ring-ref = "8"\n${front}/event-channel = "9"\n${back}/frontend = "${front}"\n${back}/state = "${state}"\n${back}/dev = "xvda"\n`
  }).join('')
  const { cases } = put([], {
    store,
    stacks: Array.from({ length: 200 }, (_, i) => DISCARD(`${i + 1}.xvda-0`))
      .filter((_, i) => i % 100 === 3)
      .join(''),
  })
  expect(cases).toHaveLength(200)
  for (const width of [60, 80, 160]) {
    const lines = triageText(
      cases.map((judged) => ({ judged, title: 'store' })),
      { style: plainStyle, width },
    ).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
    expect(lines[0]).toBe('200 devices, 6 with a problem')
  }
})

test('what a kernel says of a disk without a queue is of each of its queues', () => {
  const queues = join(import.meta.dirname, '../../dumps/multi-queue')
  const log = '[ 12.3] vbd vbd-51712: xvda: illegal number of responses 33\n[ 12.4] blkfront: xvda disabled for further use\n'
  const { cases } = put([queues], { log })
  expect(cases).toHaveLength(1)
  expect(main(cases[0]!)).toBe('disk-disabled certain')
  const remarks = cases[0]!.remarks.map(({ source, text }) => `${source} ${text}`)
  expect(new Set(remarks).size).toBe(remarks.length)
})

test('busy lists of several queues are summed by operation', () => {
  const line = (queue: number, op: string, state: string) =>
    `/sys/kernel/debug/block/xvda/hctx${queue}/busy:00000000deadbeef {.op=${op}, .cmd_flags=, .rq_flags=, .state=${state}, .tag=1, .internal_tag=-1}\n`
  const busy = line(0, 'FLUSH', 'in_flight').repeat(5) + line(0, 'READ', 'idle').repeat(2) + line(1, 'WRITE', 'in_flight')
  const { cases } = put([], { busy })
  expect(said(cases[0]!)).toMatch(/holds 6 requests \(5 FLUSH, 1 WRITE\).* 2 more requests wait above the driver/)
})
