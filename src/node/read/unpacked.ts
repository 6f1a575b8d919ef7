// Compressed inputs as streams.
import { pipeline, Readable, type Transform } from 'node:stream'
import { DumpError } from '../../capture/dump-error.ts'
import { type ByteSource, pause, WAIT } from './byte-source.ts'
import { breaksOff, cannotUnpack, type Packing, packingError } from './packing.ts'
import type { ZstdFrames } from './zstd-frames.ts'

const PIECE = 64 * 1024

/**
 * The bytes that were packed.
 * @param source from the first packed byte on
 * @throws DumpError where this Node cannot unpack them
 */
export function unpacked(source: ByteSource, packing: Packing): ByteSource {
  const stream = packing.unpacker?.stream()
  if (!stream) throw cannotUnpack(source.path, packing)
  // An error of either end reaches the reader of `stream`.
  const pieces = piecesOf(source)
  const cut = packing.unpacker?.cutter ? cutPieces(pieces, packing.unpacker.cutter()) : pieces
  pipeline(Readable.from(cut, { objectMode: true, highWaterMark: 1 }), stream, () => {})
  return streamed(source, stream, packing)
}

async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = new Uint8Array(PIECE)
    const got = await source.read(piece, 0)
    if (got === 0) return
    if (got === WAIT) await pause()
    else yield piece.subarray(0, got)
  }
}

async function* cutPieces(pieces: AsyncIterable<Uint8Array>, cutter: ZstdFrames): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield* cutter.cut(piece)
  if (!cutter.isWhole) throw breaksOff()
}

function streamed(source: ByteSource, stream: Transform, packing: Packing): ByteSource {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  let piece: Uint8Array = new Uint8Array()
  return {
    path: source.path,
    size: source.size,
    waits: source.size === undefined,
    get position() {
      return source.position
    },
    async read(buffer, at) {
      while (piece.length === 0) {
        const { value, done } = await iterator.next().catch((error: Error) => {
          throw error instanceof DumpError ? error : packingError(source.path, packing, error)
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
