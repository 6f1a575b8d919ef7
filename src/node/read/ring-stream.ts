// Rings of one size, one after another, from an input of any length: many at a time, in one buffer that is used again.

import type { Capture } from '../../capture/capture.ts'
import { DumpError } from '../../capture/dump-error.ts'
import { isNamedPacked } from '../../capture/packing-names.ts'
import { count } from '../../codec/struct/count.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { ahead, type ByteSource, fill, openSource, pause, WAIT } from './byte-source.ts'
import { type LoadOptions, loadDumps } from './folder.ts'
import { inMemory } from './input-file.ts'
import { type InputKind, isWholePages, kindOf, looksLike, MAX_RING, MAX_TEXT, TEXT_HEAD } from './input-kind.ts'
import { likePacked, packingOf, SNIFF_BYTES } from './packing.ts'
import { cutAt, emptyInput, MIN_RING_BYTES, onlyRing, withoutIndices } from './raw-pages.ts'
import { unpacked } from './unpacked.ts'

/** Pages in the buffer: enough that a read costs nothing, and few enough to stay in the processor's cache. */
export const CHUNK_PAGES = 64

export interface RingChunk {
  /** Rings laid end to end. They change when the next chunk is asked for. */
  readonly bytes: Uint8Array
  readonly rings: number
  /** Place of the first of them in the input. */
  readonly first: number
  /** Of one ring that was cut off by the end of the input: how many of its bytes are there. The rest are 0. */
  readonly cut: number | undefined
}

/** Where a stream is. */
export interface StreamPlace {
  /** Bytes read from the file; of a compressed one as they lie there. */
  readonly position: number
  /** Undefined for a pipe. */
  readonly size: number | undefined
}

export interface StreamOptions extends Pick<LoadOptions, 'readAs' | 'onNote'> {
  /** Is told where the reading is. */
  readonly at?: ((place: StreamPlace) => void) | undefined
}

/**
 * The rings of an input: a file, gzipped or not (by content), a pipe, or `-`. What was read before an error is given first.
 * @param pages of one ring; undefined takes the whole input as one ring
 * @param at is told where the reading is
 * @throws DumpError, also for a text or a memory image
 */
export async function* streamRings(
  path: string,
  pages: number | undefined,
  at?: (place: StreamPlace) => void,
): AsyncGenerator<RingChunk> {
  const input = await openInput(path, {})
  try {
    if (input.kind !== 'pages') throw new DumpError(path, 'a text or a memory image, no raw pages', 'loadDumps reads texts')
    yield* chunksOf(input, pages, at)
  } finally {
    input.source.close()
  }
}

/**
 * The same for whatever an input is: whole rings of raw pages as chunks; as dumps, one by one, a ring that was cut off and those of
 * a text.
 */
export async function* streamInput(
  path: string,
  pages: number,
  { at, readAs, onNote }: StreamOptions,
): AsyncGenerator<RingChunk | Capture> {
  const input = await openInput(path, { readAs, ...(onNote ? { onNote } : {}) })
  try {
    if (input.kind !== 'pages')
      yield* loadDumps(path, { pages, readAs, opened: inMemory(path, (await ahead(input.source, MAX_TEXT + 1)).bytes) })
    else
      for await (const chunk of chunksOf(input, pages, at)) yield chunk.cut === undefined ? chunk : cutDump(path, chunk, chunk.cut)
  } finally {
    input.source.close()
  }
}

export function isDump(piece: RingChunk | Capture): piece is Capture {
  return 'indirectPages' in piece
}

async function* chunksOf(input: Input, pages: number | undefined, at?: (place: StreamPlace) => void): AsyncGenerator<RingChunk> {
  if (pages === undefined) yield await wholeInput(input)
  else
    for await (const chunk of series(input, pages)) {
      at?.(input.source)
      yield chunk
    }
}

function cutDump(path: string, { bytes, first }: RingChunk, cut: number): Capture {
  return { ...dumpOfPages(`${path}[${first}]`, Uint8Array.from(bytes), first), ...cutAt(cut, bytes.length) }
}

