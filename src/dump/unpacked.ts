// Compressed inputs as streams.
import { pipeline, Readable, type Transform } from 'node:stream'
import { type ByteSource, pause, WAIT } from './byte-source.ts'
import { DumpError } from './dump-error.ts'
import { cannotUnpack, type Packing, packingError, packingOf } from './packing.ts'

const PIECE = 64 * 1024

/**
 * The bytes that were packed, or undefined for an input that is not.
 * @param head the first bytes of the input, TELLING of them if it has as many
 * @throws DumpError where this Node cannot unpack them
 */
export function unpacked(source: ByteSource, head: Uint8Array): ByteSource | undefined {
  const packing = packingOf(head)
  if (!packing) return undefined
  const stream = packing.unpacker?.stream()
  if (!stream) throw cannotUnpack(source.path, packing)
  // An error of either end reaches the reader of `stream`.
  pipeline(Readable.from(piecesOf(source, Uint8Array.from(head)), { objectMode: true, highWaterMark: 1 }), stream, () => {})
  return streamed(source, stream, packing)
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
