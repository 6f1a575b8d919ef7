// Inputs of chance of which is known what is in them.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Random } from '../../src/scenario/file/index.ts'
import { FORMATTERS } from '../../test/hexdump/formatters.ts'
import type { KnownRing } from './check-output.ts'
import { mutateBytes, mutateText, oddNumber, pick } from './mutate.ts'
import type { Seeds } from './targets.ts'

const PAGE = 4096

export interface Known {
  readonly path: string
  /** Flags without which it is not what is known of it. */
  readonly flags: readonly string[]
  /** All rings that must come out, in order; undefined where nobody knows. */
  readonly rings?: readonly KnownRing[]
  /** Of a trace, how its lines are to be accounted for. */
  readonly trace?: { readonly requests: number; readonly left: number; readonly skipped: number }
  /** Can be given on standard input too. */
  readonly piped?: Uint8Array
  /** Can be read once. */
  readonly once?: boolean
  /** Other files to compare it with. */
  readonly others: readonly string[]
  close?(): void
}

type Make = (seeds: Seeds, random: Random, folder: string) => Known

const KINDS: readonly Make[] = [
  rawPages,
  rawPages,
  textPages,
  hexdump,
  hexdump,
  folderOfLinks,
  trace,
  oddText,
  series,
  device,
  device,
  scenario,
]

/** @param folder that is not there yet: all of the input lies in it */
export function knownInput(seeds: Seeds, random: Random, folder: string): Known {
  mkdirSync(folder)
  return pick(random, KINDS)(seeds, random, folder)
}

/** Pages of a ring: a captured one, a mutated one, noise; or with slots that a frontend cleared. */
function ringOf(seeds: Seeds, random: Random, pages: number): Uint8Array {
  const bytes = new Uint8Array(pages * PAGE)
  if (random.below(8) === 0) return bytes.map(() => random.next() & 0xff)
  const { bytes: seed } = pick(random, seeds.rings)
  for (let at = 0; at < bytes.length; at += seed.length) bytes.set(seed.subarray(0, bytes.length - at), at)
  if (random.below(4) === 0) bytes.fill(0, 64, 64 + random.below(bytes.length - 64))
  // One slot again and again, from anywhere in a ring of either layout.
  if (random.below(6) === 0) {
    const stride = pick(random, [112, 108])
    const slot = bytes.slice(64, 64 + stride)
    if (random.below(2) === 0) slot.set([random.below(8), random.below(256), random.next(), random.below(3)])
    for (let at = 64; at + stride <= bytes.length; at += stride) bytes.set(slot, at)
  }
  return random.below(4) === 0 ? bytes : mutateBytes(random, bytes)
}

