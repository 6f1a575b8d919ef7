// Compressed inputs: known by their first bytes, whatever their names say.
import { DumpError } from '../capture/dump-error.ts'
import { type PackingName, packingOfMagic } from '../capture/packing-names.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { fieldOf, layoutOf } from '../codec/struct/layout.ts'
import { sringHeader } from '../codec/xen/ring.ts'
import { ByteSource } from './byte-source.ts'

/** Bytes that tell. */
export const SNIFF_BYTES = 64

/** Pieces of what was packed, which can be left before their end. */
export interface UnpackedPieces extends AsyncIterable<Uint8Array> {
  destroy(): unknown
}

/** What unpacks files of one packing. Data that breaks off is an error with a code of `BREAKS_OFF`. */
interface FileUnpacker {
  /** Undefined where this machine cannot. @param chunkSize bytes of a piece that comes out */
  pieces(packed: AsyncGenerator<Uint8Array>, chunkSize: number): UnpackedPieces | undefined
  /** Undefined where this machine cannot. @throws where the bytes are damaged, or, with the code `TOO_LARGE`, unpack to more than the limit */
  whole(bytes: Uint8Array, limit: number): Uint8Array | undefined
}

/** What a machine unpacks, by the names of packings. */
export type FileUnpackers = Readonly<Record<string, FileUnpacker | undefined>>

/** More frames than the bytes bear out. */
export class TooManyFrames extends Error {}

export interface Packing extends PackingName {
  /** What unpacks it here; undefined where nobody has written that. */
  readonly unpacker: FileUnpacker | undefined
}

/** The codes of Node's errors for data that ends too early. */
export const BREAKS_OFF = { gzip: 'Z_BUF_ERROR', zstd: 'ZSTD_error_srcSize_wrong' }
/** That for data that is more than was asked for. */
export const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE'

/** A ring can begin with any bytes, but has 0 behind its indices (struct blkif_sring: pvt and pad). */
const INDICES = (() => {
  const { offset, size } = fieldOf(layoutOf(sringHeader, x86_64), 'rsp_event')
  return offset + size
})()

/** @param head the first bytes of the input, SNIFF_BYTES of them if it has as many */
export function packingOf(head: Uint8Array, unpackers: FileUnpackers): Packing | undefined {
  const packing = packingOfMagic(head)
  const isRing = head.length >= SNIFF_BYTES && head.subarray(INDICES, SNIFF_BYTES).every((byte) => byte === 0)
  return packing && !isRing ? { ...packing, unpacker: unpackers[packing.name] } : undefined
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
    const isTooLong = codeOf(error) === TOO_LARGE
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
 * @throws DumpError where this machine cannot unpack them
 */
export function unpackPieces(
  path: string,
  packed: AsyncGenerator<Uint8Array>,
  packing: Packing,
  chunkSize: number,
): UnpackedPieces {
  const pieces = packing.unpacker?.pieces(packed, chunkSize)
  if (!pieces) throw cannotUnpack(path, packing)
  return pieces
}

/** What a failure to unpack says of the file. */
export function packingError(path: string, { name, command }: Packing, error: Error): DumpError {
  if (error instanceof TooManyFrames)
    return new DumpError(path, `its ${name} data is of too many small frames`, unpackFirst(path, command))
  if (Object.values(BREAKS_OFF).includes(codeOf(error) ?? ''))
    return new DumpError(path, `its ${name} data breaks off`, 'copy the file again, whole')
  return new DumpError(path, `its ${name} data is damaged (${error.message})`, 'copy the file again')
}

function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string }).code
}
