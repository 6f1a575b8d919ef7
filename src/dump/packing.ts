// Compressed inputs: known by their first bytes, whatever their names say.
import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { x86_64 } from '../codec/struct/abi.ts'
import { fieldOf, layoutOf } from '../codec/struct/layout.ts'
import { sringHeader } from '../codec/xen/ring.ts'
import { DumpError } from './dump-error.ts'

/** Bytes that tell. */
export const TELLING = 64
const PIECE = 256 * 1024

export interface Packing {
  readonly name: string
  readonly magic: readonly number[]
  /** What unpacks it elsewhere. */
  readonly command: string
  /** Undefined where this Node cannot. */
  stream(): Transform | undefined
  /** Undefined where this Node cannot. @throws where the bytes are damaged, or unpack to more than the limit */
  whole(bytes: Uint8Array, limit: number): Uint8Array | undefined
}

/** Node 22.15 and 23.8 brought zstd. */
const zstd = () =>
  zlib as unknown as {
    createZstdDecompress?: (options: zlib.ZlibOptions) => Transform
    zstdDecompressSync?: (bytes: Uint8Array, options: zlib.ZlibOptions) => Uint8Array
  }

const PACKINGS: readonly Packing[] = [
  {
    name: 'gzip',
    magic: [0x1f, 0x8b, 8],
    command: 'zcat',
    stream: () => zlib.createGunzip({ chunkSize: PIECE }),
    whole: (bytes, limit) => zlib.gunzipSync(bytes, { maxOutputLength: limit }),
  },
  {
    name: 'zstd',
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    command: 'zstdcat',
    stream: () => zstd().createZstdDecompress?.({ chunkSize: PIECE }),
    whole: (bytes, limit) => zstd().zstdDecompressSync?.(bytes, { maxOutputLength: limit }),
  },
]

/** A ring can begin with any bytes, but has 0 behind its indices (struct blkif_sring: pvt and pad). */
const INDICES = (() => {
  const { offset, size } = fieldOf(layoutOf(sringHeader, x86_64), 'rsp_event')
  return offset + size
})()

/** @param head the first bytes of the input, TELLING of them if it has as many */
export function packingOf(head: Uint8Array): Packing | undefined {
  const packing = PACKINGS.find(({ magic }) => magic.every((byte, i) => head[i] === byte))
  const isRing = head.length >= TELLING && head.subarray(INDICES, TELLING).every((byte) => byte === 0)
  return isRing ? undefined : packing
}

export function cannotUnpack(path: string, { name, command }: Packing): DumpError {
  return new DumpError(path, `this Node cannot unpack ${name}`, unpackFirst(path, command))
}

/** How to unpack it without this program. */
export function unpackFirst(path: string, command: string): string {
  return path === '-' ? `send it through ${command}` : `unpack it: ${command} ${path}`
}

/** What a failure to unpack says of the file. */
export function packingError(path: string, { name }: Packing, error: Error): DumpError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR' || code === 'ZSTD_error_srcSize_wrong')
    return new DumpError(path, `its ${name} data breaks off`, 'copy the file again, whole')
  return new DumpError(path, `its ${name} data is damaged (${error.message})`, 'copy the file again')
}
