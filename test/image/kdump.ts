// Kdumps for tests, written by makedumpfile's description of its formats and not by the tables under test.
import { deflateSync } from 'node:zlib'

export interface KdumpPage {
  readonly pfn: number
  readonly bytes: Uint8Array
}

export interface KdumpOptions {
  readonly bits?: 32 | 64
  readonly version?: number
  readonly block?: number
  readonly machine?: string
  /** How pages are packed, by their place: its flag, and the bytes. */
  readonly pack?: (page: Uint8Array, n: number) => { readonly flags: number; readonly bytes: Uint8Array }
  /** The frames of this file where several share them. */
  readonly split?: readonly [first: number, end: number]
}

/** As makedumpfile does it: what gets no shorter stays as it is. */
export function zlibPages(page: Uint8Array) {
  const packed = deflateSync(page, { level: 1 })
  return packed.length < page.length ? { flags: 1, bytes: packed } : { flags: 0, bytes: page }
}

export function kdump(pages: readonly KdumpPage[], options: KdumpOptions = {}): Buffer {
  const { bits = 64, version = 6, block = 4096, machine = 'x86_64', pack = zlibPages, split } = options
  const frames = Math.max(...pages.map(({ pfn }) => pfn)) + 1
  const half = Math.ceil(frames / 8 / block)
  const header = Buffer.alloc(block)
  header.write('KDUMP   ')
  header.writeUInt32LE(version, 8)
  header.write('Linux', 12)
  header.write(machine, 12 + 4 * 65)
  const at = bits === 64 ? 424 : 412
  for (const [i, value] of [1, block, 1, half * 2, version >= 6 ? Math.min(frames, 1) : frames].entries())
    header.writeUInt32LE(value, at + 4 * i)
  const sub = Buffer.alloc(block)
  if (split) sub.writeUInt32LE(1, bits === 64 ? 12 : 8)
  const wide = bits === 64 ? 80 : 56
  if (version >= 6)
    for (const [i, value] of [...(split ?? [0, 0]), frames].entries()) sub.writeBigUInt64LE(BigInt(value), wide + 8 * i)
  const [first, second] = [Buffer.alloc(half * block), Buffer.alloc(half * block)]
  first.fill(0xff, 0, frames >>> 3)
  for (const { pfn } of pages) second[pfn >>> 3]! |= 1 << (pfn & 7)
  const own = pages.filter(({ pfn }) => !split || (pfn >= split[0] && pfn < split[1]))
  const descs = Buffer.alloc(own.length * 24)
  const parts: Uint8Array[] = [header, sub, first, second, descs]
  let place = parts.reduce((sum, { length }) => sum + length, 0)
  const zero = new Map<string, number>()
  for (const [n, { bytes: page }] of own.entries()) {
    const { flags, bytes } = pack(page, n)
    // Pages of zeros lie there once.
    const key = page.every((byte) => byte === 0) ? `${flags}` : `${n} ${flags}`
    const there = zero.get(key)
    zero.set(key, there ?? place)
    descs.writeBigUInt64LE(BigInt(there ?? place), n * 24)
    descs.writeUInt32LE(bytes.length, n * 24 + 8)
    descs.writeUInt32LE(flags, n * 24 + 12)
    if (there !== undefined) continue
    parts.push(bytes)
    place += bytes.length
  }
  return Buffer.concat(parts)
}

/** In pieces as makedumpfile -F writes them: the header last, over one that was written first. */
export function flattened(file: Uint8Array, piece = 10_000, end = true): Buffer {
  const be64 = (value: number) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64BE(BigInt(value))
    return bytes
  }
  const head = Buffer.alloc(4096)
  head.write('makedumpfile')
  head.writeBigInt64BE(1n, 16)
  head.writeBigInt64BE(1n, 24)
  const parts: Uint8Array[] = [head]
  const put = (at: number, bytes: Uint8Array) => parts.push(be64(at), be64(bytes.length), bytes)
  const starts = Array.from({ length: Math.ceil(file.length / piece) }, (_, i) => i * piece)
  put(0, new Uint8Array(Math.min(4096, file.length)).fill(0x11))
  // What lies behind is written before what lies ahead, as descriptors and pages are by turns.
  for (const at of [...starts.filter((_, i) => i % 2 === 1), ...starts.filter((_, i) => i % 2 === 0)])
    put(at, file.subarray(at, at + piece))
  put(100, file.subarray(100, 5000))
  if (end) parts.push(be64(-1), be64(-1))
  return Buffer.concat(parts)
}
