// Raw pages as one ring: of what sizes they can be. What the input lacks of a ring is unknown, not zero.
import { endsBefore, fewestPages } from '../codec/recognise/fewest-pages.ts'
import type { Finding } from '../codec/ring/finding.ts'
import { MAX_RING_PAGES } from '../codec/ring/geometry.ts'
import type { ByteSpan } from '../codec/ring/missing.ts'
import { x86_64 } from '../codec/struct/abi.ts'
import { count } from '../codec/struct/count.ts'
import { fieldOf, layoutOf } from '../codec/struct/layout.ts'
import { sringHeader, XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import { DumpError } from './dump-error.ts'

const SIZES = 'a ring has 1, 2, 4, 8 or 16 pages of 4096 bytes'

/** Bytes of the largest ring. */
export const MAX_RING = MAX_RING_PAGES * XEN_PAGE_SIZE

/** Bytes of the four indices: fewer say nothing of a ring. */
export const MIN_RING_BYTES = (() => {
  const { offset, size } = fieldOf(layoutOf(sringHeader, x86_64), 'rsp_event')
  return offset + size
})()

/** The pages of one ring, and what of them the input does not have. */
export interface RawRing {
  readonly bytes: Uint8Array
  /** The rest of a ring that the input cuts off; the bytes are 0. */
  readonly missing: readonly ByteSpan[]
  readonly findings: readonly Finding[]
}

/**
 * How many pages something else says that a ring has; undefined where nothing does.
 * @param ring what there is of it, in as few pages as it can have
 */
export type PagesOf = (ring: Omit<RawRing, 'findings'>) => number | undefined

/**
 * The ring that an input is as a whole: of as many pages as something says, or else of the fewest that it can have. Bytes behind a ring that
 * are less than a slot, or without which it reads well, and worse as a part of the next larger one, are left out (`endsBefore`).
 * @param bytes all of it, or more than a ring has
 * @param size of a regular file
 * @throws DumpError where they cannot be one ring
 */
export function onlyRing(bytes: Uint8Array, path: string, size: number | undefined, pagesOf: PagesOf = () => undefined): RawRing {
  if (size !== undefined && size > MAX_RING) throw tooLarge(path, count(size, 'byte'), size / XEN_PAGE_SIZE)
  if (bytes.length > MAX_RING) throw tooLarge(path, `more than ${MAX_RING} bytes`, Number.NaN)
  if (bytes.length === 0) throw emptyInput(path)
  if (bytes.length < MIN_RING_BYTES)
    throw new DumpError(
      path,
      `${count(bytes.length, 'byte is', 'bytes are')} less than a ring's four indices, which take ${MIN_RING_BYTES}`,
      SIZES,
    )
  const given = Math.ceil(bytes.length / XEN_PAGE_SIZE)
  const whole = 2 ** Math.ceil(Math.log2(given))
  const isWhole = bytes.length === whole * XEN_PAGE_SIZE
  if (!isWhole && readsWithoutRest(bytes, whole / 2, pagesOf(ringOfPart(bytes, whole * XEN_PAGE_SIZE))))
    return withoutRest(bytes, whole / 2)
  const fewest = isWhole ? whole : fewestPages(bytes, whole)
  const ring = ringOfPart(bytes, fewest * XEN_PAGE_SIZE, `${count(fewest, 'page')}, the fewest that it can have`)
  const said = pagesOf(ring)
  if (said === undefined || said < given || said === fewest) return ring
  return ringOfPart(bytes, said * XEN_PAGE_SIZE, `${count(said, 'page')}, as XenStore says`)
}

/** @param pages the largest ring of which all bytes are there; less than 1 where none is @param said of how many pages something says it is */
function readsWithoutRest(bytes: Uint8Array, pages: number, said: number | undefined): boolean {
  return pages >= 1 && (said === undefined || said === pages) && endsBefore(bytes, pages)
}

/** A ring without what lies behind it. */
function withoutRest(bytes: Uint8Array, pages: number): RawRing {
  const size = pages * XEN_PAGE_SIZE
  const ring = `this ring of ${count(pages, 'page')}`
  const message = count(bytes.length - size, `byte behind ${ring} is not read`, `bytes behind ${ring} are not read`)
  return { bytes: bytes.subarray(0, size), missing: [], findings: [{ code: 'bytes-after-ring', message, offset: size }] }
}

/** @param why it has so many bytes */
export function ringOfPart(part: Uint8Array, size: number, why?: string): RawRing {
  if (part.length === size) return { bytes: part, missing: [], findings: [] }
  const bytes = new Uint8Array(size)
  bytes.set(part)
  return { bytes, ...cutAt(part.length, size, why) }
}

/** What there is to say of a ring of which only the first bytes are there. @param why it has `size` bytes */
export function cutAt(cut: number, size: number, why?: string): Omit<RawRing, 'bytes'> {
  const ring = `this ring of ${size}${why === undefined ? '' : ` (${why})`}`
  const message = `the input ends ${count(cut, 'byte')} into ${ring}; what slots that are not whole hold is unknown`
  return { missing: [{ from: cut, to: size }], findings: [{ code: 'snapshot-cut', message }] }
}

export function emptyInput(path: string): DumpError {
  return new DumpError(path, 'the file is empty', SIZES)
}

/** @param n place of the ring in the input */
export function withoutIndices(path: string, bytes: number, n: number): DumpError {
  return new DumpError(path, `ends ${count(bytes, 'byte')} into ring ${n}: less than its indices`, 'dump whole pages')
}

function tooLarge(path: string, size: string, pages: number): DumpError {
  return new DumpError(
    path,
    `${size}: too large for one ring, ${SIZES}`,
    Number.isInteger(pages)
      ? '--pages N as one ring of N pages after another'
      : 'use --pages N for one ring of N pages after another',
  )
}
