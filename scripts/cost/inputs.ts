// The worst inputs that we know of, of each kind: of 4 KiB, and of 1 MB. All are made on the spot.
import { gzipSync } from 'node:zlib'
import { direct, indirect, noise, response, ringOf, segmentPage, slotsOf } from './pages.ts'

/** A file's content, or the files of a folder by their paths. */
export type Content = Buffer | string | Readonly<Record<string, Buffer | string>>

export const KB = 1024
export const MB = 1024 * KB

const full = { req_prod: 32, rsp_prod: 0 }
const shuffled = (n: number, of: number) => (n * 7 + 3) % of

export function fullRing(pages: number, faulty = false): Buffer {
  return ringOf(pages, { req_prod: slotsOf(pages), rsp_prod: 0 }, (slot, n) => direct(slot, n, faulty))
}

function indirectRing(pages: number, grefs: (n: number, k: number) => number): Buffer {
  return ringOf(pages, { req_prod: slotsOf(pages), rsp_prod: 0 }, (slot, n) => indirect(slot, n, (k) => grefs(n, k)))
}

/** Half answered out of order, on the first lap. */
function outOfOrder(pages: number): Buffer {
  const count = slotsOf(pages)
  return firstLap(
    pages,
    Array.from({ length: count - 1 }, (_, n) => (n < count / 2 ? shuffled(n, count) : n)),
    count / 2,
  )
}

/** A ring with these ids in its slots, the first so many of them of responses. */
function firstLap(pages: number, ids: readonly number[], responses: number): Buffer {
  return ringOf(pages, { req_prod: ids.length, rsp_prod: responses }, (slot, n) => {
    if (n >= ids.length) return
    direct(slot, n, false, 0)
    if (n < responses) response(slot, ids[n]!, 0, 0)
    else slot.writeUInt32LE(ids[n]!, 8)
    slot.writeUInt32LE(1000 * n + 8, 16)
  })
}

/** More courses of events can have led to these ids than are looked at: found by changing orders of answers, again and again, for the better. */
const HISTORIES: readonly (readonly number[])[] = [
  [2, 1, 7, 6, 9, 12, 0, 5, 8, 15, 9, 3, 14, 3, 4, 11, 10, 13, 2, 9, 12, 7, 16, 1, 9, 16, 5, 1, 9, 16, 1],
  [0, 3, 5, 4, 2, 7, 9, 8, 1, 11, 10, 6, 5, 0, 12, 9, 2, 1, 10, 4, 1, 2, 8, 3, 3, 11, 8, 2, 1, 3, 8],
]

const histories = (n: number) => firstLap(1, HISTORIES[n % 2]!, 28 - (n % 2))

const forged = `${ringText(ringOf(1, { req_prod: 0, rsp_prod: 0 }, () => {})).slice(0, 4095)}\n`

function ringText(ring: Buffer): string {
  let text = ''
  for (let at = 0; at < ring.length; at += 16)
    text += `${at.toString(16).padStart(8, '0')}: ${[...ring.subarray(at, at + 16)].map((b) => b.toString(16).padStart(2, '0')).join(' ')}\n`
  return text
}

/** Rings of 4 KiB. */
export const RINGS: Readonly<Record<string, () => Content>> = {
  zeros: () => Buffer.alloc(4 * KB),
  ff: () => Buffer.alloc(4 * KB, 0xff),
  noise: () => noise(4 * KB, 1),
  'noise-full': () => noise(4 * KB, 2, () => full),
  spaces: () => Buffer.alloc(4 * KB, ' '),
  'forged-text': () => Buffer.from(forged.padEnd(4 * KB)),
  full: () => fullRing(1),
  faulty: () => fullRing(1, true),
  'same-ids': () => ringOf(1, { req_prod: 48, rsp_prod: 16 }, (slot) => direct(slot, 1)),
  'out-of-order': () => outOfOrder(1),
  responses: () => ringOf(1, { req_prod: 32, rsp_prod: 32 }, (slot, n) => response(slot, shuffled(n, 32), -1)),
  'unknown-ops': () => ringOf(1, full, (slot, n) => direct(slot, n, true, 100 + n)),
  histories: () => histories(0),
}

/** Rings of 4 KiB, each with one page that all of its requests name again and again. */
export const SMALL: Readonly<Record<string, () => Content>> = {
  'shared-page': () => ({ 'ring.bin': indirectRing(1, () => 5), 'indirect-5.bin': segmentPage(100) }),
  'shared-page-faulty': () => ({ 'ring.bin': indirectRing(1, () => 5), 'indirect-5.bin': segmentPage(100, true) }),
}

