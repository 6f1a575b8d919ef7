// What unpacks single pages of a kdump.
import zlib from 'node:zlib'
import type { Unpackers } from '../../image/index.ts'

/** Node 22.15 and 23.8 brought zstd. */
const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Uint8Array, options: object) => Uint8Array }

/** No page unpacks to more than it has bytes. */
export const PAGE_UNPACKERS: Unpackers = {
  zlib: (bytes, size) => zlib.inflateSync(bytes, { maxOutputLength: size }),
  ...(zstdDecompressSync ? { zstd: (bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: size }) } : {}),
}
