// Save images for tests, written by the specifications of the streams (docs/specs of Xen) and not by the tables under test.
import { PAGE } from './memory.ts'

export interface SavedPage {
  readonly pfn: number
  /** Of a PV guest. */
  readonly gmfn?: number | undefined
  /** Undefined: a page that has no bytes. */
  readonly bytes: Uint8Array | undefined
}

export interface SaveOptions {
  readonly version?: number
  /** Pages of one record. */
  readonly batch?: number
  readonly type?: 'pv' | 'hvm' | 'pvh' | 'arm'
  /** What is around libxc's stream. */
  readonly around?: 'nothing' | 'libxl' | 'xl'
  /** Bytes of an entry of the p2m. */
  readonly width?: 4 | 8
}

const u32 = (...values: number[]) => Buffer.from(new Uint32Array(values).buffer)
const be32 = (value: number) => Buffer.from(u32(value)).reverse()

export function record(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([u32(type, body.length), body, new Uint8Array((8 - (body.length % 8)) % 8)])
}

/** A record of pages; `types` are those of the pages that have bytes. */
export function pageData(pages: readonly SavedPage[]): Buffer {
  const pfns = pages.flatMap(({ pfn, bytes }) => [pfn >>> 0, Math.floor(pfn / 2 ** 32) + (bytes ? 0 : 0xf0000000)])
  return record(1, Buffer.concat([u32(pages.length, 0), u32(...pfns), ...pages.flatMap(({ bytes }) => (bytes ? [bytes] : []))]))
}

/** A PV guest's p2m in pages of its own, behind all others. */
function p2mPages(pages: readonly SavedPage[], width: 4 | 8): { readonly pages: SavedPage[]; readonly end: number } {
  const perPage = PAGE / width
  const end = Math.max(...pages.map(({ pfn }) => pfn))
  const table = Buffer.alloc(Math.ceil((end + 1) / perPage) * PAGE, 0xff)
  for (const { pfn, gmfn } of pages)
    if (gmfn !== undefined && width === 8) table.writeBigUInt64LE(BigInt(gmfn), pfn * 8)
    else if (gmfn !== undefined) table.writeUInt32LE(gmfn, pfn * 4)
  const at = Math.ceil((end + 1) / 512) * 512 + 7
  return {
    pages: Array.from({ length: table.length / PAGE }, (_, i) => ({
      pfn: at + i,
      bytes: table.subarray(i * PAGE, (i + 1) * PAGE),
    })),
    end,
  }
}

export function saveStream(memory: readonly SavedPage[], options: SaveOptions = {}): Buffer {
  const { version = 3, batch = 1024, type = 'pv', around = 'nothing', width = 8 } = options
  const p2m = type === 'pv' ? p2mPages(memory, width) : undefined
  const pages = [...memory, ...(p2m?.pages ?? [])]
  const parts: Buffer[] = [
    Buffer.alloc(8, 0xff),
    Buffer.from('XENF'),
    be32(version),
    Buffer.alloc(8),
    u32({ pv: 1, hvm: 2, pvh: 3, arm: 4 }[type]),
    Buffer.from([12, 0, 0, 0]),
    u32(4, 17),
  ]
  if (version === 3) parts.push(record(0x11, Buffer.alloc(24)), record(0x10, Buffer.alloc(0)))
  if (p2m) {
    parts.push(record(2, Buffer.from([width, width === 8 ? 4 : 3, 0, 0, 0, 0, 0, 0])))
    const frames = p2m.pages.flatMap(({ pfn }) => [pfn, 0])
    parts.push(record(3, Buffer.concat([u32(0, p2m.end), u32(...frames)])))
  }
  for (let i = 0; i < pages.length; i += batch) parts.push(pageData(pages.slice(i, i + batch)))
  parts.push(record(8, Buffer.alloc(24)), record(7, Buffer.alloc(PAGE)), record(0, Buffer.alloc(0)))
  const libxc = Buffer.concat(parts)
  if (around === 'nothing') return libxc
  const libxl = Buffer.concat([
    Buffer.from('LibxlFmt'),
    be32(2),
    be32(0),
    record(1, Buffer.alloc(0)),
    libxc,
    record(2, Buffer.alloc(13)),
    record(0, Buffer.alloc(0)),
  ])
  if (around === 'libxl') return libxl
  const config = Buffer.from('{"c_info":{"name":"web1"}}\0\0\0')
  return Buffer.concat([Buffer.from('Xen saved domain, xl format\n \0 \r'), u32(0x01020304, 3, 0, config.length), config, libxl])
}
