// Memory images of chance: small memories with rings, pages of rings, grant tables and noise in them, in every format, with their
// headers and pages mutated, cut short, and asked about with tables and listings that do not fit.
import { gzipSync } from 'node:zlib'
import { findJson } from '../../src/commands/find/json.ts'
import { originText } from '../../src/commands/find/origin.ts'
import { findText } from '../../src/commands/find/text.ts'
import { type ByteReader, findRings, ImageError, type NamedRing, parseGrantTable } from '../../src/image/index.ts'
import { PAGE_UNPACKERS } from '../../src/node/read/page-unpackers.ts'
import { plainStyle } from '../../src/print/style.ts'
import type { Random } from '../../src/scenario/file/index.ts'
import { flattened, kdump } from '../../test/image/kdump.ts'
import { dumpCore, elfCore, grantFrames, lime, PAGE } from '../../test/image/memory.ts'
import { saveStream } from '../../test/image/save-stream.ts'
import { mutateBytes, oddNumber, pick } from './mutate.ts'
import { expectOneLine, type Seeds } from './targets.ts'
import { expectPrintable } from './views.ts'

/** What one image may be read, in bytes: each page once, and again what grants and names lead to. */
const MAX_READ = 64
/** Pages are few: what is hostile is in their bytes. */
const MAX_PAGES = 40

/** Counts what is read, and forgets now and then what the image's size is. */
class CountingReader implements ByteReader {
  readonly size: number | undefined
  bytesRead = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, sized: boolean) {
    this.#bytes = bytes
    this.size = sized ? bytes.length : undefined
  }

  read(offset: number, into: Uint8Array): number {
    if (!Number.isSafeInteger(offset) || offset < 0) throw new Error(`a read at ${offset}`)
    const part = this.#bytes.subarray(offset, offset + into.length)
    into.set(part)
    this.bytesRead += part.length
    return part.length
  }
}

export async function images(seeds: Seeds, random: Random): Promise<void> {
  const grants = grantsOfChance(random)
  const memory = memoryOfChance(seeds, random, grants)
  const packed = pack(memory, random)
  const mutated = random.below(3) > 0 ? mutateHead(packed, random) : packed
  const bytes = random.below(6) === 0 ? mutated.subarray(0, random.below(mutated.length + 1)) : mutated
  const reader = new CountingReader(bytes, random.below(2) === 0)
  const table =
    random.below(3) === 0 ? parseGrantTable(mutateBytes(random, grantFrames(grants, pick(random, [1, 2]), 1))) : undefined
  try {
    const image = await findRings(reader, {
      grantTable: table,
      named: random.below(2) === 0 ? namesOfChance(random, grants) : [],
      firstFrame: random.below(8) === 0 ? oddNumber(random) : undefined,
      least: pick(random, [50, 50, 0, 20]),
      dataPages: random.below(2) === 0,
      unpackers: PAGE_UNPACKERS,
    })
    expectPrintable(findText(image, { style: plainStyle, width: 20 + random.below(100), source: 'image', grantTable: 'table' }))
    JSON.stringify(findJson(image, { source: 'image', grantTable: undefined }))
    for (const n of image.rings.keys()) expectPrintable(originText(image, n, { source: 'image', grantTable: 'table' }))
    for (const { bytes: ring, offsets } of image.rings)
      if (ring.length !== offsets.length * PAGE) throw new Error('a ring whose pages are not those of its offsets')
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    expectOneLine(error.message)
  }
  const frugal = MAX_READ * (bytes.length + 2 ** 20)
  if (reader.bytesRead > frugal) throw new Error('an image is read again and again')
}

function grantsOfChance(random: Random): Map<number, number> {
  const grants = new Map<number, number>([
    [0, random.below(MAX_PAGES)],
    [1, random.below(MAX_PAGES)],
  ])
  for (let n = random.below(60); n >= 0; n--) grants.set(8 + random.below(120), random.below(MAX_PAGES))
  return grants
}

