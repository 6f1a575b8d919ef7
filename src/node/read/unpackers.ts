// What this Node unpacks.
// Both are loaded when they are first touched: names alone would be looked up at once.
import streams, { type Transform } from 'node:stream'
import zlib from 'node:zlib'
import { BREAKS_OFF, type FileUnpackers, TooManyFrames } from '../../inputs/packing.ts'
import { ZstdFrames } from './zstd-frames.ts'

/** Node 22.15 and 23.8 brought zstd. */
const zstd = () =>
  zlib as unknown as {
    createZstdDecompress?: (options: zlib.ZlibOptions) => Transform
    zstdDecompressSync?: (bytes: Uint8Array, options: zlib.ZlibOptions) => Uint8Array
  }

export const UNPACKERS: FileUnpackers = {
  gzip: {
    pieces: (packed, chunkSize) => piped(packed, zlib.createGunzip({ chunkSize })),
    whole: (bytes, limit) => zlib.gunzipSync(bytes, { maxOutputLength: limit }),
  },
  zstd: {
    pieces(packed, chunkSize) {
      const stream = zstd().createZstdDecompress?.({ chunkSize })
      return stream && piped(cutPieces(packed, new ZstdFrames()), stream)
    },
    whole: (bytes, limit) => wholeZstd(bytes, limit),
  },
}

/** An error of either end reaches the reader of the stream. */
function piped(pieces: AsyncIterable<Uint8Array>, stream: Transform): Transform {
  streams.pipeline(streams.Readable.from(pieces, { objectMode: true, highWaterMark: 1 }), stream, () => {})
  return stream
}

/** An error as of Node's decoder, for data that ends within a frame. */
function breaksOff(): Error {
  return Object.assign(new Error('the last frame is not whole'), { code: BREAKS_OFF.zstd })
}

/** Each frame for itself: what follows the first, Node would leave out. */
function wholeZstd(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  const { zstdDecompressSync } = zstd()
  if (!zstdDecompressSync) return undefined
  const frames = new ZstdFrames()
  const unpacked: Uint8Array[] = []
  let left = limit
  const parts = frames.cut(bytes)
  if (frames.areTooMany) throw new TooManyFrames()
  for (const frame of parts) {
    const part = zstdDecompressSync(frame, { maxOutputLength: Math.max(left, 1) })
    left -= part.length
    unpacked.push(part)
  }
  if (!frames.isWhole) throw breaksOff()
  return Buffer.concat(unpacked)
}

async function* cutPieces(pieces: AsyncIterable<Uint8Array>, cutter: ZstdFrames): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield* cutter.cut(piece)
    if (cutter.areTooMany) throw new TooManyFrames()
  }
  if (!cutter.isWhole) throw breaksOff()
}
