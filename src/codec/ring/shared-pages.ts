// Indirect pages that several requests of a ring name. A driver gives each request in flight pages of its own; a ring of 100 KiB that names
// one page again and again stands for two million segments.
import type { RingGeometry } from './geometry.ts'
import type { IndirectPages } from './indirect-pages.ts'

/**
 * Segments that are read from pages which an earlier request of the ring, or another ring of the input, names as well; for each page of
 * the ring. 32 requests of 192 segments are as many; Linux sends 32 by default.
 */
export const MAX_SHARED_SEGMENTS = 6144

/**
 * Says of the pages of one ring which are read again. It is asked for each page that is at hand, in the order of the requests' indices,
 * oldest first, and of the references in a request: objects and columns have the same segments.
 */
export class SharedPages {
  readonly #read = new Set<number>()
  readonly #pages: IndirectPages
  /** Segments that are read again at the most. */
  readonly most: number
  #left: number

  constructor(pages: IndirectPages, { pages: ringPages }: Pick<RingGeometry, 'pages'>) {
    this.#pages = pages
    this.most = this.#left = MAX_SHARED_SEGMENTS * ringPages
  }

  /** @returns false where the segments of the page are not to be read again */
  allows(gref: number, segments: number): boolean {
    if (!this.#read.has(gref)) {
      this.#read.add(gref)
      if (!this.#pages.isCommon?.(gref)) return true
    }
    if (segments > this.#left) return false
    this.#left -= segments
    return true
  }
}