/** Texts of 4 KB. */
export const TEXTS: Readonly<Record<string, string>> = {
  'spaces.txt': `00${' '.repeat(4 * KB - 3)}g`,
  'list.txt': '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, '.repeat(80),
  'star.txt': '# ring\n00000000: 0000 0000 0100 0000\n*\n0000fff0: 0000 0000 0000 0000\n'.repeat(60),
  'colons.txt': '0000:'.repeat(820),
}

/** Not whole pages, which would be a ring's. */
const TEXT = MB - 333

/** More YAML is refused. */
const YAML = 511 * KB

export const times = (piece: string, bytes = TEXT) => piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes)
export const counted = (line: (n: number) => string, bytes = TEXT) => {
  const lines: string[] = []
  for (let n = 0, length = 0; length < bytes; n++) {
    const made = line(n)
    lines.push(made)
    length += made.length
  }
  return lines.join('')
}

/** Many rings of one page, end to end. */
const stream = (ring: (n: number) => Buffer) => Buffer.concat(Array.from({ length: 256 }, (_, n) => ring(n)))

function series(count: number, ring: (n: number) => Buffer, more: Record<string, Buffer | string> = {}): Content {
  const files: Record<string, Buffer | string> = { ...more }
  for (let n = 0; n < count; n++) files[`ring-${String(n).padStart(4, '0')}.bin`] = ring(n)
  return files
}

const churn = (n: number) =>
  ringOf(1, { req_prod: 32 + 29 * n, rsp_prod: 13 + 29 * n }, (slot, i) =>
    (i + n) % 3 === 0 ? response(slot, shuffled(i + n, 32), -(i % 3)) : direct(slot, shuffled(i + n, 32)),
  )

/** Streams of 1 MB. */
export const STREAMS: Readonly<Record<string, () => Buffer>> = {
  'stream-noise': () => noise(MB, 3, (page) => ({ req_prod: 32 + page, rsp_prod: page })),
  'stream-full': () => stream(() => fullRing(1)),
  'stream-faulty': () => stream(() => fullRing(1, true)),
  'stream-churn': () => stream(churn),
  'stream-order': () => stream(() => outOfOrder(1)),
  'stream-histories': () => stream(histories),
  'stream-indirect': () => stream((n) => indirectRing(1, (i, k) => 1000 + n + i + k)),
  'stream-responses': () =>
    stream((n) => ringOf(1, { req_prod: 32 + n, rsp_prod: 32 + n }, (slot, i) => response(slot, shuffled(i, 32), -1))),
}

const pagesOf = (count: number, faulty = false) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`indirect-${1000 + i}.bin`, segmentPage(i * 512, faulty)]))

/** Folders of 1 MB. */
export const FOLDERS: Readonly<Record<string, () => Content>> = {
  'series-churn': () => series(256, churn),
  'series-noise': () => series(256, (n) => noise(4 * KB, n, () => ({ req_prod: 32 + n, rsp_prod: n }))),
  'series-shared': () => series(255, () => indirectRing(1, () => 5), { 'indirect-5.bin': segmentPage(7) }),
  '16-pages-shared': () => ({
    'ring.bin': indirectRing(16, (n, k) => 1000 + ((n + k) % 240)),
    ...pagesOf(240),
  }),
  '16-pages-faulty': () => ({
    'ring.bin': indirectRing(16, (n, k) => 1000 + ((n * 8 + k) % 240)),
    ...pagesOf(240, true),
  }),
  'series-16-pages': () => series(16, (n) => outOfOrder(16 - (n % 1))),
  'short-files': () => series(4000, (n) => fullRing(1).subarray(0, 16 + (n % 480))),
  'listing-beside': () => ({ 'ring.bin': fullRing(1), 'xenstore.txt': LISTINGS['listing-queues.txt']!() }),
  queues: () => Object.fromEntries(Array.from({ length: 256 }, (_, n) => [`queue-${n}/ring.bin`, churn(0)])),
}

const NODE = '/local/domain/1/device/vbd/51712'

