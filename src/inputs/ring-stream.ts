// Rings of raw pages one after another, from an input of any length: many at a time, in one buffer that is used again.

import type { Capture } from '../capture/capture.ts'
import { DumpError } from '../capture/dump-error.ts'
import { cutAt, emptyInput, MAX_RING, MIN_RING_BYTES, onlyRing, withoutIndices } from '../capture/raw-ring.ts'
import { count } from '../codec/struct/count.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { type ByteSource, pause, type StreamPlace, WAIT } from './byte-source.ts'

/** Pages in the buffer: enough that a read costs nothing, and few enough to stay in the processor's cache. */
export const CHUNK_PAGES = 64

/** How many bytes are read at a time: whole rings of so many bytes each. */
export function bytesAtATime(ring: number): number {
  return ring * Math.max(1, Math.floor((CHUNK_PAGES * XEN_PAGE_SIZE) / ring))
}

/** Rings of a stream, a few at a time. */
export interface RingChunk {
  /** Rings laid end to end. They change when the next chunk is asked for. */
  readonly bytes: Uint8Array
  readonly rings: number
  /** Place of the first of them in the input. */
  readonly first: number
  /** Of one ring that was cut off by the end of the input: how many of its bytes are there. The rest are 0. */
  readonly cut: number | undefined
}

/**
 * Room for rings of so many bytes each, where they are to be read to; asked for once, before the first. Undefined leaves it to the reader.
 */
export type RoomFor = (ring: number) => Uint8Array | undefined | Promise<Uint8Array | undefined>

/** Rings of a stream, or one alone with what is known of it. */
export type RingPiece = RingChunk | Capture

export function isDump(piece: RingPiece): piece is Capture {
  return 'indirectPages' in piece
}

/** Whole rings as chunks, and as a dump the last one if the input cuts it off. What was read before an error is given first. */
export async function* ringPiecesOf(
  source: ByteSource,
  pages: number,
  at?: (place: StreamPlace) => void,
  into?: RoomFor,
): AsyncGenerator<RingPiece> {
  for await (const chunk of chunksOf(source, pages, at, into))
    yield chunk.cut === undefined ? chunk : cutDump(source.path, chunk, chunk.cut)
}

/** @param pages of one ring; undefined takes the whole input as one ring */
export async function* chunksOf(
  source: ByteSource,
  pages: number | undefined,
  at?: (place: StreamPlace) => void,
  into?: RoomFor,
): AsyncGenerator<RingChunk> {
  if (pages === undefined) {
    await source.ahead(MAX_RING + 1)
    const { bytes, missing } = onlyRing(source.peek(MAX_RING + 1), source.path, source.size)
    yield { bytes, rings: 1, first: 0, cut: missing[0]?.from }
  } else
    for await (const chunk of series(source, pages, into)) {
      at?.(source.place)
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

async function* series(source: ByteSource, pages: number, into?: RoomFor): AsyncGenerator<RingChunk> {
  const ring = pages * XEN_PAGE_SIZE
  const room = (await into?.(ring)) ?? new Uint8Array(bytesAtATime(ring))
  if (room.length < ring) throw new RangeError(`${room.length} bytes do not hold a ring of ${ring} bytes`)
  const buffer = room.subarray(0, room.length - (room.length % ring))
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
  const { path, size } = source
  // Standard input may have begun in the middle of a file.
  if (size !== undefined && path !== '-' && first * ring + at < size)
    throw new DumpError(path, `has shrunk while it was read: ${first * ring + at} of ${count(size, 'byte')} were there`)
  if (first === 0 && at === 0) throw emptyInput(path)
  if (at === 0) return
  if (at < MIN_RING_BYTES) throw withoutIndices(path, at, first)
  buffer.fill(0, at, ring)
  yield { bytes: buffer.subarray(0, ring), rings: 1, first, cut: at }
}
