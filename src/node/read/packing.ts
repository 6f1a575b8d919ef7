// Compressed inputs: known by their first bytes, whatever their names say.
// Both are loaded when they are first touched: names alone would be looked up at once.
import streams, { type Transform } from 'node:stream'
import zlib from 'node:zlib'
import { DumpError } from '../../capture/dump-error.ts'
import { type PackingName, packingOfMagic } from '../../capture/packing-names.ts'
import { x86_64 } from '../../codec/struct/abi.ts'
import { fieldOf, layoutOf } from '../../codec/struct/layout.ts'
import { sringHeader } from '../../codec/xen/ring.ts'
import { ByteSource } from './byte-source.ts'
import { ZstdFrames } from './zstd-frames.ts'

/** Bytes that tell. */
export const SNIFF_BYTES = 64
interface Unpacker {
  /** Undefined where this Node cannot. @param chunkSize bytes of a piece that comes out */
  stream(chunkSize: number): Transform | undefined
  /** Undefined where this Node cannot. @throws where the bytes are damaged, or unpack to more than the limit */
  whole(bytes: Uint8Array, limit: number): Uint8Array | undefined
  /** What the stream wants each piece cut by; without it, pieces go in as they are. */
  cutter?(): ZstdFrames
}

/** More frames than the bytes bear out (`ZstdFrames.areTooMany`). */
class TooManyFrames extends Error {}

/** An error as of Node's decoder, for data that ends within a frame. */
function breaksOff(): Error {
  return Object.assign(new Error('the last frame is not whole'), { code: BREAKS_OFF_ZSTD })
}

export interface Packing extends PackingName {
  /** What unpacks it here; undefined where nobody has written that. */
  readonly unpacker: Unpacker | undefined
}

/** The code of Node's error for data that ends too early. */
const BREAKS_OFF_ZSTD = 'ZSTD_error_srcSize_wrong'

/** Node 22.15 and 23.8 brought zstd. */
const zstd = () =>
  zlib as unknown as {
    createZstdDecompress?: (options: zlib.ZlibOptions) => Transform
    zstdDecompressSync?: (bytes: Uint8Array, options: zlib.ZlibOptions) => Uint8Array
  }

/** What this program unpacks itself. */
const UNPACKERS: Readonly<Record<string, Unpacker | undefined>> = {
  gzip: {
    stream: (chunkSize) => zlib.createGunzip({ chunkSize }),
    whole: (bytes, limit) => zlib.gunzipSync(bytes, { maxOutputLength: limit }),
  },
  zstd: {
    stream: (chunkSize) => zstd().createZstdDecompress?.({ chunkSize }),
    whole: (bytes, limit) => wholeZstd(bytes, limit),
    cutter: () => new ZstdFrames(),
  },
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

/** A ring can begin with any bytes, but has 0 behind its indices (struct blkif_sring: pvt and pad). */
const INDICES = (() => {
  const { offset, size } = fieldOf(layoutOf(sringHeader, x86_64), 'rsp_event')
  return offset + size
})()

/** @param head the first bytes of the input, SNIFF_BYTES of them if it has as many */
export function packingOf(head: Uint8Array): Packing | undefined {
  const packing = packingOfMagic(head)
  const isRing = head.length >= SNIFF_BYTES && head.subarray(INDICES, SNIFF_BYTES).every((byte) => byte === 0)
  return packing && !isRing ? { ...packing, unpacker: UNPACKERS[packing.name] } : undefined
}

function cannotUnpack(path: string, { name, command }: PackingName): DumpError {
  return new DumpError(path, `compressed with ${name}, which is not unpacked here`, unpackFirst(path, command))
}

/** How to unpack it without this program. */
function unpackFirst(path: string, command: string): string {
  return path === '-' ? `send it through ${command}` : `unpack it: ${command} ${path}`
}

/**
 * All that was packed. The packed bytes stay ahead in their source.
 * @param limit bytes that it has at most
 * @throws DumpError, a `TooLong` where there are more
 */
export function unpackWhole(source: ByteSource, packing: Packing, limit: number): ByteSource {
  const { path } = source
  const packed = (source.size ?? 0) > limit ? undefined : source.peek(limit + 1)
  if (!packed || packed.length > limit) throw new TooLong(path, packing, limit)
  try {
    const bytes = packing.unpacker?.whole(packed, limit)
    if (!bytes) throw cannotUnpack(path, packing)
    return ByteSource.of(path, bytes, () => source.close())
  } catch (error) {
    if (error instanceof DumpError) throw error
    const isTooLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw isTooLong ? new TooLong(path, packing, limit) : packingError(path, packing, error as Error)
  }
}

export class TooLong extends DumpError {
  constructor(path: string, { command }: PackingName, limit: number) {
    super(path, `unpacks to more than ${limit / 2 ** 20} MiB`, unpackFirst(path, command))
  }
}

/** What is said of whole pages that begin like something packed, and were read as they are. */
export function likePacked(path: string, { name, command }: PackingName): string {
  return `${path}: whole pages, which are a ring's; they begin like ${name}: if they are, ${unpackFirst(path, command)}`
}

/**
 * The bytes that were packed, in pieces.
 * @param chunkSize bytes of a piece; each is garbage once it was read, and the smaller it is, the less of it waits for the collector
 * @throws DumpError where this Node cannot unpack them
 */
export function unpackPieces(path: string, packed: AsyncGenerator<Uint8Array>, packing: Packing, chunkSize: number): Transform {
  const stream = packing.unpacker?.stream(chunkSize)
  if (!stream) throw cannotUnpack(path, packing)
  // An error of either end reaches the reader of `stream`.
  const pieces = packing.unpacker?.cutter ? cutPieces(packed, packing.unpacker.cutter()) : packed
  streams.pipeline(streams.Readable.from(pieces, { objectMode: true, highWaterMark: 1 }), stream, () => {})
  return stream
}

async function* cutPieces(pieces: AsyncIterable<Uint8Array>, cutter: ZstdFrames): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield* cutter.cut(piece)
    if (cutter.areTooMany) throw new TooManyFrames()
  }
  if (!cutter.isWhole) throw breaksOff()
}

/** What a failure to unpack says of the file. */
export function packingError(path: string, { name, command }: Packing, error: Error): DumpError {
  if (error instanceof TooManyFrames)
    return new DumpError(path, `its ${name} data is of too many small frames`, unpackFirst(path, command))
  const { code } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR' || code === BREAKS_OFF_ZSTD)
    return new DumpError(path, `its ${name} data breaks off`, 'copy the file again, whole')
  return new DumpError(path, `its ${name} data is damaged (${error.message})`, 'copy the file again')
}
