// Packed inputs, unpacked as a whole or as a stream.
import { DumpError } from '../capture/dump-error.ts'
import { isNamedPacked } from '../capture/packing-names.ts'
import { MAX_RING } from '../capture/raw-ring.ts'
import { ByteSource, pause, type StreamPlace, WAIT } from './byte-source.ts'
import type { Looking } from './look.ts'
import {
  type FileUnpackers,
  likePacked,
  type Packing,
  packingError,
  packingOf,
  SNIFF_BYTES,
  type UnpackedPieces,
  unpackPieces,
  unpackWhole,
} from './packing.ts'
import { isWholePages, MAX_UNPACKED, measured } from './sizes.ts'

const PIECE = 64 * 1024

export interface Unpacking {
  /** For an input of any length. Else it is unpacked as a whole, which is faster, and read without the event loop. */
  readonly asStream?: boolean | undefined
  readonly onNote?: ((note: string) => void) | undefined
}

/**
 * An input, unpacked where it is packed. Whole pages are not: a guest may have written what begins like gzip, unless the name of the
 * file says that it is packed.
 * @throws DumpError
 */
export function* unpacked(source: ByteSource, unpackers: FileUnpackers, { asStream, onNote }: Unpacking = {}): Looking<ByteSource> {
  yield [source, SNIFF_BYTES]
  const packing = packingOf(source.peek(SNIFF_BYTES), unpackers)
  if (!packing) return source
  const { path } = source
  if (!isNamedPacked(path) && isWholePages(yield* measured(source, MAX_RING))) {
    onNote?.(likePacked(path, packing))
    return source
  }
  if (asStream) return new UnpackedStream(source, packing)
  yield [source, MAX_UNPACKED + 1]
  return unpackWhole(source, packing, MAX_UNPACKED)
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

/** Read with the event loop only: what was read ahead is there for all. */
class UnpackedStream extends ByteSource {
  readonly #source: ByteSource
  readonly #packing: Packing
  readonly #stream: UnpackedPieces
  readonly #pieces: AsyncIterator<Uint8Array>
  #piece: Uint8Array = new Uint8Array()

  /** @throws DumpError where this machine cannot unpack it */
  constructor(source: ByteSource, packing: Packing) {
    super(source.path, undefined, source.size === undefined)
    this.#source = source
    this.#packing = packing
    this.#stream = unpackPieces(source.path, piecesOf(source), packing, PIECE)
    this.#pieces = this.#stream[Symbol.asyncIterator]()
  }

  get place(): StreamPlace {
    return this.#source.place
  }

  close(): void {
    this.#stream.destroy()
    this.#source.close()
  }

  protected async more(buffer: Uint8Array, at: number): Promise<number> {
    while (this.#piece.length === 0) {
      const { value, done } = await this.#pieces.next().catch((error: Error) => {
        throw error instanceof DumpError ? error : packingError(this.path, this.#packing, error)
      })
      if (done) return 0
      this.#piece = value
    }
    const taken = this.#piece.subarray(0, buffer.length - at)
    buffer.set(taken, at)
    this.#piece = this.#piece.subarray(taken.length)
    return taken.length
  }

  protected moreNow(): number {
    throw new Error(`${this.path}: is unpacked with the event loop only`)
  }
}
