// The rings of an input of any length, for programs that read nothing else: what tells the kinds of inputs apart is loaded only for what
// does not begin as a ring does.
import { DumpError } from '../../capture/dump-error.ts'
import { beginsRing } from '../../codec/recognise/header.ts'
import type { ByteSource, StreamPlace } from '../../inputs/byte-source.ts'
import { chunksOf, type RingChunk } from '../../inputs/ring-stream.ts'
import { openSource } from './open-file.ts'

/** Bytes that tell a ring. */
const HEAD = 64

/**
 * The rings of an input: a file, packed or not (by content), a pipe, or `-`. What was read before an error is given first.
 * @param pages of one ring; undefined takes the whole input as one ring
 * @param at is told where the reading is
 * @param into where rings are read to, as many at a time as it holds: the `input` of a batch saves a copy
 * @throws DumpError, also for a text or a memory image; RangeError where `into` does not hold a ring
 */
export async function* streamRings(
  path: string,
  pages: number | undefined,
  at?: (place: StreamPlace) => void,
  into?: Uint8Array,
): AsyncGenerator<RingChunk> {
  const packed = await openSource(path)
  try {
    yield* chunksOf(await rawPagesOf(packed), pages, at, into && (() => into))
  } finally {
    packed.close()
  }
}

/** The bytes, unpacked. @throws DumpError for what is no raw pages */
async function rawPagesOf(packed: ByteSource): Promise<ByteSource> {
  await packed.ahead(HEAD)
  const head = packed.peek(HEAD)
  if (head.length === HEAD && beginsRing(head)) return packed
  const { rawPagesIn } = await import('./recognised.ts')
  const source = await rawPagesIn(packed)
  if (!source) throw new DumpError(packed.path, 'a text or a memory image, no raw pages', 'loadDumps reads texts')
  return source
}
