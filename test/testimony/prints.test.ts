// What prints say of a ring, against what is known of the guest that they are of (test/testimony/inputs/README.md).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Testimony } from '../../src/capture/testimony.ts'
import { diagnoseHistory, History, type Moment, momentOfTestimony } from '../../src/doctor/index.ts'
import { readTestimonies } from '../../src/testimony/index.ts'

const read = (name: string) => readTestimonies(readFileSync(join(import.meta.dirname, 'inputs', name), 'utf8'))

/** What a testimony says, in one object: indices, and what else is there. */
function said(testimony: Testimony | undefined) {
  const { shared, known, nr_ents, device, ringRefs, evtchn, shadow, pending } = testimony!
  const inUse = shadow && [...shadow.entries.values()].filter((entry) => entry.inUse).map(({ id }) => id)
  return Object.fromEntries(
    Object.entries({ ...shared, ...known, nr_ents, device, ringRefs, evtchn, inUse, pending: pending && [...pending] }).filter(
      ([, value]) => value !== undefined,
    ),
  )
}

const HUNG = {
  req_prod: 48271,
  req_event: 48272,
  rsp_prod: 48258,
  rsp_event: 48259,
  req_cons: 48271,
  rsp_prod_pvt: 48258,
  nr_ents: 32,
}
const FRONT = { req_prod_pvt: 78, rsp_cons: 59, nr_ents: 32 }
const PLACED = { ...FRONT, ringRefs: [9], evtchn: 9 }
const HEADER = { req_prod: 78, req_event: 79, rsp_prod: 59, rsp_event: 60 }
const WINDOWS = {
  req_prod: 18213,
  req_event: 18214,
  rsp_prod: 18206,
  rsp_event: 18201,
  req_prod_pvt: 18213,
  rsp_cons: 18200,
  nr_ents: 32,
}
const CRASH = {
  req_prod: 48271,
  req_event: 48272,
  rsp_prod: 48262,
  rsp_event: 48259,
  req_prod_pvt: 48271,
  rsp_cons: 48258,
  nr_ents: 32,
}
const NINETEEN = Array.from({ length: 19 }, (_, id) => id)

test.each<[string, object[]]>([
  ['with-prompt.txt', [{ ...HUNG, device: 'vbd-5-51712' }]],
  [
    'head-two.txt',
    [
      { ...HUNG, device: 'vbd-5-51712' },
      {
        req_prod: 7001,
        req_event: 7002,
        rsp_prod: 7001,
        rsp_event: 7002,
        req_cons: 7001,
        rsp_prod_pvt: 7001,
        nr_ents: 32,
        device: 'vbd-5-51728',
      },
    ],
  ],
  ['loop.txt', [HUNG, HUNG, HUNG]],
  [
    'ringwatch-v.txt',
    [
      { ...HUNG, device: 'vbd-5-51712' },
      {
        req_prod: 7001,
        req_event: 6990,
        rsp_prod: 6989,
        rsp_event: 6990,
        req_cons: 6989,
        rsp_prod_pvt: 6989,
        nr_ents: 32,
        device: 'vbd-5-51728',
      },
      {
        req_prod: 99120,
        req_event: 99121,
        rsp_prod: 99118,
        rsp_event: 99119,
        req_cons: 99120,
        rsp_prod_pvt: 99118,
        nr_ents: 32,
        device: 'vbd-7-51712',
      },
    ],
  ],
  ['windows-debug.txt', [{ ...WINDOWS, device: 'HVM5 ring-ref 1030', ringRefs: [1030], evtchn: 9 }]],
  ['crash-struct.txt', [{ ...CRASH, ringRefs: [8], evtchn: 17, inUse: [9] }]],
  ['drgn-struct.txt', [CRASH]],
  ['windbg.txt', [WINDOWS]],
  ['crash-several-x.txt', [PLACED]],
  ['crash-sring-members.txt', [HEADER]],
  ['crash-shadow-members.txt', [{ inUse: NINETEEN }]],
  ['gdb-rinfo-80col.txt', [PLACED]],
  ['gdb-sring-header.txt', [HEADER]],
  ['gdb-shadow-80col.txt', [{ inUse: [0] }]],
  ['drgn-shadow.txt', [{ inUse: [6] }]],
  ['drgn-blk_rings.txt', [{ req_cons: 78, rsp_prod_pvt: 59, nr_ents: 32 }]],
  ['crash-list-pointers.txt', []],
  ['crash-list-s.txt', []],
  ['rinfo-1.txt', []],
])('%s', (name, expected) => {
  expect(read(name).testimonies.map(said)).toEqual(expected)
})

