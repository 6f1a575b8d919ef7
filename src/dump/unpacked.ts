// Compressed inputs, known by their first bytes.
import { pipeline, Readable, type Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { type ByteSource, pause, WAIT } from './byte-source.ts'
import { DumpError } from './dump-error.ts'

/** Bytes that tell. */
export const TELLING = 64
const PIECE = 64 * 1024
/** Of unpacked bytes. Each piece is garbage once it was read, and the smaller it is, the less of it waits for the collector. */
const UNPACKED_PIECE = 32 * 1024

interface Packing {
  readonly name: string
  readonly magic: readonly number[]
  /** Undefined where this Node cannot. */
  readonly unpack: (() => Transform) | undefined
  readonly cure: (path: string) => string
}

// Node 22.15 and 23.8 brought zstd.
const { createZstdDecompress } = zlib as unknown as Readonly<Record<string, ((options: zlib.ZlibOptions) => Transform) | undefined>>

const PACKINGS: readonly Packing[] = [
  {
    name: 'gzip',
    magic: [0x1f, 0x8b, 8],
    unpack: () => zlib.createGunzip({ chunkSize: UNPACKED_PIECE }),
    cure: (path) => `zcat ${path} | blkring decode -`,
  },
  {
    name: 'zstd',
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    unpack: createZstdDecompress && (() => createZstdDecompress({ chunkSize: UNPACKED_PIECE })),
    cure: (path) => `zstdcat ${path} | blkring decode -`,
  },
]

/** A ring can begin with any bytes, but has 0 from byte 16 on (struct blkif_sring: pvt and pad). */
const RING_PADDING = 16

/**
 * The bytes that were packed, or undefined for an input that is not.
 * @param head the first bytes of the input, TELLING of them if it has as many
 * @throws DumpError where this Node cannot unpack them
 */
export function unpacked(source: ByteSource, head: Uint8Array): ByteSource | undefined {
  const packing = PACKINGS.find(({ magic }) => magic.every((byte, i) => head[i] === byte))
  const isRing = head.length === TELLING && head.subarray(RING_PADDING).every((byte) => byte === 0)
  if (!packing || isRing) return undefined
  if (!packing.unpack) throw new DumpError(source.path, `this Node cannot unpack ${packing.name}`, packing.cure(source.path))
  const stream = packing.unpack()
  // An error of either end reaches the reader of `stream`.
  pipeline(Readable.from(piecesOf(source, Uint8Array.from(head)), { objectMode: true, highWaterMark: 1 }), stream, () => {})
  return streamed(source, stream, packing.name)
}

async function* piecesOf(source: ByteSource, head: Uint8Array): AsyncGenerator<Uint8Array> {
  yield head
  for (;;) {
    const piece = new Uint8Array(PIECE)
    const got = await source.read(piece, 0)
    if (got === 0) return
    if (got === WAIT) await pause()
    else yield piece.subarray(0, got)
  }
}

function streamed(source: ByteSource, stream: Transform, name: string): ByteSource {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  let piece: Uint8Array = new Uint8Array()
  return {
    path: source.path,
    size: source.size,
    get position() {
      return source.position
    },
    async read(buffer, at) {
      while (piece.length === 0) {
        const { value, done } = await iterator.next().catch((error: Error) => {
          throw error instanceof DumpError ? error : packingError(source.path, name, error)
        })
        if (done) return 0
        piece = value
      }
      const taken = piece.subarray(0, buffer.length - at)
      buffer.set(taken, at)
      piece = piece.subarray(taken.length)
      return taken.length
    },
    close: () => {
      stream.destroy()
      source.close()
    },
  }
}

function packingError(path: string, name: string, error: Error): DumpError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR' || code === 'ZSTD_error_srcSize_wrong')
    return new DumpError(path, `its ${name} data breaks off`, 'copy the file again, whole')
  return new DumpError(path, `its ${name} data is damaged (${error.message})`, 'copy the file again')
}