/** Listings of 1 MB. */
export const LISTINGS: Readonly<Record<string, () => string>> = {
  'listing-queues.txt': () => counted((n) => `/local/domain/3/device/vbd/${51712 + n}/multi-queue-num-queues = "4096"\n`),
  'listing-devices.txt': () => counted((n) => `/local/domain/${n % 999}/device/vbd/${51712 + n}/ring-ref = "${n}"\n`),
  'listing-depth.txt': () => times(`${NODE}/a`),
  'listing-indent.txt': () => counted((n) => `${' '.repeat(n % 300)}a${n} = "1"\n`),
  'listing-refs.txt': () => counted((n) => `${NODE}/queue-${n}/ring-ref${n % 17} = "${n}"\n`),
}

const LINE = '00000000: 0000 0000 0100 0000 0000 0000 0100 0000  ................\n'

/** Texts of 1 MB. */
export const LONG_TEXTS: Readonly<Record<string, () => string>> = {
  'line-of-spaces.txt': () => `00${times(' ')}g`,
  'line-of-digits.txt': () => times('0'),
  'list-lines.txt': () => `[${'0, '.repeat(16)}\n${times('1\n')}`,
  'lines-of-a.txt': () => times('a\n'),
  'lines-of-zeros.txt': () => times('0\n'),
  'blank-lines.txt': () => times(' \n'),
  'addresses.txt': () => `${LINE}${times('00000000\n')}`,
  'stars.txt': () => times('# ring\n00000000: 0000 0000 0100 0000\n*\n0000fff0: 0000 0000 0000 0000\n'),
  'rings.txt': () => times(`# ring\n${LINE}`),
  'hexdump.txt': () =>
    counted((n) => `${(n * 16).toString(16).padStart(8, '0')}: 0000 0000 0100 0000 0000 0000 0100 0000  ................\n`),
  'python.txt': () => `b'${times('\\x00')}'`,
}

const OF_1280K = (n: number) =>
  `202,0    0  ${n}     ${Math.floor(n / 1e6)}.${String(n % 1e6).padStart(9, '0')}   299  D   W ${n * 2560} + 2560 [dd]\n`

/** Traces of 1 MB. */
export const TRACES: Readonly<Record<string, () => string>> = {
  'trace-1280k.txt': () => counted(OF_1280K),
  'trace-512.txt': () => counted((n) => `202,0 0 ${n} 0.${n} 9 D R ${n} + 1 [d]\n`),
  'trace-huge.txt': () => counted((n) => `202,0 0 ${n} 0.${n} 9 D R ${n} + 4294967295 [d]\n`),
  'trace-brackets.txt': () => `${OF_1280K(1)}202,0    0        1     0.000000000   299  D   R 0 + 8 ${times('()[)')}]x\n`,
  'trace-junk.txt': () => `${OF_1280K(1)}${times('202,0 0 1 0.1 9 D R\n')}`,
  'ftrace.txt': () =>
    counted(
      (n) => `  dd-68  [000] .....  66.${String(n).padStart(6, '0')}: block_rq_issue: 202,0 W 1310720 () ${n * 2560} + 2560 [dd]\n`,
    ),
}

const DEVICE = '"ring_pages":16,"queues":16,"features":{"max_indirect_segments":4096}'
const MANY = '{"workload":{"count":8192}}'

/** @param steps again and again, up to 1 MB @param first of the file, and its first steps */
const stepsOf = (steps: string, first = '"steps":[') => `{${first}${times(steps, TEXT - (TEXT % steps.length))}"push"]}`

/** Scenarios of 1 MB whose guest is suspended, or whose steps go to many queues. */
export const RECOVERIES: Readonly<Record<string, () => string>> = {
  'suspends.yaml': () => `steps:\n${counted((n) => (n % 2 ? '- resume\n' : '- suspend\n'), YAML)}`,
  'suspends.json': () => stepsOf('"suspend","resume",'),
  'suspends-only.json': () => stepsOf('"suspend",'),
  'suspends-queues.json': () => stepsOf('"suspend","resume",', `${DEVICE},"steps":[`),
  'suspends-in-flight.json': () => stepsOf('"suspend","resume",', '"steps":[{"workload":{"count":32}},'),
  'suspends-writes.json': () => stepsOf('{"write":{}},"suspend","resume",', '"ring_pages":16,"steps":['),
  'suspends-many.json': () => stepsOf('"suspend","resume",', `"ring_pages":16,"queues":4,"steps":[{"workload":{"count":2000}},`),
  'pushes-queues.json': () => stepsOf('"push",', `${DEVICE},"steps":[`),
  'completes-queues.json': () => stepsOf('{"complete":{"count":0}},', `"unchecked":true,${DEVICE},"steps":[${MANY},`),
  'responds.json': () => stepsOf('{"respond":{"id":7777}},', `"unchecked":true,${DEVICE},"steps":[${MANY},"consume",`),
}