function join2(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

/** A file or a pipe with one ring after another. */
function rawPages(seeds: Seeds, random: Random, folder: string): Known {
  const pages = pick(random, [1, 1, 1, 2, 4])
  const rings = Array.from({ length: 1 + random.below(random.below(8) === 0 ? 200 : 5) }, () => ({
    bytes: ringOf(seeds, random, pages),
  }))
  const whole = join2(rings.map(({ bytes }) => bytes))
  const path = join(folder, pick(random, ['ring.bin', 'rings', 'ring.txt', 'ring\u001b[2J.bin', 'xenstore.txt', '-x']))
  const flags = ['--pages', String(pages)]
  const bytes = random.below(4) === 0 ? gzipSync(whole, { level: 1 }) : whole
  if (random.below(10) === 0) return { ...pipe(path, bytes), flags, rings, others: [folder] }
  writeFileSync(path, bytes)
  return { path, flags, rings, piped: bytes, others: [folder] }
}

/** A named pipe that something writes into. */
function pipe(path: string, bytes: Uint8Array): Pick<Known, 'path' | 'once' | 'close'> {
  const from = `${path}.bytes`
  writeFileSync(from, bytes)
  execFileSync('mkfifo', [path])
  const writer = spawn('sh', ['-c', 'exec cat "$0" > "$1"', from, path], { stdio: 'ignore' })
  writer.on('error', () => {})
  return { path, once: true, close: () => writer.kill('SIGKILL') }
}

/** Whole pages are a ring's, whatever text they spell. */
function textPages(seeds: Seeds, random: Random, folder: string): Known {
  const text = pick(random, [
    () => pick(random, FORMATTERS).print(ringOf(seeds, random, 1), 0n),
    () => pick(random, seeds.listings),
    () => `{"rings": "${'no findings '.repeat(400)}"}\n`,
    () => '00000000: 0000 0000\n'.repeat(300),
    () => pick(random, seeds.traces).repeat(20),
  ])()
  const bytes = new Uint8Array(PAGE).fill(0x0a)
  bytes.set(new TextEncoder().encode(text).subarray(0, PAGE))
  const path = join(folder, pick(random, ['ring.txt', 'ring.bin', 'page']))
  writeFileSync(path, bytes)
  return { path, flags: [], rings: [{ bytes }], piped: bytes, others: [folder] }
}

/** Formats in which each line says where its bytes lie, and none stands for others. */
const ADDRESSED = FORMATTERS.filter(({ name }) => /^(xxd( -g[14].*)?|crash rd -(8|32|64)|gdb x[bwg]|QEMU xp x[bwg])$/.test(name))

/** Where the tool does not say which way round its words are, that is told by what they read as. */
const EITHER_WAY = /^(xxd( -g4| -e)?|md of U-Boot.*)$/
/** Words that exchange an index and its event: which way round those of a mutated ring are, is luck. */
const EXCHANGED = /words of 8$/

/** The header tells which way round words are: indices that can be, of which an event is just past its producer. */
function tellsOrder(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [req_prod, req_event, rsp_prod, rsp_event] = [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ]
  const isNear = (event: number, producer: number) => Math.abs((event - producer) | 0) <= 33
  return (
    (req_prod - rsp_prod) >>> 0 <= 32 &&
    isNear(req_event, req_prod) &&
    isNear(rsp_event, rsp_prod) &&
    (req_event === req_prod + 1 || rsp_event === rsp_prod + 1) &&
    bytes.subarray(16, 64).every((byte) => byte === 0)
  )
}

function fitsOnePage(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return (view.getUint32(0, true) - view.getUint32(8, true)) >>> 0 <= 32
}

/** A text with a ring: whole in any format, or with lines taken away in one that says where bytes lie. */
function hexdump(seeds: Seeds, random: Random, folder: string): Known {
  const { bytes: seed } = pick(random, seeds.rings)
  const cut = random.below(2) === 0
  const { name, print } = pick(random, cut ? ADDRESSED : FORMATTERS)
  const mutated = random.below(3) > 0
  const bytes = mutated ? mutateBytes(random, seed.subarray(0, PAGE)) : seed.slice(0, PAGE)
  const lines = print(bytes, cut ? 0n : BigInt(PAGE * random.below(1000))).split('\n')
  const missing: { from: number; to: number }[] = []
  if (cut) {
    const perLine = Math.round(PAGE / (lines.length - 1))
    for (let n = random.below(4); n >= 0; n--) {
      // The first and the last lines say how large it is, and what it is.
      const from = 8 + random.below(lines.length - 24)
      const length = 1 + random.below(8)
      for (let i = from; i < from + length; i++) {
        if (lines[i] === '') continue
        lines[i] = ''
        missing.push({ from: i * perLine, to: (i + 1) * perLine })
      }
    }
  }
  const kept = lines.filter((line) => line !== '')
  const text = `${pick(random, ['', '', 'crash> \n', 'Hello,\n\nhere it is:\n\n'])}${kept.join(pick(random, ['\n', '\n', '\r\n']))}\n`
  const path = join(folder, pick(random, ['ring.txt', 'mail', 'a.log']))
  writeFileSync(path, text)
  const rest: { bytes: Uint8Array; missing: typeof missing }[] = [{ bytes: without(bytes, missing), missing }]
  // Of whole pages it would be a ring itself.
  const anyFlags = text.length % PAGE === 0 ? ['--text'] : pick(random, [[], ['--text'], ['--pages', '1']])
  // More requests than a page has slots, and lines left out: then pages may be left out as well, and nothing else says how many.
  const flags = missing.length > 0 && !fitsOnePage(bytes) ? ['--pages', '1'] : anyFlags
  const isLuck = EITHER_WAY.test(name) && (mutated || cut) && (EXCHANGED.test(name) || !tellsOrder(bytes))
  const known = isLuck ? {} : { rings: rest }
  return { path, flags, ...known, piped: new TextEncoder().encode(text), others: [folder] }
}

function without(bytes: Uint8Array, spans: readonly { readonly from: number; readonly to: number }[]): Uint8Array {
  const copy = Uint8Array.from(bytes)
  for (const { from, to } of spans) copy.fill(0, from, to)
  return copy
}

/** A dump folder whose files are links, with links that lead back, into nothing, and to each other. */
function folderOfLinks(seeds: Seeds, random: Random, folder: string): Known {
  const bytes = ringOf(seeds, random, pick(random, [1, 1, 2]))
  const behind = join(folder, 'behind')
  const dump = join(folder, 'dump')
  mkdirSync(behind)
  mkdirSync(dump)
  writeFileSync(join(behind, 'bytes'), bytes)
  symlinkSync(pick(random, ['../behind/bytes', join(behind, 'bytes')]), join(dump, 'ring.bin'))
  const links = ['..', '.', 'self', '/dev/null/nothing', '../dump', 'other', '../behind']
  for (const name of ['self', 'other', 'queue-x', 'indirect-7.bin'])
    if (random.below(2) === 0) symlinkSync(pick(random, links), join(dump, name))
  const page = pick(random, seeds.rings).bytes.slice(0, PAGE)
  return { path: dump, flags: [], rings: [{ bytes }], others: [behind, join(behind, 'bytes'), ...someFile(folder, page)] }
}

/** A folder of moments: as many come out. */
function series(seeds: Seeds, random: Random, folder: string): Known {
  const rings = Array.from({ length: 2 + random.below(6) }, () => ({ bytes: ringOf(seeds, random, 1) }))
  for (const [n, { bytes }] of rings.entries()) writeFileSync(join(folder, `ring-${String(n).padStart(3, '0')}.bin`), bytes)
  return { path: folder, flags: [], rings, others: [join(folder, 'ring-000.bin')] }
}

/** Queues with their indirect pages, and a XenStore that has little to do with them. */
function device(seeds: Seeds, random: Random, folder: string): Known {
  const several = random.below(2) === 0
  const rings = Array.from({ length: several ? 2 + random.below(3) : 1 }, (_, queue) => {
    const seed = pick(random, seeds.rings)
    const own = several ? join(folder, `queue-${queue}`) : folder
    if (several) mkdirSync(own)
    const bytes = mutateBytes(random, seed.bytes)
    writeFileSync(join(own, 'ring.bin'), bytes)
    const pages = new Map<number, Uint8Array>()
    for (const gref of indirectGrefs(bytes)) {
      const page = seed.indirectPages.get(gref) ?? mutateBytes(random, pick(random, seeds.rings).bytes.slice(0, PAGE))
      const kept = random.below(8) === 0 ? page.slice(0, random.below(PAGE)) : page.slice(0, PAGE)
      if (pages.size >= 20 || kept.length === 0 || random.below(6) === 0) continue
      pages.set(gref, kept)
      writeFileSync(join(own, `indirect-${gref}.bin`), kept)
    }
    return { bytes, pages, ...(several ? { queue } : {}) }
  })
  if (random.below(2) === 0) {
    const listing = mutateText(random, pick(random, seeds.listings), ['4096', '-1', 'ring-ref', '"', '\n', '\u202e'])
    // How many pages a ring has and how many slots a request, XenStore would say.
    const silent = listing.replaceAll(/max-request-segments|ring-page-order|num-ring-pages|ring-ref\d/g, 'x')
    writeFileSync(join(folder, 'xenstore.txt'), silent)
  }
  return { path: folder, flags: [], rings, others: [folder] }
}

/** A scenario, mutated or not: what its driver leaves is compared with no one's. */
function scenario(seeds: Seeds, random: Random, folder: string): Known {
  const seed = pick(random, seeds.scenarios)
  const text = random.below(3) === 0 ? seed : mutateText(random, seed, ['steps:', '- suspend\n', '{', '64K', '"', '\n', '\u202e'])
  const path = join(folder, pick(random, ['scenario.yaml', 'ring.txt', 's\u001b[2J.json']))
  writeFileSync(path, text)
  return { path, flags: [], piped: new TextEncoder().encode(text), others: [folder] }
}

/** What may be read as a reference to an indirect page, under either layout. */
function indirectGrefs(bytes: Uint8Array): Set<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = new Set<number>()
  for (const [stride, grefs] of [
    [112, 28],
    [108, 24],
  ] as const)
    for (let at = 64; at + stride <= bytes.length; at += stride)
      if (view.getUint8(at) === 6) for (let k = 0; k < 8; k++) found.add(view.getUint32(at + grefs + 4 * k, true))
  return found
}