test('a loop says when it was so', () => {
  const times = read('loop.txt').testimonies.map(({ time }) => time!)
  expect(times.map((time) => time - times[0]!)).toEqual([0, 5, 10])
})

test('an entry of a shadow is the request by the arm that its operation names', () => {
  const [testimony] = read('gdb-shadow-80col.txt').testimonies
  expect(testimony!.shadow!.entries.get(0)!.request).toMatchObject({
    kind: 'indirect',
    id: 0n,
    indirect_op: 1,
    sector_number: 3513n,
    nr_segments: 32,
    handle: 51712,
    indirect_grefs: [113],
  })
})

test('what rinfo[1] prints is said to be no ring', () => {
  const { notes } = read('rinfo-1.txt')
  expect(notes).toHaveLength(1)
  expect(notes[0]).toMatch(/nr_ents 1001 is no number of slots .*rinfo \+ N \* rinfo_size/)
})

test('a second number in brackets, a path before each line, two prints that are two moments', () => {
  const lines = ['nr_ents 32', 'req prod 27 (3) cons 27 [0] event 28', 'rsp prod 21 (1) pvt 21 event 22']
  const path = '/sys/devices/xen-backend/vbd-3-51712/io_ring'
  const grep = (text: string[]) => text.map((line) => `${path}:${line}`).join('\n')
  const later = lines.map((line) => line.replaceAll('21', '22'))
  const { testimonies } = readTestimonies(`${grep(lines)}\n${grep(later)}\n`)
  expect(testimonies.map(({ shared, device }) => [device, shared.req_prod, shared.rsp_prod])).toEqual([
    ['vbd-3-51712', 27, 21],
    ['vbd-3-51712', 27, 22],
  ])
})

test('two prints of one ring are one moment, and of two where an index moved', () => {
  const print = (rsp_cons: number) =>
    `(gdb) p $ri->ring\n$1 = {req_prod_pvt = 78, rsp_cons = ${rsp_cons}, nr_ents = 32, sring = 0xffff8880072e2000}\n`
  expect(readTestimonies(print(59) + print(59)).testimonies).toHaveLength(1)
  expect(readTestimonies(print(59) + print(60)).testimonies.map(({ known }) => known.rsp_cons)).toEqual([59, 60])
})

test('two queues are told apart by where they lie, and their shadows with them', () => {
  const queue = (
    n: number,
    rsp_cons: number,
  ) => `crash> struct blkfront_ring_info.ring,dev_info ${(0xffff888006cc2000n + BigInt(n) * 10000n).toString(16)}
  ring = {
    req_prod_pvt = 70,
    rsp_cons = ${rsp_cons},
    nr_ents = 64,
    sring = 0xffff8880072e${n}000
  },
  dev_info = 0xffff888005d83800,
crash> struct blk_shadow.request,status ${(0xffff888006cc20e0n + BigInt(n) * 10000n).toString(16)} 2
  request = 0x${n === 0 ? '0' : 'ffff8880077183c0'},
  status = REQ_PROCESSING,

  request = 0xffff888007718280,
  status = REQ_WAITING,
`
  const info = `crash> struct blkfront_info.vdevice,nr_rings,rinfo,rinfo_size ffff888005d83800
  vdevice = 51728,
  nr_rings = 2,
  rinfo = 0xffff888006cc2000,
  rinfo_size = 10000,
`
  const { testimonies } = readTestimonies(info + queue(0, 60) + queue(1, 50))
  const found = testimonies.map(({ queue, handle, known, shadow }) => ({
    queue,
    handle,
    rsp_cons: known.rsp_cons,
    inUse: [...shadow!.entries.values()].filter((e) => e.inUse).map(({ id }) => id),
  }))
  expect(found).toEqual([
    { queue: 0, handle: 51728, rsp_cons: 60, inUse: [1] },
    { queue: 1, handle: 51728, rsp_cons: 50, inUse: [0, 1] },
  ])
})

