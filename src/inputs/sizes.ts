// How long inputs are.
import { MAX_RING } from '../capture/raw-ring.ts'
import { XEN_PAGE_SIZE } from '../codec/xen/ring.ts'
import type { ByteSource } from './byte-source.ts'
import type { Looking } from './look.ts'

/** The first bytes by which an input is told to be what it is. */
export const HEAD_BYTES = XEN_PAGE_SIZE
/** A ring of 16 pages takes less than 0.4 MiB as text, and its indirect pages as much again. */
export const MAX_TEXT = 16 * 2 ** 20
/** Unpacked, of an input that is read as a whole: 16,384 pages. */
export const MAX_UNPACKED = 64 * 2 ** 20

/** Whether an input of so many bytes is whole pages; undefined, where the number is not known, is none. */
export function isWholePages(size: number | undefined): boolean {
  return size !== undefined && size > 0 && size % XEN_PAGE_SIZE === 0
}

/**
 * How many bytes an input has; undefined where they are more than a number, or nobody knows. What was read for that comes again.
 * A file of /sys says that it has a page, whatever it holds: few bytes are counted.
 */
export function* measured(source: ByteSource, limit: number): Looking<number | undefined> {
  const { size } = source
  if (size !== undefined && size > MAX_RING) return size
  const most = size ? MAX_RING : limit
  yield [source, most + 1]
  const { length } = source.peek(most + 1)
  return length > most ? undefined : length
}

/** A scenario, JSON that `generate` wrote, may have so many bytes. */
export const MAX_SCENARIO = 64 * 2 ** 20
