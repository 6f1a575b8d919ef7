// Memory images for tests, written by the formats' own headers (elf.h, lime.h) and not by the tables under test.
import type { ByteReader } from '../../src/image/index.ts'

export const PAGE = 4096

/** Pages that do not repeat themselves, from a seed. */
export function randomPages(pages: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(pages * PAGE)
  const words = new Uint32Array(bytes.buffer)
  let state = seed | 1
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[i] = state
  }
  return bytes
}

/** Counts what is read. */
export class BytesReader implements ByteReader {
  readonly size: number | undefined
  read = (offset: number, into: Uint8Array) => {
    const part = this.#bytes.subarray(offset, offset + into.length)
    into.set(part)
    this.bytesRead += part.length
    return part.length
  }
  bytesRead = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, sized = true) {
    this.#bytes = bytes
    this.size = sized ? bytes.length : undefined
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export interface Range {
  /** Frame of the first page. */
  readonly frame: number
  readonly bytes: Uint8Array
}

/** An ELF core with a PT_LOAD for each range. */
export function elfCore(ranges: readonly Range[], bits: 32 | 64 = 64, machine = 62): Uint8Array {
  const [head, entry] = bits === 64 ? [64, 56] : [52, 32]
  const header = new Uint8Array(head + entry * ranges.length)
  const v = view(header)
  header.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, 1, 1])
  v.setUint16(16, 4, true)
  v.setUint16(18, machine, true)
  if (bits === 64) v.setBigUint64(32, BigInt(head), true)
  else v.setUint32(28, head, true)
  v.setUint16(bits === 64 ? 54 : 42, entry, true)
  v.setUint16(bits === 64 ? 56 : 44, ranges.length, true)
  let offset = header.length
  for (const [i, { frame, bytes }] of ranges.entries()) {
    const at = head + i * entry
    v.setUint32(at, 1, true)
    if (bits === 64) {
      v.setBigUint64(at + 8, BigInt(offset), true)
      v.setBigUint64(at + 24, BigInt(frame * PAGE), true)
      v.setBigUint64(at + 32, BigInt(bytes.length), true)
    } else {
      v.setUint32(at + 4, offset, true)
      v.setUint32(at + 12, frame * PAGE, true)
      v.setUint32(at + 16, bytes.length, true)
    }
    offset += bytes.length
  }
  return join([header, ...ranges.map(({ bytes }) => bytes)])
}

export function lime(ranges: readonly Range[]): Uint8Array {
  return join(
    ranges.flatMap(({ frame, bytes }) => {
      const header = new Uint8Array(32)
      const v = view(header)
      v.setUint32(0, 0x4c694d45, true)
      v.setUint32(4, 1, true)
      v.setBigUint64(8, BigInt(frame * PAGE), true)
      v.setBigUint64(16, BigInt(frame * PAGE + bytes.length - 1), true)
      return [header, bytes]
    }),
  )
}

/** An xl dump-core: `.xen_p2m` where gmfns are given, else `.xen_pfn`. */
export function dumpCore(pages: Uint8Array, pfns: readonly number[], gmfns?: readonly number[]): Uint8Array {
  const names = new TextEncoder().encode(`\0.shstrtab\0.xen_pages\0${gmfns ? '.xen_p2m' : '.xen_pfn'}\0`)
  const table = new Uint8Array(pfns.length * (gmfns ? 16 : 8))
  for (const [i, pfn] of pfns.entries()) {
    view(table).setBigUint64(i * (gmfns ? 16 : 8), BigInt(pfn), true)
    if (gmfns) view(table).setBigUint64(i * 16 + 8, BigInt(gmfns[i]!), true)
  }
  const header = new Uint8Array(64 + 4 * 64)
  const v = view(header)
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  v.setUint16(16, 4, true)
  v.setUint16(18, 62, true)
  v.setBigUint64(40, 64n, true)
  v.setUint16(58, 64, true)
  v.setUint16(60, 4, true)
  v.setUint16(62, 1, true)
  const pagesAt = header.length
  const sections = [
    [1, pagesAt + pages.length + table.length, names.length, 0],
    [11, pagesAt, pages.length, PAGE],
    [22, pagesAt + pages.length, table.length, gmfns ? 16 : 8],
  ] as const
  for (const [i, [name, offset, size, entry]] of sections.entries()) {
    const at = 64 + (i + 1) * 64
    v.setUint32(at, name, true)
    v.setUint32(at + 4, 1, true)
    v.setBigUint64(at + 24, BigInt(offset), true)
    v.setBigUint64(at + 32, BigInt(size), true)
    v.setBigUint64(at + 56, BigInt(entry), true)
  }
  return join([header, pages, table, names])
}

/** Frames of a grant table of version 1 or 2. */
export function grantFrames(grants: ReadonlyMap<number, number>, version: 1 | 2, frames: number, domid = 0): Uint8Array {
  const bytes = new Uint8Array(frames * PAGE)
  const size = version === 1 ? 8 : 16
  for (const [gref, frame] of grants) {
    view(bytes).setUint16(gref * size, 0x19, true)
    view(bytes).setUint16(gref * size + 2, domid, true)
    if (version === 1) view(bytes).setUint32(gref * size + 4, frame, true)
    else view(bytes).setBigUint64(gref * size + 8, BigInt(frame), true)
  }
  return bytes
}