test('a variable that was set to another queue is that queue', () => {
  const ring = (at: string, cons: number) => `$1 = {req_prod_pvt = 9, rsp_cons = ${cons}, nr_ents = 32, sring = 0xffff88800${at}}`
  const text = [
    '(gdb) set $ri = $info->rinfo',
    '(gdb) p $ri->ring',
    ring('7000000', 1),
    '(gdb) set $ri = (struct blkfront_ring_info *)((char *)$info->rinfo + $info->rinfo_size)',
    '(gdb) p $ri->shadow[0].request',
    '(gdb) p $ri->ring',
    ring('8000000', 2),
    '(gdb) p $ri->sring->rsp_prod',
    '$2 = 5',
  ].join('\n')
  const { testimonies } = readTestimonies(text)
  expect(testimonies.map(({ known, shared }) => [known.rsp_cons, shared.rsp_prod])).toEqual([
    [1, undefined],
    [2, 5],
  ])
})

test('prints that are cut give what they have', () => {
  const whole = readFileSync(join(import.meta.dirname, 'inputs', 'gdb-rinfo-80col.txt'), 'utf8')
  const cut = whole.slice(0, whole.indexOf('nr_ents'))
  expect(readTestimonies(cut).testimonies.map(said)).toEqual([{ req_prod_pvt: 78, rsp_cons: 59 }])
})

test('whatever a text is made of, reading it ends, and says nothing that cannot be', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '{',
      '}',
      ' = ',
      ',',
      '\n',
      '(',
      ')',
      '<repeats 999999 times>',
      '$1 = ',
      '...',
      '"',
      "'",
      '*(struct blkif_sring *)0x1 = {',
    ),
    fc.constantFrom(
      'crash> struct blk_shadow ffff888004a10100 32\n',
      '(gdb) p $ri->ring\n',
      '>>> s.req_prod, s.rsp_prod\n',
      '+0x000 Front : ',
    ),
    fc.constantFrom(
      'req_prod_pvt',
      'rsp_cons',
      'nr_ents',
      'sring',
      'shadow',
      'request',
      'req',
      'u',
      'id',
      'ring',
      'evtchn',
      'ring_ref',
    ),
    fc.constantFrom(
      'nr_ents 32\n',
      'req prod 1 cons 2 event 3\n',
      'RingState(',
      'XENVBD|RING: Shared: 1 / 2 - 3 / 4\n',
      '==> vbd-1-2/io_ring <==',
    ),
    fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
    fc.string({ maxLength: 6 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      for (const { nr_ents, shared, known } of readTestimonies(pieces.join('')).testimonies) {
        for (const index of [...Object.values(shared), ...Object.values(known)]) expect(index! >>> 0).toBe(index)
        if (nr_ents !== undefined) expect(Number.isSafeInteger(nr_ents)).toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['braces', (n: number) => `(gdb) p *$ri->ring\n$1 = ${'{a = '.repeat(n)} req_prod_pvt`],
  ['open parentheses', (n: number) => `>>> s.rsp_prod\n${'('.repeat(n)}`],
  ['prompts', (n: number) => '(gdb) p $ri->rsp_cons\n'.repeat(n)],
  ['moments', (n: number) => Array.from({ length: n / 8 }, (_, i) => `>>> r.rsp_cons\n(RING_IDX)${i}\n`).join('')],
  ['variables', (n: number) => Array.from({ length: n / 8 }, (_, i) => `>>> v${i}.rsp_cons\n(RING_IDX)7\n`).join('')],
  [
    'variables that turn out to be one ring',
    (n: number) =>
      Array.from(
        { length: n / 32 },
        (_, i) => `(gdb) p $v${i}->rsp_cons\n$1 = 7\n(gdb) p $v${i}\n$2 = (struct blkfront_ring_info *) 0xffff888000000000\n`,
      ).join(''),
  ],
  [
    'rings and shadows',
    (n: number) =>
      Array.from(
        { length: n / 32 },
        (_, i) =>
          `crash> struct blkif_front_ring ffff8880${(i * 4096).toString(16).padStart(8, '0')}\n  rsp_cons = 1,\ncrash> struct blk_shadow.request,status ffff8881${(i * 4096).toString(16).padStart(8, '0')} 1\n  request = 0x0,\n  status = 1\n`,
      ).join(''),
  ],
  ['quotes', (n: number) => `crash> struct blkif_sring ff\n  __pad = "${'\\'.repeat(n)}`],
  ['one line of io_ring', (n: number) => 'nr_ents 32 req prod '.repeat(n / 8)],
])('%s: in proportion to its length', (_, text) => {
  // What takes the square of the length takes minutes of this.
  expect(readTestimonies(text(100_000)).used.length).toBeGreaterThan(0)
})

test('where all is answered and nothing taken, the entries in use are what is answered', () => {
  const header =
    'crash> struct blkif_sring.req_prod,req_event,rsp_prod,rsp_event ffff8880072e2000\n  req_prod = 40,\n  req_event = 41,\n  rsp_prod = 40,\n  rsp_event = 39,\n'
  const ring =
    'crash> struct blkfront_ring_info.ring ffff888006cc2000\n  ring = {\n    req_prod_pvt = 40,\n    rsp_cons = 38,\n    nr_ents = 32,\n    sring = 0xffff8880072e2000\n  },\n'
  const entry = (id: number) =>
    `  request = 0x${id === 3 || id === 5 ? 'ffff888007718280' : '0'},\n  status = REQ_${id === 3 || id === 5 ? 'WAITING' : 'PROCESSING'},\n\n`
  const shadow = `crash> struct blk_shadow.request,status ffff888006cc20e0 32\n${Array.from({ length: 32 }, (_, id) => entry(id)).join('')}`
  const [testimony] = readTestimonies(header + ring + shadow).testimonies
  const moment = momentOfTestimony(testimony!, { source: 'prints' }) as Moment
  const { verdicts, waiting, answered } = diagnoseHistory(new History(moment))
  expect([verdicts[0]!.verdict, waiting, answered]).toEqual(['lost-back-to-front-event', [], [3n, 5n]])
})

test('what the driver lost is told from what the backend owes', () => {
  const ring =
    '(gdb) p *$ring->sring\n$1 = {req_prod = 40, req_event = 41, rsp_prod = 39, rsp_event = 40}\n(gdb) p *$ring\n$2 = {req_prod_pvt = 40, rsp_cons = 39, nr_ents = 32, sring = 0xffff8880072e2000}\n'
  const entries = Array.from(
    { length: 32 },
    (_, id) => `{request = 0x${id < 2 ? 'ffff888007718280' : '0'}, status = REQ_${id < 2 ? 'WAITING' : 'PROCESSING'}}`,
  )
  const [testimony] = readTestimonies(`${ring}(gdb) p $ring->shadow[0]@32\n$3 = {${entries.join(', ')}}\n`).testimonies
  const moment = momentOfTestimony(testimony!, { source: 'prints' }) as Moment
  const { verdicts } = diagnoseHistory(new History(moment))
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['requests-lost', 'storage-below'])
  expect(verdicts[0]!.text).toMatch(/holds 2 requests, and its indices have 1 on the way: 1 of them/)
})

