// Rings of one size, one after another, from an input of any length: many at a time, in one buffer that is used again.
import { MAX_RING_PAGES } from '../codec/ring/geometry.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { fieldOf, layoutOf } from '../codec/struct/layout.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { isKnownImage } from '../image/map-image.ts'
import { type ByteSource, openSource, pause, WAIT } from './byte-source.ts'
import { DumpError } from './dump-error.ts'
import { loadDumps } from './folder.ts'
import { TELLING } from './packing.ts'
import { wholeRing } from './raw-pages.ts'
import type { RingDump } from './ring-dump.ts'
import { MOST_TEXT, TEXT_HEAD, textEncoding } from './text-input.ts'
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
 * @throws DumpError, also for a text or a memory image
 */
export async function* streamRings(
  path: string,
  pages: number | undefined,
  at?: (place: StreamPlace) => void,
): AsyncGenerator<RingChunk> {
  const input = await openInput(path)
  try {
    if (isOther(input)) throw new DumpError(path, 'a text or a memory image, no raw pages', 'loadDumps reads texts')
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
  at: (place: StreamPlace) => void,
): AsyncGenerator<RingChunk | RingDump> {
  const input = await openInput(path)
  try {
    if (isOther(input)) yield* loadDumps(path, { pages, opened: await wholeInput(input) })
    else
      for await (const chunk of chunksOf(input, pages, at)) yield chunk.cut === undefined ? chunk : cutDump(path, chunk, chunk.cut)
  } finally {
    input.source.close()
  }
}

export function isDump(piece: RingChunk | RingDump): piece is RingDump {
  return 'indirectPages' in piece
}

async function* chunksOf(input: Input, pages: number | undefined, at?: (place: StreamPlace) => void): AsyncGenerator<RingChunk> {
  if (pages === undefined) yield await onlyRing(input)
  else
    for await (const chunk of series(input, pages)) {
      at?.(input.source)
      yield chunk
    }
}

function cutDump(path: string, { bytes, first }: RingChunk, cut: number): RingDump {
  const message = `the input ends ${cut} bytes into this ring of ${bytes.length}; what slots that are not whole hold is unknown`
  return {
    ...dumpOfPages(`${path}[${first}]`, Uint8Array.from(bytes), first),
    missing: [{ from: cut, to: bytes.length }],
    findings: [{ code: 'snapshot-cut', message }],
  }
}

/** A ring of which nothing is known but its pages. */
export function dumpOfPages(source: string, bytes: Uint8Array, snapshot: number): RingDump {
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
  readonly source: ByteSource
  /** What was read to see what the input is, unpacked. */
  readonly head: Uint8Array
  /** Bytes of a file that is not compressed. */
  readonly size: number | undefined
}

async function openInput(path: string): Promise<Input> {
  let source = await openSource(path)
  try {
    const buffer = new Uint8Array(TEXT_HEAD)
    const first = await fill(source, buffer.subarray(0, TELLING), 0)
    const inner = unpacked(source, buffer.subarray(0, first))
    const size = inner ? undefined : source.size
    source = inner ?? source
    return { source, head: buffer.subarray(0, await fill(source, buffer, inner ? 0 : first)), size }
  } catch (error) {
    source.close()
    throw error
  }
}

function isOther({ head }: Input): boolean {
  return isKnownImage(head) || textEncoding(head) !== undefined
}

/** As much as there is of what is no raw pages, up to a byte more than a text may have. */
async function wholeInput({ source, head, size }: Input): Promise<Uint8Array> {
  const most = MOST_TEXT + 1
  const buffer = new Uint8Array(Math.min(size ?? most, most))
  buffer.set(head)
  return buffer.subarray(0, await fill(source, buffer, head.length))
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
  for (let got = at; ; at += Math.max(got, 0)) {
    const ended = got === 0
    const rings = Math.floor(at / ring)
    if (rings > 0 && (ended || got === WAIT || source.waits || at === buffer.length)) {
      yield { bytes: buffer.subarray(0, rings * ring), rings, first, cut: undefined }
      first += rings
      buffer.copyWithin(0, rings * ring, at)
      at -= rings * ring
    }
    if (ended) break
    if (got === WAIT) await pause()
    try {
      got = await source.read(buffer, at)
    } catch (failed) {
      error = failed
      got = 0
    }
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
