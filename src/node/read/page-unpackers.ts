// What unpacks single pages of a kdump.
import zlib from 'node:zlib'
import type { Unpackers, UnpackPage } from '../../image/index.ts'

/** No page unpacks to more than it has bytes. */
export const PAGE_UNPACKERS: Unpackers = {
  zlib: (bytes, size) => zlib.inflateSync(bytes, { maxOutputLength: size }),
  /** Node 22.15 and 23.8 brought zstd: asked when a page needs it, so that no other image loads zlib. */
  get zstd(): UnpackPage | undefined {
    const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Uint8Array, options: object) => Uint8Array }
    return zstdDecompressSync && ((bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: size }))
  },
}