function memoryOfChance(seeds: Seeds, random: Random, grants: ReadonlyMap<number, number>): Uint8Array {
  const memory = new Uint8Array((2 + random.below(MAX_PAGES)) * PAGE)
  for (let at = 0; at < memory.length; at += PAGE)
    memory.set(pageOfChance(seeds, random, grants).subarray(0, memory.length - at), at)
  return memory
}

function pageOfChance(seeds: Seeds, random: Random, grants: ReadonlyMap<number, number>): Uint8Array {
  switch (random.below(6)) {
    case 0:
      return new Uint8Array(PAGE)
    case 1:
      return grantFrames(grants, pick(random, [1, 2]), 1)
    case 2:
      return mutateBytes(random, grantFrames(grants, pick(random, [1, 2]), 1))
    case 3: {
      const { bytes } = pick(random, seeds.rings)
      return bytes.subarray(0, pick(random, [PAGE, bytes.length]))
    }
    case 4:
      return mutateBytes(random, pick(random, seeds.rings).bytes.subarray(0, PAGE))
    default:
      return Uint8Array.from({ length: PAGE }, () => random.next() & 0xff)
  }
}

function pack(memory: Uint8Array, random: Random): Uint8Array {
  const pages = memory.length / PAGE
  const half = PAGE * random.below(pages)
  const ranges = [
    { frame: random.below(3), bytes: memory.subarray(0, half) },
    { frame: pick(random, [half / PAGE, 256, 0x40000]), bytes: memory.subarray(half) },
  ]
  const numbers = Array.from({ length: pages }, (_, i) => i)
  const paged = numbers.map((pfn) => ({ pfn, gmfn: pages - 1 - pfn, bytes: memory.subarray(pfn * PAGE, (pfn + 1) * PAGE) }))
  switch (random.below(9)) {
    case 0:
      return memory
    case 1:
      return elfCore(ranges, pick(random, [32, 64]))
    case 2:
      return lime(ranges.filter(({ bytes }) => bytes.length > 0))
    case 3:
      return dumpCore(memory, numbers)
    case 4:
      return dumpCore(memory, numbers, numbers)
    case 5:
      return saveStream(paged, {
        version: pick(random, [2, 3]),
        batch: 1 + random.below(9),
        type: pick(random, ['pv', 'hvm', 'arm']),
        around: pick(random, ['nothing', 'libxl', 'xl']),
      })
    case 6:
      return kdump(paged, { bits: pick(random, [32, 64]), version: pick(random, [1, 5, 6]) })
    case 7:
      return flattened(random.below(2) === 0 ? kdump(paged) : elfCore(ranges), 500 + random.below(9000), random.below(4) > 0)
    default:
      return gzipSync(memory, { level: 1 })
  }
}

/** Fields of the first bytes, of 2, 4 or 8 bytes, and what lies at the end, where tables and names are. */
function mutateHead(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const view = new DataView(copy.buffer)
  for (let n = random.below(5); n >= 0; n--) {
    const from = random.below(4) === 0 ? Math.max(0, copy.length - 400) : 0
    const at = (from + random.below(Math.min(400, copy.length))) & ~1
    if (at + 8 > copy.length) continue
    const value = BigInt(oddNumber(random)) << BigInt(random.below(33))
    if (random.below(3) === 0) view.setUint16(at, Number(value & 0xffffn), true)
    else if (random.below(2) === 0) view.setUint32(at & ~3, oddNumber(random), true)
    else view.setBigUint64(at & ~7, value, true)
  }
  return copy
}

function namesOfChance(random: Random, grants: ReadonlyMap<number, number>): NamedRing[] {
  const refs = [...grants.keys()]
  return Array.from({ length: random.below(4) }, (_, n) => ({
    device: `vbd/${n}/51712`,
    domain: String(random.below(2)),
    vdev: pick(random, [51712, 51728, undefined]),
    queue: pick(random, [undefined, n]),
    abi: undefined,
    refs: Array.from({ length: pick(random, [0, 1, 1, 2, 4, 3, 17]) }, () => pick(random, [...refs, oddNumber(random)])),
  }))
}
