// What an input is: raw pages of rings, a text with hexdumps in it, or a memory image. The bytes of whole pages are a ring's,
// whatever they spell: a guest writes what it likes into its pages.
import { MAX_RING_PAGES } from '../../codec/ring/geometry.ts'
import { XEN_PAGE_SIZE } from '../../codec/xen/ring.ts'
import { isKnownImage } from '../../image/map-image.ts'
import { type Encoding, encodingOf } from './encoding.ts'

/** What an input is said to be, whatever it looks like. */
export type ReadAs = 'text' | 'raw'

export type InputKind = { readonly kind: 'pages' | 'image' } | { readonly kind: 'text'; readonly encoding: Encoding }

/** So many first bytes tell. */
export const TEXT_HEAD = XEN_PAGE_SIZE
/** A ring of 16 pages takes less than 0.4 MiB, and its indirect pages as much again. */
export const MAX_TEXT = 16 * 2 ** 20
/** Bytes of the largest ring. */
export const MAX_RING = MAX_RING_PAGES * XEN_PAGE_SIZE

/**
 * What the first bytes look like.
 * @param head TEXT_HEAD of them if there are as many
 */
export function looksLike(head: Uint8Array): InputKind {
  if (isKnownImage(head)) return { kind: 'image' }
  const encoding = encodingOf(head)
  return encoding ? { kind: 'text', encoding } : { kind: 'pages' }
}

/** Whether an input of so many bytes is whole pages; undefined, where the number is not known, is none. */
export function isWholePages(size: number | undefined): boolean {
  return size !== undefined && size > 0 && size % XEN_PAGE_SIZE === 0
}

/**
 * What an input is.
 * @param size of all of it, unpacked; undefined where it is more than a text or a ring has
 * @param onNote told what the bytes of whole pages look like otherwise
 */
export function kindOf(
  path: string,
  head: Uint8Array,
  size: number | undefined,
  readAs: ReadAs | undefined,
  onNote: (note: string) => void = () => {},
): InputKind {
  if (readAs === 'raw') return { kind: 'pages' }
  if (readAs === 'text') return { kind: 'text', encoding: encodingOf(head) ?? 'utf-8' }
  const looks = looksLike(head)
  if (looks.kind === 'pages' || !isWholePages(size)) return looks
  if (looks.kind === 'text') {
    onNote(`${path}: whole pages, which are a ring's; they read like text, and --text reads them as such`)
    return { kind: 'pages' }
  }
  // More than a ring has may well be an image.
  if (size! > MAX_RING) return looks
  onNote(`${path}: no more pages than a ring has; they begin like a memory image, in which blkring find looks for rings`)
  return { kind: 'pages' }
}