function trace(_: Seeds, random: Random, folder: string): Known {
  const count = { requests: 0, left: 0, skipped: 0 }
  const lines = ['202,0 0 1 0.000000000 299 D R 0 + 8 [dd]']
  count.requests++
  for (let n = random.below(60); n > 0; n--) {
    const at = `202,0 0 ${n + 2} 0.${String(100 + n).padStart(9, '0')} 299`
    switch (random.below(5)) {
      case 0:
        count.requests++
        lines.push(`${at} D ${pick(random, ['R', 'W', 'RS', 'WS'])} ${8 * random.below(1000)} + 8 [dd]`)
        break
      case 1:
        count.left++
        lines.push(`${at} ${pick(random, ['Q', 'G', 'I', 'M'])} R 8 + 8 [dd]`)
        break
      case 2:
        count.left++
        lines.push(`202,16 0 ${n} 0.000000300 299 D R 0 + 8 [dd]`)
        break
      case 3:
        count.skipped++
        lines.push(pick(random, ['what is this', '202', 'x'.repeat(1 + random.below(2 ** 16)), '202,0 0 1', '\u001b[2J']))
        break
      default:
        lines.push('')
    }
  }
  const path = join(folder, 'trace.txt')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return { path, flags: [], trace: count, others: [path] }
}

