// Where the pages of guest memory lie in an image, whatever its format.
import { count } from '../codec/struct/count.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { P2m } from './p2m.ts'
import type { ByteReader } from './reader.ts'

/** Pages that follow each other in the image. */
export interface Extent {
  /** Byte offset of the first in the image. */
  readonly offset: number
  readonly pages: number
  /** Frame of the first, and of the others in order; undefined where a table says it page by page, or nothing does. */
  readonly frame: number | undefined
}

/** The table that gives the frames of the pages of an `xl dump-core` one by one. */
export interface FrameTable {
  /** `p2m`: pairs of pfn and gmfn. `pfn`: of a translated guest. */
  readonly kind: 'p2m' | 'pfn'
  /** What stands beside the image names frames by the pfn of such a pair. */
  readonly byPfn?: boolean
  /** Byte offset in the image. */
  readonly offset: number
  readonly entries: number
}

/** Where the pages of guest memory lie in an image. */
export interface ImageMap {
  readonly format: ImageFormat
  /** The guest's machine, where the format says. */
  readonly arm: boolean | undefined
  /** The stretches of pages by their offset; none lies over another. */
  readonly extents: readonly Extent[]
  /** The table of frames of the one extent's pages, where the format has one. */
  readonly table: FrameTable | undefined
  /** The p2m of a PV guest, where it is in the image: extents have the guest's own frames, grants name others. */
  readonly p2m?: P2m | undefined
  /** What the offsets of extents count in, where that is not the image as it lies there: it is packed page by page, or in pieces. */
  readonly reader?: ByteReader | undefined
  /** Bytes of memory that the image says it holds, whether they are there or not; undefined where only reading tells. */
  readonly claimed: number | undefined
  /** It says that it holds more than `claimed`, and not how much: its headers break off. */
  readonly more: boolean
  /** What is odd about the image, in words. */
  readonly notes: readonly string[]
}

/** The formats of images that are told apart. */
export type ImageFormat = 'raw memory' | 'xl dump-core' | 'ELF core' | 'LiME' | 'Xen save image' | 'kdump'

/** The image is none, or is so damaged that its pages cannot be found. The reader's name and the cure are the caller's. */
export class ImageError extends Error {
  readonly cure: string | undefined

  constructor(problem: string, cure?: string) {
    super(problem)
    this.name = 'ImageError'
    this.cure = cure
  }
}

/** A stretch of the image as its headers claim it: nothing is believed yet. */
export interface Claim {
  readonly offset: number
  readonly bytes: number
  /** Physical address of the first byte. */
  readonly address: number | undefined
}

/** Memory of an image that could not be read. */
export interface Unread {
  /** Bytes that the image says it holds and that are not there, are no whole page, or were not there when it was written. */
  readonly bytes: number
  /** There is more, and nothing says how much. */
  readonly more: boolean
}

/** Bytes of memory that the claims name, those that several name once. */
export function claimedBytes(claims: readonly Claim[]): number {
  let [sum, end] = [0, 0]
  for (const { offset, bytes } of [...claims].sort((a, b) => a.offset - b.offset)) {
    sum += Math.max(0, offset + bytes - Math.max(offset, end))
    end = Math.max(end, offset + bytes)
  }
  return sum
}

/** Ranges that an image can have before it is taken to be damaged: QEMU and LiME write a handful, a host a few hundred. */
export const MAX_RANGES = 100_000

/**
 * Whole pages of what the headers claim, each byte of the image once however often it is claimed, and none from behind its end:
 * what is looked at is never more than the image.
 * @param claims are put in order
 * @param size bytes of the image; undefined where only reading tells
 */
export function extentsOf(claims: Claim[], size: number | undefined, notes: string[]): Extent[] {
  const sorted = claims.sort((a, b) => a.offset - b.offset)
  const extents: Extent[] = []
  let [end, overlapping, beyond] = [0, 0, 0]
  for (const { offset, bytes, address } of sorted) {
    const start = Math.max(offset, end)
    const stop = size === undefined ? offset + bytes : Math.min(offset + bytes, size)
    if (stop < offset + bytes) beyond++
    if (start > offset && start < offset + bytes) overlapping++
    if (stop <= start) continue
    const extent = wholePages(start, stop, address === undefined ? undefined : address + (start - offset))
    end = stop
    if (extent.pages > 0) extents.push(extent)
  }
  if (overlapping > 0)
    notes.push(
      `${overlapping} of ${claims.length} ranges of memory ${overlapping === 1 ? 'lies' : 'lie'} over others in the image: each byte is looked at once`,
    )
  if (beyond > 0)
    notes.push(
      `the image is cut short: ${beyond} of ${count(claims.length, 'range')} of memory ${beyond === 1 ? 'reaches' : 'reach'} beyond its ${size} bytes`,
    )
  return extents
}

/** The whole pages of a stretch, from the first page boundary of physical memory on. */
function wholePages(start: number, stop: number, address: number | undefined): Extent {
  const skip = address === undefined ? 0 : (XEN_PAGE_SIZE - (address % XEN_PAGE_SIZE)) % XEN_PAGE_SIZE
  const pages = Math.max(0, Math.floor((stop - start - skip) / XEN_PAGE_SIZE))
  return { offset: start + skip, pages, frame: address === undefined ? undefined : (address + skip) / XEN_PAGE_SIZE }
}

/** The number of pages in an image. */
export function pageCount({ extents }: ImageMap): number {
  return extents.reduce((sum, { pages }) => sum + pages, 0)
}