test.each<[string, (line: string) => string]>([
  ['quoted', (line) => `> ${line}`],
  ['quoted twice', (line) => `> > ${line}`],
  ['quoted without a space', (line) => `>${line}`],
  ['set in', (line) => `    ${line}`],
  ['with the ends of DOS', (line) => `${line}\r`],
  ['in colour', (line) => `\u001b[1m${line}\u001b[0m`],
])('a session %s says the same', (_, around) => {
  for (const name of [
    'crash-struct.txt',
    'crash-shadow-members.txt',
    'gdb-rinfo-80col.txt',
    'gdb-sring-header.txt',
    'drgn-struct.txt',
    'drgn-shadow.txt',
    'loop.txt',
  ]) {
    const text = readFileSync(join(import.meta.dirname, 'inputs', name), 'utf8')
    const pasted = text.split('\n').map(around).join('\n')
    expect([name, readTestimonies(pasted).testimonies.map(said)]).toEqual([name, read(name).testimonies.map(said)])
  }
})

test('the prompt of drgn behind stamps of a log is no quote of mail', () => {
  const text = readFileSync(join(import.meta.dirname, 'inputs', 'drgn-struct.txt'), 'utf8')
  const session = text.startsWith('>>> ') ? text : `>>> ring\n${text}`
  for (const stamp of ['Nov 26 10:45:00 xenhost script[77]: ', '[  123.456789] ', '2026-11-26T10:45:00Z ']) {
    const logged = session.replace(/^/gm, stamp)
    expect(readTestimonies(logged).testimonies.map(said)).toEqual(readTestimonies(session).testimonies.map(said))
  }
})