/** Scenarios of 1 MB. */
export const SCENARIOS: Readonly<Record<string, () => string>> = {
  'steps.json': () => `{"steps":[${counted(() => '{"push":{}},')}{"push":{}}]}`,
  'workloads.json': () => `{"steps":[${counted(() => '{"workload":{"count":99,"bs":1048576}},')}{"push":{}}]}`,
  'deep.json': () => times('['),
  'writes.yaml': () => `steps:\n${counted((n) => `  - write: {sector: ${n * 8}, bytes: 1M}\n`, YAML)}`,
  'flow.yaml': () => `steps: [${times('push,', YAML)}push]\n`,
  'pokes.json': () => `{"unchecked":true,"steps":[${counted((n) => `{"poke":{"sring.req_prod":${n}}},`)}"push"]}`,
  'many-requests.json': () => '{"steps":[{"workload":{"count":233000}}]}',
  'aliases.yaml': () => `a: &a [x]\nsteps: [${counted(() => '*a,', YAML)}]\n`,
}

function elf(count: number): Buffer {
  const header = Buffer.alloc(64)
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  header.writeUInt16LE(4, 16)
  header.writeUInt16LE(62, 18)
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(64n, 32)
  header.writeUInt16LE(64, 52)
  header.writeUInt16LE(56, 54)
  header.writeUInt16LE(count, 56)
  const entries = Buffer.alloc(56 * count)
  for (let i = 0; i < count; i++) {
    entries.writeUInt32LE(1, 56 * i)
    entries.writeBigUInt64LE(BigInt(i), 56 * i + 8)
    entries.writeBigUInt64LE(BigInt(i) * 8192n, 56 * i + 24)
    entries.writeBigUInt64LE(2n ** 40n, 56 * i + 32)
    entries.writeBigUInt64LE(2n ** 40n, 56 * i + 40)
  }
  return Buffer.concat([header, entries, Buffer.alloc(64 * KB)])
}

function lime(count: number, bytes: number): Buffer {
  const range = 32 + bytes
  const made = Buffer.alloc(range * count)
  for (let i = 0; i < count; i++) {
    made.writeUInt32LE(0x4c694d45, range * i)
    made.writeUInt32LE(1, range * i + 4)
    made.writeBigUInt64LE(BigInt(i) * 4096n, range * i + 8)
    made.writeBigUInt64LE(BigInt(i) * 4096n + BigInt(bytes) - 1n, range * i + 16)
  }
  return made
}

/** Memory images of 1 MB. */
export const IMAGES: Readonly<Record<string, () => Buffer>> = {
  'image-noise': () => noise(MB, 4),
  'image-rings': () => stream(churn),
  'image-full': () => stream(() => fullRing(1)),
  'image-indirect': () => stream((n) => indirectRing(1, (i, k) => 1000 + n + i + k)),
  'image-elf': () => elf(17_000),
  'image-lime': () => lime(30_000, 1),
  'image-lime-rings': () => Buffer.concat([lime(1, 4096), stream(churn)]),
}

/** Of 1 MB, and what says how they are read. */
export const OTHERS: Readonly<Record<string, () => Content>> = {
  io_ring: () => `nr_ents 32\nreq prod 1 cons 1 event 1\nrsp prod 1 pvt 1 event 1\n${times(' 1')}`,
  'vectors.ndjson': () => times('{"name":"a","events":[]}\n'),
  'vector-line.ndjson': () => `{"name":"a","events":[${times('{"e":1},')}{}]}\n`,
  'ring.json': () => `{"protocol":"x86_64-abi","pages":1,"slots":[${times('{"slot":3,"request":{"id":"1"}},')}{"slot":4}]}`,
  'slots.json': () => `{"protocol":"x86_64-abi","pages":1,"slots":[${times('[')}`,
  'packed.gz': () => gzipSync(stream(churn)),
  'packed-text.gz': () => gzipSync(times(' ')),
  'packed-many.gz': () => Buffer.concat(Array.from({ length: 10_000 }, (_, n) => gzipSync(Buffer.of(n % 256)))),
}

/** Of 1 MB, which unpack to 1 GB. */
export const BOMBS: Readonly<Record<string, () => Content>> = {
  'bomb.gz': () => {
    const member = gzipSync(Buffer.alloc(MB))
    return Buffer.concat(Array.from({ length: KB }, () => member))
  },
}
