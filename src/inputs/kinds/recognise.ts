// Of which kind an input is. The bytes of whole pages are a ring's, whatever they spell, unless it is said what they are.

import { encodingOf } from '../../capture/encoding.ts'
import { MAX_RING } from '../../capture/raw-ring.ts'
import type { ByteSource } from '../byte-source.ts'
import type { Looking } from '../look.ts'
import type { OpenOptions } from '../open-options.ts'
import { TooLong } from '../packing.ts'
import { HEAD_BYTES, isWholePages, MAX_TEXT, measured } from '../sizes.ts'
import { unpacked } from '../unpacked.ts'
import { HEXDUMP } from './hexdump.ts'
import { IMAGE } from './image.ts'
import type { Kind, Look, RecognisedInput } from './kind.ts'
import { RAW_PAGES } from './raw-pages.ts'

const UNSEEN = { head: new Uint8Array(), encoding: undefined }

/** @param kinds in the order in which they are asked @throws DumpError */
export function* recognise(
  input: Pick<RecognisedInput, 'packed' | 'around' | 'isFolder'>,
  kinds: readonly Kind[],
  options: OpenOptions,
): Looking<RecognisedInput> {
  const { packed, around, isFolder } = input
  const { path } = packed
  const { ring } = options
  // Every name in one literal, as there is one for each file of a series: spread copies that grow are many times as large.
  const found = (kind: Kind, source = packed, { head, encoding }: Pick<Look, 'head' | 'encoding'> = UNSEEN): RecognisedInput => ({
    path,
    isFolder,
    head,
    encoding,
    kind,
    around,
    source,
    packed,
  })
  if (isFolder) return found(kinds.find((kind) => kind.looks({ path, isFolder, ...UNSEEN }, options))!)
  if (ring && !ring.sparesDumps) return found(IMAGE)
  try {
    const source = yield* unpacked(packed, around.files.unpackers, options)
    yield [source, HEAD_BYTES]
    const head = source.peek(HEAD_BYTES)
    const look = { path, isFolder, head, encoding: encodingOf(head) }
    const kind = yield* kindOf(source, look, kinds, options)
    const isLong = ring && kind === RAW_PAGES && ((yield* measured(source, MAX_RING)) ?? Infinity) > MAX_RING
    return isLong ? found(IMAGE) : found(kind, source, look)
  } catch (error) {
    if (ring && error instanceof TooLong) return found(IMAGE)
    throw error
  }
}

function* kindOf(source: ByteSource, look: Look, kinds: readonly Kind[], options: OpenOptions): Looking<Kind> {
  const { readAs, onNote } = options
  if (readAs === 'raw') return RAW_PAGES
  if (readAs === 'text') return kinds.find((kind) => kind.isText && kind.looks(look, options)) ?? HEXDUMP
  const kind = kinds.find((kind) => kind.looks(look, options)) ?? RAW_PAGES
  if (!kind.inPages) return kind
  const size = yield* measured(source, MAX_TEXT)
  const like = isWholePages(size) ? kind.inPages(look, size!) : undefined
  if (like === undefined) return kind
  onNote?.(`${look.path}: ${like}`)
  return RAW_PAGES
}
