// Rings of one size, one after another, from an input of any length: many at a time, in one buffer that is used again.
import { MAX_RING_PAGES } from '../codec/ring/geometry.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { fieldOf, layoutOf } from '../codec/struct/layout.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { type ByteSource, openSource, pause, WAIT } from './byte-source.ts'
import { DumpError } from './dump-error.ts'
import { TELLING } from './packing.ts'
import { wholeRing } from './raw-pages.ts'
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

/** Less than the four indices says nothing of a ring. */
const INDICES = (() => {
  const { offset, size } = fieldOf(layoutOf(sringHeader, x86_64), 'rsp_event')
  return offset + size
})()

/**
 * The rings of an input: a file, gzipped or not (by content), a pipe, or `-`. What was read before an error is given first.
 * @param pages of one ring; undefined takes the whole input as one ring
 * @param at is told where the reading is
 * @throws DumpError
 */
export async function* streamRings(
  path: string,
  pages: number | undefined,
  at?: (place: StreamPlace) => void,
): AsyncGenerator<RingChunk> {
  const input = await openInput(path)
  try {
    if (pages === undefined) yield await onlyRing(input)
    else
      for await (const chunk of series(input, pages)) {
        at?.(input.source)
        yield chunk
      }
  } finally {
    input.source.close()
  }
}

interface Input {
  readonly source: ByteSource
  /** What was read to see whether the input is compressed. */
  readonly head: Uint8Array
  /** Bytes of a file that is not compressed. */
  readonly size: number | undefined
}

async function openInput(path: string): Promise<Input> {
  const source = await openSource(path)
  try {
    const buffer = new Uint8Array(TELLING)
    const head = buffer.subarray(0, await fill(source, buffer, 0))
    const inner = unpacked(source, head)
    return inner ? { source: inner, head: new Uint8Array(), size: undefined } : { source, head, size: source.size }
  } catch (error) {
    source.close()
    throw error
  }
}

/** Reads until the buffer is full or the input ends; returns where it is filled to. */
async function fill(source: ByteSource, buffer: Uint8Array, from: number): Promise<number> {
  let at = from
  while (at < buffer.length) {
    const got = await source.read(buffer, at)
    if (got === 0) break
    if (got === WAIT) await pause()
    else at += got
  }
  return at
}

async function onlyRing({ source, head, size }: Input): Promise<RingChunk> {
  const limit = MAX_RING_PAGES * XEN_PAGE_SIZE
  const buffer = new Uint8Array(limit + 1)
  buffer.set(head)
  const got = size !== undefined && size > limit ? 0 : await fill(source, buffer, head.length)
  return { bytes: wholeRing(buffer.subarray(0, got), source.path, size), rings: 1, first: 0, cut: undefined }
}

async function* series({ source, head, size }: Input, pages: number): AsyncGenerator<RingChunk> {
  const ring = pages * XEN_PAGE_SIZE
  const buffer = new Uint8Array(Math.max(1, Math.floor(CHUNK_PAGES / pages)) * ring)
  buffer.set(head)
  let at = head.length
  let first = 0
  let error: unknown
  for (let ended = false; !ended; ) {
    let got = 0
    try {
      got = await source.read(buffer, at)
    } catch (failed) {
      error = failed
    }
    ended = got === 0
    at += Math.max(got, 0)
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
    throw new DumpError(source.path, `has shrunk while it was read: ${first * ring + at} of ${size} bytes were there`)
  if (first === 0 && at === 0) wholeRing(new Uint8Array(), source.path, undefined)
  if (at === 0) return
  if (at < INDICES)
    throw new DumpError(source.path, `ends ${at} bytes into ring ${first}: less than its indices`, 'dump whole pages')
  buffer.fill(0, at, ring)
  yield { bytes: buffer.subarray(0, ring), rings: 1, first, cut: at }
}