/** A ring of which nothing is known but its pages. */
export function dumpOfPages(source: string, bytes: Uint8Array, snapshot: number): Capture {
  return {
    source,
    queue: undefined,
    snapshot,
    number: undefined,
    bytes,
    indirectPages: new Map(),
    xenstore: undefined,
    findings: [],
  }
}

interface Input {
  /** From the first unpacked byte on. */
  readonly source: ByteSource
  readonly kind: InputKind['kind']
  /** Bytes of a file that is not compressed. */
  readonly size: number | undefined
}

async function openInput(path: string, { readAs, onNote }: StreamOptions): Promise<Input> {
  let source = await openSource(path)
  try {
    const first = await ahead(source, SNIFF_BYTES)
    source = first.source
    const packing = packingOf(first.bytes)
    let isPacked = false
    if (packing) {
      const packed = await measured(source, isNamedPacked(path) ? 0 : MAX_RING)
      source = packed.source
      if (isWholePages(packed.size)) onNote?.(likePacked(path, packing))
      else {
        source = unpacked(source, packing)
        isPacked = true
      }
    }
    const head = await ahead(source, TEXT_HEAD)
    const looks = readAs ?? looksLike(head.bytes).kind
    const all = await measured(head.source, looks === 'text' || looks === 'image' ? MAX_TEXT : 0)
    const { kind } = kindOf(path, head.bytes, all.size, readAs, onNote)
    return { source: all.source, kind, size: isPacked ? undefined : all.source.size }
  } catch (error) {
    source.close()
    throw error
  }
}

/** How many bytes there are; undefined where they are more than a number. @returns also the source as it was before */
async function measured(
  source: ByteSource,
  limit: number,
): Promise<{ readonly size: number | undefined; readonly source: ByteSource }> {
  if (source.size !== undefined && source.size > MAX_RING) return { size: source.size, source }
  if (limit === 0) return { size: undefined, source }
  const { bytes, source: again } = await ahead(source, limit + 1)
  return { size: bytes.length > limit ? undefined : bytes.length, source: again }
}

async function wholeInput({ source, size }: Input): Promise<RingChunk> {
  const buffer = new Uint8Array(MAX_RING + 1)
  const got = size !== undefined && size > MAX_RING ? 0 : await fill(source, buffer)
  const { bytes, missing } = onlyRing(buffer.subarray(0, got), source.path, size)
  return { bytes, rings: 1, first: 0, cut: missing[0]?.from }
}

async function* series({ source, size }: Input, pages: number): AsyncGenerator<RingChunk> {
  const ring = pages * XEN_PAGE_SIZE
  const buffer = new Uint8Array(Math.max(1, Math.floor(CHUNK_PAGES / pages)) * ring)
  let at = 0
  let first = 0
  let error: unknown
  for (let ended = false; !ended; ) {
    let got = 0
    try {
      got = await source.read(buffer, at)
    } catch (failed) {
      error = failed
    }
    at += Math.max(got, 0)
    ended = got === 0
    const rings = Math.floor(at / ring)
    if (rings > 0 && (ended || got === WAIT || source.waits || at === buffer.length)) {
      yield { bytes: buffer.subarray(0, rings * ring), rings, first, cut: undefined }
      first += rings
      buffer.copyWithin(0, rings * ring, at)
      at -= rings * ring
    }
    if (got === WAIT) await pause()
  }
  if (error !== undefined) throw error
  if (size !== undefined && first * ring + at < size)
    throw new DumpError(source.path, `has shrunk while it was read: ${first * ring + at} of ${count(size, 'byte')} were there`)
  if (first === 0 && at === 0) throw emptyInput(source.path)
  if (at === 0) return
  if (at < MIN_RING_BYTES) throw withoutIndices(source.path, at, first)
  buffer.fill(0, at, ring)
  yield { bytes: buffer.subarray(0, ring), rings: 1, first, cut: at }
}