/** Texts of which nobody knows what is in them: mutated, with very long lines, in other encodings. */
function oddText(seeds: Seeds, random: Random, folder: string): Known {
  const { print } = pick(random, FORMATTERS)
  const from = pick(random, [
    print(pick(random, seeds.rings).bytes, 0n),
    pick(random, seeds.listings),
    pick(random, seeds.traces),
    pick(random, seeds.scenarios),
  ])
  const text = pick(random, [
    () => mutateText(random, from, ['*', '\n', '0x', ': ', ' = "', '[', '\u001b[1m', '\u202e']),
    () =>
      `${from}${pick(random, ['0', 'f', ' ', '0x', '00 ', '[', '\\x00', '"', '/', '= '])}`.padEnd(
        2 ** (10 + random.below(11)),
        pick(random, ['0', ' ', '00 ', '/a', '[ ', '*\n']),
      ),
    () => from.repeat(Math.ceil(2 ** (10 + random.below(11)) / (from.length + 1))),
    () => from.replaceAll('\n', pick(random, [' ', '\r', '\r\n', '\u2028'])),
  ])()
  const path = join(folder, pick(random, ['ring.txt', 'xenstore.txt', 'text', 'scenario.yaml']))
  const encoded = pick(random, [() => Buffer.from(text), () => Buffer.from(`\ufeff${text}`, 'utf16le'), () => gzipSync(text)])()
  writeFileSync(path, encoded)
  const bytes = new Uint8Array(PAGE)
  new DataView(bytes.buffer).setUint32(0, oddNumber(random), true)
  return { path, flags: ['--pages', String(1 + random.below(16))], others: [folder, ...someFile(folder, bytes)] }
}

function someFile(folder: string, bytes: Uint8Array): string[] {
  const path = join(folder, 'other')
  writeFileSync(path, bytes)
  return [path]
}
