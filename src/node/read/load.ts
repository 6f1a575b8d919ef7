// Rings at once, for programs that have nothing else to do meanwhile.

import type { Capture } from '../../capture/capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import type { DeviceMoment } from '../../capture/moments.ts'
import { openSource, type StreamPlace } from './byte-source.ts'
import { DISK } from './files.ts'
import { openInputNow } from './inputs.ts'
import { QUICK_KINDS } from './kinds/index.ts'
import { RAW_PAGES } from './kinds/raw-pages.ts'
import { recognise } from './kinds/recognise.ts'
import { look } from './look.ts'
import type { OpenOptions } from './open-options.ts'
import { chunksOf, type RingChunk } from './ring-stream.ts'
import { surroundingsOfFile } from './surroundings.ts'

/** How an input is read, and who is told of what is wrong with it. */
export type LoadOptions = Pick<OpenOptions, 'pages' | 'readAs' | 'onError' | 'onNote'>

/**
 * The rings of an input, one at a time: a dump folder, a file of raw pages or a hexdump, or `-`. A ring.bin or ring-NNN.bin that is
 * named itself has the indirect pages and the XenStore text of its folder.
 */
export function* loadDumps(input: string, options: LoadOptions = {}): Generator<Capture> {
  yield* openInputNow({ name: input, place: 0 }, options).rings()
}

/** The moments of an input, one in memory at a time. A moment of which nothing can be read is left out. */
export function* loadMoments(input: string, options: LoadOptions = {}): Generator<DeviceMoment> {
  yield* openInputNow({ name: input, place: 0 }, options).moments()
}

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
    const input = { packed, isFolder: false, around: surroundingsOfFile(DISK, '-', {}) }
    const { kind, source } = await look(recognise(input, QUICK_KINDS, { asStream: true }))
    if (kind !== RAW_PAGES) throw new DumpError(path, 'a text or a memory image, no raw pages', 'loadDumps reads texts')
    yield* chunksOf(source, pages, at, into)
  } finally {
    packed.close()
  }
}
