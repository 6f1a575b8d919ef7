// Indirect pages that several requests of a ring name. A driver gives each request in flight pages of its own; a ring of 100 KiB that names
// one page again and again stands for two million segments.

/** Segments that are read from pages which an earlier request of the ring named as well: 32 whole pages, or 1024 requests of 32. */
export const MAX_SHARED_SEGMENTS = 2 ** 14

/** Says of the pages of one ring, in the order in which its requests are read, which are read again. */
export class SharedPages {
  readonly #read = new Set<number>()
  #left = MAX_SHARED_SEGMENTS

  /** @returns false where the segments of the page are not to be read again */
  allows(gref: number, segments: number): boolean {
    if (!this.#read.has(gref)) {
      this.#read.add(gref)
      return true
    }
    if (segments > this.#left) return false
    this.#left -= segments
    return true
  }
}
